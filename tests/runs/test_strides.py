"""A run trains in strides: its files are those of a report for each row, but for the seconds."""

import numpy as np
import pytest

import nn
from nn.runs import running
from nn.runs.checkpoint import load_checkpoint
from nn.runs.strides import Strides, stride_rows
from nn.training.reports import Report

LONG = {"training.stop_at": None, "training.epochs": 305}
SETTINGS = {
    "a goal": {},
    "a row for some epochs": LONG | {"training.report_every": 10},
    "a checkpoint now and then": LONG | {"training.checkpoint": {"epochs": 44}, "training.report_every": 3},
    "snapshots": LONG | {"training.snapshots": 5},
    "a schedule": LONG | {"optimizer.learning_rate": {"type": "cosine", "start": 0.5}},
    "mini-batches": LONG | {"training.batch_size": 3},
    "validation": LONG | {"data": {"name": "moons", "samples": 30, "validation": 0.2}},
    "a second-order method": LONG | {"optimizer": {"type": "levenberg_marquardt"}},
}


def report(epochs, seconds=0.0, epoch=1000):
    """A report of so many epochs, whose losses are their numbers."""
    return Report(
        epoch=epoch, losses=np.arange(epoch - epochs, epoch) + 1.0, accuracy=None, val_loss=None,
        val_accuracy=None, learning_rate=0.5, best_epoch=None, seconds=seconds,
    )  # fmt: skip


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
def test_a_run_keeps_the_same_whatever_its_strides(settings, tmp_path, monkeypatch):
    found = []
    for stride, folder in ((1.0, tmp_path / "long"), (0.0, tmp_path / "none")):
        monkeypatch.setattr("nn.runs.strides.STRIDE_SECONDS", stride)
        run = nn.run("xor", folder, settings=settings)
        rows = (folder / "metrics.csv").read_text().splitlines()
        place = rows[0].split(",").index("seconds")
        cells = [[cell for at, cell in enumerate(row.split(",")) if at != place] for row in rows]
        state = load_checkpoint(folder / "checkpoint.npz").state if run.stopped == "epochs" else {}
        kept = {name: array.tolist() for name, array in state.items() if name != "loop.seconds"}
        found.append((cells, kept, (folder / "model.npz").read_bytes(), run.facts["metrics"]))
    assert found[0] == found[1]


@pytest.mark.parametrize(("settings", "most"), [({}, 12), ({"training.snapshots": 5}, 305)])
def test_few_reports_do_but_for_snapshots(settings, most, tmp_path, monkeypatch):
    asked, ask = [], running.next_report
    monkeypatch.setattr("nn.runs.strides.STRIDE_SECONDS", 1.0)
    monkeypatch.setattr(running, "next_report", lambda *given: asked.append(given) or ask(*given))
    nn.run("xor", tmp_path / "run", settings=LONG | settings)
    assert most / 2 < len(asked) - 1 <= most


def test_strides_grow_until_they_take_a_moment_and_shrink_again():
    strides, asked = Strides(every=2, epochs=10**6), []
    for epochs, seconds in ((2, 0.001), (4, 0.001), (8, 0.03), (8, 0.2), (4, 0.2), (2, 0.2)):
        strides.see(report(epochs), seconds)
        asked.append(strides.after(1000, checkpoint=np.inf))
    assert asked == [4, 8, 8, 4, None, None]


def test_after_a_stride_that_ended_early_they_grow_from_its_length():
    strides = Strides(every=1, epochs=10**6)
    strides.see(report(64), 0.001)
    strides.see(report(3), 0.001)
    assert strides.after(1000, checkpoint=np.inf) == 6


@pytest.mark.parametrize(
    ("epoch", "checkpoint", "expected"),
    [(1000, np.inf, 50), (1030, np.inf, 20), (1050, np.inf, None), (1000, 1021, 30), (1000, 1030, 30)],
)
def test_a_stride_ends_where_a_checkpoint_is_kept(epoch, checkpoint, expected):
    strides = Strides(every=10, epochs=1056)
    strides.see(report(30), 0.001)
    assert strides.after(epoch, checkpoint) == expected


def test_the_seconds_of_a_stride_are_spread_evenly():
    found = stride_rows(report(25, seconds=2.0), every=10, since=1.0)
    assert found == {
        "epoch": [985, 995, 1000],
        "loss": [985, 995, 1000],
        "learning_rate": [0.5, 0.5, 0.5],
        "seconds": [1.4, 1.8, 2.0],
    }
