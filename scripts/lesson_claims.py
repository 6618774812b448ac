"""The numbers in docs/lessons, of runs that buttons start and of studies: ``write_claims.py`` writes them."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from statistics import median

import numpy as np
from lesson_runs import ButtonRun, lesson, run

import nn
from nn.arrays import Array
from nn.experiments.experiment import Experiment

STARTS, PROBLEMS = range(1000), range(100)
Numbers = Callable[[], Sequence[str]]


def first_below(losses: Array, limit: float) -> int:
    """The number of the first epoch whose loss is below a limit."""
    return int(np.argmax(losses < limit)) + 1


def digits(*numbers: float, places: int = 3) -> list[str]:
    """Numbers with so many decimal places."""
    return [f"{number:.{places}f}" for number in numbers]


def solved(*settings: str) -> str:
    """How many of a thousand starts of the XOR lesson reach its goal."""
    config = lesson("xor").configuration(settings)
    return f"{nn.study(config.model_dump(exclude_none=True), seeds=STARTS).members['solved'].sum():,}"


def growth(seed: int, settings: tuple[str, ...]) -> float:
    """How many times as large as where it was smallest the held-out loss of a problem is at the end."""
    experiment = Experiment.of(lesson("overfitting").configuration([*settings, f"seed={seed}"]))
    held_out = np.array([report.val_loss for report in experiment.train()], np.float64)
    return float(held_out[-1] / held_out.min())


def typical_growth(*settings: str, places: int = 2) -> list[str]:
    """The median of a hundred problems."""
    with ProcessPoolExecutor(2) as pool:
        return digits(median(pool.map(growth, PROBLEMS, repeat(settings))), places=places)


def xor_claims() -> Iterator[tuple[str, Numbers]]:
    """Of docs/lessons/xor.yaml."""

    def before(epoch: int) -> float:
        return run("xor", 5).losses[epoch - 1]

    yield "after {} epochs no ring is left", lambda: [str(len(run("xor", 1).losses))]
    yield "it is not below 0.24 before epoch {}.", lambda: [str(first_below(run("xor", 3).losses, 0.24))]
    yield "At epoch {} it is below 0.01.", lambda: [str(first_below(run("xor", 3).losses, 0.01))]
    yield (
        "the network answers between {} and {} to all four",
        lambda: digits(run("xor", 4).answers.min(), run("xor", 4).answers.max()),
    )
    yield (
        "is {} times as small here as at the start",
        lambda: [f"{round(start_slope() / run('xor', 4).slope, -1):.0f}"],
    )
    yield (
        "its curvature is {}; in another it bends down, by only {}.",
        lambda: [
            *digits(run("xor", 4).curvatures.values[-1]),
            *digits(-run("xor", 4).curvatures.values[0], places=4),
        ],
    )
    yield (
        "at epoch 400 the loss is still {}, at 500 it is {}, at 600 it is {}.",
        lambda: digits(before(400), before(500), before(600), places=4),
    )
    yield (
        "needs {} epochs in place of {}.",
        lambda: [str(len(run("xor", 6).losses)), str(len(run("xor", 3).losses))],
    )
    yield (
        "it takes {} epochs.",
        lambda: [f"{len(run('xor', 3, 'optimizer.momentum=0', 'training.epochs=9999').losses):,}"],
    )
    yield "after 5,000 epochs the loss is {},", lambda: digits(run("xor", 7).losses[-1], places=4)
    yield "at the same {}.", lambda: digits(run("xor", 8).losses[-1])


def start_slope() -> float:
    """The length of the gradient at the start of the XOR lesson's plateau."""
    experiment = Experiment.of(lesson("xor").configuration([]))
    return ButtonRun(experiment, np.empty(0), np.empty(0)).slope


def learning_rate_claims() -> Iterator[tuple[str, Numbers]]:
    """Of docs/lessons/learning-rate.yaml."""

    def last(number: int, *settings: str) -> float:
        return run("learning-rate", number, *settings).losses[-1]

    def curvature(number: int) -> float:
        return float(run("learning-rate", number).curvatures.values[-1])

    yield (
        "The loss goes from {} to {}: the right way, but after 10,000 epochs it would still be at {}.",
        lambda: digits(run("learning-rate", 1).losses[0], last(1), last(1, "training.epochs=10000")),
    )
    yield "the loss falls to {}. It did not rise", lambda: digits(last(2), places=4)
    yield (
        "In {} of these 200 epochs the loss rises, once to {}.",
        lambda: [str(run("learning-rate", 3).rises), *digits(run("learning-rate", 3).losses.max(), places=2)],
    )
    yield "In epoch {} the loss is beyond", lambda: [str(len(run("learning-rate", 4).losses) + 1)]
    yield "with a rate of 0.1, to a loss of {}.", lambda: digits(last(5), places=4)
    yield (
        "where it is largest, is {}, and 2 divided by it is {}.",
        lambda: [*digits(curvature(5), places=1), *digits(2 / curvature(5))],
    )
    yield "For {} epochs the loss falls", lambda: [str(first_rise(run("learning-rate", 6).losses))]
    yield (
        "leaps from {} to {}.",
        lambda: [
            *digits(run("learning-rate", 6).losses.min(), places=4),
            *digits(run("learning-rate", 6).losses.max(), places=2),
        ],
    )
    yield "300 epochs on, 2/c is {},", lambda: digits(2 / curvature(6))
    yield (
        "In {} epochs the loss rises, and at the end it is {}.",
        lambda: [str(run("learning-rate", 7).rises), *digits(last(7))],
    )
    yield (
        "Within ten epochs the loss falls to {}:",
        lambda: digits(run("learning-rate", 8).losses[9], places=4),
    )


def first_rise(losses: Array) -> int:
    """How many epochs the loss falls before it rises."""
    return int(np.argmax(np.diff(losses) > 0))


def overfitting_claims() -> Iterator[tuple[str, Numbers]]:
    """Of docs/lessons/overfitting.yaml."""

    def last(number: int) -> list[str]:
        found = run("overfitting", number)
        return digits(found.losses[-1], found.held_out[-1, 0])

    def right(number: int) -> str:
        return f"{run('overfitting', number).held_out[-1, 1]:.1f}"

    yield "it falls to {}, and on the held-out ones to {}.", lambda: last(1)
    yield "Of these it gets {} % right.", lambda: [right(1)]
    yield "to {} at epoch 500:", lambda: digits(run("overfitting", 2).losses[-1], places=4)
    yield "rises to {}, and only {} % of them are right.", lambda: [last(2)[1], right(2)]
    yield (
        "The network has {} weights",
        lambda: [str(run("overfitting", 1).experiment.model.network.parameters.size)],
    )
    yield "is smallest, which is after epoch {}.", lambda: [str(run("overfitting", 2).best)]
    yield (
        "ends at {}, but the one on the held-out points at {}, and {} % of them are right.",
        lambda: [*last(4), right(4)],
    )
    yield "Now both losses stay high, {} and {}.", lambda: last(5)


def xor_studies() -> Iterator[tuple[str, Numbers]]:
    """Of docs/lessons/xor.yaml, of a thousand starts each."""
    yield (
        "{} are solved within 5,000 epochs with a learning rate of 0.5, and {} with 5.",
        lambda: [solved(), solved("optimizer.learning_rate=5")],
    )
    yield "does not help either: {}.", lambda: [solved("loss=binary_crossentropy")]
    yield (
        "With three, {} of 1,000 starts are solved, with four all {}:",
        lambda: [solved(f"model.layers.0.units={units}") for units in (3, 4)],
    )


def overfitting_studies() -> Iterator[tuple[str, Numbers]]:
    """Of docs/lessons/overfitting.yaml, of a hundred problems each."""
    yield "the held-out loss is {} times as large", lambda: typical_growth(places=1)
    yield "With a weight decay of 2 it is {} times", lambda: typical_growth("optimizer.weight_decay=2")
    yield (
        "and no weight decay, it is {} times as large.",
        lambda: typical_growth("data.samples=460", "data.validation=60"),
    )


BUTTONS = {"xor": xor_claims, "learning-rate": learning_rate_claims, "overfitting": overfitting_claims}
STUDIES = {"xor": xor_studies, "overfitting": overfitting_studies}


def lesson_claims() -> Iterator[tuple[str, str, Numbers]]:
    """The file, a sentence with places for numbers, and the numbers."""
    for name, claims in (*BUTTONS.items(), *STUDIES.items()):
        for sentence, measure in claims():
            yield f"docs/lessons/{name}.yaml", sentence, measure
