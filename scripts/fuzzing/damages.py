"""Ways to damage a file: its bytes, what a zip file holds, what a model says of itself."""

import io
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from nn.storage.archive import load_archive, save_archive

OTHER_VALUES: list[Any] = [
    None,
    True,
    -1,
    0,
    3,
    1e308,
    10**30,
    "",
    "x",
    "tanh",
    "mse",
    "softmax",
    [],
    ["a"],
    {},
]
OTHER_VALUES += [
    ["a", "a"],
    [1, 2, 3],
    "hinge",
    "\0\x1b[31m",
    {"type": "dense", "units": 2},
    {"type": "relu"},
]
OTHER_ARRAYS: list[Callable[[Any], Any]] = [
    lambda array: array[:1],
    lambda array: array[..., np.newaxis],
    lambda array: np.sum(array),
    lambda array: array.astype(np.float32),
    lambda array: array.astype(np.int8),
    lambda array: array.astype(complex),
    lambda array: array.astype(str),
    lambda array: array * np.nan,
    lambda array: np.append(array, 1.0),
]


def flip(data: bytearray, rng: np.random.Generator) -> None:
    """One bit is another."""
    data[rng.integers(len(data))] ^= 1 << int(rng.integers(8))


def overwrite(data: bytearray, rng: np.random.Generator) -> None:
    """Some bytes are others: zeros, or anything."""
    start, stop = span(data, rng)
    data[start:stop] = bytes(stop - start) if rng.random() < 0.5 else rng.bytes(int(stop - start))


def truncate(data: bytearray, rng: np.random.Generator) -> None:
    """The end is missing."""
    del data[rng.integers(len(data)) :]


def remove(data: bytearray, rng: np.random.Generator) -> None:
    """Some bytes are missing."""
    start, stop = span(data, rng)
    del data[start:stop]


def repeat(data: bytearray, rng: np.random.Generator) -> None:
    """Some bytes are there twice."""
    start, stop = span(data, rng)
    data[start:start] = data[start:stop]


def insert(data: bytearray, rng: np.random.Generator) -> None:
    """There are other bytes between: what has a meaning somewhere, or anything."""
    words = [
        b"\0",
        b"\n",
        b",",
        b'"',
        b"\r",
        b"PK\5\6",
        b"nan",
        b"1e999",
        b"9" * 30,
        b"\xff\xfe",
        b"\x1b[31m",
    ]
    chosen = words[rng.integers(len(words))] if rng.random() < 0.7 else rng.bytes(int(rng.integers(1, 20)))
    data[(start := int(rng.integers(len(data) + 1))) : start] = chosen


def swap(data: bytearray, rng: np.random.Generator) -> None:
    """Two neighbouring parts have changed places."""
    start, stop = span(data, rng)
    middle = (start + stop) // 2
    data[start:stop] = data[middle:stop] + data[start:middle]


def span(data: bytearray, rng: np.random.Generator) -> tuple[int, int]:
    """Where a part of at most 64 bytes begins and ends."""
    start = int(rng.integers(len(data)))
    return start, min(start + int(rng.integers(1, 65)), len(data))


DAMAGES = (flip, flip, overwrite, truncate, remove, repeat, insert, swap)


def damaged(data: bytes, rng: np.random.Generator) -> bytes:
    """The bytes with one to three damages."""
    mutable = bytearray(data)
    for _ in range(rng.integers(1, 4)):
        if mutable:
            DAMAGES[rng.integers(len(DAMAGES))](mutable, rng)
    return bytes(mutable)


def every(data: bytes) -> Iterator[bytes]:
    """The bytes with each one bit another, and each shorter beginning of them."""
    for position in range(len(data)):
        yield data[:position]
        for bit in range(8):
            yield data[:position] + bytes([data[position] ^ 1 << bit]) + data[position + 1 :]


def repacked(data: bytes, rng: np.random.Generator) -> bytes:
    """A zip file with a member damaged, and right checksums all the same."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        members = {name: file.read(name) for name in file.namelist()}
    chosen = list(members)[rng.integers(len(members))]
    members[chosen] = damaged(members[chosen], rng)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        for name, content in members.items():
            file.writestr(name, content)
    return stream.getvalue()


def forged(data: bytes, rng: np.random.Generator) -> bytes:
    """A model with another description or other arrays, and the digest that belongs to them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.npz"
        path.write_bytes(data)
        whole, metadata = load_archive(path)
        arrays = dict(whole)
        for _ in range(rng.integers(1, 3)):
            if rng.random() < 0.3:
                name = list(arrays)[rng.integers(len(arrays))]
                arrays[name] = OTHER_ARRAYS[rng.integers(len(OTHER_ARRAYS))](whole[name])
            else:
                replace(metadata, rng)
        save_archive(path, arrays, metadata)
        return path.read_bytes()


def replace(tree: Any, rng: np.random.Generator) -> None:
    """Put something else into one place of a tree of JSON, or leave that place out."""
    keys = list(tree) if isinstance(tree, dict) else list(range(len(tree)))
    if not keys:
        return
    key = keys[rng.integers(len(keys))]
    if isinstance(tree[key], dict | list) and rng.random() < 0.8:
        replace(tree[key], rng)
    elif rng.random() < 0.2:
        del tree[key]
    else:
        tree[key] = OTHER_VALUES[rng.integers(len(OTHER_VALUES))]
