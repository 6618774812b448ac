"""Steps over many rows are split into a program for a piece of them and one that finishes, or left whole."""

from math import log

import numpy as np
import pytest

from nn.engine.pieces import split_into_pieces
from nn.engine.program import listing
from nn.engine.replay import Replay
from nn.engine.rows import MixedRowsError


def inputs(rows):
    """Three columns of numbers, and noise."""
    rng = np.random.default_rng(rows)
    return {"x": rng.normal(size=(rows, 3)), "noise": rng.random((rows, 2))}


def state():
    """A matrix that steps change."""
    return {"w": np.random.default_rng(0).normal(size=(3, 2))}


def run(pieces, given):
    """The outputs of a step in pieces."""
    rows = len(given["x"])
    pieces.begin(rows)
    for start in range(0, rows, pieces.rows):
        part = pieces.parts[min(pieces.rows, rows - start)]
        for name, array in part.inputs.items():
            array[...] = given[name][start : start + len(array)]
        Replay(part)()
    return Replay(pieces.finish)()


def mean_of_squares(inputs, state):
    """Moves w against the gradient of the mean of the squares of tanh(x w)."""
    y = np.tanh(inputs["x"] @ state["w"])
    gradient = inputs["x"].mT @ (y * (1 - y * y))
    state["w"][...] = state["w"] - 2 / y.size * gradient
    return {"loss": np.mean(y * y)}


def test_a_piece_adds_up_its_rows_and_the_rest_is_finished_once():
    pieces = split_into_pieces(mean_of_squares, inputs, state(), [4])
    assert listing(pieces.parts[4]).splitlines() == [
        "t0 = matmul(x, w)             # (4, 2)",
        "t1 = tanh(t0)                 # (4, 2)",
        "t2 = multiply(t1, t1)         # (4, 2)",
        "t3 = subtract(1, t2)          # (4, 2)",
        "t4 = multiply(t1, t3)         # (4, 2)",
        "t5 = matmul(x.mT, t4)         # (3, 2)",
        "total 5 = add(total 5, t5)    # (3, 2)",
        "t6 = sum(t2, axes=(0, 1))     # (1, 1)",
        "total 10 = add(total 10, t6)  # (1, 1)",
    ]
    pieces.begin(10)
    assert listing(pieces.finish).splitlines() == [
        "t0 = multiply(0.1, total 5)  # (3, 2)",
        "t1 = subtract(w, t0)         # (3, 2)",
        "w = copy(t1)                 # (3, 2)",
        "t2 = divide(total 10, 20)    # ()",
    ]


STEPS = {
    "mean": mean_of_squares,
    "sums, and extremes": lambda inputs, state: {
        "sum": np.sum(inputs["x"]),
        "max": np.max(inputs["x"], axis=0),
        "min": np.min(np.abs(inputs["x"] @ state["w"])),
        "all": np.all(inputs["x"] < 2),
        "any": np.any(inputs["x"] > 2, axis=0),
    },
    "transposed": lambda inputs, state: {"sum": (inputs["x"].mT * 2).sum(axis=-1)},
    "noise": lambda inputs, state: {"mean": np.mean((inputs["noise"] < 0.5) * (inputs["x"] @ state["w"]))},
    "times the number of rows": lambda inputs, state: {"sum": np.mean(inputs["x"]) * len(inputs["x"])},
    "along each row": lambda inputs, state: {
        "sum": np.sum(inputs["x"] - np.max(inputs["x"], axis=-1, keepdims=True))
    },
    "a row more than once": lambda inputs, state: {
        "product": np.concatenate([inputs["x"], inputs["noise"]], axis=-1).mT @ inputs["x"]
    },
    "nothing from the rows": lambda inputs, state: {"norm": np.sum(state["w"] ** 2)},
}


@pytest.mark.parametrize("rows", [5, 8, 9, 10, 23])
@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_in_pieces_a_step_gives_what_it_gives_at_once(step, rows):
    given, kept, expected = inputs(rows), state(), state()
    pieces = split_into_pieces(step, inputs, kept, [4, *([rows % 4] if rows % 4 else [])])
    found, right = run(pieces, given), step(given, expected)
    assert found.keys() == right.keys()
    for name, array in found.items():
        np.testing.assert_allclose(array, right[name], rtol=1e-12, err_msg=name)
    np.testing.assert_allclose(kept["w"], expected["w"], rtol=1e-12)


def test_any_number_of_whole_pieces_runs_on_the_same_programs():
    kept = state()
    pieces = split_into_pieces(mean_of_squares, inputs, kept, [4])
    for rows in (4, 8, 40):
        began, given = {"w": kept["w"].copy()}, inputs(rows)
        found = run(pieces, given)["loss"].copy()
        np.testing.assert_allclose(found, mean_of_squares(given, began)["loss"], rtol=1e-12)
        np.testing.assert_allclose(kept["w"], began["w"], rtol=1e-12)


def output(formula):
    """A step with this output."""
    return lambda inputs, state: {"out": formula(inputs["x"])}


MIXED = {
    "normalized over the batch": output(lambda x: np.sum((x - x.mean(axis=0)) ** 2)),
    "scaled by the largest of all": output(lambda x: np.sum(x / np.max(np.abs(x)))),
    "rows in another order": output(lambda x: np.sum(x * x[::-1])),
    "the first row": output(lambda x: np.sum(x * x[:1])),
    "all rows but the first": output(lambda x: np.sum(x[1:])),
    "neighbours": output(lambda x: np.sum(x[1:] - x[:-1])),
    "every pair of rows": output(lambda x: np.sum(np.tanh(x @ x.mT))),
    "all rows as one": output(lambda x: np.sum(np.tanh(x.reshape(-1)))),
    "the place of the largest": output(lambda x: np.argmax(x, axis=0)),
    "another formula for few": output(lambda x: np.sum(x) if len(x) > 3 else np.sum(x * x)),
    "the logarithm of the number": output(lambda x: np.sum(x) * log(len(x))),
    "one less than the number": output(lambda x: np.sum(x) / (len(x) - 1)),
    "weights of rows": output(lambda x: np.sum(np.arange(len(x))[:, np.newaxis] * x)),
    "a part of the state that the number chooses": lambda inputs, state: {
        "out": np.sum(inputs["x"] @ state["w"][:, len(inputs["x"]) % 2])
    },
    "a result for each row": output(lambda x: np.sum(x, axis=-1)),
    "moved before it is read": lambda inputs, state: (
        state["w"].__setitem__(..., state["w"] + 1),
        {"out": np.sum(inputs["x"] @ state["w"])},
    )[1],
}


@pytest.mark.parametrize("step", MIXED.values(), ids=MIXED)
def test_a_step_whose_rows_cannot_be_told_apart_is_not_split(step):
    with pytest.raises(MixedRowsError):
        split_into_pieces(step, inputs, state(), [4, 3, 1])
