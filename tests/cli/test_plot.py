"""nn plot draws runs and activations into files, without a display, and says what it cannot draw."""

import time
from pathlib import Path

import pytest

from tests.plots.studies import ended_folder

ENDLESS = ("training.stop_at=null", "training.epochs=100000000", "training.report_every=1000")
PNG = b"\x89PNG"
METRICS = "epoch,loss,accuracy,seconds\n1,0.5,0.5,0.1\n2,nan,0.75,0.2\n3,0.25,1.0,0.3\n"


@pytest.fixture
def runs(folder: Path) -> list[Path]:
    """Two runs as a kill leaves them, with one loss that is not finite."""
    made = [folder / "runs" / name for name in ("xor-001", "xor-002")]
    for seed, run in enumerate(made):
        run.mkdir(parents=True)
        (run / "metrics.csv").write_text(METRICS)
        (run / "config.yaml").write_text(f"seed: {seed}\n")
    return made


def test_a_run_is_drawn_into_its_folder_and_the_file_named(nn, runs):
    result = nn("plot", "runs/xor-001")
    assert (result.stdout, result.exit_code) == ("runs/xor-001/loss.png\n", 0)
    assert (runs[0] / "loss.png").read_bytes().startswith(PNG)


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_several_runs_make_one_picture_whose_ending_says_its_form(nn, folder, runs, ending):
    assert nn("plot", *runs, "--out", f"both.{ending}").exit_code == 0
    assert (folder / f"both.{ending}").read_bytes()[:4] in (PNG, b"<?xm", b"%PDF")


def test_a_metric_goes_into_a_file_of_its_name(nn, runs):
    result = nn("plot", runs[0], "--metric", "accuracy", "--x", "seconds", "--smooth", 3)
    assert result.stdout == f"{runs[0]}/accuracy.png\n"


def test_a_run_just_trained_is_drawn_the_same_again(nn, folder):
    nn("train", "xor", "--set", "training.epochs=3")
    drawn = (folder / "runs" / "xor-001" / "loss.png").read_bytes()
    nn("plot", "runs/xor-001")
    assert (folder / "runs" / "xor-001" / "loss.png").read_bytes() == drawn


def test_an_activation_needs_no_run_and_a_folder_of_its_name_has_its_path(nn, folder, runs):
    runs[0].rename(folder / "sigmoid")
    assert nn("plot", "sigmoid").stdout == "sigmoid.png\n"
    assert nn("plot", "./sigmoid").stdout == "sigmoid/loss.png\n"
    assert nn("plot", "sigmoid", "./sigmoid", "--out", "a.png").exit_code == 2


def test_kinds_are_listed(nn):
    names = [line.split()[0] for line in nn("plot", "--list").stdout.splitlines()]
    assert names == [
        "loss", "answers", "network", "units", "weights", "activations", "gradients", "updates", "confusion",
        "residuals", "calibration",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["runs/xor-001", "--out", "a.jpg"], "a.jpg: expected a picture that ends in .png, .svg, .pdf, got"),
        (["runs/xor-001", "--what", "lass"], "--what: unknown kind 'lass'; did you mean 'loss'?"),
        (["runs/xor-001", "--metric", "x"], "runs/xor-001: expected a metric 'x', got none; it has loss"),
        (["runs/xor-001", "runs/xor-002"], "several runs make one picture; name its file: --out FILE"),
        (["sigmod"], "sigmod: expected a run or an activation; did you mean 'sigmoid'?"),
        (["sigmoid", "tanh", "--out", "a.png"], ": expected runs, got an activation; a folder of"),
        (["sigmoid", "--metric", "loss"], "--metric is for runs; a folder of that name is ./sigmoid"),
        (["runs"], "runs: expected a run directory, got a folder without metrics.csv"),
        (["runs/xor-003"], "runs/xor-003: expected a run directory, got no such folder"),
        (["runs/xor-001", "--out", "no/such/a.png"], "no/such/a.png: no such file or directory"),
    ],
)  # fmt: skip
def test_a_mistake_is_a_message(nn, runs, arguments, message):
    result = nn("plot", *arguments)
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert result.exit_code in (1, 2)
    assert result.exit_code == 1 or not (runs[0] / "loss.png").exists()


def test_without_a_display_the_picture_is_written_and_show_says_where(nn, runs, monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    result = nn("plot", runs[0], "--show")
    assert result.exit_code == 2
    assert f"look at {runs[0]}/loss.png" in result.stderr
    assert (runs[0] / "loss.png").exists()


def test_no_setting_of_matplotlib_changes_a_picture(nn, process, folder, runs):
    nn("plot", runs[0])
    ours = (runs[0] / "loss.png").read_bytes()
    (folder / "matplotlibrc").write_text("lines.linewidth: 9\nfont.family: monospace\naxes.facecolor: red\n")
    with process("plot", str(runs[0]), environment={"MPLBACKEND": "nonsense"}) as running:
        assert running.communicate(timeout=60) == (f"{runs[0]}/loss.png\n", "")
    assert (runs[0] / "loss.png").read_bytes() == ours


def test_a_run_that_goes_on_and_one_that_was_killed_are_drawn_and_compared(nn, process, folder):
    metrics = folder / "runs" / "xor-001" / "metrics.csv"
    with process("train", "xor", *(f"--set={setting}" for setting in ENDLESS)) as running:
        deadline = time.monotonic() + 60
        while not (metrics.exists() and metrics.read_bytes().count(b"\n") > 2):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        assert nn("plot", "runs/xor-001").exit_code == 0
        running.kill()
    assert nn("plot", "runs/xor-001", "--metric", "accuracy").exit_code == 0
    assert "–" in nn("compare", "runs/xor-001").stdout


def test_a_study_is_drawn_into_its_folder(nn, folder):
    ended_folder(folder / "study", "xor", [100, None])
    assert nn("plot", "study").stdout == "study/study.png\n"
    assert (folder / "study" / "study.png").read_bytes().startswith(PNG)
    assert nn("plot", "study", "--out", "s.svg").stdout == "s.svg\n"
    result = nn("plot", "study", "--what", "weights")
    assert result.exit_code == 2
    assert "study is a study, which has one picture: give no --what and no --metric" in result.stderr
    result = nn("plot", "study", "study", "--out", "both.png")
    assert "study is a study, which is drawn alone" in result.stderr
