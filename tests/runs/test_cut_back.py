"""Metrics are cut back to the row that a checkpoint is of."""

import pytest

from nn.runs.metrics import cut_back

ROWS = "epoch,loss\n10,0.5\n20,0.25\n30,0.125\n"


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "metrics.csv"
    path.write_text(ROWS + "40,0.0")
    return path


@pytest.mark.parametrize(("epoch", "rows"), [(30, 4), (20, 3), (10, 2), (0, 0)])
def test_later_rows_and_a_torn_one_are_taken_away(path, epoch, rows):
    cut_back(path, epoch)
    assert path.read_text() == "".join(ROWS.splitlines(keepends=True)[:rows])


@pytest.mark.parametrize("epoch", [5, 15, 40])
def test_rows_of_another_run_are_told_and_left(path, epoch):
    with pytest.raises(ValueError, match=f"metrics.csv: expected a row of epoch {epoch}, which"):
        cut_back(path, epoch)
    assert path.read_text() == ROWS + "40,0.0"


def test_an_empty_file_has_no_row(path):
    path.write_text("")
    cut_back(path, 0)
    with pytest.raises(ValueError, match="expected a row of epoch 10"):
        cut_back(path, 10)
