"""Rounds: every contender in a process of its own, one round after the other, A B C A B C.

Only what Python itself brings is imported here: a small parent keeps the children's memory honest.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from contenders.results import Result, Table
from contenders.table_rounds import TABLE_JOBS, compare_tables

SCRIPTS = Path(__file__).parents[1]
ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NPROC": "1",  # XLA's pool of threads
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",
}
COLD = ("tiny-nn", "scikit-learn", "PyTorch", "JAX scan", "Keras")


class Worker:
    """The process of a contender at a workload."""

    def __init__(self, name: str, workload: str, shortest: float, environment: dict[str, str]):
        command = [sys.executable, "-m", "contenders.worker", name, workload, str(shortest)]
        self.errors = tempfile.TemporaryFile("w+")  # noqa: SIM115  # closed with the worker
        self.process = subprocess.Popen(
            command, cwd=SCRIPTS, env=environment, text=True, bufsize=1,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors,
        )  # fmt: skip

    def answer(self) -> dict[str, Any]:
        """The next line that it writes."""
        assert self.process.stdout, "a pipe"
        line = self.process.stdout.readline()
        if line:
            return json.loads(line)
        status = self.process.wait()
        self.errors.seek(0)
        said = self.errors.read().strip().splitlines()
        return {"unfit": f"failed: {said[-1] if said else f'exit code {status}'}"}

    def go(self) -> dict[str, Any]:
        """Let it train a round."""
        assert self.process.stdin, "a pipe"
        self.process.stdin.write("\n")
        return self.answer()

    def close(self) -> None:
        """Let it end."""
        self.process.communicate()
        self.errors.close()


def environment(one_thread: bool, cache: str) -> dict[str, str]:
    """The children's environment: the same threads for all, and empty caches of compiled programs."""
    caches = {"XDG_CACHE_HOME": cache, "TORCHINDUCTOR_CACHE_DIR": f"{cache}/torch"}
    return {**os.environ, **caches, **(ONE_THREAD if one_thread else {})}


def compare(key: str, names: Iterable[str], rounds: int, shortest: float, one_thread: bool = True) -> Table:
    """Prepare every contender, one by one, then let them run in turn."""
    table = Table(key, "", "", [], one_thread)
    with ExitStack() as stack:
        cache = stack.enter_context(tempfile.TemporaryDirectory())
        running = []
        for name in names:
            worker = Worker(name, key, shortest, environment(one_thread, cache))
            stack.callback(worker.close)
            facts, result = worker.answer(), Result(name)
            table.results.append(result)
            if "loss" in facts:
                table.title, table.unit = facts["title"], facts["unit"]
                for word in ("setup", "loss", "tolerance", "differs"):
                    setattr(result, word, facts[word])
                running.append((worker, result))
            else:
                reason = f"missing: {facts['missing']}" if "missing" in facts else facts["unfit"]
                result.absent = reason
            print(".", end="", flush=True, file=sys.stderr)
        for worker, result in [pair for _ in range(rounds) for pair in running]:
            measured = worker.go()
            if "value" not in measured:
                raise RuntimeError(f"{result.name} at {key} {measured['unfit']}")
            wall = measured["value"]
            result.add(wall, wall * measured["busy"], wall, measured["peak"])
            result.busy = max(result.busy, measured["busy"])
        print(file=sys.stderr)
    return table


def cold_start(rounds: int, names: Iterable[str] = COLD) -> Table:
    """Whole processes, after one of each that fills the caches of bytecode and fonts."""
    table = Table("W6", "from starting Python to XOR trained for 5,000 epochs and its curve drawn", "s", [])
    table.results = [Result(name) for name in names]
    surroundings = {**os.environ, **ONE_THREAD}
    for number in range(rounds + 1):
        for result in table.results:
            if result.absent:
                continue
            seconds, cpu, peak, failure = whole_process(result.name, surroundings)
            if failure:
                result.absent = failure
            elif number:
                result.add(seconds, cpu, seconds, peak)
    return table


def whole_process(name: str, surroundings: dict[str, str]) -> tuple[float, float, int, str]:
    """Seconds by the wall and of the processor, bytes, and what went wrong."""
    with tempfile.TemporaryDirectory() as folder:
        picture = Path(folder) / "loss.png"
        command = [sys.executable, "contenders/cold_start.py", name, str(picture)]
        with (Path(folder) / "errors").open("w+") as errors:
            started = time.perf_counter()
            process = subprocess.Popen(
                command, cwd=SCRIPTS, env=surroundings, stdout=subprocess.DEVNULL, stderr=errors
            )
            _, status, usage = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - started
            process.returncode = os.waitstatus_to_exitcode(status)
            errors.seek(0)
            last = (errors.read().strip().splitlines() or [f"exit code {process.returncode}"])[-1]
        if process.returncode:
            return 0.0, 0.0, 0, f"missing: {last}" if "Error" in last else last
        assert list(Path(folder).rglob("*.png")), "a picture"
        peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        return seconds, usage.ru_utime + usage.ru_stime, peak, ""


def all_tables(
    keys: Iterable[str], names: Iterable[str], rounds: int, shortest: float, one_thread: bool
) -> Iterator[Table]:
    """A table for each workload."""
    for key in keys:
        print(f"{key} ", end="", flush=True, file=sys.stderr)
        if key == "W6":
            yield cold_start(rounds)
        elif key in TABLE_JOBS:
            yield compare_tables(key, rounds)
        else:
            yield compare(key, names, rounds, shortest, one_thread)
