"""Sequential: layers in order over one flat parameter vector."""

import copy
import math
import weakref
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from annotated_types import Ge
from numpy.typing import ArrayLike

from nn.arrays import Array
from nn.display import Markup, html_table, table, tag
from nn.layers.base import Chain, Layer, every, forward
from nn.layers.description import layer_rows
from nn.losses.base import Loss
from nn.losses.regression import MeanSquaredError
from nn.model_file import numbered_columns, write_model_file
from nn.random import Seeds
from nn.validation import check

Precision = Literal["float64", "float32"]
ROWS_AT_ONCE = 8192
"""The outputs of more samples than this are computed block by block, to save memory."""


def present(layer: Layer) -> dict[str, Array]:
    """The parameters that a layer already has, by name: none before it is built, alone or in a network."""
    return {name: getattr(layer, name) for name in layer.shapes if hasattr(layer, name)}


def expect_same(value: Array, array: Array, name: str) -> None:
    """Raise AttributeError unless it is the array itself, as after ``network.parameters -= step``."""
    if value is not array:
        raise AttributeError(
            f"Sequential: {name} are views that all layers share; fill them: network.{name}[...] = values"
        )


class Sequential(Chain):
    """A feed-forward network: each layer's output is the next one's input.

    ``parameters`` and ``gradients`` are contiguous arrays ``(*stack, n_parameters)``; the layers
    hold views of them. With several seeds the network is a stack: ``seed=range(1000)`` is a
    thousand networks that train at once, each with its own weights and order of samples.

    >>> from nn import Dense, Sigmoid
    >>> network = Sequential([Dense(2), Sigmoid(), Dense(1), Sigmoid()], inputs=2, seed=0)
    >>> network.parameters.shape, network.predict([[0, 1], [1, 1]]).shape
    ((9,), (2, 1))
    >>> Sequential([Dense(2)], inputs=2, seed=range(10)).predict([[0, 1]]).shape
    (10, 1, 2)

    A layer belongs to one network. One that has weights already, built alone or copied from a network,
    keeps them: ``Sequential([copy.deepcopy(network.layers[0]), Dense(3)], …)``. Networks are values:
    copies and pickles share nothing.

    Shown, a network is its layers:

    >>> network
    layer  output      parameters  activation  initializer
    input  (batch, 2)           0
    dense  (batch, 2)           6  sigmoid     glorot_uniform
    dense  (batch, 1)           3  sigmoid     glorot_uniform
    9 parameters

    ``forward`` with ``training=True`` lets layers such as ``Dropout`` have their noise, drawn anew
    from the network's seeds:

    >>> from nn import Dropout
    >>> Sequential([Dropout(0.5)], inputs=4, seed=0).forward(np.ones((1, 4)), training=True)
    array([[2., 0., 2., 2.]])
    """

    training: "weakref.ref[Any] | None" = None
    """Its current or last training."""

    def __init__(
        self,
        layers: Iterable[Layer],
        *,
        inputs: int,
        seed: int | Sequence[int] | Seeds = 0,
        dtype: Precision = "float64",
    ):
        self.layers = list(layers)
        self.inputs, self.seeds = inputs, Seeds.of(seed)
        check(inputs, Annotated[int, Ge(1)], "Sequential: inputs")
        self.check_layers()
        self.check_owners()
        self.outputs = self.build(inputs)
        shape = (*self.stack, self.size)
        check(dtype, Precision, "Sequential: dtype")
        brought = [(layer, present(layer)) for layer in every(self.layers)]
        self.bind(np.empty(shape, dtype), np.zeros(shape, dtype))
        rows = self.parameters.reshape(math.prod(self.stack), self.size, copy=False)
        for row, rng in zip(rows, self.seeds.generators("weights").each(), strict=True):
            row[...] = self.draw(rng)
        for layer, values in brought:
            for name, array in values.items():
                getattr(layer, name)[...] = array  # parameters of a single network are broadcast over a stack
        self.own()

    def check_owners(self) -> None:
        """Raise ValueError for a layer of another network: its parameters are views of that one's."""
        for place, layer in enumerate(self.layers):
            for one in every([layer]):
                if one.owner and one.owner():
                    inside = "" if one is layer else f" in layer {place}"
                    raise ValueError(
                        f"Sequential: {type(one).__name__}{inside or f', layer {place},'} belongs to another "
                        "network, which would lose its weights; make a new layer, or take "
                        "copy.deepcopy(layer), which keeps them"
                    )

    def own(self) -> None:
        """Tell the layers that they belong to this network."""
        for layer in every(self.layers):
            layer.owner = weakref.ref(self)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "training"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self.bind(self.parameters, self.gradients)  # replaces the layers' own copies by views
        self.own()

    def __copy__(self) -> "Sequential":
        return copy.deepcopy(self)

    @property
    def parameters(self) -> Array:
        """All weights and biases, ``(*stack, n_parameters)``: fill this array, do not replace it."""
        return self._parameters

    @parameters.setter
    def parameters(self, value: Array) -> None:
        expect_same(value, self._parameters, "parameters")

    @property
    def gradients(self) -> Array:
        """∂L/∂parameters of the last ``backward``, of the same shape."""
        return self._gradients

    @gradients.setter
    def gradients(self, value: Array) -> None:
        expect_same(value, self._gradients, "gradients")

    @contextmanager
    def undisturbed(self) -> Iterator[None]:
        """Restore the layers' views, noise and caches at the end of a ``with`` block."""
        own = self.parameters, self.gradients
        before = [(vars(layer), dict(vars(layer))) for layer in every(self.layers)]
        try:
            yield
        finally:
            self._parameters, self._gradients = own
            for now, then in before:
                now.clear()
                now.update(then)

    @property
    def stack(self) -> tuple[int, ...]:
        """The leading axes of every array: ``()`` for a single network."""
        return self.seeds.stack

    @property
    def dtype(self) -> np.dtype[Any]:
        """The floating-point type that the network computes in."""
        return self.parameters.dtype

    def bind(self, parameters: Array, gradients: Array) -> None:
        """Make all parameters and gradients views of these vectors of shape ``(*stack, n_parameters)``."""
        self._parameters, self._gradients = parameters, gradients
        super().bind(parameters, gradients)

    def forward(self, x: Array, training: bool = False) -> Array:
        """The outputs ``(*stack, batch, outputs)`` for ``x: (*stack or (), batch, inputs)``."""
        self.bind_noise(self._drawn_noise(x.shape[-2]) if training and self.noise else None)
        return super().forward(x)

    def _drawn_noise(self, batch: int) -> Array:
        shape = (batch, self.noise)
        members = [rng.random(shape, self.parameters.dtype.type) for rng in self._generators]
        return np.reshape(members, (*self.stack, *shape))

    @cached_property
    def _generators(self) -> Sequence[np.random.Generator]:
        return self.seeds.generators("noise")

    def predict(self, x: ArrayLike) -> Array:
        """The outputs for anything that NumPy reads as an array ``(batch, inputs)``.

        Does not touch the caches of the last ``forward``, so that threads may predict at the same time.
        """
        twins = [copy.copy(layer) for layer in self.layers]
        for twin in twins:
            twin.bind_noise(None)
        x = np.asarray(x, dtype=self.dtype)
        if x.ndim < 2 or x.shape[-2] <= ROWS_AT_ONCE:
            return forward(twins, x)
        starts = range(0, x.shape[-2], ROWS_AT_ONCE)
        return np.concatenate([forward(twins, x[..., n : n + ROWS_AT_ONCE, :]) for n in starts], axis=-2)

    def split(self, loss: Loss) -> tuple[list[Layer], list[Layer]]:
        """Split into the layers whose output the loss takes, and those that the loss includes.

        A cross-entropy includes the final sigmoid or softmax and takes its input (logits), so that value
        and gradient are exact however far the output is saturated.
        """
        *rest, last = self.layers
        loss.check_last(last)
        return (rest, [last]) if loss.link else (self.layers, [])

    def rows(self) -> list[list[str]]:
        """A heading, and a row for each layer."""
        with self.undisturbed():
            self.bind_noise(None)
            return layer_rows(self.layers, np.zeros((1, self.inputs), self.dtype))

    def table(self) -> str:
        """The layers as a table: output shape, parameters, activation, initializer."""
        return table(self.rows(), "<<><<")

    @property
    def count(self) -> str:
        """The number of parameters, in words."""
        stack = f" each, in a stack of {self.stack}" if self.stack else ""
        return f"{self.size:,} parameters{stack}"

    def __repr__(self) -> str:
        return f"{self.table()}\n{self.count}"

    def _repr_html_(self) -> Markup:
        heading, *rows = self.rows()
        return tag("div", html_table(heading, rows), tag("p", self.count))

    def save(self, path: str | Path, loss: Loss | None = None) -> None:
        """Write layers and weights to a file, whole at any instant; ``nn.load`` makes a Model of it.

        The model has columns x1, x2, … and y (y1, y2, …), and the mean squared error unless a loss is given.
        Raises ValueError for a stack and for layers of one's own, OSError where the file cannot be written.

        >>> from tempfile import TemporaryDirectory
        >>> from nn import Dense, load
        >>> with TemporaryDirectory() as folder:
        ...     Sequential([Dense(1)], inputs=2, seed=0).save(f"{folder}/line.npz")
        ...     load(f"{folder}/line.npz").inputs
        ('x1', 'x2')
        """
        inputs, targets = numbered_columns("x", self.inputs), numbered_columns("y", self.outputs)
        names = {"inputs": inputs, "targets": targets}
        write_model_file(path, self.layers, self.parameters, loss or MeanSquaredError(), names)
