"""What can be recorded is noted exactly; what cannot is refused by name."""

import math
from dataclasses import replace

import numpy as np
import pytest

from nn.engine.program import listing
from nn.engine.record import record
from nn.engine.tape import Tape
from nn.engine.traced import NotRecordableError
from nn.layers.activations.sigmoids import sigmoid


def recorded(formula, x=((1.0, -2.0), (3.0, 0.5)), other=((-1.0, 4.0), (0.25, 7.0))):
    """The program of a formula of x, with its result as the output."""
    return record(
        lambda inputs, kept: {"loss": formula(inputs["x"])},
        {"x": np.array(x)},
        {"p": np.zeros(1)},
        [{"x": np.array(other)}],
    )


def replayed(program, x):
    program.inputs["x"][...] = x
    for call in program.calls:
        call.out[...] = call.compute()
    return program.outputs["loss"]


@pytest.mark.parametrize(
    "formula",
    [
        lambda x: 1 / (1 + np.exp(-x)),
        lambda x: np.where(x > 0, x, np.tanh(x)),
        lambda x: np.maximum(x, 0) - np.minimum(1, x),
        lambda x: x.mT @ x + np.sum(x, axis=0),
        lambda x: x - np.max(x, axis=-1, keepdims=True),
        lambda x: np.mean(x * x, axis=(-2, -1)),
        lambda x: np.mean(np.argmax(x, axis=-1) == np.argmax(-x, axis=-1), axis=-1),
        lambda x: np.sqrt(np.abs(x)) ** 3,
        lambda x: x[..., 0:1].reshape(2) * 2,
        lambda x: np.log1p(np.exp(np.minimum(x, -x))),
        lambda x: np.cos(x) + np.floor(x),
        lambda x: np.add.reduce(x, axis=-1),
        lambda x: np.concatenate([x, x * 2], axis=-1),
        lambda x: np.concatenate([x[..., :1, :], np.ones((1, 2)), -x]),
        lambda x: (
            np.concatenate([np.broadcast_to(x, (3, 2, 2)), np.broadcast_to(x[0], (3, 1, 2))], axis=-2) ** 2
        ),
    ],
)
def test_a_replay_on_other_values_equals_the_formula(formula):
    x = np.array([[0.5, 0.25], [-3.0, 2.0]])
    assert np.array_equal(replayed(recorded(formula), x), formula(x))


@pytest.mark.parametrize(
    ("formula", "names"),
    [
        (lambda x: x if x[0, 0] > 0 else -x, "if"),
        (lambda x: x * float(x[0, 0]), "float"),
        (lambda x: math.exp(x[0, 0]) * x, "math"),
        (lambda x: np.asarray(x) + x, "asarray"),
        (lambda x: np.array(x) + x, "asarray"),
        (lambda x: x[[1, 0]], "index"),
        (lambda x: x[x > 0], "value of an array|index"),
        (lambda x: np.sort(x), "np.sort"),
        (lambda x: np.sinh(x), "np.sinh"),
        (lambda x: np.add(x, 1, where=[True, False]), "np.add"),
        (lambda x: np.sum(x, where=[True, False]), "where"),
        (lambda x: np.multiply.outer(x, x), "np.multiply.outer"),
        (lambda x: np.add(x, 1, out=np.zeros((2, 2))), "out="),
        (lambda x: x.mT.reshape(4, copy=False), "copy"),
        (lambda x: [1, 2][x[0, 0]], "value"),
    ],
)
def test_what_would_go_stale_is_refused_with_its_name_and_the_formula(formula, names):
    with pytest.raises((NotRecordableError, ValueError), match=names):
        recorded(formula)


def test_a_refusal_names_the_formula_that_runs():
    class Layer:
        def forward(self, x):
            return np.sinh(x)

    with pytest.raises(NotRecordableError, match=r"Layer\.forward \(line \d+\) uses np\.sinh"):
        recorded(Layer().forward)


def test_state_outside_of_the_arrays_is_found_by_the_proof():
    calls = []

    def counts(x):
        calls.append(1)
        return x * len(calls)

    with pytest.raises(NotRecordableError, match="another loss than its formulas"):
        recorded(counts)


def test_a_concatenation_is_a_copy_for_each_part():
    program = recorded(lambda x: np.concatenate([x, np.exp(x)], axis=-1) * 2)
    assert [call.function for call in program.calls] == ["exp", "copy", "copy", "multiply"]


def test_updates_in_place_are_recorded_and_what_is_kept_ends_as_it_began():
    p = np.array([[1.0, 2.0]])

    def step(inputs, kept):
        kept["p"][...] = kept["p"] + inputs["x"]
        kept["p"][..., :1] -= 1
        return {"loss": np.sum(kept["p"], axis=(0, 1))}

    x = np.array([[10.0, 20.0]])
    program = record(step, {"x": x}, {"p": p}, [{"x": np.array([[3.0, 4.0]])}])
    assert (p, x) == (pytest.approx(np.array([[1.0, 2.0]])), pytest.approx(np.array([[10.0, 20.0]])))
    for call in program.calls:
        call.out[...] = call.compute()
    assert p.tolist() == [[10.0, 22.0]]


def test_an_update_that_overlaps_itself_reads_before_it_writes():
    p = np.arange(5.0)

    def step(inputs, kept):
        kept["p"][1:] = kept["p"][:-1] + inputs["x"]
        return {"loss": np.sum(kept["p"])}

    program = record(step, {"x": np.ones(4)}, {"p": p}, [{"x": np.zeros(4)}])
    for call in program.calls:
        call.out[...] = call.compute()
    assert p.tolist() == [0, 1, 2, 3, 4]
    assert not any(np.may_share_memory(call.out, a) for call in program.calls for a in call.arguments)


def test_numbers_take_the_type_of_the_arrays():
    tape = Tape()
    x = tape.watch(np.ones(2, np.float32))
    assert (1 - 2.5 * x).dtype == np.float32
    assert all(argument.dtype == np.float32 for call in tape.calls for argument in call.arguments)


def test_calls_that_reach_nothing_are_left_out():
    program = record(
        lambda inputs, kept: [np.exp(inputs["x"]), {"loss": inputs["x"] + 1}][1],
        {"x": np.ones(2)},
        {"p": np.zeros(1)},
        [{"x": np.zeros(2)}],
    )
    assert [call.function for call in program.calls] == ["add"]


def test_what_formulas_compute_twice_is_computed_once():
    def formula(x):
        return sigmoid(x) * (1 - sigmoid(x.mT).mT)

    functions = [call.function for call in recorded(formula).calls]
    assert functions.count("exp") == 2  # that of the transpose is other numbers in memory
    functions = [call.function for call in recorded(lambda x: sigmoid(x) * (1 - sigmoid(x))).calls]
    assert functions.count("exp") == functions.count("divide") == 1


def test_what_is_computed_again_from_changed_numbers_is_computed_again():
    def formula(x):
        y = x * 1
        before = np.exp(y)
        y[0] = 1.0
        return before * np.exp(y)

    program = recorded(formula)
    assert [call.function for call in program.calls].count("exp") == 2
    np.testing.assert_allclose(replayed(program, np.eye(2)), [[np.e**2, np.e], [1, np.e**2]])


def test_a_view_of_a_repeated_result_is_that_view_of_the_first():
    program = recorded(lambda x: np.exp(x)[:, 1:] @ np.exp(x)[1:].mT.mT)
    assert [call.function for call in program.calls].count("exp") == 1
    x = np.array([[0.0, 0.5], [-1.0, 2.0]])
    np.testing.assert_array_equal(replayed(program, x), np.exp(x)[:, 1:] @ np.exp(x)[1:])


def test_a_result_is_written_where_it_is_kept_without_a_copy():
    def step(inputs, kept):
        kept["p"][...] = inputs["x"] @ inputs["x"]
        return {"loss": np.sum(kept["p"], axis=(0, 1))}

    program = record(step, {"x": np.eye(2)}, {"p": np.zeros((2, 2))}, [{"x": np.ones((2, 2))}])
    assert [call.function for call in program.calls] == ["matmul", "sum"]


def test_a_program_prints_as_a_listing():
    assert listing(recorded(lambda x: 1 / (1 + np.exp(-x)))).splitlines()[1] == "t1 = exp(t0)        # (2, 2)"


def test_a_listing_tells_an_input_from_the_state_of_the_same_name():
    def step(inputs, kept):
        kept["t"] += 1
        return {"loss": np.sum(inputs["t"] * kept["t"])}

    program = record(step, {"t": np.ones(3)}, {"t": np.zeros(())}, [])
    assert listing(program).splitlines()[:2] == [
        "state.t = add(state.t, 1)  # ()",
        "t0 = multiply(t, state.t)  # (3,)",
    ]


def test_what_is_measured_is_not_taken_for_the_place_it_is_copied_to():
    def step(inputs, kept):
        y = inputs["x"] * 2
        kept["p"][...] = y
        return {"loss": y}

    p, x = np.zeros(2), np.ones(2)
    program = record(step, {"x": x}, {"p": p}, [{"x": np.array([3.0, 4.0])}])
    x[...] = [5.0, 6.0]
    for call in program.calls:
        call.out[...] = call.compute()
    assert program.outputs["loss"].tolist() == p.tolist() == [10.0, 12.0]


def test_the_program_is_verified_as_it_runs(monkeypatch):
    def cut(program):
        return replace(program, calls=program.calls[:-1])

    monkeypatch.setattr("nn.engine.record.tidy", cut)
    with pytest.raises(NotRecordableError, match="another loss than its formulas"):
        recorded(np.exp)
