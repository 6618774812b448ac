"""A file is the old one or the new one, never a part."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nn.storage.writing import write_whole

WRITER = """
from itertools import cycle
from pathlib import Path
import sys
from nn.storage.writing import write_whole
for letter in cycle(b"abc"):
    write_whole(Path(sys.argv[1]), bytes([letter]) * 1_000_000)
"""


def test_the_file_holds_the_new_bytes_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    for data in (b"old", b"new and longer", b""):
        write_whole(path, data)
        assert path.read_bytes() == data
        assert list(tmp_path.iterdir()) == [path]


def test_a_missing_folder_is_an_error_that_names_the_file_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "missing" / "model.npz"
    with pytest.raises(FileNotFoundError) as caught:
        write_whole(path, b"new")
    assert caught.value.filename == str(path)


def test_a_name_that_a_folder_has_is_an_error_and_leaves_no_temporary_file(tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    path.mkdir()
    with pytest.raises(OSError, match=r"directory: '[^']*/model.npz'$"):
        write_whole(path, b"new")
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_leaves_the_old_content_and_no_temporary_file(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource", reason="limits on a file's size need a Unix")
    path = tmp_path / "model.npz"
    write_whole(path, b"old")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(OSError, match=r"model\.npz"):
            write_whole(path, bytes(5000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_a_process_killed_at_any_moment_leaves_a_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    for trial in range(5):
        process = subprocess.Popen([sys.executable, "-c", WRITER, str(path)])
        while not path.exists() and process.poll() is None:
            time.sleep(0.01)
        time.sleep(0.003 * trial)
        process.send_signal(signal.SIGKILL)
        process.wait()
        data = path.read_bytes()
        assert data == data[:1] * 1_000_000
        path.unlink()
