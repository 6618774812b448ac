"""Runs that others have touched: whatever stands in their files, there is an answer or a message."""

import copy
import json
import os
import re
import shutil
import socket
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nn.runs.facts import read_facts
from nn.storage.archive import load_archive, save_archive

CONFIG = """\
data: {name: moons, samples: 40, validation: 0.2, test: 0.2}
model: {layers: [{type: dense, units: 2, activation: tanh}, {type: dense, units: 1, activation: sigmoid}]}
loss: binary_crossentropy
optimizer: adam
training: {epochs: 4, batch_size: 8, engine: numpy, snapshots: 3, early_stopping: {patience: 9}}
"""
VALUES = [None, True, -1, 7, 0.5, "x", [1], {"x": 1}]
READING = [
    ["compare", "run"],
    ["evaluate", "run"],
    ["verify", "run"],
    ["resume", "run", "--epochs", "6"],
    ["report", "run"],
]


@pytest.fixture(scope="module")
def original(tmp_path_factory) -> Path:
    """A run that has ended, and a table of its kind."""
    from click.testing import CliRunner

    from nn.cli.group import commands

    folder = tmp_path_factory.mktemp("original")
    (folder / "small.yaml").write_text(CONFIG)
    arguments = ["train", str(folder / "small.yaml"), "--out", str(folder / "run"), "--quiet", "--no-plot"]
    assert CliRunner().invoke(commands, arguments, catch_exceptions=False).exit_code == 0
    (folder / "table.csv").write_text("x1,x2,y\n0,1,0\n1,0,1\n")
    return folder


@pytest.fixture
def run(original: Path, folder: Path) -> Path:
    """A copy of it."""
    shutil.copytree(original, folder, dirs_exist_ok=True)
    return folder / "run"


def mutants(value: Any) -> Iterator[Any]:
    """The value with another in the place of each of its parts, or without the part."""
    yield from VALUES
    if isinstance(value, dict):
        for name, part in value.items():
            yield {other: kept for other, kept in value.items() if other != name}
            yield from (value | {name: mutant} for mutant in mutants(part))
    if isinstance(value, list):
        for place, part in enumerate(value):
            yield from ([*value[:place], mutant, *value[place + 1 :]] for mutant in mutants(part))


def answers(nn, *arguments: str) -> int:
    """The exit code of a command that ends without a traceback, and says what is wrong where it fails."""
    result = nn(*arguments)
    assert result.exit_code in (0, 1, 2), arguments
    assert result.exit_code != 2 or "Error: " in result.stderr, (arguments, result.stderr)
    return result.exit_code


def test_facts_of_any_content_are_answered_or_told(nn, run):
    facts = json.loads((run / "run.json").read_text())
    contents = {json.dumps(mutant) for mutant in mutants(facts)}
    refused = 0
    for content in sorted(contents):
        (run / "run.json").write_text(content)
        try:
            read_facts(run)
        except ValueError:
            refused += 1
        else:
            answers(nn, "compare", "run")
            answers(nn, "resume", "run", "--epochs", "4")
    assert refused > len(contents) / 2


@pytest.mark.parametrize("arguments", READING)
def test_facts_of_another_kind_are_told_by_each_command(nn, run, arguments):
    facts = json.loads((run / "run.json").read_text())
    (run / "run.json").write_text(json.dumps(facts | {"metrics": {"test": 1.5}}))
    assert answers(nn, *arguments) == 2


@pytest.mark.parametrize("arguments", READING)
def test_facts_that_say_the_least_are_enough_for_each_command(nn, run, arguments):
    facts = json.loads((run / "run.json").read_text())
    least = {name: facts[name] for name in ("stopped", "epochs", "data")}
    (run / "run.json").write_text(json.dumps(least))
    assert answers(nn, *arguments) == 0


CHECKPOINTS = [np.array(value) for value in (np.nan, -1, "x", [], [[1, 2, 3]])]


def test_a_checkpoint_of_any_content_is_answered_or_told(nn, run, monkeypatch):
    """Each array gone, of another shape or type, or of the same with numbers that no training gives."""
    # The same picture, dozens of times.
    monkeypatch.setattr("nn.cli.carrying_out.draw_loss_curve", lambda *_: True)
    arrays, metadata = load_archive(run / "checkpoint.npz")
    for name, array in arrays.items():
        same = [np.full_like(array, np.array(value).astype(array.dtype)) for value in (0, 1 << 62)]
        same += [np.full_like(array, np.nan)] if array.dtype.kind == "f" else []
        for other in [None, *CHECKPOINTS, *same]:
            changed = {key: kept for key, kept in arrays.items() if key != name}
            changed |= {} if other is None else {name: other}
            save_archive(run / "checkpoint.npz", changed, metadata)
            shutil.copytree("run", "copy", dirs_exist_ok=True)
            code = answers(nn, "resume", "copy", "--epochs", "6", "--quiet")
            assert code == 2 or other is None or other.dtype == array.dtype, (name, other)


FILES = ["config.yaml", "metrics.csv", "model.npz", "checkpoint.npz", "snapshots.npz", "run.json"]


@pytest.mark.parametrize("name", FILES)
def test_resuming_never_writes_through_a_link(nn, run, name):
    (run / "run.json").write_text((run / "run.json").read_text().replace('"epochs",', '"interrupted",'))
    mine = run.parent / "mine"
    (run / name).rename(mine)
    before = mine.read_bytes()
    (run / name).symlink_to(mine)
    result = nn("resume", "run", "--epochs", "6")
    assert result.stderr.startswith(f"Error: run/{name}: expected a file, got a link")
    assert (result.exit_code, mine.read_bytes()) == (2, before)


@pytest.mark.parametrize("arguments", [["report", "run", "--out"], ["plot", "run", "--out"]])
def test_a_link_gives_way_and_what_it_leads_to_stays(nn, run, arguments):
    (run.parent / "mine").write_bytes(b"mine")
    (run.parent / "out.png").symlink_to("mine")
    (run.parent / ".out.png.tmp").symlink_to("mine")
    assert nn(*arguments, "out.png").exit_code == 0
    assert (run.parent / "mine").read_bytes() == b"mine"
    assert not (run.parent / "out.png").is_symlink()


def test_a_run_is_never_written_to_a_link(nn, folder):
    (folder / "out").symlink_to("nowhere")
    result = nn("train", "xor", "--out", "out")
    assert result.stderr == "Error: out: already exists; a run is never written over another\n"
    assert (result.exit_code, [path.name for path in folder.iterdir()]) == (2, ["out"])


def special(path: Path, kind: str) -> None:
    """Something at this place that is no file."""
    path.unlink(missing_ok=True)
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(os.path.relpath(path))
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to("/dev/zero")


@pytest.mark.parametrize("kind", ["pipe", "socket", "folder", "device"])
@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("small.yaml", ["train", "small.yaml"]),
        ("small.yaml", ["show", "small.yaml"]),
        ("data.npz", ["evaluate", "run", "data.npz"]),
        ("run/config.yaml", ["evaluate", "run"]),
        ("run/config.yaml", ["resume", "run", "--epochs", "6"]),
        ("run/run.json", ["compare", "run"]),
        ("run/metrics.csv", ["compare", "run"]),
        ("run/metrics.csv", ["resume", "run", "--epochs", "6"]),
        ("run/model.npz", ["predict", "run", "table.csv"]),
        ("run/checkpoint.npz", ["resume", "run", "--epochs", "6"]),
        ("run/snapshots.npz", ["plot", "run", "--movie", "movie.gif"]),
    ],
)
def test_what_is_no_file_is_refused_before_it_is_read(nn, run, name, arguments, kind):
    special(run.parent / name, kind)
    result = nn(*arguments)
    assert (result.exit_code, "Error: " in result.stderr) == (2, True)
    assert Path(name).name in result.stderr or "expected a run directory" in result.stderr


@pytest.mark.parametrize("kind", ["socket", "folder", "device"])
def test_a_table_that_is_no_file_is_refused(nn, run, kind):
    special(run.parent / "table.csv", kind)
    assert answers(nn, "predict", "run", "table.csv") == 2


def test_an_archive_that_unpacks_to_a_thousand_times_its_size_is_refused_by_its_header(nn, run):
    """The header says what the members unpack to; nothing of them is read."""
    np.savez_compressed("bomb.npz", x=np.zeros((1 << 19, 2), np.uint8), y=np.zeros(1 << 19))
    with zipfile.ZipFile("bomb.npz", "a") as archive:
        for number in range(80):
            entry = copy.copy(archive.filelist[1])
            entry.filename = f"y{number}.npy"
            archive.filelist.append(entry)
        archive._didModify = True
    result = nn("evaluate", "run", "bomb.npz")
    assert re.match(r"Error: bomb\.npz: its [\d,]+ bytes unpack to [\d,]+; ", result.stderr)
    assert result.exit_code == 2
