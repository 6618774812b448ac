"""Labels are labels: classes come back as they were written, and are found again in later data."""

import numpy as np
import pytest

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
