"""Rounds of the workloads of tables: each a process of its own, which does one thing once."""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from contenders.results import Result, Table

FOLDER = Path(__file__).parent
WORK = [sys.executable, str(FOLDER / "table_work.py")]
NN = [sys.executable, "-m", "nn"]
TRAINING = ["training.epochs=5", "data.columns={when: ignore}"]
"""Of the model that predicts; how good it is does not matter."""


class TableJob(NamedTuple):
    """What contenders do with a table."""

    title: str
    table: str
    """``numbers`` or ``mixed``."""
    rows: int
    works: dict[str, list[str]]
    """The command of each contender, after which the file follows."""
    before: tuple[list[str], ...] = ()
    """Commands that are run once, such as training a model; FILE, MODEL and RUN stand for paths."""
    whole: bool = False
    """Whether the whole process counts, imports included."""


TRAIN_BOTH = (
    [*NN, "train", "FILE", "--target", "y", "--out", "RUN", "--no-plot", "--quiet",
     *(word for setting in TRAINING for word in ("--set", setting))],
    [*WORK, "train_with_sklearn", "FILE", "MODEL"],
)  # fmt: skip

TABLE_JOBS = {
    "W7": TableJob(
        "reading 200,000 × 50 numbers", "numbers", 200_000,
        {
            "tiny-nn": [*WORK, "read", "FILE"],
            "pandas": [*WORK, "read_with_pandas", "FILE"],
            "NumPy loadtxt": [*WORK, "read_with_loadtxt", "FILE"],
        },
    ),
    "W7-mixed": TableJob(
        "reading 200,000 × 50 numbers, categories, gaps and dates", "mixed", 200_000,
        {"tiny-nn": [*WORK, "read", "FILE"], "pandas": [*WORK, "read_with_pandas", "FILE"]},
    ),
    "W7-fit": TableJob(
        "inferring, fitting and encoding the mixed table once read", "mixed", 200_000,
        {"tiny-nn": [*WORK, "encode", "FILE"], "scikit-learn": [*WORK, "encode_with_sklearn", "FILE"]},
    ),
    "W8": TableJob(
        "predicting 100,000 rows of the mixed table, the whole command", "mixed", 100_000,
        {
            "tiny-nn": [*NN, "predict", "RUN", "FILE", "--out", "OUT"],
            "scikit-learn": [*WORK, "predict_with_sklearn", "FILE", "MODEL", "OUT"],
        },
        TRAIN_BOTH,
        whole=True,
    ),
    "W8-rows": TableJob(
        "predicting 100,000 rows of the mixed table, once it is read", "mixed", 100_000,
        {
            "tiny-nn": [*WORK, "predict_rows", "FILE", "RUN"],
            "scikit-learn": [*WORK, "predict_rows_with_sklearn", "FILE", "MODEL"],
        },
        TRAIN_BOTH,
    ),
}  # fmt: skip


class Measured(NamedTuple):
    """What one process took."""

    seconds: float
    """Of the processor, by the process as a whole."""
    wall: float
    peak: int
    failure: str
    said: str


def compare_tables(key: str, rounds: int, rows: int | None = None) -> Table:
    """Make the table, prepare, and let the contenders run in turn, A B A B."""
    job = TABLE_JOBS[key]
    table = Table(key, job.title, "processor s", [Result(name) for name in job.works])
    with tempfile.TemporaryDirectory() as folder:
        paths = {word: f"{folder}/{word.lower()}" for word in ("MODEL", "RUN", "OUT")}
        paths["FILE"] = f"{folder}/table.csv"
        make = [sys.executable, str(FOLDER / "table_files.py"), job.table, "FILE", str(rows or job.rows)]
        for command in (make, *job.before):  # in processes of their own, so that this one stays small
            failure = measure([paths.get(word, word) for word in command], folder).failure
            print(f"{key}: {failure}" if failure else ".", end="", flush=True, file=sys.stderr)
        for result in [one for _ in range(rounds) for one in table.results]:
            if result.absent:
                continue
            found = measure([paths.get(word, word) for word in job.works[result.name]], folder)
            if found.failure:
                result.absent = found.failure
                continue
            work = {"seconds": found.seconds, "wall": found.wall} if job.whole else json.loads(found.said)
            result.add(work["seconds"], work["seconds"], work["wall"], found.peak)
            result.setup = found.seconds - work["seconds"]
    return table


def measure(command: list[str], folder: str) -> Measured:
    """Run a command in a fresh process, on one thread."""
    from contenders.rounds import ONE_THREAD

    with (Path(folder) / "said").open("w+") as said, (Path(folder) / "errors").open("w+") as errors:
        began = time.perf_counter()
        process = subprocess.Popen(command, env={**os.environ, **ONE_THREAD}, stdout=said, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        errors.seek(0)
        last = (errors.read().strip().splitlines() or [f"exit code {process.returncode}"])[-1]
        missing = f"missing: {last}" if "ModuleNotFoundError" in last else f"failed: {last}"
        peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        failure = missing if process.returncode else ""
        return Measured(usage.ru_utime + usage.ru_stime, wall, peak, failure, said.read())
