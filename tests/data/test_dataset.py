import re

import numpy as np
import pytest

from nn.data.dataset import Dataset


def numbers(*y: float) -> Dataset:
    return Dataset(np.arange(len(y), dtype=float)[:, None], np.array(y)[:, None], ("x1",), ("y",))


def classes(*sizes: int) -> Dataset:
    y = np.repeat(np.arange(len(sizes), dtype=float), sizes)
    return Dataset(
        np.arange(len(y), dtype=float)[:, None], y[:, None], ("x1",), ("y",), tuple("abcdefgh"[: len(sizes)])
    )


def test_arrays_that_do_not_fit_the_names_are_refused():
    with pytest.raises(ValueError, match=r"Dataset: expected y of shape \(3, 1\), got \(2, 1\)"):
        Dataset(np.zeros((3, 1)), np.zeros((2, 1)), ("a",), ("b",))


def test_take_keeps_names_and_classes():
    part = classes(2, 2).take([3, 0])
    assert part.x.tolist() == [[3], [0]]
    assert part.y.tolist() == [[1], [0]]
    assert (part.inputs, part.targets, part.classes) == (("x1",), ("y",), ("a", "b"))


def test_whole_numbers_become_whole_classes():
    dataset = numbers(5, -1, 5, 2).classified()
    assert dataset.classes == (-1, 2, 5)
    assert all(isinstance(label, int) for label in dataset.classes)
    assert dataset.y.tolist() == [[2], [0], [2], [1]]


def test_words_stay_the_classes_they_are():
    dataset = classes(1, 1)
    assert dataset.classified() is dataset


def test_classes_can_be_given_so_that_two_shares_agree():
    assert numbers(7, 7).classified((3, 5, 7)).y.tolist() == [[2], [2]]
    with pytest.raises(ValueError, match="target 'y': unknown label 4; there are: 3, 5, 7"):
        numbers(7, 4).classified((3, 5, 7))


def test_classes_that_are_numbers_can_be_numbers_again():
    dataset = numbers(7, -1, 2.5)
    assert dataset.classified().numbered().digest == dataset.digest
    assert dataset.numbered() is dataset


def test_words_cannot_be_numbers():
    with pytest.raises(ValueError, match="target 'y': expected numbers, got the class label 'a'"):
        classes(1, 1).numbered()


def test_one_class_is_not_enough():
    with pytest.raises(ValueError, match=r"^target 'y' has one class \(0\); expected at least 2$"):
        numbers(0, 0, 0).classified()


def test_several_target_columns_are_no_classes():
    dataset = Dataset(np.zeros((2, 1)), np.zeros((2, 2)), ("a",), ("b", "c"))
    with pytest.raises(ValueError, match="classes need one target column, got 2"):
        dataset.classified()


def test_numbers_are_compared_as_they_are():
    dataset = numbers(0.5, 2)
    assert dataset.encoded(1) is dataset.y


def test_two_classes_are_one_output_or_two():
    assert classes(1, 1).encoded(1).tolist() == [[0], [1]]
    assert classes(1, 1).encoded(2).tolist() == [[1, 0], [0, 1]]


def test_more_classes_are_one_hot():
    assert classes(1, 2, 1).encoded(3).tolist() == [[1, 0, 0], [0, 1, 0], [0, 1, 0], [0, 0, 1]]


@pytest.mark.parametrize(
    ("dataset", "outputs", "message"),
    [
        (numbers(0.5, 2), 2, "the network has 2 outputs, but the data has 1 target; expected 1 output"),
        (
            classes(1, 1),
            3,
            "the network has 3 outputs, but target 'y' has 2 classes; expected 1 or 2 outputs",
        ),
        (classes(1, 1, 1), 1, "the network has 1 output, but target 'y' has 3 classes; expected 3 outputs"),
    ],
)
def test_a_network_with_other_outputs_is_told_what_was_expected(dataset, outputs, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        dataset.encoded(outputs)


def test_the_digest_depends_on_numbers_names_and_classes():
    dataset = classes(2, 1)
    others = [
        classes(1, 2),
        Dataset(dataset.x + 1, dataset.y, ("x1",), ("y",), ("a", "b")),
        Dataset(dataset.x, dataset.y, ("x2",), ("y",), ("a", "b")),
        Dataset(dataset.x, dataset.y, ("x1",), ("z",), ("a", "b")),
        Dataset(dataset.x, dataset.y, ("x1",), ("y",), ("a", "c")),
        Dataset(dataset.x, dataset.y, ("x1",), ("y",)),
    ]
    assert len({dataset.digest, *(other.digest for other in others)}) == 7
    assert classes(2, 1).digest == dataset.digest
    assert (
        Dataset(np.asfortranarray(dataset.x), dataset.y, ("x1",), ("y",), ("a", "b")).digest == dataset.digest
    )
