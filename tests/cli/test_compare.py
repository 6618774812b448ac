"""nn compare: a table of what differs, how far runs came and what it cost, in any terminal."""

from pathlib import Path

import pytest

FACTS = """{"stopped": "stop_at", "epochs": 3, "data": {}, "best_epoch": 2,
"metrics": {"test": {"loss": 0.125, "accuracy": null}}}"""


@pytest.fixture
def runs(folder: Path) -> list[Path]:
    """One run that ended and one that was killed, or goes on."""
    made = [folder / name for name in ("a", "b")]
    for seed, run in enumerate(made):
        run.mkdir()
        (run / "config.yaml").write_text(f"{{seed: {seed}, loss: mse}}\n")
    (made[0] / "metrics.csv").write_text(
        "epoch,loss,accuracy,val_loss,val_accuracy,seconds\n1,4,0.5,3,0.5,0.1\n2,2,0.5,1,1,1\n3,1,1,2,0.75,2\n"
    )
    (made[0] / "run.json").write_text(FACTS)
    (made[1] / "metrics.csv").write_text("epoch,loss,seconds\n1000,0.25,80\n2000,nan,90\n3000,0.")
    return made


def table(text: str) -> dict[str, list[str]]:
    """The cells of each row after its name."""
    rows = [[cell for cell in line.split("  ") if cell] for line in text.splitlines() if line]
    return {name.strip(): [cell.strip() for cell in cells] for name, *cells in rows}


WANTED = {
    "run": ["a", "b"],
    "seed": ["0", "1"],
    "ended": ["stop at", "–"],
    "epochs run": ["3", "2,000"],
    "time": ["2 s", "1:30"],
    "best epoch": ["2", "–"],
    "final loss": ["1", "nan"],
    "final val_loss": ["2", "–"],
    "best val_loss": ["1", "–"],
    "test loss": ["0.125", "–"],
    "final accuracy": ["100.0 %", "–"],
    "final val_accuracy": ["75.0 %", "–"],
    "best val_accuracy": ["100.0 %", "–"],
}


def test_two_runs_stand_side_by_side(nn, runs):
    result = nn("compare", *runs)
    assert table(result.stdout) == WANTED
    assert result.exit_code == 0


@pytest.mark.parametrize("columns", [1, 20, 34, 80])
def test_a_narrow_terminal_gets_the_same_in_as_many_blocks_as_it_takes(nn, runs, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    blocks = nn("compare", *runs).stdout.split("\n\n")
    assert len(blocks) == (2 if columns < 34 else 1)
    cells = [table(block) for block in blocks]
    assert {name: sum((part[name] for part in cells), []) for name in WANTED} == WANTED  # noqa: RUF017
    if columns >= 34:
        assert max(map(len, blocks[0].splitlines())) <= columns


def test_many_runs_with_little_to_say_get_a_row_each(nn, folder):
    for number in range(12):
        run = folder / f"r{number}"
        run.mkdir()
        (run / "metrics.csv").write_text("epoch,loss,seconds\n1,0.5,0.1\n")
    lines = nn("compare", *(f"r{number}" for number in range(12))).stdout.splitlines()
    assert lines[0].split("  ")[0] == "run"
    assert [line.split()[0] for line in lines[1:]] == [f"r{number}" for number in range(12)]


def test_a_run_with_no_row_yet_is_in_the_table(nn, folder):
    (folder / "new").mkdir()
    (folder / "new" / "metrics.csv").touch()
    assert nn("compare", "new").exit_code == 0


def test_a_folder_that_is_no_run_is_a_message(nn, folder, runs):
    result = nn("compare", "a", "c")
    assert result.stderr == "Error: c: expected a run directory, got no such folder\n"
    assert result.exit_code == 2


def test_nothing_in_a_configuration_commands_the_terminal(nn, runs):
    (runs[0] / "config.yaml").write_text('{seed: 0, loss: "\\e[31m"}\n')
    assert "\x1b" not in nn("compare", *runs).stdout
