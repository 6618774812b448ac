"""Records a model as one program, from the raw row of a table to its answers and label."""

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from nn.arrays import Array, Floats
from nn.data.columns.preprocessing import Preprocessing
from nn.engine.program import Program
from nn.engine.record import record
from nn.engine.tape import labelled
from nn.layers import LAYERS
from nn.layers.base import Layer, every
from nn.layers.description import name_in
from nn.model import Model
from nn.training.objective import predicted_class

ROW, ANSWERS, LABEL = "row", "answers", "label"
"""The names of the program's input, ``(batch, columns)``, and outputs ``(batch, outputs)``, ``(batch,)``."""


class ExportError(ValueError):
    """What a model has and a target cannot say; or a file that does not compute what the model does."""


@dataclass(frozen=True, eq=False)
class Exportable:
    """A model and the formulas that leave with it.

    In the row numbers are as in the table, words are codes (``words``), dates are seconds since 1970, and
    missing cells are NaN. The label is the number of a class, of a regression 0; it is −1 for a row that
    ``Model.predict`` refuses, whose answers are NaN.
    """

    model: Model
    network: Any
    """A copy of the network in double precision, whose layers label their calls."""
    constants: dict[str, Floats]
    """The parameters by their names in the program: ``weight_1``, ``bias_1``, …."""
    bindings: tuple[tuple[Layer, str, str], ...]
    """Which attribute of which layer each of them is."""
    programs: dict[int, Program] = field(default_factory=dict)
    """What was recorded, by the number of rows."""

    @classmethod
    def of(cls, model: Model) -> "Exportable":
        """Prepare a model; ExportError for a stack, and for weights that are not finite."""
        if model.network.stack:
            raise ExportError(f"expected a single network, got a stack of {model.network.stack}")
        if not np.isfinite(model.network.parameters).all():
            raise ExportError("expected finite weights, got NaN or infinity: the training has diverged")
        network = copy.deepcopy(model.network)
        network.bind(network.parameters.astype(np.float64), np.zeros(network.parameters.shape))
        network.bind_noise(None)
        constants, bindings = {}, []
        for number, (name, layer) in enumerate(numbered(network.layers), 1):
            for attribute in () if hasattr(layer, "layers") else layer.shapes:
                constants[f"{attribute}_{number}"] = np.ascontiguousarray(getattr(layer, attribute))
                bindings.append((layer, attribute, f"{attribute}_{number}"))
            layer.forward = labelling(layer, f"{name}: {type(layer).__doc__ or ''}".partition("\n")[0])  # type: ignore[method-assign]
        return cls(model, network, constants, tuple(bindings))

    @cached_property
    def preprocessing(self) -> Preprocessing:
        """What makes features of a raw row."""
        return self.model.preprocessing or Preprocessing.of_numbers(self.model.inputs)

    def step(self, inputs: Mapping[str, Any], kept: Mapping[str, Any]) -> dict[str, Any]:
        """Compute answers and label of raw rows."""
        for layer, attribute, name in self.bindings:
            setattr(layer, attribute, inputs[name])
        row, model = inputs[ROW], self.model
        x = self.preprocessing.formula(row)
        formula = "" if self.preprocessing.scaling is None else "(x − shift) / scale + offset, or "
        with labelled(row, f"scale: {formula}NaN where it is no number"):
            x = self.preprocessing.scale(x)
            x = np.where(np.isfinite(x), x, np.nan)
        y = self.network.forward(x)
        with labelled(row, "answers: in the unit of the targets"):
            y = (y if model.target_scaling is None else model.target_scaling.inverse(y)).copy()
        with labelled(row, "label: -1 for a row that cannot be used" + self.rule(y.shape[-1])):
            usable = np.all(y == y, axis=-1)
            label = 0 if model.classes is None else predicted_class(y, model.threshold)
            label = np.where(usable, label, -1)
        return {ANSWERS: y, LABEL: label}

    def rule(self, outputs: int) -> str:
        """Say how the label follows from the answers."""
        if self.model.classes is None:
            return ", else 0"
        if outputs > 1:
            return ", else that of the largest answer"
        return f", else 1 where the answer is above {self.model.threshold:g}, else 0"

    def program(self, rows: int) -> Program:
        """Record the program for a number of rows, once; it is verified on two batches.

        Raises ExportError for formulas that cannot be recorded.
        """
        if rows not in self.programs:
            columns = len(self.model.inputs)
            row = np.random.default_rng(0).normal(size=(rows, columns))
            inputs: dict[str, Array] = {ROW: row} | {
                name: array.copy() for name, array in self.constants.items()
            }
            try:
                found = record(
                    self.step, inputs, {}, [inputs, inputs | {ROW: np.full((rows, columns), np.nan)}]
                )
            except TypeError as error:
                raise ExportError(f"only what can be recorded can be exported: {error}") from error
            self.programs[rows] = found
        return self.programs[rows]


def in_type(array: Array, dtype: np.dtype[Any]) -> Array:
    """Return real numbers of a model in another type; ExportError for one that is too large for it."""
    with np.errstate(over="ignore", under="ignore"):
        found = array.astype(dtype)
    odd = np.isfinite(array) & ~np.isfinite(found)
    if np.any(odd):
        raise ExportError(f"the number {array[odd].flat[0]:g} is too large for {dtype}")
    return found


def numbered(layers: Sequence[Layer]) -> Iterator[tuple[str, Layer]]:
    """Yield all layers, nested ones first, with the name and number of each: ``dense 1``."""
    for number, layer in enumerate(every(layers), 1):
        yield f"{name_in(LAYERS, layer)} {number}", layer


def labelling(layer: Layer, label: str) -> Any:
    """Return a layer's ``forward`` that labels its calls while it is recorded."""
    forward = layer.forward

    def labelled_forward(x: Array) -> Array:
        with labelled(x, label):
            return forward(x)

    return labelled_forward
