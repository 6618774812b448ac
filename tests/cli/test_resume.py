"""nn resume: a run that was stopped, anywhere and in any way, ends as one that never was."""

import json
import signal
import time
from pathlib import Path

import pytest

NAMES = ["config.yaml", "metrics.csv", "model.npz"]
SLOW = """\
data: {name: moons, validation: 0.2}
model: {layers: [{type: dense, units: 8, activation: sigmoid}, {type: dense, units: 1, activation: sigmoid}]}
loss: binary_crossentropy
optimizer: adam
training:
  {epochs: 1500, batch_size: 40, report_every: 7, engine: numpy, checkpoint: {epochs: 70}, snapshots: 5}
"""


@pytest.fixture
def slow(folder):
    """A configuration that trains for a second or so."""
    (folder / "slow.yaml").write_text(SLOW)
    return "slow.yaml"


def stop(process, run: Path, how: signal.Signals, epoch: int = 200) -> None:
    """Stop a process when its run is past an epoch."""
    metrics, end = run / "metrics.csv", time.monotonic() + 300
    while process.poll() is None and time.monotonic() < end:
        rows = metrics.read_text().splitlines()[1:] if metrics.exists() else []
        if rows and int(rows[-1].split(",")[0]) > epoch:
            break
        time.sleep(0.005)
    process.send_signal(how)
    process.communicate()


def content(run: Path) -> list[bytes]:
    """The files that say what was trained, but for the seconds."""
    found = [(run / name).read_bytes() for name in NAMES]
    found[1] = b"\n".join(line.rpartition(b",")[0] for line in found[1].splitlines())
    return found + [file.read_bytes() for file in run.glob("snapshots.npz")]


def ends_as_never_stopped(nn, run: Path) -> None:
    assert nn("train", "slow.yaml", "--out", "whole", "--quiet", "--no-plot").exit_code == 0
    assert content(run) == content(Path("whole"))
    assert not list(run.glob(".*"))


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_stopped_run_goes_on_as_if_never_stopped(nn, process, folder, slow, how):
    run = folder / "runs/slow-001"
    stop(process("train", slow), run, how)
    (run / ".checkpoint.npz.tmp").write_bytes(b"torn")
    result = nn("resume", "runs/slow-001")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("Trained after 1,500 epochs")
    ends_as_never_stopped(nn, run)


def test_a_run_killed_before_its_first_checkpoint_begins_again(nn, folder, slow):
    nn("train", slow, "--out", "run", "--quiet", "--no-plot")
    for name in ("checkpoint.npz", "model.npz", "run.json"):
        (folder / "run" / name).unlink()
    assert nn("resume", "run", "-q").exit_code == 0
    ends_as_never_stopped(nn, folder / "run")


def test_a_run_that_lives_is_refused(nn, process, folder, slow):
    running = process("train", slow, "--set", "training.epochs=1000000000")
    while not (folder / "runs/slow-001/config.yaml").exists():
        time.sleep(0.01)
    result = nn("resume", "runs/slow-001")
    stop(running, folder / "runs/slow-001", signal.SIGKILL)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "Error: runs/slow-001: another process is training this run\n"


def test_a_finished_run_says_so(nn):
    nn("train", "xor", "--no-plot", "-q")
    result = nn("resume", "runs/xor-001")
    assert result.stdout == "runs/xor-001 is finished: it reached its goal after 188 epochs.\n"
    assert result.exit_code == 0
    longer = nn("resume", "runs/xor-001", "--epochs", "9000")
    assert longer.stdout.endswith("after 188 epochs; more epochs would change nothing.\n")
    assert nn("resume", "runs/xor-001", "-q").output == ""


@pytest.mark.parametrize("every", [1, 10])
def test_more_epochs_are_as_if_they_had_been_there_from_the_start(nn, folder, every):
    def train(epochs, out):
        settings = [f"training.epochs={epochs}", f"training.report_every={every}", "data.validation=0.2"]
        nn("train", "sine", *(f"--set={setting}" for setting in settings), "--out", out, "-q", "--no-plot")

    train(25, "run")
    said = nn("resume", "run")
    assert said.stdout == "run is finished: it trained 25 epochs; train longer with --epochs N.\n"
    assert nn("resume", "run", "--epochs", "60", "-q").exit_code == 0
    train(60, "whole")
    assert content(folder / "run") == content(folder / "whole")
    assert json.loads((folder / "run/run.json").read_text())["epochs"] == 60


def test_what_is_trained_cannot_be_taken_back(nn):
    nn("train", "sine", "--set=training.epochs=25", "--out", "run", "-q", "--no-plot")
    result = nn("resume", "run", "--epochs", "20")
    assert result.stderr == "Error: --epochs: expected at least the 25 of the run, got 20\n"
    assert result.exit_code == 2


def test_a_schedule_as_long_as_the_training_allows_no_more_epochs(nn, folder):
    schedule = "optimizer.learning_rate={type: cosine, start: 0.1}"
    nn("train", "sine", "--set", schedule, "--set=training.epochs=9", "--out", "run", "-q", "--no-plot")
    before = content(folder / "run")
    result = nn("resume", "run", "--epochs", "20")
    assert result.stderr.startswith("Error: --epochs: CosineDecay is as long as the training")
    assert (result.exit_code, content(folder / "run")) == (2, before)


def test_a_damaged_checkpoint_is_told_and_can_be_done_without(nn, folder):
    settings = ("--set=training.epochs=25", "-q", "--no-plot")
    nn("train", "sine", *settings, "--out", "run")
    nn("train", "sine", *settings, "--out", "whole")
    (folder / "run/run.json").unlink()
    (folder / "run/checkpoint.npz").write_bytes(b"PK")
    result = nn("resume", "run")
    assert result.stderr.startswith("Error: run/checkpoint.npz: damaged: ")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    (folder / "run/checkpoint.npz").unlink()
    assert nn("resume", "run", "-q").exit_code == 0
    assert content(folder / "run") == content(folder / "whole")


def test_other_data_are_refused(nn, folder):
    table = "x,y\n" + "".join(f"{n},{n * n}\n" for n in range(9))
    (folder / "t.csv").write_text(table)
    (folder / "t.yaml").write_text(
        "data: {file: t.csv, target: y}\nmodel: {layers: [{type: dense, units: 1}]}\n"
        "loss: mse\noptimizer: adam\ntraining: {epochs: 9}\n"
    )
    nn("train", "t.yaml", "--out", "run", "-q", "--no-plot")
    (folder / "t.csv").write_text(table + "9,81\n")
    result = nn("resume", "run", "--epochs", "20")
    assert result.stderr == "Error: run: its data have changed since it began; train anew\n"
    assert result.exit_code == 2


def test_a_folder_that_is_no_run_is_told_and_left_alone(nn, folder):
    (folder / "mine").mkdir()
    result = nn("resume", "mine")
    assert result.stderr.startswith("Error: mine: expected a run directory, got no config.yaml in it")
    assert (result.exit_code, list((folder / "mine").iterdir())) == (2, [])


def test_a_run_that_diverges_after_its_checkpoint_keeps_its_best_weights(nn, folder):
    settings = ["optimizer={type: sgd, learning_rate: 1.5}", "data.validation=0.2"]
    settings += ["training.report_every=1", "training.checkpoint={epochs: 1}"]
    nn("train", "sine", *(f"--set={setting}" for setting in settings), "--out", "run", "-q", "--no-plot")
    before = content(folder / "run")
    assert json.loads((folder / "run/run.json").read_text())["stopped"] == "diverged"
    for name in ("model.npz", "run.json"):
        (folder / "run" / name).unlink()
    assert nn("resume", "run", "-q").exit_code == 1
    assert content(folder / "run") == before
    assert nn("resume", "run").stdout.startswith("run is finished: it diverged after ")


@pytest.mark.parametrize("facts", ["{", "[]", "{}", '{"stopped": null, "epochs": "many", "data": {}}'])
def test_damaged_facts_are_told(nn, folder, facts):
    nn("train", "xor", "--out", "run", "-q", "--no-plot")
    (folder / "run/run.json").write_text(facts)
    result = nn("resume", "run")
    assert result.stderr.startswith("Error: run/run.json: not a run")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)


def test_another_file_is_no_checkpoint(nn, folder):
    nn("train", "sine", "--set=training.epochs=9", "--out", "run", "-q", "--no-plot")
    (folder / "run/checkpoint.npz").write_bytes((folder / "run/model.npz").read_bytes())
    result = nn("resume", "run", "--epochs", "20")
    assert result.stderr.startswith("Error: run/checkpoint.npz: expected a checkpoint, got parameters")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
