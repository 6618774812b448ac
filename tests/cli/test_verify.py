"""nn verify: the same run again is the same run, and any other is told apart."""

import json
import re
import signal
from pathlib import Path

import pytest

from nn.engine.compiler import compiler

QUICK = ("--no-plot", "--set", "training.epochs=4", "--out", "run")
STICKS = "optimizer={type: sgd, learning_rate: 1e6}"
ENDLESS = """\
data: {name: moons, validation: 0.2}
model: {layers: [{type: dense, units: 8, activation: sigmoid}, {type: dense, units: 1, activation: sigmoid}]}
loss: binary_crossentropy
optimizer: adam
training: {epochs: 1000000, batch_size: 16, report_every: 3, engine: numpy}
"""
needs_compiler = pytest.mark.skipif(not compiler(), reason="no C compiler")


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def edit_facts(run: Path, **changes: object) -> None:
    facts = json.loads((run / "run.json").read_text())
    (run / "run.json").write_text(json.dumps(facts | changes))


@pytest.mark.parametrize("name", ["xor", "iris", "sine-lm", "iris-lbfgs", "moons"])
def test_a_run_comes_out_the_same(nn, folder, name):
    nn("train", name, *QUICK)
    result = nn("verify", "run")
    assert re.fullmatch(
        r"Identical  \d+ reports and \d+ weights, bit for bit \(engine numpy\)\n", result.stdout
    )
    assert result.exit_code == 0
    assert [path.name for path in folder.iterdir()] == ["run"]


@needs_compiler
def test_it_is_trained_with_the_engine_that_it_had(nn):
    nn("train", "xor", *QUICK, "--engine", "native")
    assert "(engine native)" in nn("verify", "run").stdout


def test_quiet_says_it_by_the_exit_code(nn, folder):
    nn("train", "xor", *QUICK)
    assert (nn("verify", "run", "--quiet").output, nn("verify", "run", "-q").exit_code) == ("", 0)


def test_the_first_number_that_differs_is_told_and_how_many_do(nn, folder):
    nn("train", "xor", *QUICK)
    metrics = folder / "run" / "metrics.csv"
    lines = metrics.read_text().splitlines()
    assert lines[0].startswith("epoch,loss,")
    loss = float(lines[3].split(",")[1])
    lines[3] = lines[3].replace(str(loss), str(loss + 0.5), 1)
    metrics.write_text("\n".join(lines) + "\n")
    result = nn("verify", "run")
    assert (
        result.stdout.splitlines()[0]
        == f"Not the same  loss of epoch 3 was {loss + 0.5}, now {loss} (0.5 apart)"
    )
    assert "1 of 4 reports differ" in result.stdout
    assert "Environment   no difference is known" in result.stdout
    assert result.exit_code == 1


def test_what_differs_in_the_environment_is_told(nn, folder):
    nn("train", "xor", *QUICK)
    facts = json.loads((folder / "run" / "run.json").read_text())
    now = facts["versions"]["numpy"]
    edit_facts(folder / "run", stopped="stop_at", versions=facts["versions"] | {"numpy": "1.0"})
    result = nn("verify", "run")
    assert "Not the same  it stopped by stop_at, now by epochs\n" in result.stdout
    assert f"Environment   versions.numpy: 1.0, now {now}\n" in result.stdout


def test_other_weights_are_told(nn, folder):
    nn("train", "xor", *QUICK)
    nn("train", "xor", *QUICK[:-1], "other", "--seed", "5")
    (folder / "other" / "model.npz").replace(folder / "run" / "model.npz")
    result = nn("verify", "run")
    assert re.search(
        r"^Not the same  17 of 17 parameters differ, by up to [\d.]+$", result.stdout, re.MULTILINE
    )
    assert result.exit_code == 1


def test_a_run_that_diverged_diverges_again(nn, folder):
    settings = [STICKS, "data.validation=null", "data.test=null"]
    nn("train", "sine", "--no-plot", "--out", "run", *(f"--set={setting}" for setting in settings))
    assert json.loads((folder / "run" / "run.json").read_text())["stopped"] == "diverged"
    result = nn("verify", "run")
    assert re.match(r"Identical  \d+ reports? and no model", result.stdout)
    assert result.exit_code == 0


@pytest.mark.parametrize("held_out", ["{name: moons}", "{name: moons, validation: 0.2}"])
def test_a_run_that_was_interrupted_is_trained_as_far_as_it_went(nn, process, folder, held_out):
    (folder / "endless.yaml").write_text(ENDLESS.replace("{name: moons, validation: 0.2}", held_out))
    running = process("train", "endless.yaml", "--no-plot", "--out", "run")
    metrics = folder / "run" / "metrics.csv"
    while running.poll() is None and not (metrics.exists() and metrics.stat().st_size > 200):
        pass
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=30)
    assert json.loads((folder / "run" / "run.json").read_text())["stopped"] == "interrupted"
    result = nn("verify", "run")
    assert result.stdout.startswith("Identical  ")
    assert result.exit_code == 0


def test_an_interrupt_ends_it_and_leaves_nothing(nn, process, folder, tmp_path):
    (folder / "endless.yaml").write_text(ENDLESS)
    nn("train", "endless.yaml", *QUICK)
    (folder / "scratch").mkdir()
    edit(folder / "run" / "config.yaml", "epochs: 4", "epochs: 1000000")
    edit_facts(folder / "run", config=None)
    running = process("verify", "run", environment={"TMPDIR": str(folder / "scratch")})
    while running.poll() is None and not list((folder / "scratch").rglob("metrics.csv")):
        pass
    running.send_signal(signal.SIGINT)
    assert (*running.communicate(timeout=30), running.returncode) == ("", "", 130)
    assert list((folder / "scratch").iterdir()) == []


def test_a_configuration_that_was_changed_is_told(nn, folder):
    nn("train", "xor", *QUICK)
    edit(folder / "run" / "config.yaml", "seed: 0", "seed: 1")
    result = nn("verify", "run")
    assert result.stdout == "Not the same  run/config.yaml has changed since the run was trained\n"
    assert result.exit_code == 1


def test_data_that_were_changed_are_told(nn, folder):
    nn("datasets", "iris", "--csv")
    (folder / "flowers.csv").write_text(nn("datasets", "iris", "--csv").stdout)
    nn("train", "iris", *QUICK, "--set", "data={file: flowers.csv, target: species}")
    edit(folder / "flowers.csv", "5.1", "5.2")
    result = nn("verify", "run")
    assert "the data have changed since the run was trained: the training share is another" in result.stdout
    assert result.exit_code == 1


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        (
            lambda run: (run / "run.json").unlink(),
            "run: expected the directory of a run that has ended, got a folder without run.json",
        ),
        (lambda run: (run / "config.yaml").unlink(), "run/config.yaml: no such file"),
        (lambda run: (run / "metrics.csv").unlink(), "run/metrics.csv: no such file or directory"),
        (
            lambda run: (run / "metrics.csv").write_text("epoch\nx\n"),
            "run/metrics.csv:2: epoch must be a number",
        ),
        (lambda run: (run / "model.npz").write_text("PK"), "run/model.npz: damaged: File is not a zip file"),
        (lambda run: edit_facts(run, engine="abacus"), "training.engine"),
        (
            lambda run: edit_facts(run, stopped=None),
            "run: expected a run that has ended, got one that was killed",
        ),
        (
            lambda run: edit_facts(run, stopped="interrupted", epochs=0),
            "run: was interrupted before its first report",
        ),
    ],
)
def test_damage_is_named(nn, folder, damage, expected):
    nn("train", "xor", *QUICK)
    damage(folder / "run")
    result = nn("verify", "run")
    assert result.stderr.startswith("Error: ")
    assert expected in result.stderr
    assert (result.stdout, result.exit_code) == ("", 2)
