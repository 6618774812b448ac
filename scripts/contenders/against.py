"""Two commits in one run: this tree and another, each in processes of its own, in pairs.

Machines drift and are shared, and a process keeps the memory layout that it was dealt. So each pair is of
fresh processes that take turns, A B B A; a pair's ratio is the median over its turns, and what is said is
the median over pairs with the interval of their order statistics, which assumes no distribution. On one
thread the seconds are the processor's, which what else runs disturbs least. What seems slower is measured
again, and only the second time counts.
"""

import math
import signal
import statistics
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from contenders.rounds import Worker, environment

ROOT = Path(__file__).parents[2]
SLOWER = 1.05
TURNS = 4
FEWEST = 5
"""Of fewer pairs, not even the least ratio bounds the median with 95 %."""


class PairedRatios(NamedTuple):
    """Paired ratios of seconds at a workload, this tree's to the other's."""

    key: str
    name: str
    ratios: list[float]
    failure: str = ""
    """Why there are no ratios."""

    @property
    def median(self) -> float:
        """The median of the ratios."""
        return statistics.median(self.ratios)

    @property
    def interval(self) -> tuple[float, float]:
        """Order statistics, each of which bounds the true median with 95 % or more."""
        ordered, least = sorted(self.ratios), 0
        while below(least + 1, len(ordered)) <= 0.05:
            least += 1
        return (ordered[least - 1], ordered[-least]) if least else (0.0, math.inf)

    def __str__(self) -> str:
        """A line for the terminal."""
        if self.failure:
            return f"{self.key:9}{self.name:18}{self.failure}"
        low, high = self.interval
        verdict = "  5 % slower" if self.slower else ""
        return f"{self.key:9}{self.name:18}{self.median:.3f}× [{low:.3f}, {high:.3f}]{verdict}"

    @property
    def slower(self) -> bool:
        """Whether this tree is 5 % slower, by the median, and slower at all, by the interval."""
        return not self.failure and self.median >= SLOWER and self.interval[0] > 1


def below(count: int, pairs: int) -> float:
    """The chance that fewer than ``count`` of so many ratios lie on one side of their true median."""
    return sum(math.comb(pairs, some) for some in range(count)) / 2.0**pairs


def commit(ref: str) -> str:
    """The commit that a name stands for; raises ValueError where git knows none."""
    command = [
        "git",
        "-C",
        str(ROOT),
        "rev-parse",
        "--verify",
        "--quiet",
        "--end-of-options",
        f"{ref}^{{commit}}",
    ]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    if found.returncode:
        raise ValueError(f"git knows no commit {ref!r} in {ROOT}")
    return found.stdout.strip()


@contextmanager
def both_trees(ref: str) -> Iterator[tuple[Path, Path]]:
    """Both trees, this one and a commit's, in a folder that goes when the context does, whatever ends it.

    Their paths are of one length, as strings move what is allocated after them, and with it the alignment of
    arrays (Mytkowicz, Diwan, Hauswirth & Sweeney 2009 show what such accidents do to measurements).
    """
    with tempfile.TemporaryDirectory() as folder:
        this, that = (Path(folder).resolve() / name for name in ("this", "that"))
        this.symlink_to(ROOT)
        try:
            git("worktree", "add", "--quiet", "--detach", str(that), ref)
            yield this, that
        finally:
            git("worktree", "remove", "--force", str(that))


def git(*words: str) -> None:
    """Run git to its end: Ctrl-C waits, as half a worktree could not be removed."""
    endings = (signal.SIGINT, signal.SIGTERM)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, endings)  # git itself inherits it
    try:
        subprocess.run(["git", "-C", str(ROOT), *words], check=True)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def compare_trees(
    ref: str, keys: Iterable[str], names: Iterable[str], pairs: int, shortest: float, one_thread: bool
) -> Iterator[PairedRatios]:
    """A comparison for each workload and contender."""
    with ExitStack() as stack:
        trees = stack.enter_context(both_trees(ref))
        cache = stack.enter_context(tempfile.TemporaryDirectory())
        surroundings = environment(one_thread, cache)
        for key, name in [(key, name) for key in keys for name in names]:
            found = compared(key, name, trees, pairs, shortest, surroundings)
            if found.slower:  # of many comparisons one may be so by chance, hardly twice
                found = compared(key, name, trees, pairs, shortest, surroundings)
            yield found


def compared(
    key: str, name: str, trees: tuple[Path, Path], pairs: int, shortest: float, surroundings: dict[str, str]
) -> PairedRatios:
    """The ratios of so many pairs, or why there are none."""
    try:
        ratios = [
            paired_ratio(key, name, trees, shortest, surroundings, first=number % 2)
            for number in range(pairs)
        ]
    except RuntimeError as error:
        return PairedRatios(key, name, [], str(error))
    return PairedRatios(key, name, ratios)


def paired_ratio(
    key: str, name: str, trees: tuple[Path, Path], shortest: float, surroundings: dict[str, str], first: int
) -> float:
    """The median ratio of one pair of processes, of which ``first`` starts."""
    workers: dict[int, Worker] = {}
    values: dict[int, list[float]] = {0: [], 1: []}
    with ExitStack() as stack:
        for side in (first, 1 - first):
            own = {**surroundings, "PYTHONPATH": str(trees[side])}
            workers[side] = Worker(name, key, shortest, own)
            stack.callback(workers[side].close)
            expect(workers[side].answer(), trees[side], "source")
        for turn in range(TURNS):
            for side in (first, 1 - first) if turn % 2 == 0 else (1 - first, first):
                measured = expect(workers[side].go(), trees[side], "value")
                busy = measured["busy"] if surroundings.get("OMP_NUM_THREADS") == "1" else 1.0
                values[side].append(measured["value"] * busy)
    return statistics.median(ours / theirs for ours, theirs in zip(values[0], values[1], strict=True))


def expect(answer: dict[str, Any], tree: Path, wanted: str) -> dict[str, Any]:
    """An answer that has what is wanted, of a process that ran this tree's code."""
    if wanted not in answer:
        raise RuntimeError(f"{tree}: {answer.get('missing', answer.get('unfit'))}")
    if answer.get("source", str(tree / "nn")) != str(tree / "nn"):
        raise RuntimeError(f"{tree}: the process ran {answer['source']}")
    return answer
