"""Initializer: draws the weights that training begins with."""

from dataclasses import dataclass, field
from typing import Annotated

import numpy as np
from annotated_types import doc

from nn.arrays import Array
from nn.validation import Checked


@dataclass(frozen=True)
class Initializer(Checked):
    """Draws an initial weight matrix."""

    def draw(self, rng: np.random.Generator, inputs: int, units: int) -> Array:
        """A matrix of shape ``(inputs, units)``."""
        raise NotImplementedError

    def draw_bias(self, rng: np.random.Generator, inputs: int, units: int) -> Array:
        """A vector of shape ``(units,)``, drawn after the weights."""
        return np.zeros(units)


@dataclass(frozen=True)
class IndependentInitializer(Initializer):
    """Draws each weight independently from one distribution; with ``biases`` each bias too.

    The order of drawing, for each dense layer in turn: its weights row by row (all of the first input's,
    then the second's, …), then its biases. The distribution is that of the weights, as in the early papers
    and in scikit-learn's MLPs. Without ``biases`` these are 0, and nothing is drawn for them.
    """

    biases: Annotated[bool, doc("Whether biases are drawn too, as the weights are; else they are 0.")] = (
        field(default=False, kw_only=True)
    )

    def draw(self, rng: np.random.Generator, inputs: int, units: int) -> Array:
        return self.sample(rng, inputs, units, (inputs, units))

    def draw_bias(self, rng: np.random.Generator, inputs: int, units: int) -> Array:
        if not self.biases:
            return super().draw_bias(rng, inputs, units)
        return self.sample(rng, inputs, units, (units,))

    def sample(self, rng: np.random.Generator, inputs: int, units: int, shape: tuple[int, ...]) -> Array:
        """Numbers of this shape, from the distribution of a layer of these sizes."""
        raise NotImplementedError
