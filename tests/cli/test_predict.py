"""nn predict: an answer for each row of a table, whatever its cells hold."""

import csv
import io

import numpy as np
import pytest

import nn as library

TRAINING = "name,size,city,weight,kind\n" + "".join(
    f"n{n},{n % 7 + 20 * (n % 2)},{('Rome', 'Oslo', 'Bern')[n % 3]},{n},{('old', 'new')[n % 2]}\n"
    for n in range(1, 41)
)
ROWS = """\
kind,city,weight,note,size
new,Rome,07,first,22.50
,Paris,8,second,1
old,Oslo,many,third,3
new,Bern,,fourth,
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A folder with a classification, a regression, and the table of a user."""
    folder = tmp_path_factory.mktemp("predict")
    (folder / "training.csv").write_text(TRAINING)
    (folder / "rows.csv").write_text(ROWS)
    base = {"optimizer": "adam", "training": {"epochs": 30}}
    data = {"file": str(folder / "training.csv"), "columns": {"weight": "number"}}
    layers = [{"type": "dense", "units": 1, "activation": "sigmoid"}]
    classes = base | {"data": data | {"target": "kind"}, "model": {"layers": layers}}
    library.run(classes | {"loss": "binary_crossentropy"}, folder / "classes")
    library.run(
        classes | {"loss": "hinge", "model": {"layers": [{"type": "dense", "units": 1}]}}, folder / "hinge"
    )
    numbers = base | {"data": data | {"target": "weight", "columns": None}, "loss": "mse"}
    library.run(numbers | {"model": {"layers": [{"type": "dense", "units": 1}]}}, folder / "numbers")
    return folder


def cells(text):
    return [*csv.reader(io.StringIO(text))]


def test_a_row_with_an_unusable_cell_has_an_empty_answer_and_the_reason_is_said(nn, home):
    result = nn("predict", home / "classes", home / "rows.csv")
    answers = [row[0] if row else "" for row in cells(result.stdout)]
    assert answers[0] == "kind"
    assert [answer in ("old", "new") for answer in answers[1:]] == [True, True, False, True]
    assert (
        f"{home / 'rows.csv'}:4: column 'weight': expected a number, got 'many'; no answer" in result.stderr
    )
    assert result.exit_code == 0


def test_an_empty_answer_is_a_line_that_csv_readers_count(nn, home):
    lines = nn("predict", home / "classes", home / "rows.csv").stdout.splitlines()
    assert lines[3] == '""'


def test_strict_refuses_such_a_table_with_every_row(nn, home):
    result = nn("predict", "--strict", home / "classes", home / "rows.csv")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "rows.csv:4: column 'weight': expected a number, got 'many'" in result.stderr


def test_what_stands_in_is_counted_once(nn, home):
    said = nn("predict", home / "classes", home / "rows.csv").stderr
    assert "Missing cells: size 1, weight 1" in said
    assert "a level that training does not have: city 1" in said


def test_columns_may_be_in_any_order_with_others_among_them_and_ignored_ones_absent(nn, home):
    turned = "\n".join(",".join(reversed(line.split(","))) for line in TRAINING.splitlines())
    without = "\n".join(line.partition(",")[2] for line in TRAINING.splitlines())
    expected = nn("predict", home / "classes", home / "training.csv").stdout
    assert nn("predict", home / "classes", "-", stdin=turned + "\n").stdout == expected
    assert nn("predict", home / "classes", "-", stdin=without + "\n").stdout == expected


def test_the_target_may_be_absent_or_empty(nn, home):
    rows = [line.split(",") for line in TRAINING.splitlines()]
    absent = "\n".join(",".join(row[:-1]) for row in rows)
    empty = "\n".join([",".join(rows[0]), *(",".join([*row[:-1], ""]) for row in rows[1:])])
    expected = nn("predict", home / "classes", home / "training.csv").stdout
    assert nn("predict", home / "classes", "-", stdin=absent + "\n").stdout == expected
    assert nn("predict", home / "classes", "-", stdin=empty + "\n").stdout == expected


def test_probabilities_are_a_column_for_each_class_and_sum_to_one(nn, home):
    header, *rows = cells(nn("predict", "--proba", home / "classes", home / "training.csv").stdout)
    assert header == ["kind", "kind=new", "kind=old"]
    shares = np.array([row[1:] for row in rows], float)
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    assert [row[0] for row in rows] == [("new", "old")[best] for best in shares.argmax(axis=1)]


@pytest.mark.parametrize(
    ("run", "reason"),
    [("numbers", "'weight' is a number, not a class"), ("hinge", "are no probabilities")],
)
def test_where_there_are_no_probabilities_they_are_refused(nn, home, run, reason):
    result = nn("predict", "--proba", home / run, home / "training.csv")
    assert (result.exit_code, reason in result.stderr) == (2, True)


def test_kept_columns_stand_before_the_answers_as_they_are_written(nn, home):
    header, *rows = cells(nn("predict", "--keep", home / "classes", home / "rows.csv").stdout)
    assert header == ["kind", "city", "weight", "note", "size", "predicted kind"]
    assert [row[:-1] for row in rows] == [line.split(",") for line in ROWS.splitlines()[1:]]
    without = "\n".join(line.partition(",")[2] for line in ROWS.splitlines())
    header, *_ = cells(nn("predict", "--keep", home / "classes", "-", stdin=without + "\n").stdout)
    assert header == ["city", "weight", "note", "size", "kind"]


def test_a_regression_answers_in_the_unit_of_its_target(nn, home):
    _, *rows = cells(nn("predict", home / "numbers", home / "training.csv").stdout)
    answers = np.array(rows, float)[:, 0]
    assert 10 < answers.mean() < 31  # of targets from 1 to 40


def test_out_is_a_file_with_the_same_content(nn, home, folder):
    expected = nn("predict", "--keep", home / "classes", home / "rows.csv").stdout
    result = nn("predict", "--keep", home / "classes", home / "rows.csv", "--out", "answers.csv")
    assert (result.exit_code, result.stdout) == (0, "")
    assert (folder / "answers.csv").read_text() == expected


def test_a_refused_table_leaves_the_file_of_answers_as_it_was(nn, home, folder):
    (folder / "answers.csv").write_text("kept")
    assert (
        nn("predict", "--strict", home / "classes", home / "rows.csv", "--out", "answers.csv").exit_code == 2
    )
    assert (folder / "answers.csv").read_text() == "kept"


def test_many_rows_without_an_answer_are_counted(nn, home):
    table = "size,city,weight\n" + "1,Rome,x\n" * 30
    said = nn("predict", home / "classes", "-", stdin=table).stderr.splitlines()
    assert (len(said), said[-1]) == (21, "and 10 more rows without an answer")
