"""``nn export``: files that were proved, or nothing."""

import subprocess
import sys

import numpy as np
import pytest

from nn.export.c import CFile
from nn.export.exporting import TARGETS
from nn.export.proof import Expected


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    from nn import run

    folder = tmp_path_factory.mktemp("runs") / "blobs-of-3"
    run("iris", str(folder))
    return folder


@pytest.mark.skipif(CFile.needed() is not None, reason="there is no C compiler")
def test_files_are_written_beside_each_other_and_the_proof_is_told(nn, folder, trained):
    result = nn("export", trained, "--to", "c", "--out", "flower.c")
    assert result.exit_code == 0
    assert result.output.startswith("Wrote flower.c and flower.h.\nVerified: ")
    assert "in the run's own 150 rows by" in result.output
    assert '#include "flower.h"' in (folder / "flower.c").read_text()


@pytest.mark.skipif(CFile.needed() is not None, reason="there is no C compiler")
def test_a_file_of_the_same_name_in_the_working_folder_is_not_the_one_that_is_proved(nn, folder, trained):
    (folder / "proof.c").write_text("#error another file")
    (folder / "proof.h").write_text("#error another file")
    assert nn("export", trained, "--to", "c", "--out", "proof.c").exit_code == 0
    assert nn("export", trained, "--to", "c", "--out", "proof.c").exit_code == 0
    (folder / "proof.mjs").write_text("throw another")
    assert nn("export", trained, "--to", "javascript", "--out", "proof.mjs").exit_code == 0


def test_without_a_name_the_file_is_called_like_the_run(nn, folder, trained):
    assert nn("export", trained, "--to", "python").output.startswith("Wrote blobs-of-3.py.")
    test = subprocess.run(
        [sys.executable, "blobs-of-3.py", "--self-test"], capture_output=True, check=False, cwd=folder
    )
    assert test.stdout.decode().split() == ["8", "rows:", "passed"]


def test_a_model_file_is_exported_too(nn, folder, trained):
    result = nn("export", trained / "model.npz", "--to", "python", "--out", "m.py")
    assert result.exit_code == 0
    assert "the run's own" not in result.output


def test_what_a_language_has_not_is_refused_before_anything_is_written(nn, folder, trained):
    result = nn("export", trained, "--to", "javascript", "--dtype", "float32")
    assert result.exit_code == 2
    assert result.output.endswith("javascript computes with float64, not float32: leave dtype out\n")
    assert [*folder.iterdir()] == []


def test_a_file_that_is_not_what_the_network_is_is_not_kept(nn, folder, trained, monkeypatch):
    monkeypatch.setattr(Expected, "allowed", property(lambda self: -np.ones_like(self.bounds)))
    result = nn("export", trained, "--to", "python")
    assert result.exit_code == 1
    assert "the file is not what the model is: row 0" in result.output
    assert [*folder.iterdir()] == []


@pytest.mark.parametrize(
    ("to", "out", "said"),
    [
        ("c", "flower.h", "flower.h: expected a name that ends in .c; its header is written beside it"),
        ("c", "flower.cpp", "flower.cpp: expected a name that ends in .c; its header is written beside it"),
        ("python", "none/m.py", "none/m.py: there is no folder none; make it first"),
        ("python", "", "--out: expected the name of a file, got an empty text"),
    ],
)
def test_a_name_that_no_file_can_have_is_refused_before_any_proof(nn, folder, trained, to, out, said):
    result = nn("export", trained, "--to", to, "--out", out)
    assert (result.exit_code, result.output) == (2, f"Error: {said}\n")
    assert [*folder.iterdir()] == []


def test_without_a_runtime_it_is_said_and_the_file_is_written(nn, folder, trained, monkeypatch):
    monkeypatch.setattr("nn.export.c.compiler", lambda: ())
    result = nn("export", trained, "--to", "c", "--out", "flower.c")
    assert result.exit_code == 0
    assert result.output == "Wrote flower.c and flower.h.\nNot verified: running it needs a C compiler.\n"
    assert "NOT VERIFIED" in (folder / "flower.c").read_text()


def test_python_may_take_numpy_and_others_may_not(nn, trained):
    assert nn("export", trained, "--to", "python", "--numpy", "--out", "m.py").exit_code == 0
    result = nn("export", trained, "--to", "c", "--numpy")
    assert result.exit_code == 2
    assert "--numpy is for --to python, not c" in result.output


def test_a_study_is_refused_with_what_to_do(nn, folder):
    (folder / "study" / "blocks").mkdir(parents=True)
    (folder / "study" / "blocks" / "plan.json").write_text("{}")
    result = nn("export", "study", "--to", "c")
    assert result.exit_code == 2
    assert "expected a run, got a study" in result.output


@pytest.mark.parametrize("to", ["python", "onnx"])
def test_check_finds_any_byte_that_was_changed(nn, folder, trained, to):
    if to == "onnx":
        pytest.importorskip("onnx")
    name = f"m{TARGETS[to].ending}"
    assert nn("export", trained, "--to", to, "--out", name).exit_code == 0
    result = nn("export", trained, "--to", to, "--check", name)
    assert (result.exit_code, result.output) == (0, f"{name}: exactly as {trained} is written.\n")
    data = bytearray((folder / name).read_bytes())
    place = len(data) // 2
    data[place] ^= 1
    (folder / name).write_bytes(data)
    result = nn("export", trained, "--to", to, "--check", name)
    assert result.exit_code == 1
    where = f"byte {place + 1}" if to == "onnx" else f"line {data[:place].count(10) + 1}"
    assert result.output == f"Error: {name}: {where} is not as {trained} is written\n"
    assert (folder / name).read_bytes() == data


def test_check_writes_nothing_and_says_so(nn, folder, trained):
    (folder / "m.py").write_text("")
    result = nn("export", trained, "--to", "python", "--check", "m.py", "--out", "n.py")
    assert (result.exit_code, result.output.splitlines()[-1]) == (
        2,
        "Error: --check writes nothing: leave out --out",
    )


@pytest.mark.skipif(CFile.needed() is not None, reason="there is no C compiler")
def test_a_header_that_cannot_be_written_leaves_no_c_file(nn, folder, trained):
    (folder / "flower.h").mkdir()
    result = nn("export", trained, "--to", "c", "--out", "flower.c")
    assert result.exit_code == 1
    assert "flower.h" in result.output
    assert [path.name for path in folder.iterdir()] == ["flower.h"]
