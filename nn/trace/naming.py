"""Names the quantities of a recording by letter, layer and unit."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import product

from nn.arrays import Array
from nn.engine.program import owner, same_elements
from nn.layers.base import Chain, Layer, every
from nn.losses.base import Loss
from nn.trace.expressions import Name
from nn.trace.reading import Index, Variable
from nn.trace.recording import Recording

LETTERS = {"weight": "w", "bias": "b"}


class Naming:
    """The named arrays of a recording."""

    def __init__(self, recording: Recording):
        self.recording, self.network = recording, recording.network
        numbers = layer_numbers(self.network.layers)
        self.names = [name for layer, number in numbers for name in parameter_names(layer, number)]
        self.before = {id(layer): came for layer, came in layer_inputs(self.network.layers)}
        """The layer in front of each layer, by id; None for the inputs of the network."""
        self.between = dict(self.helpers())
        """Calls whose results have a line of their own."""
        named = [*self.between.values(), *self.given(), *self.outputs(), *self.slopes(), *self.kept()]
        self.variables = {owner(variable.array): variable for variable in named}
        """Named arrays by the memory that they occupy."""

    def helpers(self) -> Iterator[tuple[int, Variable]]:
        """Find intermediate results to name: the loss ℓ of each sample, the terms u of softmax's sum."""
        calls = self.recording.calls
        for passage in self.recording.passages:
            for maker, user in product(passage.calls, passage.calls):
                made, used = calls[maker], calls[user]
                if used.function != "sum" or owner(used.arguments[0]) != owner(made.out):
                    continue
                squared = made.function == "multiply" and same_elements(*made.arguments)
                if passage.owner is self.recording.loss and passage.method == "forward" and 0 in used.axes:
                    if not squared:
                        yield maker, Variable(made.out, lambda index: Name("ℓ"))
                elif made.function == "exp":
                    yield maker, Variable(made.out, unit_names(Name("u"), made.out))

    def given(self) -> Iterator[Variable]:
        """Name the inputs and targets of the step."""
        for letter, array in self.recording.inputs.items():
            yield Variable(array, unit_names(Name(letter), array))

    def outputs(self) -> Iterator[Variable]:
        """Name the outputs of layers and the loss."""
        for passage in self.recording.passages:
            if passage.method == "forward":
                part = passage.owner
                name = output_name(self.network.layers, part) if isinstance(part, Layer) else Name("L")
                yield Variable(passage.result, unit_names(name, passage.result))

    def slopes(self) -> Iterator[Variable]:
        """Name what backward returns: ∂L/∂x of the inputs of each layer, and of the loss."""
        last = self.network.layers[-1]
        # If several layers return the same array, it is named after the first: the others only pass it on.
        for passage in reversed(self.recording.passages):
            if passage.method == "backward":
                part = passage.owner
                within = isinstance(part, Loss) and part.link  # the loss includes the last layer
                into = (
                    self.before[id(part)]
                    if isinstance(part, Layer)
                    else self.before[id(last)]
                    if within
                    else last
                )
                name = replace(output_name(self.network.layers, into), slope=True)
                yield Variable(passage.result, unit_names(name, passage.result))

    def kept(self) -> Iterator[Variable]:
        """Name the parameters, their gradients, and the state that the optimiser keeps of each."""
        for key, array in self.recording.kept.items():
            yield Variable(array, self.keeping(key, array))

    def keeping(self, key: str, array: Array) -> Callable[[Index], Name]:
        """Return a naming of parameters, their gradients, and an optimiser's state: of each, or of all."""
        of_each = array.shape[-1:] == self.network.parameters.shape[-1:]

        def name(index: Index) -> Name:
            if not index or not of_each:
                return Name(key)
            own = self.names[index[-1]]
            if key == "parameters":
                return own
            return replace(own, slope=True) if key == "gradients" else replace(own, remembered=key)

        return name


def layer_numbers(layers: Iterable[Layer]) -> Iterator[tuple[Layer, int]]:
    """Number the layers: one with parameters, and those that follow it up to the next, share a number."""
    number = 0
    for layer in every(layers):
        number += bool(layer.size) and not isinstance(layer, Chain)
        yield layer, number


def output_name(layers: Sequence[Layer], layer: Layer | None) -> Name:
    """Return the letter of the outputs of one of the layers of a network; without a layer, of its inputs."""
    if layer is None:
        return Name("x")
    if layer is layers[-1]:
        return Name("y")
    number = next(number for other, number in layer_numbers(layers) if other is layer)
    return Name("s" if isinstance(layer, Chain) else "z" if layer.size else "h", number)


def layer_inputs(layers: Iterable[Layer], came: Layer | None = None) -> Iterator[tuple[Layer, Layer | None]]:
    """Yield each layer and the one in front of it; None for the inputs of the network."""
    for layer in layers:
        yield layer, came
        if isinstance(layer, Chain):
            yield from layer_inputs(layer.layers, came)
        came = layer


def parameter_names(layer: Layer, number: int) -> Iterator[Name]:
    """Yield the name of each parameter of a layer, in their order in the flat vector."""
    if isinstance(layer, Chain):  # its parameters are those of its inner layers
        return
    for array, shape in layer.shapes.items():
        for index in product(*map(range, shape)):
            lower = tuple(i + 1 for i, length in zip(index, shape, strict=True) if length > 1)
            yield Name(LETTERS.get(array, array), number, lower)


def unit_names(name: Name, array: Array) -> Callable[[Index], Name]:
    """Return a naming of the units of an array ``(batch, units)``; a single unit has no number."""

    def unit(index: Index) -> Name:
        single = not index or array.shape[-1] == 1
        return name if single else replace(name, units=(index[-1] + 1,))

    return unit
