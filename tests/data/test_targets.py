"""Targets are numbers or labels, and labels are exactly what the cells say."""

import io
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn.data.labels import words_are_classes
from nn.data.reading import TableError, read_table
from nn.data.targets import Targets, read_targets


def read(text, target="y", task=words_are_classes, **options) -> Targets:
    names = [target] if isinstance(target, str) else target
    return read_targets(read_table(io.StringIO(text)), names, task, **options)


def cells(*labels: str) -> str:
    rows = "".join(f'{n},"{one}"\n' for n, one in enumerate(labels))
    return f"x,y\n{rows}"


def test_words_are_classes_in_alphabetical_order():
    targets = read("width,y\n1,rose\n3,iris\n5,rose\n")
    assert targets.y.tolist() == [[1], [0], [1]]
    assert targets.classes == ("iris", "rose")


def test_a_label_is_one_line():
    assert read('x,y\n1,"wild\r\n rose"\n2,iris\n').classes == ("iris", "wild rose")


def test_blanks_within_a_label_are_part_of_it():
    assert read("x,y\n1,a b\n2,a  b\n3, a\u00a0b \n").classes == ("a  b", "a b", "a\u00a0b")


def test_blanks_around_a_label_and_quotes_are_not_part_of_it():
    assert read('x,y\n1, 007 \n2,"007"\n3,7\n', task="classification").classes == (7, "007")


def test_numbers_stay_numbers():
    targets = read("a,y\n1,0\n2,1\n")
    assert targets.y.tolist() == [[0], [1]]
    assert targets.classes is None


def test_several_targets_keep_the_order_asked_for():
    assert read("a,b,c\n1,2,3\n4,5,6\n", ["c", "a"]).y.tolist() == [[3, 1], [6, 4]]


def test_a_row_without_a_target_is_marked_and_noted():
    targets = read("a,y\n1,red\n2,\n3,NA\n4,blue\n")
    assert targets.present.tolist() == [True, False, False, True]
    assert np.isnan(targets.y[:, 0]).tolist() == [False, True, True, False]
    assert targets.notes == (
        "Left out 2 rows without a target ('y' is missing); missing_values: [''] keeps NA as a label.",
    )


def test_labels_are_those_of_the_trained_model():
    targets = read("a,y\n1,rose\n2,rose\n", classes=("iris", "lily", "rose"))
    assert targets.y.tolist() == [[2], [2]]
    assert targets.classes == ("iris", "lily", "rose")


def test_labels_of_a_trained_model_are_found_by_spelling_or_by_value():
    assert read(cells("7.0", "X", "8"), classes=(7, "08", "X")).y[:, 0].tolist() == [0, 2, 1]
    assert read(cells("2", "1"), classes=("1", "2", "other")).y[:, 0].tolist() == [1, 0]


cell = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"], exclude_characters='"'), min_size=1
)
alike = st.sampled_from(
    ["007", "07", "7", "7.0", "1.1", "1.10", "1E1", "10", "+1", "-0", "0", str(2**53), str(2**53 + 1)]
)
endless = ("inf", "infinity")


@given(
    st.lists(
        st.one_of(cell, alike).filter(lambda text: text.lstrip("+-").lower() not in endless),
        min_size=2,
        max_size=8,
        unique=True,
    )
)
def test_there_are_as_many_classes_as_spellings(labels):
    targets = read(cells(*labels), task="classification", missing_values=())
    assert [str(targets.classes[int(place)]) for place in targets.y[:, 0]] == labels


def test_a_word_among_numbers_is_a_bad_cell_unless_the_task_is_classification():
    with pytest.raises(TableError, match=r"<text>:4: column 'y': expected a number, got 'X'"):
        read(cells("1", "2", "X"))
    assert read(cells("1", "2", "X"), task="classification").classes == (1, 2, "X")


def test_a_word_among_words_is_a_bad_cell_where_numbers_are_asked_for():
    with pytest.raises(TableError, match=r"<text>:2: column 'y': expected a number, got '\$512'"):
        read(cells("$512", "$3"), task="regression")


def test_1e400_is_a_label_though_no_float_holds_it():
    assert read(cells("1E400", "2310009E13"), task="classification").classes == ("1E400", "2310009E13")


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("a,y\n1,2\n2,3\n4,inf\n", {}, "<text>:4: column 'y': expected a finite number, got 'inf'"),
        ("a,y\n1,red\n2,-inf\n", {}, "<text>:3: column 'y': expected a class label, got '-inf'"),
        ("a,y\n1,red\n2,red\n", {}, "<text>: target 'y' has one class ('red'); expected at least 2"),
        ("a,y\n1,\n2,\n", {}, "<text>: column 'y': holds no value: there is nothing to learn (2 rows)"),
        ("a,why\n1,2\n", {}, "<text>: there is no target column 'y'; there are: a, why"),
        (
            "a,y\n1,red\n2,blue\n",
            {"target": ["a", "y"], "task": "classification"},
            "<text>: classes need one target column, got 2: a, y",
        ),
        (
            "a,y\n1,rose\n2,iris\n",
            {"classes": ("iris", "lily")},
            "<text>:2: column 'y': unknown label 'rose'; there are: iris, lily",
        ),
        (
            cells("7", "8"),
            {"classes": ("007", "07")},
            "<text>:2: column 'y': unknown label '7'; did you mean '07'?\n"
            "<text>:3: column 'y': unknown label '8'; there are: 007, 07",
        ),
    ],
)
def test_what_is_wrong_with_targets_is_told_with_its_line(text, options, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        read(text, **options)
