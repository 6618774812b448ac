"""Preprocessing: from the columns of a table to the inputs of a network, and back from a model file."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nn import Preprocessing
from nn.data.columns.kinds import Category, Date, Number, Ordinal
from nn.data.reading.mistakes import TableError
from nn.data.reading.table import Table
from nn.data.scaling import standard_scaling

PEOPLE = {
    "age": ["22", "", "38", "26"],
    "sex": ["male", "female", "", "female"],
    "class": ["Third", "First", "Second", "Third"],
    "born": ["2001-02-03", "1999-12-31", "2000-06-15", "2001-02-03"],
    "member": ["yes", "no", "no", "yes"],
}
KINDS = {
    "age": Number(),
    "sex": Category(),
    "class": Ordinal(["Third", "Second", "First"]),
    "born": Date(["year", "month"]),
    "member": "boolean",
}
PEOPLE_FITTED = Preprocessing.fit(PEOPLE, KINDS)


def test_numbers_ordinals_and_years_are_scaled_and_all_else_stays_as_it_is():
    x = PEOPLE_FITTED.transform(PEOPLE)
    scaled = [0, 5, 6]
    assert [PEOPLE_FITTED.features[place] for place in scaled] == ["age", "class", "born: year"]
    np.testing.assert_allclose(x[:, scaled].mean(axis=0), 0, atol=1e-15)
    np.testing.assert_allclose(x[:, scaled].std(axis=0), 1)
    rest = np.delete(np.arange(x.shape[1]), scaled)
    np.testing.assert_array_equal(x[:, rest], PEOPLE_FITTED.encode(PEOPLE).x[:, rest])


def test_scaling_to_a_range_maps_the_ends_and_none_leaves_all_as_it_is():
    table = {"x": ["1", "2", "5"]}
    assert Preprocessing.fit(table, scale=[-1, 1]).transform(table).tolist() == [[-1], [-0.5], [1]]
    assert Preprocessing.fit(table, scale=None).transform(table).tolist() == [[1], [2], [5]]


def test_columns_are_found_by_name_and_others_are_not_needed():
    reversed_columns = pd.DataFrame(PEOPLE)[[*PEOPLE][::-1]].assign(other=1)
    np.testing.assert_array_equal(PEOPLE_FITTED.transform(reversed_columns), PEOPLE_FITTED.transform(PEOPLE))


def test_a_frame_with_numbers_and_gaps_is_the_same_as_its_text():
    frame = pd.DataFrame(PEOPLE)
    frame["age"], frame["member"] = [22, None, 38, 26], [True, False, False, True]
    np.testing.assert_array_equal(PEOPLE_FITTED.transform(frame), PEOPLE_FITTED.transform(PEOPLE))


def test_kinds_are_inferred_where_they_are_not_given():
    kinds = [encoder.kind for encoder in Preprocessing.fit(PEOPLE).encoders]
    assert kinds == ["number", "category", "category", "date", "boolean"]


def test_columns_that_are_not_there_are_all_named():
    with pytest.raises(TableError) as error:
        PEOPLE_FITTED.transform({"ages": ["1"], "sex": ["male"], "class": ["First"]})
    texts = [mistake.text for mistake in error.value.mistakes]
    assert [text.split("'")[1] for text in texts] == ["age", "born", "member"]
    assert texts[0] == "there is no column 'age'; did you mean 'ages'?"


def test_a_row_that_cannot_be_used_is_named_with_its_reason_and_the_others_are_encoded():
    table = Table.of({"x": ["1", "abc", "3", "inf"]})
    encoded = Preprocessing.fit({"x": ["1", "2"]}).encode(table)
    assert encoded.unusable == {
        1: "column 'x': expected a number, got 'abc'",
        3: "column 'x': expected a number, got 'inf'",
    }
    assert [mistake.line for mistake in encoded.mistakes] == [table.lines[1], table.lines[3]]
    assert encoded.x[encoded.usable].tolist() == [[1], [3]]


def test_transform_refuses_rows_that_cannot_be_used():
    with pytest.raises(TableError, match=r"row 1, column 'x': expected a number, got 'abc'"):
        Preprocessing.fit({"x": ["1", "2"]}).transform({"x": ["1", "abc"]})


def test_of_many_mistakes_the_first_are_told_and_the_others_counted():
    names = [f"column {place}" for place in range(50)]
    plain = Preprocessing.of_numbers(names)
    with pytest.raises(TableError, match="30 more like these") as error:
        plain.encode({"x": [1.0]})
    assert len(error.value.mistakes) == 21
    with pytest.raises(TableError, match="5 more like these"):
        Preprocessing.of_numbers(["x"]).transform({"x": ["bad"] * 25})


def test_fitting_refuses_what_is_not_of_its_kind_with_all_mistakes():
    with pytest.raises(TableError) as error:
        Preprocessing.fit({"a": ["x", "y"], "b": ["1", ""]}, {"a": "number", "b": Number(missing="error")})
    assert [mistake.column for mistake in error.value.mistakes] == ["a", "b"]


def test_what_means_a_missing_cell_in_training_means_it_ever_after():
    votes = {"x": ["y", "n", "?", "y", "n", "?"]}  # a third: a level
    assert Preprocessing.fit(votes).features == ("x=?", "x=n", "x=y")
    numbers = Preprocessing.fit({"x": ["1", "2", "3"]})
    assert numbers.encode({"x": ["?", "-"]}).missing == {"x": 2}
    given = Preprocessing.fit({"x": ["1", "-1", "3"]}, missing_values=["-1"])
    assert given.encode({"x": ["-1"]}).missing == {"x": 1}
    by_column = Preprocessing.fit({"x": ["1", "-1"], "y": ["2", "-1"]}, missing_values={"x": ["-1"]})
    assert by_column.features == ("x", "x is missing", "y")


def test_numbers_alone_are_their_own_features():
    x = np.array([[1.0, 5.0], [2.0, 7.0]])
    plain = Preprocessing.of_numbers(["a", "b"], standard_scaling(x))
    assert plain.inputs == plain.features == ("a", "b")
    table = {"a": x[:, 0], "b": x[:, 1]}
    np.testing.assert_array_equal(plain.encode(table).x, x)
    np.testing.assert_array_equal(plain.transform(table), standard_scaling(x)(x))
    np.testing.assert_array_equal(plain.transform(table), Preprocessing.fit(table).transform(table))


def test_it_comes_back_from_arrays_and_json():
    again = Preprocessing.restored(PEOPLE_FITTED.arrays, json.loads(json.dumps(PEOPLE_FITTED.description)))
    assert again.encoders == PEOPLE_FITTED.encoders
    np.testing.assert_array_equal(again.transform(PEOPLE), PEOPLE_FITTED.transform(PEOPLE))
    unscaled = Preprocessing.fit(PEOPLE, KINDS, scale=None)
    assert unscaled.arrays == {}
    assert Preprocessing.restored({}, unscaled.description).scaling is None


def changes(node):
    """The same JSON with one part of it taken out or replaced, in every way."""
    wrong = [None, True, -1, "x", [], {}, [1], [None], {"a": 1}]
    if isinstance(node, dict):
        for key, inner in node.items():
            yield {name: value for name, value in node.items() if name != key}
            yield from ({**node, key: changed} for changed in changes(inner))
    elif isinstance(node, list):
        for place, inner in enumerate(node):
            yield from ([*node[:place], changed, *node[place + 1 :]] for changed in changes(inner))
    yield from wrong


def test_a_description_of_something_else_is_refused_without_a_traceback():
    for changed in changes(PEOPLE_FITTED.description):
        try:
            found = Preprocessing.restored(PEOPLE_FITTED.arrays, changed)
        except (KeyError, TypeError, ValueError):
            continue
        table = {name: PEOPLE.get(name, ["1"] * 4) for name in found.inputs}
        assert found.encode(table).x.shape == (4, len(PEOPLE_FITTED.features))


@pytest.mark.parametrize(
    "change",
    [
        {"shift": np.zeros(2)},
        {"scale": np.zeros(9)},
        {"scale": np.full(9, np.nan)},
        {"offset": np.full(9, np.inf)},
        {"shift": np.full(9, "a")},
    ],
)
def test_arrays_of_something_else_are_refused(change):
    assert len(PEOPLE_FITTED.features) == 9 + 1
    with pytest.raises(ValueError, match="expected"):
        Preprocessing.restored(PEOPLE_FITTED.arrays | change, PEOPLE_FITTED.description)


rows = st.lists(
    st.tuples(
        st.sampled_from(["1", "2.5", "7", "-3", ""]), st.sampled_from(["a", "b", "c"]), st.integers(0, 3)
    ),
    min_size=1,
    max_size=12,
).filter(lambda rows: any(number and weight for number, _, weight in rows))


@settings(max_examples=settings().max_examples // 3)
@given(rows, st.sampled_from([1.0, 0.37]), st.sampled_from(["median", "mean"]))
def test_a_weight_is_so_many_equal_rows_whatever_its_unit(rows, unit, missing):
    numbers, words, weights = zip(*rows, strict=True)
    kinds = {"x": Number(missing), "y": Category(top=2)}
    weighted = Preprocessing.fit({"x": numbers, "y": words}, kinds, sample_weight=unit * np.array(weights))
    repeated = {"x": np.repeat(numbers, weights), "y": np.repeat(words, weights)}
    plain = Preprocessing.fit(repeated, kinds)
    assert weighted.features == plain.features
    np.testing.assert_allclose(weighted.transform(repeated), plain.transform(repeated), atol=1e-12)


def test_weights_must_be_numbers_of_at_least_0_one_a_row():
    for weights in ([1.0], [1.0, -1.0], [0.0, 0.0], [1.0, np.nan]):
        with pytest.raises(ValueError, match="sample_weight"):
            Preprocessing.fit({"x": ["1", "2"]}, sample_weight=weights)


def test_it_shows_what_becomes_of_each_column():
    lines = repr(PEOPLE_FITTED).splitlines()
    assert lines[0].split("  ")[0] == "column"
    assert lines[1].split() == ["age", "number", "26", "age,", "age", "is", "missing"]
    html = Preprocessing.fit({"<b>": ["x", "y"]}, {"<b>": Category()})._repr_html_()
    assert "&lt;b&gt;=x" in html
    assert "<b>" not in html
