"""Arrays and metadata come back as they were saved, or not at all."""

import copy
import io
import json
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

from nn.resources import __version__
from nn.storage.archive import load_archive, save_archive, saving_version

ARRAYS = {"parameters": np.linspace(0, 1, 9), "file": np.arange(6, dtype=np.int8).reshape(2, 3)}
METADATA = {"classes": ["setosa", "virginica"], "epoch": 12, "scale": None, "loss": 0.1}
DTYPES = st.one_of(arrays_of.floating_dtypes(), arrays_of.integer_dtypes(), arrays_of.unicode_string_dtypes())
SHAPES = arrays_of.array_shapes(min_dims=0, min_side=0, max_dims=3)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A small archive."""
    path = tmp_path / "model.npz"
    save_archive(path, ARRAYS, METADATA)
    return path


def is_as_saved(path: Path) -> bool:
    """Whether the archive holds what the fixture saved; it raises ValueError where it is damaged."""
    arrays, metadata = load_archive(path)
    same = [np.array_equal(arrays[name], ARRAYS[name]) for name in ARRAYS]
    return all(same) and arrays.keys() == ARRAYS.keys() and metadata == METADATA


def write_members(path: Path, members: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> None:
    """A zip file with these members."""
    with zipfile.ZipFile(path, "w", compression) as file:
        for name, content in members.items():
            file.writestr(name, content)


def npy_header(shape: tuple[int, ...], descr: str) -> bytes:
    """The beginning of an ``.npy`` file with this shape and type."""
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, {"shape": shape, "fortran_order": False, "descr": descr})
    return stream.getvalue()


def test_what_was_saved_comes_back_and_may_be_written_to(path: Path) -> None:
    arrays, metadata = load_archive(path)
    for name, array in ARRAYS.items():
        assert arrays[name].dtype == array.dtype
        np.testing.assert_array_equal(arrays[name], array)
        arrays[name][...] = 0
    assert metadata == METADATA
    assert list(metadata) == list(METADATA)


@given(array=arrays_of.arrays(DTYPES, SHAPES))
def test_every_number_text_shape_and_type_comes_back_bit_for_bit(
    tmp_path_factory: pytest.TempPathFactory, array: np.ndarray
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.npz"
    save_archive(path, {"array": array.T}, {})
    loaded = load_archive(path)[0]["array"]
    assert (loaded.dtype, loaded.shape, loaded.tobytes()) == (array.dtype, array.T.shape, array.T.tobytes())


def test_the_same_content_gives_the_same_bytes(path: Path) -> None:
    first = path.read_bytes()
    save_archive(path, ARRAYS, METADATA)
    assert path.read_bytes() == first


def test_numpy_opens_it_without_pickle(path: Path) -> None:
    with np.load(path, allow_pickle=False) as opened:
        np.testing.assert_array_equal(opened["parameters"], ARRAYS["parameters"])


def test_objects_and_reserved_names_are_refused_and_nothing_is_written(tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    with pytest.raises(TypeError, match="array 'x' must hold numbers or text, got object"):
        save_archive(path, {"x": np.array([None])}, {})
    with pytest.raises(ValueError, match="'__metadata__' is reserved"):
        save_archive(path, {"__metadata__": np.zeros(1)}, {})
    assert not path.exists()


def test_a_flip_of_any_byte_is_harmless_or_an_error_that_names_the_file(path: Path) -> None:
    whole = path.read_bytes()
    harmless = 0
    for position in range(len(whole)):
        for flip in (0x01, 0x80, 0xFF):
            damaged = bytearray(whole)
            damaged[position] ^= flip
            path.write_bytes(damaged)
            try:
                assert is_as_saved(path)
                harmless += 1
            except ValueError as error:
                assert str(error).startswith(f"{path}: ")  # noqa: PT017  # the load may also succeed
    assert harmless < len(whole)


def test_every_truncation_is_an_error(path: Path) -> None:
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(ValueError, match=r"model\.npz: damaged: "):
            load_archive(path)


def test_a_consistent_zip_with_another_number_fails_the_digest(path: Path) -> None:
    with zipfile.ZipFile(path) as file:
        members = {name: file.read(name) for name in file.namelist()}
    write_members(path, members)
    assert is_as_saved(path)
    members["parameters.npy"] = members["parameters.npy"][:-1] + b"\0"
    write_members(path, members)
    with pytest.raises(ValueError, match="damaged: its content does not have the digest"):
        load_archive(path)


def test_a_header_that_lies_about_its_shape_takes_no_memory(path: Path) -> None:
    for shape in ((10**12,), (2**62, 4), (-1, -8), (10**30,)):
        write_members(path, {"x.npy": npy_header(shape, "<f8") + bytes(64)})
        tracemalloc.start()
        with pytest.raises(ValueError, match=r"model\.npz: damaged: "):
            load_archive(path)
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
        tracemalloc.stop()


def test_a_compressed_member_is_refused_before_it_is_unpacked(path: Path) -> None:
    write_members(path, {"x.npy": bytes(10**7)}, zipfile.ZIP_DEFLATED)
    with pytest.raises(ValueError, match=r"damaged: x\.npy is not stored plainly"):
        load_archive(path)


def test_a_pickle_is_never_opened(path: Path) -> None:
    np.savez(path, allow_pickle=True, x=np.array([print], dtype=object))
    with pytest.raises(ValueError, match=r"model\.npz: damaged: "):
        load_archive(path)


def test_a_newer_format_says_what_it_needs(path: Path) -> None:
    text = json.dumps({"format": 99, "tiny-nn": "7.1"}).encode()
    write_members(path, {"__metadata__.npy": npy_header((len(text),), "|u1") + text})
    with pytest.raises(ValueError, match=r"model\.npz: expected format 1 or older, got 99 .*, install 7\.1$"):
        load_archive(path)


def test_it_says_who_wrote_it(path: Path) -> None:
    assert saving_version(path) == __version__


def test_a_file_of_this_format_without_its_digest_or_metadata_is_damaged(path: Path) -> None:
    for header in ({"format": 1}, {"format": 1, "metadata": []}, {"format": "x"}, {"format": None}, [1]):
        text = json.dumps(header).encode()
        write_members(path, {"__metadata__.npy": npy_header((len(text),), "|u1") + text})
        with pytest.raises(ValueError, match=r"model\.npz: damaged: "):
            load_archive(path)


def test_members_that_name_the_same_bytes_are_not_read_over_and_over(path: Path) -> None:
    """A zip file of n entries for one long member would take n times its memory."""
    content = npy_header((10**6,), "|u1") + bytes(10**6)
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("x.npy", content)
        for number in range(100):
            entry = copy.copy(file.filelist[0])
            entry.filename = f"x{number}.npy"
            file.filelist.append(entry)
    with pytest.raises(ValueError, match=r"model\.npz: damaged: "):
        load_archive(path)


def test_someone_elses_npz_is_an_error_that_says_what_is_missing(path: Path) -> None:
    np.savez(path, x=np.zeros(3))
    with pytest.raises(ValueError, match=r"expected a file saved by tiny-nn"):
        load_archive(path)


def test_a_missing_file_or_a_folder_is_an_oserror(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.npz", tmp_path):
        with pytest.raises(OSError, match=path.name):
            load_archive(path)
