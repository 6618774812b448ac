import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest
from contenders import choices
from contenders.names import GRID
from contenders.shapes import draw_shapes
from contenders.workloads import find_workload

SCRIPT = Path(__file__).parents[2] / "scripts" / "benchmark.py"
NUMPY_ONLY = ("tiny-nn formulas", "tiny-nn numpy", "textbook NumPy")


def benchmark(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), "--rounds", "1", "--shortest", "0.01", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)


@pytest.mark.parametrize("workload", ["W1", "W2", "W3"])
def test_contenders_that_need_only_numpy_end_with_one_loss(workload: str) -> None:
    done = benchmark(workload, "--contenders", *NUMPY_ONLY)
    assert done.returncode == 0, done.stderr
    title, headings, *rows = done.stdout.strip().splitlines()
    assert title.startswith(f"{workload}: ")
    assert headings.split()[-3:] == ["CPU", "wall", "load"]
    assert {row.split("  ")[0] for row in rows} == set(NUMPY_ONLY)
    assert sum(" equal  " in row for row in rows) == 2, done.stdout
    assert "differs" not in done.stdout


def test_a_run_is_written_as_a_page_with_a_chart(tmp_path: Path) -> None:
    done = benchmark("W1", "--contenders", *NUMPY_ONLY[:2], "--write", "--docs", str(tmp_path))
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "benchmarks.md").read_text(encoding="utf-8")
    assert "## W1: XOR 2-2-1" in page
    assert "| tiny-nn numpy |" in page
    assert (tmp_path / "benchmarks.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("workload", "contender", "reason"),
    [
        ("W5", "scikit-learn fit", "one network after the other"),
        ("W1", "JAX seeds last", "trains many seeds at once"),
        ("W1", "PyTorch fused Adam", "has no Adam to fuse"),
    ],
)
def test_a_contender_that_does_not_take_the_job_is_listed_with_its_reason(
    workload: str, contender: str, reason: str
) -> None:
    done = benchmark(workload, "--contenders", contender)
    assert done.returncode == 0, done.stderr
    assert "missing" in done.stdout or reason in done.stdout  # missing where it is not installed


def test_how_time_grows_and_what_auto_takes_are_written_as_a_page_with_a_chart(tmp_path: Path) -> None:
    done = benchmark(
        *("--scaling", "seeds", "--contenders", "BLAS products", "--grid", "1"),
        *("--write", "--docs", str(tmp_path)),
    )
    assert done.returncode == 0, done.stderr
    cells, taken, summary, _, title, headings, *rows = done.stdout.strip().splitlines()
    assert cells.split()[-5:] == ["numpy", "native", "auto", "taken", "ratio"]
    assert taken.split()[-2] in ("numpy", "native")
    assert summary.startswith("auto to the better engine: worst ")
    assert title == "seeds: processor µs per step"
    assert headings.startswith("seeds  BLAS products  ")
    assert [row.split()[0] for row in rows] == ["1", "8", "64", "512"]
    page = (tmp_path / "scaling.md").read_text(encoding="utf-8")
    assert "| seeds | BLAS products |" in page
    assert "| network | kind |" in page
    assert (tmp_path / "scaling.png").read_bytes().startswith(b"\x89PNG")
    assert not (tmp_path / "benchmarks.md").exists()


def test_shapes_of_the_grid_are_the_same_each_time() -> None:
    drawn = [list(islice(draw_shapes(choices.SEED), choices.SHAPES)) for _ in range(2)]
    assert drawn[0] == drawn[1]
    assert len(set(drawn[0])) == choices.SHAPES


@pytest.mark.parametrize("axis", GRID)
def test_each_axis_of_the_scaling_grid_changes_a_workload(axis: str) -> None:
    few, many = (find_workload(f"{axis}={value}").job() for value in GRID[axis][:2])
    assert (few.sizes, few.batch, len(few.x), few.stack) != (many.sizes, many.batch, len(many.x), many.stack)


def test_an_unknown_workload_is_refused() -> None:
    done = benchmark("W9")
    assert done.returncode == 2
    assert "unknown workload 'W9'" in done.stderr


@pytest.mark.parametrize(
    ("key", "title", "contenders"),
    [
        ("W7-mixed", "reading", {"tiny-nn", "pandas"}),
        ("W8-rows", "predicting", {"tiny-nn", "scikit-learn"}),
    ],
)
def test_tables_are_read_and_predicted_in_fresh_processes(key: str, title: str, contenders: set[str]) -> None:
    code = (
        "from contenders import report, table_rounds\n"
        f"print(report.text(table_rounds.compare_tables({key!r}, rounds=1, rows=1000)))"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, cwd=SCRIPT.parent, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stderr
    heading, _, *rows = done.stdout.strip().splitlines()
    assert heading.startswith(f"{key}: {title}")
    assert {row.split("  ")[0] for row in rows} == contenders
    assert "missing" not in done.stdout
    assert "failed" not in done.stdout
