"""Labels are labels: classes come back as they were written, and are found again in later data."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn.data.csv import read_csv, write_csv
from nn.data.dataset import Dataset
from nn.data.labels import agree, class_positions, distinct, label, label_array
from nn.data.npz import read_npz


@pytest.mark.parametrize("number", [0, 7, -3, 10, 2**53 + 1, 2**64 - 1, -(2**63), 10**30])
def test_what_python_writes_for_a_whole_number_is_that_number(number):
    assert label(str(number)) == number
    assert isinstance(label(str(number)), int)


@pytest.mark.parametrize(
    "text",
    ["007", "+1", "-0", "1.0", "1.", "1e1", "1E1", "1_000", "0x10", "١", "²", "1 ", "", "True", "ten",
     "9" * 5000],
)  # fmt: skip
def test_any_other_text_stays_as_it_is_written(text):
    assert label(text) == text


def test_whole_numbers_are_in_their_order_then_words_in_theirs():
    assert distinct([10, "b", 9, -1, "007", 10], "y") == (-1, 9, 10, "007", "b")


def test_a_label_is_found_by_its_spelling():
    assert class_positions(["07", 7, "007"], (7, "007", "07")).tolist() == [2, 0, 1]


@pytest.mark.parametrize(
    ("later", "classes", "place"),
    [
        ("7.0", (7, 8), 0),
        ("007", (7, 8), 0),
        (7, ("007", "8.0"), 0),
        (8, ("007", "8.0"), 1),
        ("0.50", (0.5, 1.5), 0),  # floats: as old model files have them
        ("1E1", (10, 1), 0),
        (7, ("007", "07"), -1),  # which of the two?
        (2**53, (2**53 + 1, 1), -1),
        ("9007199254740993.0", (2**53, 2**53 + 1), 1),
        ("seven", (7, 8), -1),
        ("1e99999999999999999999", (0, 1), -1),
    ],
)
def test_a_label_of_another_spelling_is_found_by_its_value_where_just_one_class_has_it(later, classes, place):
    assert class_positions([later], classes).tolist() == [place]


def test_classes_agree_in_their_order_by_spelling_or_value():
    assert agree(("0.5", "1.50"), (0.5, 1.5))
    assert not agree((1, 2), (2, 1))
    assert not agree((1, 2), (1, 2, 3))


@pytest.mark.parametrize(
    ("classes", "dtype"),
    [
        ((1, 2), "int64"),
        ((2**63, 2**64 - 1), "uint64"),
        (("a", "007"), "<U3"),
        ((0.5, 1.5), "float64"),
        ((-1, 2**64 - 1), "object"),
        ((1, 2, "X"), "object"),
        ((10**30, 1), "object"),
    ],
)
def test_an_array_of_labels_holds_exactly_these(classes, dtype):
    array = label_array(classes)
    assert array.dtype == dtype
    assert repr(array.tolist()) == repr(list(classes))


def cells(*labels: str) -> io.StringIO:
    rows = "".join(f'{n},"{one}"\n' for n, one in enumerate(labels))
    return io.StringIO(f"x,y\n{rows}")


cell = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"], exclude_characters='"'), min_size=1
)
alike = st.sampled_from(
    ["007", "07", "7", "7.0", "1.1", "1.10", "1E1", "10", "+1", "-0", "0", str(2**53), str(2**53 + 1)]
)
unfinished = ("nan", "inf", "infinity")


@given(
    st.lists(
        st.one_of(cell, alike).filter(lambda text: text.lstrip("+-").lower() not in unfinished),
        min_size=2,
        max_size=8,
        unique=True,
    )
)
def test_as_many_spellings_as_many_classes_and_each_is_written_as_it_was_read(labels):
    dataset = read_csv(cells(*labels), "y", task="classification")
    assert [str(dataset.classes[int(place)]) for place in dataset.y[:, 0]] == labels
    written = io.StringIO()
    write_csv(dataset, written)
    again = read_csv(io.StringIO(written.getvalue()), "y", task="classification")
    assert again.digest == dataset.digest


def test_blanks_around_a_label_and_quotes_are_not_part_of_it():
    text = io.StringIO('x,y\n1, 007 \n2,"007"\n3,7\n')
    assert read_csv(text, "y", task="classification").classes == (7, "007")


def test_a_later_file_is_read_with_the_labels_of_the_model():
    read = read_csv(cells("7.0", "X", "8"), "y", classes=(7, "08", "X"))
    assert read.y[:, 0].tolist() == [0, 2, 1]
    with pytest.raises(ValueError, match=r"<text>:2: column 'y': unknown label 7; did you mean '07'\?"):
        read_csv(cells("7", "8"), "y", classes=("007", "07"))


def test_a_word_in_a_column_of_numbers_is_a_bad_cell_unless_it_was_said_to_be_a_label():
    with pytest.raises(ValueError, match="<text>:4: column 'y': expected a number, got 'X'"):
        read_csv(cells("1", "2", "X"), "y")
    assert read_csv(cells("1", "2", "X"), "y", task="classification").classes == (1, 2, "X")


def test_a_word_in_a_column_of_words_is_a_bad_cell_where_numbers_are_asked_for():
    with pytest.raises(ValueError, match=r"<text>:2: column 'y': expected a number, got '\$512'"):
        read_csv(cells("$512", "$3"), "y", task="regression")


def test_1e400_is_a_label_though_no_float_holds_it():
    assert read_csv(cells("1E400", "2310009E13"), "y", task="classification").classes == (
        "1E400",
        "2310009E13",
    )


@pytest.mark.parametrize(
    ("y", "classes"),
    [
        (np.array([2**53, 2**53 + 1, 5]), (5, 2**53, 2**53 + 1)),
        (np.array([2**64 - 1, 0, 1], np.uint64), (0, 1, 2**64 - 1)),
        (np.array([-128, 127, 0], np.int8), (-128, 0, 127)),
        (np.array([1.0, 2.0, 10.0]), (1, 2, 10)),
        (np.array([0.1, 2.0, 0.1], np.float32), ("0.1", "2.0")),
        (np.array([True, False, True]), ("False", "True")),
        (np.array(["007", "7", "X"]), (7, "007", "X")),
        (np.array([["b"], ["a"], ["b"]]), ("a", "b")),
    ],
    ids=lambda value: str(getattr(value, "dtype", "")),
)
def test_arrays_of_any_type_give_their_labels_exactly(tmp_path, y, classes):
    np.savez(tmp_path / "a.npz", x=np.ones((3, 1)), y=y)
    dataset, _ = read_npz(tmp_path / "a.npz", task="classification")
    assert dataset.classes == classes
    assert [type(one) for one in dataset.classes] == [type(one) for one in classes]
    assert [str(dataset.classes[int(place)]) for place in dataset.y[:, 0]] == [
        str(one).removesuffix(".0") if y.dtype == np.float64 else str(one) for one in y.ravel()
    ]


def test_numbers_in_a_dataset_become_labels_as_python_writes_them():
    dataset = Dataset(np.zeros((3, 1)), np.array([[0.5], [1.0], [0.5]]), ("x",), ("y",)).classified()
    assert dataset.classes == ("0.5", "1.0")
    assert dataset.numbered().y.tolist() == [[0.5], [1.0], [0.5]]
