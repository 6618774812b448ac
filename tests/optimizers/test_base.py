import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nn import (
    SGD,
    Adam,
    AdamW,
    Constant,
    CosineDecay,
    Optimizer,
    Piecewise,
    ReduceOnPlateau,
    RMSprop,
    Rprop,
    StepDecay,
)
from nn.catalog import public_kinds
from nn.optimizers import OPTIMIZERS
from nn.optimizers.base import FirstOrder

FIRST_ORDER = public_kinds(FirstOrder, "nn.optimizers")
GRADIENTS = arrays(float, st.integers(1, 9), elements=st.floats(-1e6, 1e6))


def stepped(optimizer, gradients, parameters=None):
    """The change of the parameters, from 0 unless given, in one step."""
    p = np.zeros_like(gradients) if parameters is None else parameters.copy()
    before = p.copy()
    optimizer.step(p, gradients, optimizer.start(p))
    return p - before


@given(GRADIENTS, st.floats(1e-3, 1e3))
def test_a_clipped_norm_is_at_most_its_bound_and_keeps_its_direction(g, bound):
    clipped = SGD(clip_norm=bound).clipped(g)
    norm = np.linalg.norm(g)
    assert np.linalg.norm(clipped) <= bound * (1 + 1e-12)
    assert clipped * norm == pytest.approx(g * min(norm, bound), rel=1e-12, abs=1e-200)


def test_gradients_within_their_bounds_are_left_as_they_are_and_zero_stays_zero():
    for g in (np.array([3.0, 4.0]), np.zeros(2)):
        assert np.array_equal(SGD(clip_norm=5.0, clip_value=4.0).clipped(g), g)


def test_clipping_by_value_bounds_each_element_before_the_norm_is_taken():
    g = np.array([30.0, -0.5, -40.0])
    assert SGD(clip_value=3).clipped(g).tolist() == [3, -0.5, -3]
    assert SGD(clip_value=3, clip_norm=1).clipped(g) == pytest.approx(np.array([3, -0.5, -3]) / 18.25**0.5)


def test_the_norm_is_that_of_each_network_of_a_stack():
    g = np.array([[30.0, 40.0], [0.3, 0.4]])
    assert SGD(clip_norm=5).clipped(g) == pytest.approx(np.array([[3, 4], [0.3, 0.4]]))


@pytest.mark.parametrize("clip", [{"clip_norm": 1.0}, {"clip_value": 1.0}])
def test_a_gradient_that_is_not_a_number_is_not_hidden_by_clipping(clip):
    assert np.isnan(SGD(**clip).clipped(np.array([np.nan, 1.0]))[0])


@pytest.mark.parametrize("kind", FIRST_ORDER.values())
def test_weight_decay_shrinks_by_rate_and_decay_whatever_the_gradient(kind):
    """θ ← θ − ηλθ, then the step that there is without it."""
    p, g = np.array([2.0, -4.0]), np.array([0.0, 1.0])
    plain = stepped(kind(0.1, weight_decay=0.0), g, p * (1 - 0.1 * 0.5)) + p * (1 - 0.1 * 0.5)
    assert p + stepped(kind(0.1, weight_decay=0.5), g, p) == pytest.approx(plain, rel=1e-14)


def test_adamw_is_adam_that_decays():
    assert AdamW().weight_decay == 0.01
    p, g = np.array([2.0]), np.array([1.0])
    assert stepped(AdamW(0.1), g, p) == stepped(Adam(0.1, weight_decay=0.01), g, p)


def test_each_step_has_the_rate_of_the_schedule():
    sgd, p = SGD(StepDecay(1.0, every=2, factor=0.5)), np.zeros(1)
    state, rates = sgd.start(p), []
    for _ in range(5):
        before = p.copy()
        sgd.step(p, -np.ones(1), state)
        rates.append((p - before).item())
        assert sgd.last_rate(state) == rates[-1]
    assert rates == [1, 1, 0.5, 0.5, 0.25]


def test_a_number_is_the_rate_of_every_step_and_needs_no_state():
    assert SGD(0.5).start(np.zeros(2)) == {}
    assert SGD(0.5).last_rate({}) == 0.5


def test_weight_decay_follows_the_schedule():
    p, sgd = np.ones(1), SGD(Constant(0.5, warmup=1), weight_decay=0.5)
    state = sgd.start(p)
    for expected in (7 / 8, 7 / 8 * 3 / 4):  # rates of 0.25 and 0.5
        sgd.step(p, np.zeros(1), state)
        assert p == expected


def test_a_schedule_without_a_length_takes_that_of_the_training():
    assert SGD(CosineDecay(0.1, warmup=5)).over(20) == SGD(CosineDecay(0.1, warmup=5, steps=15))
    assert SGD(CosineDecay(0.1, steps=7)).over(20) == SGD(CosineDecay(0.1, steps=7))
    assert SGD(0.1).over(20) == SGD(0.1)
    sgd, p = SGD(CosineDecay(0.1)), np.zeros(1)
    with pytest.raises(ValueError, match=r"^CosineDecay: expected a number of steps, got none"):
        sgd.step(p, p, sgd.start(p))


def test_each_network_of_a_stack_has_its_own_rate_on_a_plateau():
    sgd, p = SGD(ReduceOnPlateau(1.0)), np.zeros((2, 3))
    state = sgd.start(p)
    state["scale"][1] = 0.25
    sgd.step(p, -np.ones((2, 3)), state)
    assert p.tolist() == [[1, 1, 1], [0.25, 0.25, 0.25]]
    assert sgd.last_rate(state).tolist() == [1, 0.25]


@pytest.mark.parametrize("schedule", [CosineDecay(0.1), ReduceOnPlateau(0.1)])
def test_rprop_takes_no_schedule(schedule):
    with pytest.raises(TypeError, match=r"^Rprop.learning_rate must be a number, got"):
        Rprop(schedule)


@pytest.mark.parametrize("kind", OPTIMIZERS.values())
def test_every_method_is_an_optimizer_that_says_what_it_needs(kind):
    optimizer = kind()
    assert isinstance(optimizer, Optimizer)
    assert optimizer.schedule is None
    assert optimizer.full_batch >= optimizer.iterates >= optimizer.least_squares


@pytest.mark.parametrize(
    ("optimizer", "velocities"),
    [
        # v ← μ v − η g with g = 1 and η = 1
        (SGD(1.0, momentum=Piecewise([0.5, 0.25], boundaries=[2])), [-1, -1.5, -1.375, -1.34375]),
        # with ε = 0, d = g/√v = 1 where ρ = 0: b ← μ b + d
        (
            RMSprop(1.0, rho=0.0, epsilon=1e-300, momentum=Piecewise([0.5, 0.25], [2])),
            [-1, -1.5, -1.375, -1.34375],
        ),
    ],
)
def test_a_momentum_may_be_a_schedule_of_steps(optimizer, velocities):
    p = np.zeros(1)
    state, seen = optimizer.start(p), []
    for _ in velocities:
        before = p.copy()
        optimizer.step(p, np.ones(1), state)
        seen.append((p - before).item())
    assert seen == pytest.approx(velocities, rel=1e-14)


def test_rate_and_momentum_may_both_be_schedules_each_of_its_own_length():
    sgd = SGD(CosineDecay(0.1), momentum=CosineDecay(0.5, end=0.9)).over(30)
    assert (sgd.learning_rate.steps, sgd.momentum.steps) == (30, 30)
    p = np.zeros(1)
    state = sgd.start(p)
    for _ in range(31):
        sgd.step(p, np.ones(1), state)
    assert (state["momentum"].item(), state["rate"].item()) == pytest.approx((0.9, 0.0))


def test_a_scheduled_momentum_keeps_single_precision():
    sgd, p = SGD(0.1, momentum=Piecewise([0.5, 0.9], [1])), np.zeros(3, np.float32)
    state = sgd.start(p)
    sgd.step(p, np.ones(3, np.float32), state)
    assert {state[name].dtype for name in ("velocity", "momentum")} == {np.dtype("float32")}


@pytest.mark.parametrize(
    ("schedule", "got"),
    [
        (Piecewise([0.5, 1.0], [2]), "Piecewise up to 1"),
        (CosineDecay(0.5, end=1.5), "CosineDecay up to 1.5"),
        (ReduceOnPlateau(0.5), "ReduceOnPlateau"),
    ],
)
def test_a_momentum_of_1_or_more_is_refused_in_schedules_too(schedule, got):
    with pytest.raises(ValueError, match=f"^SGD.momentum needs a schedule that stays below 1, got {got}$"):
        SGD(0.1, momentum=schedule)
