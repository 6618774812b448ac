"""What people name is opened where it is a file of reasonable size, and refused by its kind elsewhere."""

import os
import socket
from pathlib import Path

import pytest

from nn.storage import opening


@pytest.fixture(params=["pipe", "socket", "device", "link to a device"])
def special(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Something that is neither a file nor a folder."""
    path = tmp_path / "special"
    if request.param == "device":
        return Path(os.devnull)
    if request.param == "pipe":
        os.mkfifo(path)
    elif request.param == "socket":
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(os.path.relpath(path))  # a long name does not fit
    else:
        path.symlink_to("/dev/zero")
    return path


def test_a_file_is_read(tmp_path):
    (tmp_path / "file").write_bytes(b"content")
    (tmp_path / "link").symlink_to("file")
    assert (
        opening.read_regular(tmp_path / "file", 7) == opening.read_regular(tmp_path / "link", 7) == b"content"
    )


def test_what_may_never_end_is_refused_by_its_kind(special):
    with pytest.raises(ValueError, match=f"^{special}: expected a file, got a (pipe|socket|device)$"):
        opening.read_regular(special, 1 << 20)


def test_a_folder_and_a_missing_file_are_what_the_system_says_they_are(tmp_path):
    with pytest.raises(IsADirectoryError):
        opening.read_regular(tmp_path, 1)
    with pytest.raises(FileNotFoundError):
        opening.read_regular(tmp_path / "missing", 1)


def test_a_file_that_is_too_large_is_refused_by_its_size(tmp_path):
    path = tmp_path / "sparse"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(ValueError, match=r"sparse: expected at most 1,024 bytes, got 1,099,511,627,776$"):
        opening.read_regular(path, 1 << 10)
