"""Tables in memory, and how a table is taken apart."""

import datetime
import pickle

import numpy as np
import pandas as pd
import pytest

from nn.data.reading import Mistake, Table, TableError, read_table

FRAME = pd.DataFrame(
    {
        "age": [22, None, 38],
        "count": pd.array([2**60 + 1, None, 3], dtype="Int64"),
        "sex": ["male", " female ", None],
        "alone": [True, False, True],
        "when": pd.to_datetime(["2019-03-23 20:21:09", None, "2020-01-01 00:00:00"]),
        "class": pd.Categorical(["a", None, "b"]),
        "whole": [1, 2, 3],
    }
)


def test_a_frame_becomes_cells_with_empty_ones_for_what_is_missing():
    table = Table.of(FRAME)
    assert {name: column.texts.tolist() for name, column in table.columns.items()} == {
        "age": ["22.0", "", "38.0"],
        "count": [str(2**60 + 1), "", "3"],
        "sex": ["male", "female", ""],
        "alone": ["True", "False", "True"],
        "when": ["2019-03-23 20:21:09", "", "2020-01-01 00:00:00"],
        "class": ["a", "", "b"],
        "whole": ["1", "2", "3"],
    }
    np.testing.assert_array_equal(table.column("age").numbers, [22, np.nan, 38])
    np.testing.assert_array_equal(table.column("whole").numbers, [1, 2, 3])
    assert np.isnan(table.column("alone").numbers).all()
    assert len(table) == 3


@pytest.mark.parametrize(
    "values",
    [
        {" a  b ": [0.1, 2], "c": ["x", 5]},
        np.array([(0.1, "x"), (2, "5")], [(" a  b ", float), ("c", "U3")]),
        pd.DataFrame({"a b": [0.1, 2.0], "c": ["x", 5]}),
    ],
    ids=["mapping", "structured array", "frame"],
)
def test_names_are_one_line_and_numbers_are_exact_whatever_holds_them(values):
    table = Table.of(values)
    assert [*table.columns] == ["a b", "c"]
    assert table.column("a b").numbers.tolist() == [0.1, 2.0]
    assert table.column("c").texts.tolist() == ["x", "5"]
    assert table.column("c").numbers[1] == 5


def test_values_of_other_kinds_are_as_they_are_written():
    table = Table.of(
        {"day": [datetime.date(2020, 1, 2)], "big": [10**400], "masked": np.ma.array([1.5], mask=[True])}
    )
    assert table.column("day").texts.tolist() == ["2020-01-02"]
    assert table.column("big").numbers.tolist() == [np.inf]
    assert table.column("masked").texts.tolist() == [""]


def test_rows_are_taken_by_number_slice_or_mask():
    table = read_table(b"a,b\n1,x\n2,y\n3,z\n")
    for rows in ([2, 0], slice(None, None, -2), np.array([2, 0])):
        taken = table.take(rows)
        assert taken.column("a").numbers.tolist() == [3, 1]
        assert taken.column("b").texts.tolist() == ["z", "x"]
        assert list(taken.lines) == [4, 2]
    assert table.take(np.array([False, True, False])).column("b").texts.tolist() == ["y"]
    assert table.take([2, 0]).take([1]).column("b").texts.tolist() == ["x"]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (FRAME[["age", "sex", "age"]], "<table>: column 'age' is there twice: give each its own name"),
        ({"a": [1], "b": [1, 2]}, "<table>: column 'b': expected 1 rows, as the first column has, got 2"),
        ({"": [1]}, "<table>: column 1 has no name: give it one"),
    ],
)
def test_columns_that_make_no_table_are_refused(values, message):
    with pytest.raises(TableError, match=f"^{message}$"):
        Table.of(values)
    with pytest.raises(TypeError, match="expected a DataFrame, a mapping or a structured array"):
        Table.of([[1, 2]])


def test_a_column_that_is_not_there_is_named_with_the_nearest():
    with pytest.raises(TableError, match="<bytes>: there is no column 'siz'; did you mean 'size'\\?"):
        read_table(b"size,b\n1,2\n").column("siz")


def test_mistakes_are_a_line_each_and_survive_pickling():
    mistakes = [Mistake(3, "sex", "columns.sex", "holds words"), Mistake(None, None, None, "is empty")]
    error = pickle.loads(pickle.dumps(TableError("my.csv", mistakes)))
    assert str(error) == "my.csv:3: column 'sex': holds words\nmy.csv: is empty"
    assert error.mistakes == mistakes
