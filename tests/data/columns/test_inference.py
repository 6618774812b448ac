"""What columns mean where that is plain, and what is said where it is not."""

import pytest

from nn.data.columns.inference import infer
from nn.data.columns.kinds import Boolean, Category, Date, Ignore, Number, Ordinal
from nn.data.reading.table import Table


def inferred(given=None, named=False, missing_values=None, **columns):
    table = Table.of(columns)
    return infer(table, [*table.columns], given, missing_values, named=named)


def kind(cells):
    """The kind of one column beside a plain one."""
    found = inferred(x=cells, plain=[str(7 * n % 11) for n in range(len(cells))])
    assert found.mistakes == []
    return found.kinds["x"]


def refusal(cells, **options):
    (mistake,) = inferred(x=cells, **options).mistakes
    assert (mistake.column, mistake.key) == ("x", "columns.x")
    return mistake


MANY_WORDS = [f"word {n % 60}" for n in range(240)]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1.5", "-2", "1e-3", "7"], Number()),
        (["1.5", "", "?", "7"], Number()),
        (["0", "1", "1", "0"], Number()),
        (["red", "green", "red", "3"], Category()),
        (["2", "3", "4", "5more", "2", "5more"], Category()),
        (["True", "False", "True", "True"], Boolean()),
        (["yes", "no", "", "NO"], Boolean()),
        (["2024-01-31", "2024-03-01", "2024-03-01", ""], Date(["month", "weekday"])),
        (["2023-01-31 10:00", "2024-01-30 11:00"], Date(["year", "hour"])),
        (["31.01.2024", "01.03.2024"], Date(["month", "weekday"], "%d.%m.%Y")),
        (["01/31/2024", "03/01/2024"], Date(["month", "weekday"], "%m/%d/%Y")),
    ],
)
def test_what_is_plain_is_inferred(cells, expected):
    assert kind(cells) == expected


def test_plain_numbers_need_no_words():
    assert inferred(a=["1", "2.5"], b=["3", "1"]).notes == ()


def test_what_is_inferred_is_said_a_sentence_each():
    notes = inferred(
        sex=["m", "f", "", "f"],
        alive=["yes", "no", "no", "yes"],
        when=["2024-01-01", "2024-02-01", "2024-03-01", "2024-01-01"],
        age=["1", "", "3", "5"],
        id=["1", "2", "3", "4"],
    ).notes
    assert notes == (
        "Categories, one input a level: sex.",
        "Truth values, 0 or 1: alive.",
        "Dates, of which parts become inputs: when (month, weekday).",
        "Missing cells: age 1; the median stands in, and an input says where.",
        "Missing cells of categories: sex 1; a level of their own.",
        "Left out: 'id' rises by one in each row, as row numbers do; columns: {id: number} keeps it.",
    )


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (["0", "1", "2", "3"], "rises by one in each row, as row numbers do; columns: {x: number} keeps it."),
        (["Ann", "Bob", "Cy", "Di"], "holds other words in each row (Ann, Bob, Cy and 1 more); "),
        ([f"name {n}" for n in range(90)] * 1 + ["name 0"] * 9, "holds 90 different words in 99 cells"),
        (["", "NA", "", ""], "has no values."),
    ],
)
def test_row_numbers_names_and_nothing_are_left_out_and_that_is_said(cells, reason):
    found = inferred(x=cells, plain=[str(7 * n % 11) for n in range(len(cells))])
    assert found.kinds["x"] == Ignore()
    assert found.notes[0].startswith(f"Left out: 'x' {reason}")
    assert found.left_out["x"] in found.notes[0]


def test_what_is_left_out_is_refused_where_it_is_named_as_an_input():
    mistake = refusal(["1", "2", "3", "4"], named=True)
    assert mistake.text == (
        "rises by one in each row, as row numbers do: columns: {x: number} if it is an input, "
        "else leave it out of inputs"
    )
    assert inferred({"x": Number()}, named=True, x=["1", "2", "3", "4"]).mistakes == []


def test_row_numbers_are_an_input_where_there_is_no_other():
    assert inferred(x=["0", "1", "2", "3"], name=["a", "b", "c", "d"]).kinds == {
        "x": Number(),
        "name": Ignore(),
    }


def test_a_table_without_any_input_is_refused():
    (mistake,) = inferred(name=["a", "b", "c", "d"]).mistakes
    assert mistake.text.startswith("no column is left as an input ('name' holds other words in each row")
    assert mistake.text.endswith("columns: {name: category} takes one")


@pytest.mark.parametrize(
    ("cells", "text"),
    [
        (
            [*map(str, range(40, 80)), "abc", "xyz", "abc"],
            "holds 40 numbers and 3 cells of something else (abc, xyz): missing_values: {x: [abc, xyz]} if "
            "that means a missing cell, or columns: {x: category} if numbers are levels too",
        ),
        (
            [*map(str, range(40, 80)), "abc", "NA", ""],
            "holds 40 numbers and 1 cell of something else (abc): missing_values: {x: [abc, NA]} if that "
            "means a missing cell, or columns: {x: category} if numbers are levels too",
        ),
        (
            [*map(str, range(40, 60)), *["none"] * 40],
            "holds 20 numbers and 40 cells of something else (none): missing_values: {x: [none]} if that "
            "means a missing cell, or columns: {x: category} if numbers are levels too",
        ),
        (
            ["$512", "$1,024.50", "$7"],
            "holds numbers that are not read as such ($512, $1,024.50, $7): write plain numbers in the file, "
            "or drop: [x]",
        ),
        (
            MANY_WORDS,
            "has 60 levels (word 0, word 1, word 2 and 57 more), and each of them would be an input: "
            "columns: {x: {type: category, top: 20}} keeps the most frequent, drop: [x] none",
        ),
        (
            ["03/04/2024", "05/06/2024"],
            "holds dates like 03/04/2024, where the day cannot be told from the month: "
            'columns: {x: {type: date, format: "%m/%d/%Y"}} or {type: date, format: "%d/%m/%Y"}',
        ),
    ],
)
def test_what_is_ambiguous_is_refused_with_what_to_write(cells, text):
    assert refusal(cells).text == text


def test_a_stranger_among_numbers_is_refused_at_its_line():
    assert refusal(["1", "5", *["2"] * 20, "abc", "3"]).line == Table.of({"x": [0] * 24}).lines[22]


@pytest.mark.parametrize(
    ("given", "cells", "text"),
    [
        (
            Number(),
            ["male", "female", "male"],
            "holds words (male, female), expected a number: columns: {x: category}",
        ),
        (
            Number(),
            ["1", "2", "abc", "abc"],
            "holds 'abc' and 1 more cell like it, expected a number: missing_values: [abc] if that means a "
            "missing cell, else columns: {x: category}",
        ),
        (
            Number(missing="error"),
            ["1", "", "3", ""],
            "has 2 missing cells: columns: {x: {type: number, missing: median}}, "
            "or missing: drop_row to leave out such rows",
        ),
        (
            Boolean(),
            ["old", "new"],
            "holds words (old, new), expected True or False, yes or no, 1 or 0: columns: {x: category}",
        ),
        (
            Ordinal(["low", "high"]),
            ["low", "high", "mid"],
            "holds 'mid', expected one of low, high: missing_values: [mid] if that means a missing cell, "
            "else columns: {x: {type: ordinal, order: [low, high, mid]}}",
        ),
        (
            Date(["year"]),
            ["red", "blue"],
            "holds words (red, blue), expected a date like 2024-05-31: "
            'columns: {x: {type: date, format: "%d.%m.%Y"}}',
        ),
        (
            Category(missing="S"),
            ["a", "b", ""],
            "has no level 'S' to stand in for missing cells: missing: category, drop_row, error, or a level "
            "such as a, b",
        ),
        (Category(), ["", ""], "has no values: columns: {x: ignore}"),
        (Number(), ["", ""], "has no values: columns: {x: ignore}"),
    ],
)
def test_kinds_that_are_given_are_held_against_the_cells(given, cells, text):
    assert refusal(cells, given={"x": given}).text == text


def test_a_column_without_values_is_refused_where_it_is_named_and_where_it_is_all():
    assert refusal(["", "NA"], named=True).text == "has no values: leave it out of inputs"
    (mistake,) = inferred(x=["", "NA"]).mistakes
    assert mistake.text == "no column is left as an input ('x' has no values)"


def test_all_mistakes_are_told_at_once_in_the_order_of_the_table():
    found = inferred(
        {"b": Number(), "agee": Number()}, a=["$1", "$2"], b=["x", "y"], age=["1", "2"], d=["01/02/2024"] * 2
    )
    assert [mistake.column for mistake in found.mistakes] == [None, "a", "b", "d"]
    assert found.mistakes[0].text == "there is no column 'agee'; did you mean 'age'?"
    assert found.mistakes[0].key == "columns.agee"


def test_an_input_that_is_no_column_is_a_mistake_of_the_inputs():
    (mistake,) = infer(Table.of({"age": ["1", "2"]}), ["age", "agee"]).mistakes
    assert (mistake.key, mistake.text) == ("inputs", "there is no column 'agee'; did you mean 'age'?")


def test_lines_to_write_quote_what_yaml_would_read_otherwise():
    assert 'columns: {"no": category}' in inferred({"no": Number()}, no=["a", "b"]).mistakes[0].text


def test_whole_numbers_with_leading_zeros_are_levels():
    table = Table.of({"zip": ["01123", "02123", "01123", "10001"], "size": ["0.5", "1", "2", "0"]})
    kinds = infer(table, ["zip", "size"]).kinds
    assert kinds == {"zip": Category(), "size": Number()}
