"""metrics.csv holds whole rows at any instant, and numbers that come back exactly."""

import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn.runs.metrics import MetricsWriter, read_metrics


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the metrics go."""
    return tmp_path / "metrics.csv"


def test_the_first_row_names_the_columns_and_what_is_missing_stays_empty(path: Path) -> None:
    with MetricsWriter(path) as metrics:
        metrics.write({"epoch": 1, "loss": 0.1, "val_loss": None})
        metrics.write({"loss": np.float64(1 / 3), "epoch": 2})
    assert path.read_text() == "epoch,loss,val_loss\n1,0.1,\n2,0.3333333333333333,\n"
    columns = read_metrics(path)
    np.testing.assert_array_equal(columns["epoch"], [1, 2])
    np.testing.assert_array_equal(columns["loss"], [0.1, 1 / 3])
    np.testing.assert_array_equal(columns["val_loss"], [np.nan, np.nan])


@given(values=st.lists(st.floats(), min_size=1))
def test_every_float_comes_back_exactly(
    tmp_path_factory: pytest.TempPathFactory, values: list[float]
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.unlink(missing_ok=True)
    with MetricsWriter(path) as metrics:
        for value in values:
            metrics.write({"loss": value})
    np.testing.assert_array_equal(read_metrics(path)["loss"], values)


def test_rows_reach_the_file_at_most_every_tenth_of_a_second_and_at_the_end(path: Path) -> None:
    sizes = set()
    began = time.monotonic()
    with MetricsWriter(path) as metrics:
        for epoch in range(20_000):
            metrics.write({"epoch": epoch})
            if epoch % 100 == 0:
                sizes.add(path.stat().st_size)
    assert len(sizes) <= (time.monotonic() - began) / 0.1 + 2
    np.testing.assert_array_equal(read_metrics(path)["epoch"], np.arange(20_000))


def test_the_first_row_can_be_seen_at_once(path: Path) -> None:
    with MetricsWriter(path) as metrics:
        metrics.write({"epoch": 1})
        assert path.read_text() == "epoch\n1\n"


def test_a_column_that_the_header_lacks_is_an_error(path: Path) -> None:
    with MetricsWriter(path) as metrics:
        metrics.write({"epoch": 1})
        with pytest.raises(ValueError, match="expected columns epoch, got epoch, loss"):
            metrics.write({"epoch": 2, "loss": 0.5})


def test_an_existing_file_goes_on_after_its_last_whole_line(path: Path) -> None:
    path.write_text("epoch,loss\n1,0.5\n2,0.")
    with MetricsWriter(path) as metrics:
        metrics.write({"epoch": 2, "loss": 0.25})
    assert path.read_text() == "epoch,loss\n1,0.5\n2,0.25\n"


def test_a_full_disk_passes_on_and_the_file_ends_with_a_whole_line(path: Path) -> None:
    resource = pytest.importorskip("resource", reason="limits on a file's size need a Unix")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    metrics = MetricsWriter(path)
    for epoch in range(100, 200):
        metrics.write({"epoch": epoch, "loss": 0.5})
    resource.setrlimit(resource.RLIMIT_FSIZE, (500, limits[1]))
    try:
        with pytest.raises(OSError, match="too large"):
            metrics.flush()
        assert path.read_bytes().endswith(b",0.5\n")
        assert 490 < path.stat().st_size <= 500
        with pytest.raises(OSError, match="too large"):
            metrics.close()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    metrics.close()
    written = read_metrics(path)["epoch"]
    np.testing.assert_array_equal(written, np.arange(100, 100 + len(written)))


def test_what_could_not_be_written_is_written_once_there_is_room(path: Path) -> None:
    resource = pytest.importorskip("resource", reason="limits on a file's size need a Unix")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    with MetricsWriter(path) as metrics:
        for epoch in range(100):
            metrics.write({"epoch": epoch})
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
        try:
            with pytest.raises(OSError, match="too large"):
                metrics.flush()
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    np.testing.assert_array_equal(read_metrics(path)["epoch"], np.arange(100))


def test_closing_twice_does_nothing_and_writing_afterwards_is_an_error(path: Path) -> None:
    metrics = MetricsWriter(path)
    metrics.close()
    metrics.close()
    with pytest.raises(ValueError, match="closed"):
        metrics.write({"epoch": 1})


def test_a_torn_last_line_is_left_out_at_every_length(path: Path) -> None:
    whole = "epoch,loss\n1,0.5\n2,0.25\n"
    for length in range(len(whole) + 1):
        path.write_text(whole[:length])
        columns = read_metrics(path)
        rows = max(0, whole[:length].count("\n") - 1)
        assert list(columns) == (["epoch", "loss"] if length >= len("epoch,loss\n") else [])
        assert all(len(column) == rows for column in columns.values())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("epoch,loss\n1,0.5\n2\n", r"metrics\.csv:3: expected 2 cells, got 1"),
        ("epoch,loss\n1,0.5,7\n", r"metrics\.csv:2: expected 2 cells, got 3"),
        ("epoch,loss\n1,high\n", r"metrics\.csv:2: loss must be a number, got 'high'"),
        ("epoch,loss\n\0\0,\0\n", r"metrics\.csv:2: epoch must be a number"),
        ("loss,loss\n", r"metrics\.csv:1: expected one name for each column, got 'loss,loss'"),
        ("epoch,\n", r"metrics\.csv:1: expected one name for each column"),
    ],
)
def test_other_damage_is_an_error_that_names_the_line(path: Path, text: str, message: str) -> None:
    path.write_text(text)
    with pytest.raises(ValueError, match=message):
        read_metrics(path)


def test_lines_may_end_as_a_spreadsheet_ends_them(path: Path) -> None:
    path.write_bytes(b"epoch,loss\r\n1,\r\n")
    columns = read_metrics(path)
    assert list(columns) == ["epoch", "loss"]
    assert np.isnan(columns["loss"]).all()
