"""Standard streams that are closed, full, or not in UTF-8; and a disk that is full."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import matplotlib.font_manager  # noqa: F401  makes its list of fonts, where there is none, before disks are full
import pytest

import nn as library

FULL = "/dev/full"


def test_a_reader_that_has_seen_enough_ends_it_quietly(process):
    with process("datasets", "digits", "--csv") as running:
        assert running.stdout.read(9) == "pixel_0_0"
        running.stdout.close()
        assert running.stderr.read() == ""
    assert running.returncode == 1


@pytest.mark.parametrize(
    "arguments", [["--help"], ["configs"], ["datasets", "digits", "--csv"], ["show", "xor"]]
)
def test_a_full_standard_output_is_told(process, arguments):
    with Path(FULL).open("w") as full:
        running = process(*arguments, stdout=full)
        _, err = running.communicate()
    assert (running.returncode, err) == (1, "Error: standard output: no space left on device\n")


def test_closed_streams_do_not_end_a_training(process, folder):
    def close():
        for number in range(3):
            os.close(number)

    running = process("train", "xor", "--no-plot", stdout=None, stderr=None, preexec_fn=close)
    assert running.wait() == 0
    assert library.load(folder / "runs" / "xor-001").classes == (0, 1)


def test_characters_that_the_locale_lacks_are_escaped(process):
    running = process("train", "xor", "--no-plot", environment={"PYTHONIOENCODING": "latin-1"})
    out, err = running.communicate()
    assert (running.returncode, err) == (0, "")
    assert out.startswith(r"Reached loss \u2264 0.01")


TASTES = """\
data: {file: tastes.csv, target: taste}
model: {layers: [{type: dense, units: 1, activation: sigmoid}]}
loss: binary_crossentropy
optimizer: {type: adam, learning_rate: 0.1}
training: {epochs: 300}
"""


def test_data_are_in_utf8_whatever_the_locale(process, folder):
    rows = "".join(f"{x},{'süß' if x < 5 else 'bitter €'}\n" for x in range(10))
    (folder / "tastes.csv").write_text(f"x,taste\n{rows}", encoding="utf-8")
    (folder / "tastes.yaml").write_text(TASTES)
    latin = {"PYTHONIOENCODING": "latin-1"}
    process("train", "tastes.yaml", "--no-plot", environment=latin).communicate()
    with (folder / "tastes.csv").open("rb") as source:
        running = process("predict", "runs/tastes-001", "-", environment=latin, stdin=source, text=False)
        out, _ = running.communicate()
    assert {"süß", "bitter €"} == set(out.decode("utf-8").splitlines()[1:])


def limited(size: int) -> dict[str, object]:
    """A process whose files cannot grow beyond a size: a small disk."""

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return {"preexec_fn": limit, "environment": {"PYTHONDONTWRITEBYTECODE": "1"}}


def finish(running: subprocess.Popen[str], folder: Path) -> tuple[int, list[str], str]:
    _, err = running.communicate()
    return running.returncode, sorted(str(path.relative_to(folder)) for path in folder.rglob("*")), err


def test_a_disk_that_is_full_from_the_start_leaves_nothing(process, folder):
    code, files, err = finish(process("train", "xor", **limited(0)), folder)
    assert (code, files, err) == (1, [], "Error: runs/xor-001/run.json: file too large\n")


def test_a_disk_that_fills_up_leaves_whole_lines(process, folder):
    code, files, err = finish(process("train", "xor", **limited(3000)), folder)
    assert (code, err) == (1, "Error: runs/xor-001/metrics.csv: file too large\n")
    assert [Path(file).name for file in files[2:]] == ["config.yaml", "metrics.csv", "run.json"]
    text = (folder / "runs/xor-001/metrics.csv").read_text()
    assert len(text) <= 3000
    assert text == "" or text.endswith("\n")


def test_a_disk_without_room_for_the_picture_keeps_the_model(process, folder):
    code, files, err = finish(process("train", "xor", **limited(20_000)), folder)
    assert (code, err) == (1, "Error: runs/xor-001/loss.png: file too large\n")
    names = ["checkpoint.npz", "config.yaml", "metrics.csv", "model.npz", "run.json"]
    assert [Path(file).name for file in files[2:]] == names
    assert library.load(folder / "runs/xor-001").predict([[0, 1]]) == [1]


HELP = """\
import sys
from nn.cli import main
sys.argv = ["nn", "--help"]
try:
    main()
except SystemExit:
    print([name for name in ("numpy", "yaml", "pydantic", "matplotlib") if name in sys.modules])
"""


def test_the_help_needs_none_of_the_large_libraries():
    root = Path(__file__).parents[2]
    result = subprocess.run(
        [sys.executable, "-c", HELP], cwd=root, capture_output=True, text=True, check=True
    )
    assert result.stdout.endswith("[]\n")
