"""What the buttons of the lessons in docs/lessons give."""

from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

import nn
from nn.arrays import Array
from nn.config.lesson import LessonConfig, SetUp, load_lesson
from nn.endpoints.curvature import Spectrum, spectrum
from nn.endpoints.surface import LossSurface
from nn.experiments.experiment import Experiment

FOLDER = Path(__file__).parents[1] / "docs" / "lessons"


@cache
def lesson(name: str) -> LessonConfig:
    """One of the lessons."""
    found = load_lesson(str(FOLDER / f"{name}.yaml"))
    assert found is not None
    return found


def button(name: str, number: int) -> SetUp:
    """What the button of a step (from 1) does; where it only trains on, with what that goes on from."""
    setup = lesson(name).steps[number - 1].setup
    assert setup is not None
    if setup.seed is None and not setup.rewind and not setup.set:
        return button(name, number - 1).model_copy(update={"until": setup.until})
    return setup


@dataclass(frozen=True, eq=False)
class ButtonRun:
    """What a page shows after a button."""

    experiment: Experiment
    losses: Array
    """The loss of each epoch that it trains."""
    held_out: Array
    """After each of them the loss of the samples held out, and how many per cent of those are right."""

    @property
    def rises(self) -> int:
        """In how many epochs the loss is larger than in the one before."""
        return int(np.sum(np.diff(self.losses) > 0))

    @property
    def best(self) -> int:
        """The number of the epoch after which the held-out loss is smallest."""
        return int(self.held_out[:, 0].argmin()) + 1

    @property
    def slope(self) -> float:
        """The length of the gradient at the end."""
        surface, point = self._surface()
        return float(np.linalg.norm(surface.gradient(point)))

    @property
    def curvatures(self) -> Spectrum:
        """The curvatures of the loss at the end."""
        found = spectrum(*self._surface())
        assert found is not None
        return found

    @property
    def answers(self) -> Array:
        """The answers to the samples that it learns from."""
        return self.experiment.model.network.forward(self._samples()[0])

    def _samples(self) -> tuple[Array, Array]:
        return self.experiment.model.arrays(self.experiment.shares["training"])

    def _surface(self) -> tuple[LossSurface, Array]:
        network = self.experiment.model.network
        return LossSurface(network, nn.MeanSquaredError(), *self._samples()), np.array(network.parameters)


@cache
def run(name: str, number: int, *settings: str) -> ButtonRun:
    """Do what the button of a step does, with other settings if there are any."""
    setup = button(name, number)
    before = None if setup.rewind or setup.seed is not None else run(name, number - 1)
    begun = len(before.losses) if before else 0
    own = [f"optimizer.{key}={value}" for key, value in setup.set.items()]
    if setup.seed is not None:
        own.append(f"seed.weights={setup.seed}")
    own.append("training.engine=numpy")  # there is nothing to gain by compiling
    own.append(f"training.epochs={max((setup.until or 0) - begun, 1)}")
    experiment = Experiment.of(lesson(name).configuration([*own, *settings]))
    if before:
        optimizer = experiment.config.optimizer.make()
        if not isinstance(optimizer, nn.SGD) or optimizer.momentum:
            raise ValueError(f"{name}, step {number}: goes on with a method that remembers more than weights")
        experiment.model.network.parameters[...] = before.experiment.model.network.parameters
    reports: list[nn.Report] = []
    with suppress(nn.DivergedError):
        reports.extend(experiment.train())
    measured = ((one.val_loss, one.val_accuracy) for one in reports)
    held_out = [(loss, 100 * right) for loss, right in measured if loss is not None and right is not None]
    return ButtonRun(experiment, np.concatenate([one.losses for one in reports]), np.array(held_out))
