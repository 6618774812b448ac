"""The numbers of one sample on its way through the network and back, by the names of ``nn trace``."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from itertools import groupby
from typing import Any

from nn.engine.program import Program
from nn.export.layout import text_of
from nn.layers import LAYERS
from nn.layers.base import Chain, Layer
from nn.layers.dense import Dense
from nn.layers.description import name_in
from nn.losses import LOSSES
from nn.playground.passage import passage_program
from nn.playground.printing import function
from nn.playground.steps import TrainingSteps
from nn.trace.expressions import Name
from nn.trace.naming import LETTERS, layer_inputs, layer_numbers, output_name
from nn.trace.notation import Text

ALL_UNITS, FEW_UNITS = 16, 8
"""Of more than ALL units of a layer only the first FEW are shown."""
ALL_INPUTS, FEW_INPUTS = 8, 4
"""Of more than ALL inputs of a layer only the weights of the first FEW are shown."""
NOTATION = Text(4)


@dataclass(frozen=True)
class UnitNumbers:
    """A line of a table: so many numbers of an array of the page, one for each unit that is shown."""

    name: str
    words: str
    array: str
    start: int = 0
    count: int = 1


@dataclass
class FlowTable:
    """The numbers of layers that share their number: ``forward`` downwards, then ``back``."""

    title: str
    forward: list[UnitNumbers] = field(default_factory=list)
    back: list[UnitNumbers] = field(default_factory=list)
    note: str = ""
    """What is left out."""


class FlowTables:
    """Lays out the tables of a network; ``program`` is that of a passage."""

    def __init__(self, steps: TrainingSteps, program: Program):
        self.steps, self.outputs = steps, program.outputs
        self.layers = steps.step.network.layers
        self.inputs = {id(layer): came for layer, came in layer_inputs(self.layers)}
        self.offset = 0
        """The place of the next layer's parameters among those of the network."""

    def tables(self) -> Iterator[FlowTable]:
        """Yield the tables from the inputs to the loss."""
        yield FlowTable("Inputs and targets", [*self.given()])
        numbered = enumerate(layer_numbers(self.layers), 1)
        for number, group in groupby(numbered, key=lambda one: one[1][1]):
            layers = [(place, layer) for place, (layer, _) in group]
            kinds = ", ".join(name_in(LAYERS, layer) for _, layer in layers)
            table = FlowTable(f"Layer {number}: {kinds}", note=self.left_out(layers))
            for place, layer in layers:
                forward, back = self.of_layer(place, layer, number)
                table.forward += forward
                table.back[:0] = back
            yield table
        loss = self.steps.step.objective.loss
        yield FlowTable("Loss", [UnitNumbers("L", name_in(LOSSES, loss).replace("_", " "), "loss")])

    def left_out(self, layers: list[tuple[int, Layer]]) -> str:
        """Say how many units and inputs are not shown."""
        units = max(self.outputs[f"output{place}"].shape[-1] for place, _ in layers)
        shapes = [layer.shapes.values() for _, layer in layers if not isinstance(layer, Chain)]
        inputs = max((shape[0] for one in shapes for shape in one), default=0)
        counts = (("units", units, shown_units(units)), ("inputs", inputs, shown_inputs(inputs)))
        notes = [f"the first {len(few)} of {all_} {name}" for name, all_, few in counts if len(few) < all_]
        return " and ".join(notes)

    def given(self) -> Iterator[UnitNumbers]:
        """Yield the inputs and targets, and the weight where samples have weights."""
        model = self.steps.experiment.model
        classes = model.classes or ()
        targets = classes if len(classes) == model.network.outputs > 1 else model.targets
        for letter, words in (("x", model.features), ("t", targets)):
            for i in shown_units(len(words)):
                name = Name(letter, units=(i + 1,) if len(words) > 1 else ())
                yield UnitNumbers(NOTATION.name(name), str(words[i]), letter, i)
        if "w" in self.steps.samples.arrays:
            yield UnitNumbers("w", "weight of the sample", "w")

    def of_layer(self, place: int, layer: Layer, number: int) -> tuple[list[UnitNumbers], list[UnitNumbers]]:
        """Return the rows of a layer forward and back; what does nothing without noise has none."""
        if layer.noise and not isinstance(layer, Chain):
            return [], []
        own, gradients = self.of_parameters(layer, number)
        name = output_name(self.layers, layer)
        words = "weighted sum" if isinstance(layer, Dense) else "output"
        output = self.row(name, words, f"output{place}")
        back = []
        if f"arriving{place}" in self.outputs:
            back.append(self.row(replace(name, slope=True), "gradient arriving", f"arriving{place}"))
        if f"slope{place}" in self.outputs:
            slope = replace(name, letter=f"{name.letter}′")
            back.append(self.row(slope, "slope", f"slope{place}"))
        return [*own, output], [*back, *gradients]

    def row(self, name: Name, words: str, array: str) -> UnitNumbers:
        """Return the row of an array of a number for each unit."""
        units = self.outputs[array].shape[-1]
        return UnitNumbers(of_units(name, units), words, array, 0, len(shown_units(units)))

    def of_parameters(self, layer: Layer, number: int) -> tuple[list[UnitNumbers], list[UnitNumbers]]:
        """Return the rows of the parameters of a layer, and those of their gradients."""
        rows: list[tuple[UnitNumbers, UnitNumbers]] = []
        came = output_name(self.layers, self.inputs[id(layer)])
        for parameter, (inputs, units) in ({} if isinstance(layer, Chain) else layer.shapes).items():
            for i in shown_inputs(inputs):
                name = Name(LETTERS.get(parameter, parameter), number, (i + 1,) if inputs > 1 else ())
                of = NOTATION.name(replace(came, units=(i + 1,) if inputs > 1 else ()))
                words = f"{parameter} of {of}" if parameter == "weight" else parameter
                place = self.offset + i * units, len(shown_units(units))
                gradient = of_units(replace(name, slope=True), units)
                rows.append((
                    UnitNumbers(of_units(name, units), words, "parameters", *place),
                    UnitNumbers(gradient, f"gradient of the {parameter}", "gradients", *place),
                ))  # fmt: skip
            self.offset += inputs * units
        return [own for own, _ in rows], [gradient for _, gradient in rows]


def shown_units(count: int) -> range:
    """Return the units that are shown."""
    return range(count if count <= ALL_UNITS else FEW_UNITS)


def shown_inputs(count: int) -> range:
    """Return the inputs whose weights are shown."""
    return range(count if count <= ALL_INPUTS else FEW_INPUTS)


def of_units(name: Name, units: int) -> str:
    """Write the name of a quantity of each unit j; a single unit has no number."""
    text = NOTATION.name(name)
    separator = "," if max(name.units, default=0) > 9 else ""
    return text if units == 1 else f"{text}{separator}ⱼ"


def flow_lines(steps: TrainingSteps) -> list[str]:
    """Return the text of ``Flow``, which has the numbers of a sample."""
    about = "One sample forward and back: what each layer returns, and the gradient that arrives at it."
    return [
        *function("passage", about, passage_program(steps)),
        "",
        *text_of("flow.mjs", "nn.playground").splitlines(),
    ]


def flow_data(steps: TrainingSteps) -> dict[str, Any]:
    """Return the tables, and the lengths of the arrays that they show."""
    program = passage_program(steps)
    tables = [asdict(table) for table in FlowTables(steps, program).tables()]
    lengths = {name: int(array.size) for name, array in program.outputs.items()}
    return {"tables": tables, "lengths": lengths}
