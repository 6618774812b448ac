"""The check is neither blind nor crying wolf: a part of what ``scripts/mutate_gradients.py`` tries."""

import pytest

from nn.layers import ACTIVATIONS
from scripts.mutate_gradients import BUGS, PLANTS, STATES, planted_bugs, right_gradients


@pytest.mark.parametrize(
    "number", range(len(PLANTS)), ids=lambda number: "{0.kind.__name__}.{0.attribute}".format(PLANTS[number])
)
def test_every_planted_bug_that_rounding_does_not_hide_is_found(number):
    """By turns: five of them in layers with weights and in losses, four in activations, which are alike."""
    plant = PLANTS[number]
    turn = [*BUGS, *BUGS][number % len(BUGS) :: 3][: 4 if plant.kind in ACTIVATIONS.values() else 5]
    found = [*planted_bugs((plant,), cases=1, names=turn)]
    assert sum(visible for _, visible, _ in found) >= 2
    assert [name for name, visible, caught in found if visible and not caught] == []


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(
    ("scale", "activation"), [(1e-8, "softsign"), (1, "selu"), (1, "softsign"), (1e8, "selu")]
)
def test_no_right_gradient_is_called_wrong(state, scale, activation):
    for name, check in right_gradients((scale,), (state,), activations=(activation,)):
        assert check.passed, name
        assert check.rows[0].judge == "complex step", name
        assert (scale, state) != (1, "untrained") or check.too_small == 0, name
