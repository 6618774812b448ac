"""What rounding may decide is not held against an engine, and everything else is."""

import numpy as np
import pytest

from nn.engine.record import record
from nn.engine.replay import Replay
from nn.engine.verify import compare, first_mismatch
from nn.training.batches import VERIFIED_BATCHES, VERIFIED_LAST_BATCHES, VERIFIED_ROWS, Samples


def verdict(formula, off, x=(0.5, -0.25, 0.125), kept=(0.0, 0.0, 0.0)):
    """What is said of a step that works on numbers that are ``off`` by so much."""
    x, p = np.array(x), np.array(kept)

    def step(inputs, kept):
        kept["p"][...] = formula(inputs["x"])
        return {"loss": np.sum(kept["p"])}

    program = record(step, {"x": x}, {"p": p}, [{"x": x.copy()}])
    replayed = Replay(program)

    def other(_):
        program.inputs["x"][...] = x + off
        return replayed()

    return first_mismatch(program, [({"x": np.array(x)}, None)], other, lambda _: replayed())


@pytest.mark.parametrize("off", [1e-6, -1e-6])
def test_another_number_is_found(off):
    assert verdict(lambda x: x * 3, off) == "loss"


def test_what_sums_in_another_order_change_is_let_pass():
    assert verdict(lambda x: x * 3, 1e-15) is None


def test_a_sign_in_doubt_may_be_either():
    assert verdict(lambda x: np.sign((x + 0.1) - 0.1 - x), 0) is None
    # The third term of 0.1 + 0.2 − 0.3 is a rounding, whose sign an order of terms decides.
    assert verdict(lambda x: np.sign(x * 0.1 + x * 0.2 - x * 0.3), [1e-17, 0, 0]) is None


def test_a_sign_that_is_clear_may_not():
    assert verdict(lambda x: np.sign(x - 0.5 + 1e-9), [-1e-8, 0, 0]) == "loss"


def test_what_remains_of_large_terms_that_cancel_may_be_as_far_off_as_they_are():
    def cancels(x):
        return (x * 1e8 + 1 / 3) - x * 1e8

    assert verdict(cancels, 1e-17) is None
    assert verdict(lambda x: cancels(x) + x, 1e-5) == "loss"


def test_whole_batches_hold_every_row_and_many_samples_enough_of_them():
    def rows(samples, size, whole):
        arrays = {"x": np.zeros((samples, 1))}
        drawn = Samples(arrays, whole, None, np.array(0)).drawn(size)
        return [batch.rows for batch in drawn]

    assert sorted(set(np.concatenate(rows(50, 8, 8)).tolist())) == list(range(50))
    assert {row.shape for row in rows(50, 2, 8)} == {(2,)}
    assert len(rows(50, 2, 8)) == VERIFIED_LAST_BATCHES
    assert len(set(np.concatenate(rows(10_000, 32, 32)).tolist())) == VERIFIED_ROWS
    assert len(rows(10_000, 1, 1)) == VERIFIED_BATCHES


@pytest.mark.parametrize("size", [8, 2])
def test_each_row_of_a_batch_is_verified_with_a_weight_above_0(size):
    x = np.zeros((50, 1))
    weights = (np.arange(50.0) % 10 == 0)[:, np.newaxis]
    samples = Samples({"x": x, "t": x, "w": weights}, 8, None, np.array(0))
    found = np.array([weights[batch.rows, 0] for batch in samples.drawn(size)])
    assert found.any(axis=0).all()
    assert not found.all(), "rows of weight 0 are among them"


def test_a_row_that_only_one_way_gets_wrong_is_found_wherever_it_stands():
    x = np.arange(40.0)[:, np.newaxis]
    samples = Samples({"x": x, "t": x}, 8, None, np.array(0))
    batch = {name: array[:8].copy() for name, array in samples.arrays.items()}

    def step(inputs, kept):
        kept["p"][...] = np.sum(inputs["x"], axis=-2)
        return {"loss": np.sum(inputs["t"])}

    program = record(step, batch, {"p": np.zeros(1)}, [])
    replayed = Replay(program)

    def other(program, _):
        program.inputs["x"][program.inputs["x"] == 33] += 1
        return replayed()

    assert compare([program], samples.pairs(), other, lambda *_: replayed()) == "p"
