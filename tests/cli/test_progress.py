"""The progress of a run: on a terminal a line that stays one line, elsewhere a line now and then."""

import fcntl
import io
import os
import pty
import struct
import termios

import numpy as np
import pytest

from nn.cli.progress import Loading, Progress, loading, words
from nn.cli.streams import terminal_columns
from nn.data.reading import read_table
from nn.runs.metrics import duration
from nn.training.reports import Report


def report(epoch: int = 1200, **more: object) -> Report:
    values = {
        "accuracy": None,
        "val_loss": None,
        "val_accuracy": None,
        "learning_rate": 0.1,
        "best_epoch": None,
    }
    return Report(epoch=epoch, losses=np.array([0.0123456]), seconds=3.0, **{**values, **more})


@pytest.fixture
def terminal():
    """A terminal of 30 columns: what is written to it, and what it shows."""
    main, end = pty.openpty()
    fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 30, 0, 0))
    with os.fdopen(end, "w") as stream:
        yield stream, lambda: os.read(main, 4096).decode()
    os.close(main)


def test_says_epoch_loss_validation_and_time_left():
    validated = report(val_loss=np.array(0.5), accuracy=np.array(1.0), val_accuracy=np.array(0.975))
    assert words(validated, 5000) == [
        "epoch 1200/5000", "loss 0.01235", "val_loss 0.5", "val_accuracy 97.5 %", "10 s left",
    ]  # fmt: skip


def test_says_accuracy_of_training_where_nothing_is_held_out():
    assert words(report(accuracy=np.array(0.5)), 1200)[2:] == ["accuracy 50.0 %", "0 s left"]


def test_a_live_line_is_cut_where_a_part_ends_and_never_wraps(terminal):
    stream, shown = terminal
    progress = Progress(5000, quiet=False, stream=stream)
    progress.next = 0.0
    progress.show(report())
    assert shown() == "\r" + "epoch 1200/5000  loss 0.01235".ljust(29)
    progress.clear()
    assert shown() == "\r" + " " * 29 + "\r"


def test_a_live_line_is_written_at_most_ten_times_a_second(terminal):
    stream, shown = terminal
    progress = Progress(5000, quiet=False, stream=stream)
    progress.next = 0.0
    for epoch in range(1, 1000):
        progress.show(report(epoch))
    assert shown().count("\r") < 3


def test_elsewhere_a_line_now_and_then():
    stream = io.StringIO()
    progress = Progress(5000, quiet=False, stream=stream)
    progress.show(report())
    assert stream.getvalue() == ""
    progress.next = 0.0
    progress.show(report())
    progress.show(report())
    progress.clear()
    assert stream.getvalue() == "epoch 1200/5000  loss 0.01235  10 s left\n"


def test_quiet_is_quiet():
    stream = io.StringIO()
    progress = Progress(5000, quiet=True, stream=stream)
    progress.next = 0.0
    progress.show(report())
    assert stream.getvalue() == ""


def test_a_stream_that_takes_nothing_does_not_end_the_training():
    with open("/dev/full", "w") as stream:  # noqa: PTH123
        progress = Progress(5000, quiet=False, stream=stream)
        progress.next = 0.0
        progress.show(report())
        assert progress.quiet
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def test_width_is_the_terminals_else_a_default(terminal):
    stream, _ = terminal
    assert terminal_columns(stream) == 30
    assert terminal_columns(io.StringIO(), otherwise=77) == 77


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0312, "0.031 s"),
        (1, "1 s"),
        (9.4, "9.4 s"),
        (12.3, "12 s"),
        (59.4, "59 s"),
        (59.6, "1:00"),
        (185, "3:05"),
        (7800, "2:10:00"),
    ],
)
def test_durations_are_as_people_say_them(seconds, text):
    assert duration(seconds) == text


def test_reading_a_table_shows_megabytes_until_it_is_read(terminal):
    stream, shown = terminal
    line = Loading(quiet=False, stream=stream)
    line.show(1_000_000, 80_000_000)  # not before half a second
    line.next = 0.0
    line.show(2_000_000, 80_000_000)
    line.show(3_000_000, 80_000_000)
    assert shown() == "\r" + "reading: 2 of 80 MB  2%".ljust(29)
    line.clear()
    assert shown() == "\r" + " " * 29 + "\r"


@pytest.mark.parametrize("quiet", [False, True])
def test_reading_shows_nothing_where_nobody_looks(terminal, quiet):
    stream = terminal[0] if quiet else io.StringIO()
    line = Loading(quiet, stream)
    line.next = 0.0
    line.show(1, 2)
    assert not line.drawn


def test_all_tables_read_while_loading_are_followed(monkeypatch):
    told = []
    monkeypatch.setattr(Loading, "show", lambda _, *counts: told.append(counts))
    with loading():
        read_table(b"a,b\n1,2\n")
    read_table(b"a,b\n1,2\n")
    assert told == [(8, 8)]
