"""Stores arrays and metadata in one ``.npz`` file with a digest that is verified when the file is read.

Inside: one member for each array, ``__metadata__`` (JSON) and ``__sha256__`` (of all the rest), nothing
compressed. ``numpy.load`` opens it too. The same content gives the same bytes. Nothing in it is ever executed
or unpickled.
"""

import hashlib
import io
import json
import math
import os
import warnings
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias, Union

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from nn.resources import __version__
from nn.storage.opening import open_regular
from nn.storage.writing import write_whole

JSON: TypeAlias = Union[bool, int, float, str, Sequence["JSON"], Mapping[str, "JSON"], None]  # noqa: UP007
Arrays: TypeAlias = dict[str, NDArray[Any]]

MAX_ARCHIVE_BYTES = 1 << 32
ARCHIVE_FORMAT = 1
"""The version of this layout; files of a later format are refused."""
METADATA_MEMBER, DIGEST_MEMBER = "__metadata__", "__sha256__"
PLAIN_KINDS = "biufcSU"  # numbers and text, but no Python objects


def save_archive(path: Path, arrays: Mapping[str, NDArray[Any]], metadata: Mapping[str, JSON]) -> None:
    """Write the arrays and the metadata to a file atomically.

    Raises ValueError for a reserved name, TypeError for an array of objects or metadata that is not JSON.
    """
    members = {name: np.asarray(array, order="C") for name, array in arrays.items()}
    for name, array in members.items():
        if name in (METADATA_MEMBER, DIGEST_MEMBER):
            raise ValueError(f"{path}: the array name {name!r} is reserved")
        if array.dtype.kind not in PLAIN_KINDS:
            raise TypeError(f"{path}: array {name!r} must hold numbers or text, got {array.dtype}")
    header = {"format": ARCHIVE_FORMAT, "tiny-nn": __version__, "metadata": metadata}
    members[METADATA_MEMBER] = np.frombuffer(json.dumps(header).encode(), np.uint8)
    members[DIGEST_MEMBER] = content_digest(members)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, array in members.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                npy.write_array(member, array, version=(1, 0), allow_pickle=False)
    write_whole(path, buffer.getvalue())


def load_archive(path: Path) -> tuple[Arrays, dict[str, Any]]:
    """Read the arrays and the metadata of a file that ``save_archive`` wrote.

    Raises OSError if the file cannot be read, and ValueError with its path if it is damaged or of a newer
    format.
    """
    members, header = read_members(path)
    del members[METADATA_MEMBER]
    return members, header["metadata"]


def saving_version(path: Path) -> str:
    """The version of tiny-nn that saved a file; raises as ``load_archive`` does."""
    return str(read_members(path)[1].get("tiny-nn", "an older version"))


def read_members(path: Path) -> tuple[Arrays, dict[str, Any]]:
    """Read and verify a file; returns its members without the digest, and its header."""
    with open_regular(path, MAX_ARCHIVE_BYTES) as file:
        return verified_members(path, file)


def verified_members(path: Path, file: BinaryIO) -> tuple[Arrays, dict[str, Any]]:
    """Verify an open file; returns as ``read_arrays`` does."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # NumPy warns of malformed headers
            members = read_arrays(file)
        header: dict[str, Any] = {"format": 0}
        if METADATA_MEMBER in members:
            header |= json.loads(members[METADATA_MEMBER].tobytes())
        number = int(header["format"])
        if number == ARCHIVE_FORMAT:
            if not np.array_equal(members.pop(DIGEST_MEMBER), content_digest(members)):
                raise ValueError("its content does not have the digest that was saved with it")
            header["metadata"] = dict(header["metadata"])
    except Exception as error:  # zipfile, zlib and NumPy raise many kinds of errors
        raise ValueError(f"{path}: damaged: {str(error) or type(error).__name__}") from error
    if number > ARCHIVE_FORMAT:
        raise ValueError(
            f"{path}: expected format {ARCHIVE_FORMAT} or older, got {number} from a newer tiny-nn: this is "
            f"{__version__}, install {header.get('tiny-nn', 'the newest')}"
        )
    if number < 1:
        raise ValueError(f"{path}: expected a file saved by tiny-nn, got one without its metadata")
    return members, header


def content_digest(members: Mapping[str, NDArray[Any]]) -> NDArray[np.uint8]:
    """The sha256 ``(32,)`` of every member's name, type, shape and bytes, sorted by name."""
    sha256 = hashlib.sha256()
    for name, array in sorted(members.items()):
        sha256.update(digested_heading(name, array))
        sha256.update(array.tobytes())
    return np.frombuffer(sha256.digest(), np.uint8)


def digested_heading(name: str, array: NDArray[Any]) -> bytes:
    """What of a member is digested before its bytes."""
    return json.dumps([name, array.dtype.str, array.shape]).encode()


def read_arrays(file: BinaryIO) -> Arrays:
    """Read every array of an ``.npz`` file, in no more memory than the size of the file."""
    members = {}
    with zipfile.ZipFile(file) as archive:
        room = os.fstat(file.fileno()).st_size
        for entry in archive.infolist():
            room -= entry.file_size  # several entries may refer to the same bytes
            if entry.compress_type != zipfile.ZIP_STORED or room < 0:
                raise ValueError(f"{entry.filename} is not stored plainly")
            members[entry.filename.removesuffix(".npy")] = read_array(archive.read(entry))
        if len(members) < len(archive.infolist()):
            raise ValueError("it holds two arrays of one name")
    return members


def read_array(content: bytes) -> NDArray[Any]:
    """Read the array of an ``.npy`` file, if its header agrees with the length of the content."""
    stream = io.BytesIO(content)
    if npy.read_magic(stream) != (1, 0):
        raise ValueError("an array has an unknown format")
    shape, _, dtype = npy.read_array_header_1_0(stream)
    if dtype.kind not in PLAIN_KINDS or len(content) - stream.tell() != math.prod(shape) * dtype.itemsize:
        raise ValueError(f"an array is shorter or longer than its header says: {shape} of {dtype}")
    return np.frombuffer(content, dtype, offset=stream.tell()).reshape(shape).copy()
