import copy

import numpy as np
import pytest

from nn import SGD, Adadelta, Adagrad, Adam, AdamW, CosineDecay, NAdam, Quickprop, RMSprop, Rprop
from nn.catalog import public_kinds
from nn.optimizers.base import FirstOrder

FIRST_ORDER = public_kinds(FirstOrder, "nn.optimizers")


def parabola(p):
    return 2 * (p - 3)  # of Σ (p − 3)²


def badly_scaled(p):
    return np.array([1.0, 100.0]) * (p - 3)  # of (p₁ − 3)²/2 + 100 (p₂ − 3)²/2


def rosenbrock(p):
    a, b = p  # of (1 − a)² + 100 (b − a²)²
    return np.array([-2 * (1 - a) - 400 * a * (b - a * a), 200 * (b - a * a)])


def minimised(optimizer, slope, start, steps):
    optimizer = optimizer.over(steps)
    p = np.array(start, float)
    state = optimizer.start(p)
    for _ in range(steps):
        optimizer.step(p, slope(p), state)
    return p


# For each optimiser a setting and a number of steps that suit the function, and how near it comes. At a
# constant rate some go on trembling; along a cosine they come to rest.
MINIMA = [
    (parabola, [0, 10], 3, SGD(0.1), 200, 1e-12),
    (parabola, [0, 10], 3, SGD(0.05, momentum=0.8), 300, 1e-12),
    (parabola, [0, 10], 3, SGD(0.05, momentum=0.8, nesterov=True), 300, 1e-12),
    (parabola, [0, 10], 3, Adagrad(1.0), 500, 1e-12),
    (parabola, [0, 10], 3, Adadelta(), 5000, 1e-12),
    (parabola, [0, 10], 3, RMSprop(CosineDecay(0.1)), 1000, 1e-12),
    (parabola, [0, 10], 3, RMSprop(CosineDecay(0.01), momentum=0.9), 2000, 1e-12),
    (parabola, [0, 10], 3, Adam(0.1), 2000, 1e-6),
    (parabola, [0, 10], 3, Adam(0.1, amsgrad=True), 2000, 1e-12),
    (parabola, [0, 10], 3, AdamW(0.1, weight_decay=0), 2000, 1e-6),
    (parabola, [0, 10], 3, NAdam(0.1), 2000, 1e-12),
    (parabola, [0, 10], 3, Rprop(), 200, 1e-6),
    (parabola, [0, 10], 3, Rprop(variant="rprop_plus"), 200, 1e-6),
    (parabola, [0, 10], 3, Quickprop(0.05), 100, 1e-12),
    (badly_scaled, [0, 10], 3, SGD(0.019), 2000, 1e-12),
    (badly_scaled, [0, 10], 3, SGD(0.03, momentum=0.7), 300, 1e-10),
    (badly_scaled, [0, 10], 3, SGD(0.01, momentum=0.8, nesterov=True), 500, 1e-10),
    (badly_scaled, [0, 10], 3, Adagrad(1.0), 500, 1e-12),
    (badly_scaled, [0, 10], 3, Adadelta(), 10_000, 1e-12),
    (badly_scaled, [0, 10], 3, RMSprop(CosineDecay(0.1)), 1000, 1e-12),
    (badly_scaled, [0, 10], 3, Adam(0.1), 2000, 1e-6),
    (badly_scaled, [0, 10], 3, AdamW(0.1, weight_decay=0), 2000, 1e-6),
    (badly_scaled, [0, 10], 3, NAdam(0.1), 2000, 1e-12),
    (badly_scaled, [0, 10], 3, Rprop(), 200, 1e-6),
    (badly_scaled, [0, 10], 3, Quickprop(0.005), 200, 1e-12),
    (rosenbrock, [-1, 1], 1, SGD(0.001), 60_000, 1e-6),
    (rosenbrock, [-1, 1], 1, SGD(0.001, momentum=0.9), 10_000, 1e-6),
    (rosenbrock, [-1, 1], 1, SGD(0.001, momentum=0.9, nesterov=True), 10_000, 1e-6),
    (rosenbrock, [-1, 1], 1, Adagrad(0.5), 60_000, 1e-12),
    (rosenbrock, [-1, 1], 1, Adadelta(CosineDecay(1.0)), 20_000, 1e-3),
    (rosenbrock, [-1, 1], 1, RMSprop(CosineDecay(0.01), momentum=0.9), 10_000, 1e-9),
    (rosenbrock, [-1, 1], 1, Adam(CosineDecay(0.01)), 10_000, 1e-12),
    (rosenbrock, [-1, 1], 1, Adam(CosineDecay(0.01), amsgrad=True), 10_000, 1e-12),
    (rosenbrock, [-1, 1], 1, AdamW(CosineDecay(0.01), weight_decay=1e-9), 10_000, 1e-6),
    (rosenbrock, [-1, 1], 1, NAdam(CosineDecay(0.02)), 10_000, 1e-6),
    (rosenbrock, [-1, 1], 1, Rprop(), 10_000, 1e-2),  # one sign says little in a bent valley
    (rosenbrock, [-1, 1], 1, Rprop(variant="rprop_plus"), 10_000, 1e-2),
    (rosenbrock, [-1, 1], 1, Quickprop(0.001), 20_000, 1e-12),
]
KINDS = [
    SGD(0.1),
    SGD(0.1, momentum=0.9),
    SGD(0.1, momentum=0.9, nesterov=True),
    Adagrad(0.1),
    Adadelta(),
    RMSprop(0.1),
    RMSprop(0.1, momentum=0.9),
    Adam(0.1),
    Adam(0.1, amsgrad=True),
    AdamW(0.1),
    NAdam(0.1),
    Rprop(),
    Rprop(variant="rprop_plus"),
    Quickprop(0.1),
    SGD(CosineDecay(0.1, steps=15, warmup=5), clip_norm=2.0, clip_value=1.5, weight_decay=0.1),
]


def test_every_optimizer_has_its_rows_here():
    assert {type(row[3]) for row in MINIMA} == {type(kind) for kind in KINDS} == set(FIRST_ORDER.values())


@pytest.mark.parametrize(("slope", "start", "minimum", "optimizer", "steps", "near"), MINIMA)
def test_known_minima_are_reached(slope, start, minimum, optimizer, steps, near):
    assert minimised(optimizer, slope, start, steps) == pytest.approx([minimum, minimum], abs=near)


# Two steps from θ = 1 with the gradients 2, then 1.
BY_HAND = [
    # θ ← θ − 0.1 g
    (SGD(0.1), [0.8, 0.7]),
    # v = 0 − 0.2 = −0.2, then −0.18 − 0.1 = −0.28; θ ← θ + v
    (SGD(0.1, momentum=0.9), [0.8, 0.52]),
    # the same v; θ ← θ + 0.9 v − 0.1 g: 1 − 0.18 − 0.2, then 0.62 − 0.252 − 0.1
    (SGD(0.1, momentum=0.9, nesterov=True), [0.62, 0.268]),
    # s = 4, then 5; θ ← θ − 0.1 g/√s
    (Adagrad(0.1, epsilon=1e-30), [0.9, 0.9 - 0.1 / 5**0.5]),
    # v = 1, Δ = √(0.25/1.25) 2; u = 0.25 Δ² = 0.2, v = 0.75 + 0.25 = 1, Δ = √(0.45/1.25) = 0.6
    (Adadelta(rho=0.75, epsilon=0.25), [1 - 2 * 0.2**0.5, 0.4 - 2 * 0.2**0.5]),
    # v = 0.25 · 4 = 1, then 0.75 + 0.25 = 1; θ ← θ − 0.1 g/√v
    (RMSprop(0.1, rho=0.75, epsilon=1e-30), [0.8, 0.7]),
    # the same v; b = 2, then 1 + 1 = 2; θ ← θ − 0.1 b
    (RMSprop(0.1, rho=0.75, epsilon=1e-30, momentum=0.5), [0.8, 0.6]),
    # m = 0.2, v = 0.004, m̂ = 2, v̂ = 4; then m = 0.28, v = 0.004996, m̂ = 0.28/0.19, v̂ = 0.004996/0.001999
    (Adam(0.1), [0.9000000005000000, 0.8067820372085098]),
    # m̂ = g; v = 2, then 1.5, of which the largest stays 2: v̂ = 2/0.5 = 4, then 2/0.75
    (Adam(0.1, beta_1=0, beta_2=0.5, epsilon=1e-30, amsgrad=True), [0.9, 0.9 - 0.1 / (8 / 3) ** 0.5]),
    # as Adam, after θ ← 0.95 θ: 0.95 − 0.1, then 0.8075 − 0.1 m̂/√v̂
    (
        AdamW(0.1, weight_decay=0.5, epsilon=1e-30),
        [0.85, 0.8075 - 0.1 * (0.28 / 0.19) / (0.004996 / 0.001999) ** 0.5],
    ),
    # μ = 0.45; m and v̂ as Adam; 0.45 · 0.2/0.7975 + 0.55 · 2/0.55, then 0.45 · 0.28/0.908875 + 0.55/0.7975
    (
        NAdam(0.1, momentum_decay=0, epsilon=1e-30),
        [
            first := 1 - 0.1 * (0.09 / 0.7975 + 2) / 2,
            first - 0.1 * (0.126 / 0.908875 + 0.55 / 0.7975) / (0.004996 / 0.001999) ** 0.5,
        ],
    ),
    # Δ = 0.1, then 0.12, for the sign stays
    (Rprop(), [0.9, 0.78]),
    # −0.1 · 2, then 1/(2 − 1) · (−0.2) − 0.1 · 1
    (Quickprop(), [0.8, 0.5]),
]


@pytest.mark.parametrize(("optimizer", "expected"), BY_HAND)
def test_two_steps_worked_by_hand(optimizer, expected):
    p, seen = np.array([1.0]), []
    state = optimizer.start(p)
    for gradient in (2.0, 1.0):
        optimizer.step(p, np.array([gradient]), state)
        seen.append(p.item())
    assert seen == pytest.approx(expected, rel=1e-13, abs=0)


def test_adam_remembers_what_was_worked_by_hand():
    p, adam = np.array([1.0]), Adam(0.1)
    state = adam.start(p)
    for gradient in (2.0, 1.0):
        adam.step(p, np.array([gradient]), state)
    remembered = [state[name].item() for name in ("m", "v", "t")]
    assert remembered == pytest.approx([0.28, 0.004996, 2], rel=1e-12, abs=0)


def test_nesterov_is_momentum_with_the_gradient_taken_ahead():
    """Sutskever et al. (2013), equations 3 and 4: v ← μ v − η ∇f(θ + μ v), θ ← θ + v; ours is at θ + μ v."""
    theta, v, start = np.array([-1.0, 1.0]), np.zeros(2), [-1, 1]
    for _ in range(50):
        v = 0.9 * v - 0.001 * rosenbrock(theta + 0.9 * v)
        theta = theta + v
    ours = minimised(SGD(0.001, momentum=0.9, nesterov=True), rosenbrock, start, 50)
    assert ours == pytest.approx(theta + 0.9 * v, rel=1e-12, abs=0)


@pytest.mark.parametrize("optimizer", KINDS)
def test_all_that_is_remembered_is_in_the_state(optimizer):
    p = np.array([0.0, 10.0])
    state = optimizer.start(p)
    for step in range(20):
        if step == 10:  # go on elsewhere, from copies
            p, state = p.copy(), copy.deepcopy(state)
            optimizer.step(np.zeros(2), np.ones(2), optimizer.start(np.zeros(2)))
        optimizer.step(p, parabola(p), state)
    assert np.array_equal(p, minimised(optimizer, parabola, [0, 10], 20))


@pytest.mark.parametrize("optimizer", KINDS)
def test_a_stack_steps_as_its_members(optimizer):
    start = np.random.default_rng(0).normal(size=(3, 4))
    p = start.copy()
    state = optimizer.start(p)
    for _ in range(5):
        optimizer.step(p, parabola(p), state)
    for member in range(3):
        assert np.array_equal(p[member], minimised(optimizer, parabola, start[member], 5))


@pytest.mark.parametrize("optimizer", KINDS)
def test_parameters_and_state_are_filled_in_place_and_the_gradients_left(optimizer):
    p, gradients = np.array([1.0, 2.0]), np.array([3.0, 4.0])
    view, state = p[:1], optimizer.start(p)
    arrays = dict(state)
    optimizer.step(p, gradients, state)
    assert view[0] == p[0] != 1
    assert all(state[name] is array for name, array in arrays.items())
    assert gradients.tolist() == [3, 4]


@pytest.mark.parametrize("kind", FIRST_ORDER.values())
@pytest.mark.parametrize("rate", [0, -1])
def test_a_learning_rate_must_be_greater_than_0(kind, rate):
    message = f"^{kind.__name__}.learning_rate must be greater than 0, got {rate}$"
    with pytest.raises(ValueError, match=message):
        kind(learning_rate=rate)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: SGD(momentum=1), "^SGD.momentum must be less than 1, got 1$"),
        (lambda: SGD(nesterov=True), "^SGD.nesterov needs a momentum greater than 0, got 0$"),
        (lambda: Adam(beta_1=1), "^Adam.beta_1 must be less than 1, got 1$"),
        (lambda: Adam(beta_2=-0.1), "^Adam.beta_2 must be at least 0, got -0.1$"),
        (lambda: Adam(epsilon=0), "^Adam.epsilon must be greater than 0, got 0$"),
        (lambda: Rprop(eta_plus=1), "^Rprop.eta_plus must be greater than 1, got 1$"),
        (lambda: Rprop(min_step=60), "^Rprop.min_step must be less than max_step, 50, got 60$"),
        (lambda: SGD(clip_norm=0), "^SGD.clip_norm must be greater than 0, got 0$"),
        (lambda: SGD(clip_value=-1), "^SGD.clip_value must be greater than 0, got -1$"),
        (lambda: SGD(weight_decay=-1), "^SGD.weight_decay must be at least 0, got -1$"),
    ],
)
def test_impossible_constants_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()
