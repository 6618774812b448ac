"""The numbers of one sample, in node: those of the formulas, with the names and digits of ``nn trace``."""

import json

import numpy as np
import pytest

from nn.playground.flow import FlowTables, flow_data, flow_lines
from nn.playground.material import material
from nn.playground.passage import PassageOfSample, passage_program
from nn.trace.lesson import teach
from nn.trace.notation import Text
from tests.playground.nodes import evaluated, needs_node, steps_of

pytestmark = needs_node
TRACE = Text(4)


def followed(steps, row, expression, code=""):
    """What an expression is when a sample has been followed."""
    data = json.dumps(material(steps) | {"sample": flow_data(steps)})
    code = f"const trainer = new Trainer({data}); {code} const flow = new Flow(trainer); flow.follow({row});"
    return evaluated([*steps.trainer_lines, *flow_lines(steps), code], expression)


def shown_numbers(steps, row):
    """The text of each number on the page, by the name that nn trace has for it."""
    expression = "flow.tables.flatMap((t) => [...t.forward, ...t.back]).map((r) => [r.name, flow.cells(r)])"
    return {
        name.replace("ⱼ", "₀₁₂₃₄₅₆₇₈₉"[unit]): text
        for name, texts in followed(steps, row, expression)
        for unit, text in enumerate(texts[:9], 1)
    }


def traced_numbers(steps, row):
    """The same of a trace of the step on this sample alone."""
    model, samples = steps.experiment.model, steps.samples.arrays
    x, t = (samples[name][row : row + 1] for name in "xt")
    lesson = teach(model.network, model.loss, steps.experiment.optimizer.over(1), x, t)
    lines = [line for section in lesson.sections if section.title != "Update" for line in section.lines]
    leaves = [leaf for line in lines for leaf in line.expression.leaves() if leaf.name]
    values = [(line.name, line.expression.value) for line in lines] + [
        (one.name, one.value) for one in leaves
    ]
    given = [(leaf.name, leaf.value) for leaf in lesson.given]
    return {TRACE.name(name): TRACE.number(value) for name, value in (*values, *given)}


@pytest.mark.parametrize("config", ["xor", "xor-2-1-1", "moons", "iris", "sine"])
def test_they_have_the_names_and_digits_of_a_trace(config):
    steps = steps_of(config)
    shown, traced = shown_numbers(steps, 3), traced_numbers(steps, 3)
    common = shown.keys() & traced.keys()
    assert {name: shown[name] for name in common} == {name: traced[name] for name in common}
    assert {"L", "y", "b²", "δ¹₁", "∂L/∂w¹₁₁"} & traced.keys() <= common


def test_of_a_small_network_they_are_all_of_a_trace():
    steps = steps_of("xor")
    assert shown_numbers(steps, 2) == traced_numbers(steps, 2)


@pytest.mark.parametrize(
    ("config", "settings"),
    [
        ("iris", []),
        ("wine", ["model.layers.0.activation={type: leaky_relu}", "loss={type: huber, delta: 0.3}"]),
        ("moons", ["model.layers.0.l2=0.01", "training.class_weight=balanced"]),
        ("digits", ["model.layers.0.units=3", "model.layers.0.activation=gelu"]),
        ("xor-2-1-1", []),
        ("moons", ["training.dtype=float32"]),
    ],
    ids=["classes", "hyperparameters", "weights", "wide", "shortcut", "single"],
)
def test_they_are_those_of_the_formulas(config, settings):
    steps = steps_of(config, *settings)
    passage = PassageOfSample(steps.step.network, steps.step.objective)
    sample = {name: array[3:4] for name, array in steps.samples.arrays.items()}
    expected = passage(sample, passage.kept) | {"gradients": passage.kept["gradients"]}
    found = followed(steps, 3, "mapped({ ...flow.outputs, gradients: flow.gradients }, (x) => [...x])")
    unit = 2.0**-52 if steps.step.network.dtype == np.float64 else 2.0**-23
    for name, array in expected.items():
        assert found[name] == pytest.approx(np.ravel(array), rel=1e5 * unit, abs=50 * unit)


def test_following_a_sample_leaves_the_training_as_it_is():
    code = "trainer.finishEpoch(); const before = JSON.stringify(mapped(trainer.state, (x) => [...x]));"
    same = "JSON.stringify(mapped(trainer.state, (x) => [...x])) === before"
    assert followed(steps_of("moons"), 0, same, code)


def test_of_wide_layers_the_first_units_are_shown():
    steps = steps_of("digits")
    tables = [*FlowTables(steps, passage_program(steps)).tables()]
    assert len(tables[0].forward) == 8 + 10
    assert tables[1].note == "the first 8 of 128 units and the first 4 of 64 inputs"
    assert {row.count for row in tables[1].forward} == {8}
    assert [row.words for row in tables[0].forward][-1] == "9"


def test_dropout_has_no_rows_as_it_does_nothing_without_noise():
    layers = "{type: dense, units: 2, activation: tanh}, {type: dropout}, {type: dense, units: 1}, sigmoid"
    shown = shown_numbers(steps_of("moons", f"model.layers=[{layers}]"), 0)
    assert [name for name in shown if name.startswith(("h", "∂L/∂h"))] == [
        "h¹₁",
        "h¹₂",
        "∂L/∂h¹₁",
        "∂L/∂h¹₂",
        "h′¹₁",
        "h′¹₂",
    ]


def test_digits_are_those_of_a_trace():
    numbers = [0.25, 1 / 3, -2e-7, 1e-9, 12345.678, 1e6, 123456.7, -99995.0, 0, 1, 0.07000001, 9.9999, 5e-324]
    found = evaluated(flow_lines(steps_of("xor")), f"{numbers}.map(inDigits)")
    assert found == [TRACE.number(x) for x in numbers]
