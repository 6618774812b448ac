"""The profile of a table: what its columns hold, what is odd, and the configuration to paste."""

import numpy as np
import pytest
import yaml

from nn.data.columns.profile import profile
from nn.data.reading.mistakes import TableError
from nn.data.reading.table import Table

N = 30
RNG = np.random.default_rng(0)
HEIGHT = RNG.normal(170, 10, N).round(1).tolist()
TREES = Table.of(
    {
        "id": [*range(1, N + 1)],
        "code": RNG.permutation(N) + 5000,
        "height": HEIGHT,
        "inches": [height / 2.54 for height in HEIGHT],
        "kind": ["oak", "fir", "elm"] * (N // 3),
        "Art": ["Eiche", "Tanne", "Ulme"] * (N // 3),
        "alive": ["yes", "no", "yes"] * (N // 3),
        "place": ["here"] * N,
        "planted": ["2001-05-06", "2003-04-01", "", "2001-05-06", ""] * (N // 5),
        "price": ["$7", "$8", "$9"] * (N // 3),
    }
)


def columns(target=None):
    return {column.name: column for column in profile(TREES, target).columns}


def test_each_column_has_its_kind_gaps_different_cells_extent_examples_and_balance():
    found = columns()
    height, kind, planted = found["height"], found["kind"], found["planted"]
    assert (height.kind, height.missing, height.distinct) == ("number", 0, len({*HEIGHT}))
    assert height.extent == (f"{min(HEIGHT):g}", f"{max(HEIGHT):g}")
    assert height.examples == tuple(map(str, HEIGHT[:3]))
    assert (kind.kind, kind.extent, kind.examples) == ("category", None, ("oak", "fir", "elm"))
    assert kind.balance == (("oak", 10), ("fir", 10), ("elm", 10))
    assert (planted.kind, planted.missing, planted.distinct) == ("date", 12, 2)
    assert planted.extent == ("2001-05-06", "2003-04-01")
    assert found["alive"].balance == (("yes", 20), ("no", 10))


def test_what_is_odd_is_remarked():
    remarks = {name: column.remarks for name, column in columns().items() if column.remarks}
    assert remarks == {
        "id": ("rises by one in each row, as row numbers do",),
        "code": ("holds another whole number in each row, as ids do",),
        "inches": ("tells the same as 'height'",),
        "Art": ("tells the same as 'kind'",),
        "place": ("is constant",),
        "price": ("tells the same as 'kind'",),
    }


def test_columns_that_are_as_good_as_the_target_are_remarked():
    numbers, words = columns("height"), columns("kind")
    assert numbers["inches"].remarks == ("is as good as the target: their correlation is 1.000000",)
    levels = "is as good as the target: each of its levels stands with one of the target's"
    assert words["Art"].remarks[-1] == levels
    assert words["alive"].remarks == ()  # oak and elm are both alive


def test_a_copy_with_gaps_is_as_good_as_the_target():
    table = Table.of({"y": [0, 1] * 10, "copy": ["no", "yes"] * 9 + ["", ""]})
    assert profile(table, "y").columns[1].remarks


def test_an_ambiguous_column_is_unclear_and_its_mistake_is_there():
    found = profile(TREES)
    assert columns()["price"].kind == "unclear"
    assert [mistake.column for mistake in found.mistakes] == ["price"]


def test_the_target_has_its_task():
    assert (profile(TREES, "kind").task, columns("kind")["kind"].kind) == ("classification", "class")
    assert (profile(TREES, "height").task, columns("height")["height"].kind) == ("regression", "number")
    assert profile(TREES).task is None


def test_the_lines_to_paste_are_yaml_with_all_kinds_and_ignore_what_is_as_good_as_the_target():
    assert yaml.safe_load(profile(TREES, "kind").lines) == {
        "data": {
            "file": "<table>",
            "target": "kind",
            "task": "classification",
            "columns": {
                "id": "ignore",
                "code": "number",
                "height": "number",
                "inches": "number",
                "Art": "ignore",
                "alive": "boolean",
                "place": "category",
                "planted": {"type": "date", "parts": ["year", "month", "weekday"]},
                "price": "ignore",
            },
            "scale": "standard",
        }
    }


def test_names_that_yaml_would_read_otherwise_are_quoted():
    awkward = {name: ["a", "b", "a", "b"] for name in ("no", "1", "a: b", "-", "#x", "é", "null", "x ", "{")}
    lines = profile(Table.of(awkward)).lines
    assert [*yaml.safe_load(lines)["data"]["columns"]] == [
        "no",
        "1",
        "a: b",
        "-",
        "#x",
        "é",
        "null",
        "x",
        "{",
    ]


def test_a_target_that_is_no_column_is_refused_with_the_nearest_name():
    with pytest.raises(TableError, match=r"there is no column 'hight'; did you mean 'height'\?"):
        profile(TREES, "hight")


def test_a_table_without_rows_has_a_profile():
    (column,) = profile(Table.of({"x": []})).columns
    assert (column.kind, column.distinct, column.examples) == ("ignore", 0, ())


def test_a_target_without_values_is_to_be_decided():
    found = profile(Table.of({"a": [1.0, 2.0], "y": [None, None]}), "y")
    assert found.task is None
    assert [(one.column, one.text.partition(":")[0]) for one in found.mistakes] == [("y", "holds no value")]
