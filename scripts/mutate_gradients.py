"""Tries ``check_gradients`` on right gradients and on planted bugs, and counts what it says of them.

Right ones: every activation with every loss, inputs of size 1e-8 to 1e8, untrained, trained, and at the
minimum. Wrong ones: the backward pass of every layer and loss, changed in each of several ways.

    python scripts/mutate_gradients.py --right --planted

The tests run a part of both.
"""

import argparse
import itertools
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
import nn
from nn.arrays import Array
from nn.gradcheck.arithmetic import COARSENESS, rounding, unchanged
from nn.gradcheck.gradients import LossProblem, quiet
from nn.gradcheck.samples import CheckSamples
from nn.layers import ACTIVATIONS
from nn.layers.base import Layer
from nn.losses import LOSSES
from nn.optimizers.base import Optimizer

SCALES = tuple(10.0**power for power in range(-8, 9, 2))
STATES = ("untrained", "trained", "at the minimum")
SAMPLES, INPUTS = 12, 3
HEADS = {"binary_crossentropy": "sigmoid", "categorical_crossentropy": "softmax", "hinge": "tanh"}
"""The last layers that losses ask for; the others have a linear one."""


class Case(NamedTuple):
    """A network with its loss and data."""

    network: nn.Sequential
    loss: nn.Loss
    x: Array
    t: Array
    w: Array | None = None

    def check(self) -> nn.GradientCheck:
        """What the check says."""
        return nn.check_gradients(self.network, self.loss, self.x, self.t, sample_weight=self.w)

    def problem(self) -> LossProblem:
        """Loss and gradient on all samples."""
        w = None if self.w is None else self.w[:, np.newaxis]
        return LossProblem.of(self.network, self.loss, CheckSamples(self.x, self.t, w))


HIDDEN: dict[str, type[Layer]] = {**ACTIVATIONS, "layer_norm": nn.LayerNorm}
"""What stands behind the dense layers."""


def case(
    activation: str,
    loss: str,
    *,
    scale: float = 1.0,
    state: str = "untrained",
    seed: int = 0,
    weighted: bool = False,
) -> Case:
    """Two hidden layers of an activation, one of them past a shortcut, and the head of the loss."""
    rng = np.random.default_rng(seed)
    x = scale * rng.normal(size=(SAMPLES, INPUTS))
    classes = np.arange(SAMPLES) % 3
    t = np.eye(3)[classes] if loss in HEADS else rng.normal(size=(SAMPLES, 3))
    make = HIDDEN[activation]
    layers = [
        nn.Dense(4, l1=0.01),
        make(),
        nn.Shortcut([nn.Dense(3), make()]),
        nn.Dense(3, l2=0.01),
        ACTIVATIONS[HEADS.get(loss, "linear")](),
    ]
    network = nn.Sequential(layers, inputs=INPUTS, seed=seed)
    w = 0.5 + rng.random(SAMPLES) if weighted else None
    found = Case(network, LOSSES[loss](), x, t, w)
    if state != "untrained":
        optimizer: Optimizer = nn.Adam(0.01) if state == "trained" else nn.LBFGS()
        try:
            for _ in nn.train(network, found.loss, optimizer, x, t, epochs=100, engine="numpy"):
                pass
        except nn.DivergedError:
            pass
    return found


Bug = Callable[[Any, Array], Array]
"""What a layer or loss makes of what it should return, or of the gradients that it fills."""


def scaled(axis: int, places: slice, factor: float = 1 + 1e-3) -> Bug:
    """A factor at some places along an axis only."""

    def change(owner: Any, array: Array) -> Array:
        changed = np.array(array)
        np.moveaxis(changed, axis, -1)[..., places] *= factor
        return changed

    return change


BUGS: dict[str, Bug] = {
    "factor 1.001": lambda owner, a: a * (1 + 1e-3),
    "factor 2": lambda owner, a: 2 * a,
    "sign": lambda owner, a: -a,
    "missing": lambda owner, a: 0 * a,
    "a term too many": lambda owner, a: a - np.mean(a, axis=-1, keepdims=True),
    "wrong axis": lambda owner, a: np.mean(a, axis=-2, keepdims=True) + 0 * a,
    "order of units": lambda owner, a: a[..., ::-1],
    "order of samples": lambda owner, a: a[..., ::-1, :],
    "one unit only": scaled(-1, slice(-1, None)),
    "one sample only": scaled(-2, slice(-1, None)),
}
BUGS_OF_LOSSES: dict[str, Bug] = {
    "with weights only": lambda owner, a: a if np.ndim(owner.share) == 0 else a * (1 + 1e-3),
    **{f"class {number} only": scaled(-2, slice(number, None, 3)) for number in range(3)},
}


class Plant(NamedTuple):
    """A place where bugs are planted: a method of a class."""

    kind: type
    attribute: str
    """``backward`` of layers, ``differentiate`` of losses; or a gradient that backward fills."""


PLANTS = (
    *(Plant(kind, "backward") for kind in (*HIDDEN.values(), nn.Dense, nn.Shortcut)),
    Plant(nn.Dense, "weight_grad"),
    Plant(nn.Dense, "bias_grad"),
    Plant(nn.LayerNorm, "gain_grad"),
    Plant(nn.LayerNorm, "bias_grad"),
    *(Plant(kind, "differentiate") for kind in LOSSES.values()),
)


@contextmanager
def planted(plant: Plant, bug: Bug) -> Iterator[None]:
    """Let the method return, or fill, what the bug makes of it."""
    method = plant.attribute if plant.attribute in ("backward", "differentiate") else "backward"
    right = getattr(plant.kind, method)

    def wrong(self: Any, dy: Any) -> Any:
        result = right(self, dy)
        if method == plant.attribute:
            return bug(self, np.array(result, copy=True, subok=True))
        array = getattr(self, plant.attribute)
        array[...] = bug(self, array.copy())
        return result

    setattr(plant.kind, method, wrong)
    try:
        yield
    finally:
        setattr(plant.kind, method, right)


def cases_for(plant: Plant) -> list[Case]:
    """Networks in which the plant is at work, with and without weights of samples."""
    names = {kind: name for name, kind in (*HIDDEN.items(), *LOSSES.items())}
    name = names.get(plant.kind, "tanh")
    loss = name if name in LOSSES else "mse"
    activation = name if name in HIDDEN else "tanh"
    return [case(activation, loss, seed=1), case(activation, loss, seed=2, weighted=True)]


def visible(problem: LossProblem, right: Array, bound: Array) -> bool:
    """Whether a planted bug changes any gradient by more than 1,000 times its rounding bound."""
    return bool(np.any(np.abs(problem.gradient(unchanged) - right) > 1000 * bound))


def planted_bugs(
    plants: tuple[Plant, ...] = PLANTS, cases: int = 2, names: Sequence[str] = tuple(BUGS)
) -> Iterator[tuple[str, bool, bool]]:
    """Each bug of these names, or of losses: what it is, whether it is visible, whether it was caught."""
    for plant in plants:
        for number, one in enumerate(cases_for(plant)[-cases:]):
            with quiet():
                right = one.problem().gradient(unchanged)
                # The mean distance that coarse arithmetic moves each, brought down to one roundoff.
                bound = rounding(one.problem().gradient) * 8 / COARSENESS
            bugs = {name: BUGS[name] for name in names}
            for name, bug in (bugs | (BUGS_OF_LOSSES if plant.attribute == "differentiate" else {})).items():
                with planted(plant, bug):
                    with quiet():
                        seen = visible(one.problem(), right, bound)
                    caught = not one.check().passed
                yield f"{plant.kind.__name__}.{plant.attribute}, case {number}: {name}", seen, caught


def right_gradients(
    scales: tuple[float, ...] = SCALES,
    states: tuple[str, ...] = STATES,
    activations: tuple[str, ...] = tuple(HIDDEN),
    seed: int = 0,
) -> Iterator[tuple[str, nn.GradientCheck]]:
    """Each network with right gradients, and what the check says."""
    for activation, loss, scale, state in itertools.product(activations, LOSSES, scales, states):
        one = case(activation, loss, scale=scale, state=state, seed=seed)
        yield f"{activation}, {loss}, {scale:g}, {state}", one.check()


def main() -> None:
    """Count, and name what should not be."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--right", action="store_true", help="check right gradients")
    parser.add_argument("--planted", action="store_true", help="check planted bugs")
    parser.add_argument("--seed", type=int, default=0, help="of networks and data with right gradients")
    options = parser.parse_args()
    if options.right:
        counts: Counter[str] = Counter()
        for name, check in right_gradients(seed=options.seed):
            sizes = [np.prod(row.shape) for row in check.rows]
            counts += Counter(
                networks=1,
                gradients=int(sum(sizes)),
                disagree=sum(row.disagree for row in check.rows),
                too_small=check.too_small,
                differences=check.rows[0].judge != "complex step",
            )
            if not check.passed or check.rows[0].judge != "complex step":
                print(f"called wrong: {name}\n{check}")
        print(dict(counts))
    if options.planted:
        found = [*planted_bugs()]
        for name, seen, caught in found:
            if seen and not caught:
                print(f"not caught: {name}")
        print(
            f"{len(found)} planted, {sum(seen for _, seen, _ in found)} visible, "
            f"{sum(seen and caught for _, seen, caught in found)} of these caught; "
            f"{sum(caught for _, seen, caught in found if not seen)} of the others"
        )


if __name__ == "__main__":
    main()
