"""nn train with several configurations: each as if it were alone, whatever becomes of the others."""

from pathlib import Path

import pytest

from nn.cli.train import chosen_names
from nn.config.source import config_names

QUICK = ("--no-plot", "--set", "training.epochs=2")
TABLE = "a,b,y\n" + "".join(f"{k},{k % 3},{k % 2}\n" for k in range(20))
DIVERGING = """
data: {name: sine}
model: {layers: [{type: dense, units: 1}]}
loss: mse
optimizer: {type: sgd, learning_rate: 1e6}
training: {epochs: 99}
"""


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_each_has_a_block_under_its_name_and_a_run_of_its_own(nn, folder):
    result = nn("train", "xor", "or", *QUICK)
    first, second = (block.splitlines() for block in result.stdout.split("\n\n"))
    assert (first[0], second[0]) == ("xor", "or")
    assert (first[-1].split()[0], second[-1].split()[0]) == ("runs/xor-001/", "runs/or-001/")
    assert result.exit_code == 0


@pytest.mark.parametrize("name", ["config.yaml", "model.npz"])
def test_a_run_is_the_same_as_alone(nn, folder, name):
    options = ("--seed", "3", "--set", "optimizer.learning_rate=0.1", *QUICK)
    nn("train", "or", "xor", *options)
    nn("train", "xor", *options)
    together, alone = (folder / "runs" / run / name for run in ("xor-001", "xor-002"))
    assert together.read_bytes() == alone.read_bytes()


def test_all_are_the_bundled_configurations():
    assert chosen_names((), bundled=True) == config_names()


def test_out_is_a_folder_for_the_runs(nn, folder):
    nn("train", "xor", "or", "--out", "mine", *QUICK)
    assert names(folder) == ["mine"]
    assert names(folder / "mine") == ["or", "xor"]


def test_a_run_that_is_there_is_refused_before_any_trains(nn, folder):
    (folder / "mine" / "or").mkdir(parents=True)
    result = nn("train", "xor", "or", "--out", "mine", *QUICK)
    assert result.stderr == "Error: mine/or: already exists; a run is never written over another\n"
    assert (result.exit_code, names(folder / "mine")) == (2, ["or"])


def test_two_runs_of_one_name_are_refused_in_one_folder(nn, folder):
    result = nn("train", "xor", "a/xor.yaml", "--out", "mine")
    assert result.stderr == "Error: --out: two of these runs would be mine/xor; train them apart\n"
    assert (result.exit_code, names(folder)) == (2, [])


def test_mistakes_of_all_are_told_before_any_trains(nn, folder):
    (folder / "bad.yaml").write_text("loss: mse\n")
    result = nn("train", "xor", "bad.yaml", "absent.yaml", *QUICK)
    assert "bad.yaml: data is missing\n" in result.stderr
    assert "absent.yaml: no such file\n" in result.stderr
    assert (result.stdout, result.exit_code, names(folder)) == ("", 2, ["bad.yaml"])


def test_a_mistake_in_the_options_is_told_once(nn):
    result = nn("train", "xor", "or", "--set", "optimizer")
    assert result.stderr.count("Error: ") == 1
    assert result.exit_code == 2


def test_one_that_fails_does_not_stop_the_others(nn, folder):
    (folder / "steep.yaml").write_text(DIVERGING)
    result = nn("train", "steep.yaml", "xor", "--no-plot", "--seed", "0")
    assert "Error: steep.yaml: the loss became " in result.stderr
    assert result.stderr.splitlines()[-1] == "Error: 1 of 2 runs failed: steep.yaml"
    assert result.exit_code == 1
    assert names(folder / "runs") == ["steep-001", "xor-001"]


def test_several_tables_have_one_target(nn, folder):
    for name in ("first.csv", "second.csv"):
        (folder / name).write_text(TABLE)
    result = nn("train", "first.csv", "second.csv", "--target", "y", *QUICK)
    assert result.exit_code == 0
    assert names(folder / "runs") == ["first-001", "second-001"]
    assert "second.csv: " in result.stderr  # what was inferred is told of each


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--all", "xor"], "--all trains all bundled configurations; name none beside it"),
        (["-", "xor", "-"], "- is standard input, which can be read once; got it twice"),
    ],
)
def test_what_has_no_meaning_is_refused(nn, arguments, message):
    result = nn("train", *arguments)
    assert result.stderr.splitlines()[-1] == f"Error: {message}"
    assert result.exit_code == 2
