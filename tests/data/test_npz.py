import io
import re
from pathlib import Path

import numpy as np
import pytest

from nn.data.npz import read_inputs, read_npz

X = np.arange(6.0).reshape(3, 2)


@pytest.fixture
def my_npz(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def write(**arrays) -> str:
        np.savez_compressed("my.npz", **arrays)
        return "my.npz"

    return write


def test_x_and_y_are_the_samples(my_npz):
    dataset, test = read_npz(my_npz(x=X, y=np.array([1.5, 2, 3])))
    assert test is None
    assert dataset.x.tolist() == X.tolist()
    assert dataset.y.tolist() == [[1.5], [2], [3]]
    assert (dataset.inputs, dataset.targets, dataset.classes) == (("x1", "x2"), ("y",), None)


def test_a_share_for_testing_may_come_apart(my_npz):
    train, test = read_npz(my_npz(x_train=X, y_train=np.arange(3), x_test=X[:1], y_test=np.arange(1)))
    assert (len(train), len(test)) == (3, 1)


def test_images_are_flattened_and_small_integers_become_floats(my_npz):
    images = np.arange(2 * 4 * 4, dtype=np.uint8).reshape(2, 4, 4)
    dataset, _ = read_npz(my_npz(x=images, y=np.array([[0], [1]])))
    assert dataset.x.tolist() == images.reshape(2, 16).tolist()
    assert dataset.x.dtype == dataset.y.dtype == np.float64
    assert dataset.inputs[-1] == "x16"


def test_several_targets_are_numbered(my_npz):
    assert read_npz(my_npz(x=X, y=X))[0].targets == ("y1", "y2")


def test_labels_are_those_of_the_training_share_in_both(my_npz):
    words = {"y_train": np.array(["b", "c", "a"]), "y_test": np.array([["c"], ["c"], ["a"]])}
    train, test = read_npz(my_npz(x_train=X, x_test=X, **words))
    assert train.classes == test.classes == ("a", "b", "c")
    assert (train.y.ravel().tolist(), test.y.ravel().tolist()) == ([1, 2, 0], [2, 2, 0])


@pytest.mark.parametrize("labels", [np.array(["b", "c", "d"]), np.array([1, 2, 3])], ids=["words", "numbers"])
def test_a_label_without_samples_to_train_on_is_refused(my_npz, labels):
    shares = {"y_train": labels[[0, 1, 0]], "y_test": labels}
    with pytest.raises(ValueError, match=r"my.npz: y_test: unknown label ('d'|3); there are: "):
        read_npz(my_npz(x_train=X, x_test=X, **shares), task="classification")


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        (
            {"x": X, "label": X},
            "expected arrays x and y, or x_train, y_train, x_test, y_test; there are: ['x', 'label']",
        ),
        (
            {"x_train": X, "y_train": X},
            "expected arrays x and y, or x_train, y_train, x_test, y_test; there are: ['x_train', 'y_train']",
        ),
        ({"x": X, "y": np.arange(4)}, "x has 3 rows, but y has 4"),
        ({"x": X, "y": np.array([0, np.nan, 1])}, "y[1]: expected a finite number, got nan"),
        ({"x": np.array([[1, 2], [3, np.inf]]), "y": X[:2]}, "x[1, 1]: expected a finite number, got inf"),
        ({"x": X + 1j, "y": X}, "x: expected an array of numbers, got the type complex128"),
        ({"x": X.astype(str), "y": X}, "x: expected an array of numbers, got the type <U32"),
        ({"x": X, "y": np.array(1.0)}, "y: expected at least one row and column, got shape ()"),
        ({"x": X[:0], "y": X}, "x: expected at least one row and column, got shape (0, 2)"),
        ({"x": X, "y": np.array(["a", "a", "a"])}, "target 'y' has one class ('a'); expected at least 2"),
        ({"x": X, "y": np.array(["a", "", "b"])}, "y[1]: expected a class label, got ''"),
        ({"x": X, "y": np.array(["a", "\x1b", "b"])}, "y[1]: expected a class label, got '\\x1b'"),
        (
            {"x": X, "y": np.array([["a", "b"]] * 3)},
            "y: expected one class label a row, got the shape (3, 2)",
        ),
        (
            {"x_train": X, "y_train": X, "x_test": X[:, :1], "y_test": X},
            "the training share has 2 inputs and 2 targets, but the test share has 1 inputs and 2 targets",
        ),
        (
            {"x_train": X, "y_train": X, "x_test": X, "y_test": np.array(["a", "b", "c"])},
            "y_test: expected an array of numbers, got the type <U1",
        ),
    ],
)
def test_what_is_wrong_is_named_with_file_and_array(my_npz, arrays, message):
    with pytest.raises(ValueError, match=f"^my.npz: {re.escape(message)}$"):
        read_npz(my_npz(**arrays))


def test_objects_are_never_unpickled(my_npz):
    with pytest.raises(ValueError, match=r"my.npz: expected an undamaged NPZ archive of plain arrays"):
        read_npz(my_npz(x=X, y=np.array([{}, None, 1], dtype=object)))


def test_a_single_array_is_no_archive(tmp_path):
    np.save(tmp_path / "x.npy", X)
    with pytest.raises(ValueError, match="expected an NPZ archive, got a single array"):
        read_npz(tmp_path / "x.npy")


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_a_damaged_archive_is_read_or_refused_in_one_printable_line(tmp_path, save):
    buffer, path = io.BytesIO(), tmp_path / "my.npz"
    save(buffer, x=X, y=np.array(["a", "b", "a"]))
    whole = buffer.getvalue()
    damaged = [whole[:n] for n in range(0, len(whole), 11)]
    damaged += [whole[:i] + bytes([whole[i] ^ 255]) + whole[i + 1 :] for i in range(0, len(whole), 3)]
    messages = []
    for content in damaged:
        path.write_bytes(content)
        try:
            read_npz(path)
        except ValueError as error:
            messages.append(str(error))
    assert len(messages) > len(damaged) / 2
    assert all(message.isprintable() and "my.npz" in message for message in messages)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_a_damaged_header_never_makes_other_numbers_of_a_large_array(tmp_path, save):
    """NumPy alone reads as many numbers as the header says, and so misses the checksum at the end."""
    path = tmp_path / "my.npz"
    save(path, x=np.random.default_rng(0).normal(size=(300, 3)), y=np.arange(300))
    whole, expected = path.read_bytes(), read_npz(path)[0].digest
    for position in range(200):
        for flip in (1, 2, 4, 16):
            damaged = bytearray(whole)
            damaged[position] ^= flip
            path.write_bytes(damaged)
            try:
                assert read_npz(path)[0].digest == expected
            except ValueError as error:
                assert "my.npz: expected" in str(error)  # noqa: PT017  # some bytes mean nothing


def test_a_damaged_name_does_not_make_weights_disappear(my_npz):
    my_npz(x=X, y=np.arange(3), w=np.array([1.0, 0, 2]))
    path = Path("my.npz")
    whole = path.read_bytes()
    path.write_bytes(whole[: whole.rindex(b"w.npy")] + b"v" + whole[whole.rindex(b"w.npy") + 1 :])
    with pytest.raises(ValueError, match="File name in directory"):
        read_npz("my.npz")


def test_text_beyond_unicode_is_damage(my_npz):
    words = np.array([97, 0x110000, 98], np.uint32).view("<U1")
    with pytest.raises(
        ValueError, match=r"my\.npz: expected an undamaged NPZ .* characters that there are not"
    ):
        read_npz(my_npz(x=X, y=words))


def test_a_missing_file_and_a_folder_are_what_the_system_says_they_are(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_npz(tmp_path / "none.npz")
    with pytest.raises(IsADirectoryError):
        read_npz(tmp_path)


def test_inputs_are_read_alone_from_x_or_else_from_x_test(tmp_path):
    path = tmp_path / "a.npz"
    np.savez(path, x=np.arange(8.0).reshape(2, 2, 2))
    assert read_inputs(path).tolist() == [[0, 1, 2, 3], [4, 5, 6, 7]]
    np.savez(path, x_train=np.zeros((3, 1)), x_test=np.ones((2, 1)))
    assert read_inputs(path).tolist() == [[1], [1]]
    np.savez(path, y=np.ones(2))
    with pytest.raises(ValueError, match=r"a\.npz: expected arrays x, or x_test; there are: \['y'\]"):
        read_inputs(path)


def test_weights_are_those_of_the_training_share(tmp_path):
    np.savez(tmp_path / "a.npz", x=np.ones((2, 1)), y=[0, 1], w=[1, 0.5])
    whole, _ = read_npz(tmp_path / "a.npz")
    assert whole.weights.tolist() == [1, 0.5]
    shares = {"x_train": np.ones((2, 1)), "y_train": [0, 1], "x_test": np.ones((1, 1)), "y_test": [0]}
    np.savez(tmp_path / "b.npz", **shares, w_train=[2, 3])
    training, test = read_npz(tmp_path / "b.npz")
    assert (training.weights.tolist(), test.weights) == ([2, 3], None)
    assert read_inputs(tmp_path / "a.npz").shape == (2, 1)


@pytest.mark.parametrize(
    ("w", "message"),
    [
        ([1], r"w: expected a weight for each of 2 samples, got \(1,\)"),
        ([1, -2], "w: expected numbers of at least 0, got -2"),
        ([1, np.nan], r"w\[1\]: expected a finite number, got nan"),
    ],
)
def test_impossible_weights_are_refused(tmp_path, w, message):
    np.savez(tmp_path / "a.npz", x=np.ones((2, 1)), y=[0, 1], w=w)
    with pytest.raises(ValueError, match=message):
        read_npz(tmp_path / "a.npz")
