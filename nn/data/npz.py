"""Reads data sets from NPZ archives, NumPy's own file format for several arrays."""

import io
import os
import reprlib
import sys
import warnings
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from nn.arrays import Floats
from nn.data.dataset import Dataset, class_indices
from nn.data.labels import Label, Rule, TargetSummary, Task, distinct, label, words_are_classes
from nn.storage.opening import open_regular

WHOLE = ("x", "y")
SPLIT = ("x_train", "y_train", "x_test", "y_test")
WEIGHTS = {"x": "w", "x_train": "w_train"}
"""The name of the array of sample weights beside each array of inputs."""
MAX_UNPACKED, MAX_RATIO = 1 << 28, 100
"""The largest size of an unpacked archive in bytes, or relative to its packed size."""
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def read_npz(
    path: str | Path, *, task: Task | Rule = words_are_classes, classes: Sequence[Label] | None = None
) -> tuple[Dataset, Dataset | None]:
    """Read the samples of an archive and, if it has one, its test share.

    The archive holds ``x`` and ``y``, or ``x_train``, ``y_train``, ``x_test`` and ``y_test``:
    x: (samples, ...) numbers, flattened to (samples, inputs), named x1, x2, …
    y: (samples,) or (samples, targets) numbers, named y, or y1, y2, …; or (samples,) or
        (samples, 1) class labels: text, or numbers where the task is classification
    w: (samples,) numbers of at least 0, optional (``w_train``): the weights of the samples

    task: whether y holds class labels or numbers, or a rule that decides; by default text is labels
    classes: the labels must be among these (of a trained model, say); without it the distinct labels
        of the training share are the classes of both

    Nothing is ever unpickled. Raises ValueError, naming file and array, for any other file; OSError if
    the file cannot be read.
    """
    arrays = _load(Path(path), (WHOLE, SPLIT))
    pairs = [WHOLE] if "x" in arrays else [SPLIT[:2], SPLIT[2:]]
    first = arrays[pairs[0][1]]
    if classes is not None or _decided(task, first) == "classification":
        classes = classes or distinct(_labels(f"{path}: {pairs[0][1]}", first), f"{path}: target 'y'")
    shares = [_dataset(path, arrays, x, y, classes) for x, y in pairs]
    training, last = shares[0], shares[-1]
    if (training.inputs, training.targets) != (last.inputs, last.targets):
        sizes = [f"{len(share.inputs)} inputs and {len(share.targets)} targets" for share in shares]
        raise ValueError(f"{path}: the training share has {sizes[0]}, but the test share has {sizes[1]}")
    return training, last if last is not training else None


def read_inputs(path: str | Path) -> Floats:
    """Read the inputs alone, (samples, inputs): ``x``, or ``x_test``. Raises as ``read_npz`` does."""
    arrays = _load(Path(path), (("x",), ("x_test",)))
    name = next(name for name in ("x", "x_test") if name in arrays)
    array = arrays[name]
    return _finite_rows(f"{path}: {name}", array.reshape(len(array), -1))


def _load(path: Path, layouts: Sequence[tuple[str, ...]]) -> dict[str, NDArray[Any]]:
    """Load the arrays of the first of these layouts of which the file has any array."""
    with open_regular(path) as file:
        if file.peek().startswith(npy.MAGIC_PREFIX):
            raise ValueError(f"{path}: expected an NPZ archive, got a single array (NPY)")
        try:
            members = _members(file)
            names = list(members)
            keys = next((keys for keys in layouts if set(keys) & set(names)), layouts[-1])
            optional = tuple(WEIGHTS[key] for key in keys if key in WEIGHTS)
            arrays = {key: _array(members[key]) for key in (*keys, *optional) if key in names}
        except SizeError as error:
            raise ValueError(f"{path}: {error}") from None
        except (
            Exception
        ) as error:  # damaged files make zipfile, zlib, NumPy and tokenize raise many kinds of exceptions
            raise ValueError(
                f"{path}: expected an undamaged NPZ archive of plain arrays, got {error!r}"
            ) from error
    if not set(keys) <= set(arrays):
        expected = ", or ".join((", " if len(layout) > 2 else " and ").join(layout) for layout in layouts)
        raise ValueError(f"{path}: expected arrays {expected}; there are: {names}")
    for key, array in arrays.items():
        if array.ndim == 0 or array.size == 0:
            raise ValueError(f"{path}: {key}: expected at least one row and column, got shape {array.shape}")
    return arrays


class SizeError(ValueError):
    """An archive unpacks to a suspicious size."""


def _members(file: BinaryIO) -> dict[str, bytes]:
    """Return the members of an archive by name; raises SizeError if they are too large."""
    with zipfile.ZipFile(file) as archive:
        entries = archive.infolist()
        size, packed = sum(entry.file_size for entry in entries), os.fstat(file.fileno()).st_size
        if size > max(MAX_UNPACKED, MAX_RATIO * packed):
            raise SizeError(
                f"its {packed:,} bytes unpack to {size:,}; if that is meant, save with numpy.savez"
            )
        if any(entry.compress_type not in PACKED for entry in entries):
            raise ValueError("packed in a way that NumPy does not use")
        return {entry.filename.removesuffix(".npy"): archive.read(entry) for entry in entries}


def _array(content: bytes) -> NDArray[Any]:
    """Read the array of a member to its end, where zipfile verifies the checksum."""
    stream = io.BytesIO(content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # NumPy warns of headers written by old versions
        array: NDArray[Any] = npy.read_array(stream, allow_pickle=False)
    if stream.read(1):
        raise ValueError("an array that is longer than its header says")
    if array.dtype.kind == "U":
        codes = np.frombuffer(array.tobytes(), array.dtype.str[0] + "u4")
        if np.any(codes > sys.maxunicode):
            raise ValueError("text with characters that there are not")
    return array


def _dataset(
    path: str | Path, arrays: dict[str, NDArray[Any]], x: str, y: str, classes: Sequence[Label] | None
) -> Dataset:
    """Make a data set of one share."""
    inputs = _finite_rows(f"{path}: {x}", arrays[x])
    if classes is None:
        targets = _finite_rows(f"{path}: {y}", arrays[y])
    else:
        targets = class_indices(_labels(f"{path}: {y}", arrays[y]), classes, f"{path}: {y}")
    if len(inputs) != len(targets):
        raise ValueError(f"{path}: {x} has {len(inputs)} rows, but {y} has {len(targets)}")
    return Dataset(
        inputs,
        targets,
        _names("x", inputs),
        ("y",) if targets.shape[1] == 1 else _names("y", targets),
        None if classes is None else tuple(classes),
        _weights(path, arrays, WEIGHTS.get(x, ""), len(inputs)),
    )


def _weights(path: str | Path, arrays: dict[str, NDArray[Any]], name: str, samples: int) -> Floats | None:
    """Return the sample weights of a share, (samples,); None if the archive has none."""
    if name not in arrays:
        return None
    weights = _finite_rows(f"{path}: {name}", arrays[name])
    if weights.shape != (samples, 1):
        raise ValueError(
            f"{path}: {name}: expected a weight for each of {samples} samples, got {arrays[name].shape}"
        )
    if np.any(weights < 0):
        raise ValueError(f"{path}: {name}: expected numbers of at least 0, got {weights.min():g}")
    return weights[:, 0]


def _finite_rows(name: str, array: NDArray[Any]) -> Floats:
    """Check that an array holds finite numbers, and return it as rows and columns."""
    if array.dtype.kind not in "biuf":
        raise ValueError(f"{name}: expected an array of numbers, got the type {array.dtype}")
    odd = np.argwhere(~np.isfinite(array))
    if len(odd):
        place = tuple(odd[0].tolist())
        raise ValueError(f"{name}{list(place)}: expected a finite number, got {array[place]}")
    return array.reshape(len(array), -1).astype(np.float64)


def _decided(task: Task | Rule, array: NDArray[Any]) -> Task:
    """Decide the task of an array of targets."""
    if isinstance(task, str):
        return task
    if array.dtype.kind == "U":
        return task(TargetSummary(numbers=False, whole=False, words=True, labels=len(np.unique(array))))
    if array.size != len(array) or array.dtype.kind not in "biuf":
        return "regression"
    return task(TargetSummary(numbers=True, whole=_whole(array), words=False, labels=len(np.unique(array))))


def _labels(name: str, array: NDArray[Any]) -> list[Label]:
    """Return an array of class labels as a list: whole numbers exactly, all else as Python writes it."""
    if array.size != len(array):
        raise ValueError(f"{name}: expected one class label a row, got the shape {array.shape}")
    if array.dtype.kind != "U":
        _finite_rows(name, array)
        floats = array.dtype.kind == "f" and _whole(array)
        return [int(one) if floats else label(str(one)) for one in array.ravel()]
    labels = array.ravel().tolist()
    for row, one in enumerate(labels):
        if not one.strip() or not one.isprintable():
            raise ValueError(f"{name}[{row}]: expected a class label, got {reprlib.repr(one)}")
    return [*map(label, labels)]


def _whole(array: NDArray[Any]) -> bool:
    """Whether all numbers of an array are whole."""
    return array.dtype.kind != "f" or bool(np.all(np.isfinite(array)) and np.all(array == np.round(array)))


def _names(letter: str, columns: Floats) -> tuple[str, ...]:
    return tuple(f"{letter}{i + 1}" for i in range(columns.shape[1]))
