"""Writes the numbers that configurations and docs state of their runs: ``python scripts/write_claims.py``.

Each claim is a sentence with places for numbers, and the runs that give them. ``--check`` writes nothing and
exits 1 where a number would change; words choose claims by the names of their files. All of them take some
ten minutes on two processors.
"""

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from itertools import repeat, starmap
from pathlib import Path
from statistics import mean, median
from typing import NamedTuple

from lesson_claims import lesson_claims
from paper_claims import PAGE, paper_claims

from nn.config.load import load_config
from nn.experiments.experiment import Experiment
from nn.runs.directory import measure_shares

ROOT = Path(__file__).parents[1]
HUNDRED = range(100)
GAP = r"(?:\s|#)+"
"""Between two words of a comment there may be a line's end."""


class Outcome(NamedTuple):
    """How a run ended."""

    reached: int | None
    """The epochs to its goal; None where it was not reached."""
    accuracy: float
    """Of the test share, in per cent; NaN without one."""
    loss: float


class Claim(NamedTuple):
    """A sentence of a file: ``{}`` stands for each number, which ``measure`` gives as text."""

    file: str
    sentence: str
    measure: Callable[[], Sequence[str]]

    @property
    def pattern(self) -> re.Pattern[str]:
        """What the sentence looks like in the file, with a group for each number."""
        words = [re.escape(word).replace(r"\{\}", r"(all|[\d,.]*\d)") for word in self.sentence.split()]
        return re.compile(GAP.join(words))

    def found(self, text: str) -> re.Match[str]:
        """Where it stands in a text. Raises ValueError unless it stands there once."""
        matches = list(self.pattern.finditer(text))
        if len(matches) != 1:
            raise ValueError(f"{self.file}: expected once: {self.sentence!r}, got {len(matches)}")
        return matches[0]


def train(name: str, settings: tuple[str, ...], seed: int) -> Outcome:
    """The outcome of a bundled configuration with these settings and this seed."""
    experiment = Experiment.of(load_config(name, [f"seed={seed}", *settings]))
    *_, last = experiment.train()
    test = measure_shares(experiment).get("test", {})
    nan = float("nan")
    return Outcome(last.reached, 100 * test.get("accuracy", nan), test.get("loss", nan))


@cache
def pool() -> ProcessPoolExecutor:
    """Processes for runs side by side."""
    return ProcessPoolExecutor(2)


@cache
def outcomes(name: str, seeds: range, *settings: str) -> list[Outcome]:
    """Those of all seeds."""
    return list(pool().map(train, repeat(name), repeat(settings), seeds, chunksize=5))


def reached(name: str, *settings: str, seeds: range = HUNDRED) -> list[int]:
    """The epochs of the seeds that reached their goal."""
    return [one.reached for one in outcomes(name, seeds, *settings) if one.reached is not None]


def explained(name: str, seeds: range) -> str:
    """The mean R² on the test share."""

    def score(seed: int) -> float:
        experiment = Experiment.of(load_config(name, [f"seed={seed}"]))
        for _ in experiment.train():
            pass
        test = experiment.shares["test"]
        errors = experiment.model.answer(test.x) - test.y
        return 1 - float((errors**2).sum() / ((test.y - test.y.mean(axis=0)) ** 2).sum())

    return f"{mean(map(score, seeds)):.3f}"


def accuracy(name: str, seeds: range, *settings: str) -> str:
    """The mean accuracy on the test share."""
    return f"{mean(one.accuracy for one in outcomes(name, seeds, *settings)):.1f}"


def loss(name: str, seeds: range, *settings: str) -> str:
    """The mean loss on the test share."""
    value = mean(one.loss for one in outcomes(name, seeds, *settings))
    return f"{value:.4f}" if value < 1 else f"{value:.2f}"


def count(epochs: Sequence[int]) -> str:
    """How many of a hundred seeds."""
    return "all" if len(epochs) == len(HUNDRED) else f"{len(epochs)}"


def half(epochs: Sequence[int]) -> str:
    """The median."""
    return f"{median(epochs):,.1f}".removesuffix(".0")


def range_of(name: str) -> Sequence[str]:
    """How many of a hundred seeds reach the goal, the least and the most epochs that they take."""
    epochs = reached(name)
    return count(epochs), f"{min(epochs):,}", f"{max(epochs):,}"


def result(name: str) -> Iterator[Claim]:
    """The goal that a configuration reaches with a hundred seeds."""
    sentence = "reaches stop_at with {} of the seeds 0-99, in {} to {} epochs"
    yield Claim(f"configs/{name}.yaml", sentence, lambda: range_of(name))


def in_median(name: str) -> Claim:
    """How many of a hundred seeds reach the goal, and the median of the epochs that they take."""
    sentence = "reaches stop_at with {} of the seeds 0-99, in a median of {} epochs"
    return Claim(f"configs/{name}.yaml", sentence, lambda: [count(reached(name)), half(reached(name))])


def shares(name: str, sentence: str, *seeds: range) -> Claim:
    """The accuracies on test shares that a configuration states, of these seeds."""
    return Claim(f"configs/{name}.yaml", sentence, lambda: [accuracy(name, some) for some in seeds])


FIRST, SECOND = range(5), range(5, 10)
TWO = "{} % of the test share, mean of seeds 0-4 (5-9: {} %)"
THREE = "{} % of the test share, mean of seeds 0-4 (5-9: {} %; 0-99: {} %)"
ONE_NEURON = "model.layers=[{type: dense, units: 1, activation: sigmoid}]"
SOFTMAX = "model.layers=[{type: dense, units: 10, activation: softmax}]"
SIGMOIDS = "model.layers.0.activation=sigmoid", "model.layers.1.activation=sigmoid"


def optimizer(text: str) -> str:
    """The setting of another optimiser."""
    return f"optimizer={text}"


def encoder(text: str) -> list[int]:
    """The epochs of the 10-5-10 encoder with another optimiser."""
    return reached("encoder-10-5-10", optimizer(text))


def claims() -> Iterator[Claim]:
    """All of them."""
    for name in ("and", "encoder", "or", "parity4", "xor", "xor-2-1-1"):
        yield from result(name)
    for name in ("blobs", "iris", "wine"):
        yield shares(name, THREE, FIRST, SECOND, HUNDRED)
    for name in ("breast-cancer", "checkerboard", "circles", "digits", "moons", "penguins"):
        yield shares(name, TWO, FIRST, SECOND)
    yield Claim(
        "configs/automobile.yaml", "R² {} on the test share, mean of seeds 0-4 (5-9: {})",
        lambda: [explained("automobile", FIRST), explained("automobile", SECOND)],
    )  # fmt: skip
    yield shares("iris-lbfgs", "{} % of the test share right, mean of seeds 0-4", FIRST)
    yield Claim(
        "configs/breast-cancer.yaml", "does as well ({} %, and {} % with it, mean of seeds 0-99)",
        lambda: [accuracy("breast-cancer", HUNDRED, ONE_NEURON), accuracy("breast-cancer", HUNDRED)],
    )  # fmt: skip
    yield Claim(
        "configs/checkerboard.yaml", "get to {} %", lambda: [accuracy("checkerboard", FIRST, *SIGMOIDS)]
    )
    yield Claim(
        "configs/circles.yaml", "it stays at {} %",
        lambda: [accuracy("circles", FIRST, "model.layers.0.units=2")],
    )  # fmt: skip
    yield Claim(
        "configs/digits.yaml", "weights get {} %, no hidden layer {} %",
        lambda: [
            accuracy("digits", FIRST, "data.scale=[0, 1]", "model.layers.0.initializer=null"),
            accuracy("digits", FIRST, SOFTMAX),
        ],
    )  # fmt: skip
    yield Claim(
        "configs/moons.yaml", "a straight line gets {} %", lambda: [accuracy("moons", FIRST, ONE_NEURON)]
    )
    yield Claim(
        "configs/wine.yaml", "get only {} % right",
        lambda: [accuracy("wine", FIRST, "data.scale=null")],
    )  # fmt: skip
    yield Claim(
        "configs/encoder-10-5-10.yaml", "with {} of the seeds 0-99, in {} to {} epochs, with a median of {}",
        lambda: [*range_of("encoder-10-5-10"), half(reached("encoder-10-5-10"))],
    )  # fmt: skip
    yield Claim(
        "configs/encoder-10-5-10.yaml",
        "quickprop with a learning rate of 30 takes {}; rprop_plus {}, but reaches it with {} of 100 seeds; "
        "adam with 0.1 takes {}, sgd with 2 and a momentum of 0.9 takes {}.",
        lambda: [
            half(encoder("{type: quickprop, learning_rate: 30}")),
            half(encoder("{type: rprop, variant: rprop_plus}")),
            f"{len(encoder('{type: rprop, variant: rprop_plus}'))}",
            half(encoder("{type: adam, learning_rate: 0.1}")),
            half(encoder("{type: sgd, learning_rate: 2, momentum: 0.9}")),
        ],
    )  # fmt: skip
    for file, sentence in (
        ("configs/or.yaml", "loss=mse takes {} epochs instead of {}."),
        ("docs/sigmoid.md", "`nn train or --set loss=mse`: {} epochs instead of {}."),
    ):
        yield Claim(
            file, sentence,
            lambda: [f"{reached('or', *more, seeds=range(1))[0]}" for more in (["loss=mse"], [])],
        )  # fmt: skip
    yield Claim(
        "configs/parity4.yaml", "with {} of the seeds 0-99, in a median of {} epochs instead of {}.",
        lambda: [
            count(reached("parity4", "model.layers.0.units=4")),
            half(reached("parity4", "model.layers.0.units=4")),
            half(reached("parity4")),
        ],
    )  # fmt: skip
    yield Claim(
        "configs/sine-bayes.yaml", "{} mean squared error on the test share, mean of seeds 0-4 "
        "(levenberg_marquardt: {})",
        lambda: [loss("sine-bayes", FIRST), loss("sine-bayes", FIRST, optimizer("levenberg_marquardt"))],
    )  # fmt: skip
    yield Claim(
        "configs/sine.yaml",
        "{} mean squared error on the test share, mean of seeds 0-4 (5-9: {}; 0-99: {})",
        lambda: [loss("sine", seeds) for seeds in (FIRST, SECOND, HUNDRED)],
    )
    for name in ("sine-lm", "spirals", "xor-lm"):
        yield in_median(name)
    yield Claim(
        "configs/spirals.yaml", "it learns with {} of the seeds 0-99.",
        lambda: [count(reached("spirals", "model.layers.0.initializer=glorot_uniform"))],
    )  # fmt: skip
    yield Claim(
        "configs/xor-2-1-1.yaml", "with {} of the seeds 0-999.",
        lambda: [f"{len(reached('xor-2-1-1', seeds=range(1000)))}"],
    )  # fmt: skip
    yield Claim(
        "configs/xor-2-2-1.yaml", "reaches stop_at with {} of the seeds 0-99.",
        lambda: [count(reached("xor-2-2-1"))],
    )  # fmt: skip
    yield Claim(
        "configs/xor-2-2-1.yaml", "With ten times the epochs it is {};",
        lambda: [count(reached("xor-2-2-1", "training.epochs=50000"))],
    )  # fmt: skip
    for sentence, measure in paper_claims():
        yield Claim(PAGE, sentence, measure)
    yield from starmap(Claim, lesson_claims())


def written(text: str, claim: Claim, numbers: Sequence[str]) -> str:
    """The text with these numbers in the places of a claim."""
    match = claim.found(text)
    for group in range(len(numbers), 0, -1):
        start, end = match.span(group)
        text = text[:start] + numbers[group - 1] + text[end:]
    return text


def main() -> None:
    """Measure, say what differs, and write it unless it is only to be checked."""
    options = sys.argv[1:]
    only = [word for word in options if word != "--check"]
    changed = False
    for claim in claims():
        if only and Path(claim.file).stem not in only:
            continue
        path = ROOT / claim.file
        text = path.read_text(encoding="utf-8")
        stated, numbers = claim.found(text).groups(), tuple(claim.measure())
        same = stated == numbers
        changed |= not same
        difference = "" if same else f"  was {', '.join(stated)}"
        print(f"{claim.file}: {claim.sentence}  {', '.join(numbers)}{difference}", flush=True)
        if not same and "--check" not in options:
            path.write_text(written(text, claim, numbers), encoding="utf-8")
    if changed and "--check" in options:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
