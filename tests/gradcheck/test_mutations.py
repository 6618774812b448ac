"""The check is neither blind nor crying wolf: a part of what ``scripts/mutate_gradients.py`` tries."""

import pytest

from scripts.mutate_gradients import PLANTS, STATES, planted_bugs, right_gradients


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: f"{plant.kind.__name__}.{plant.attribute}")
def test_every_planted_bug_that_rounding_does_not_hide_is_found(plant):
    found = [*planted_bugs((plant,), cases=1)]
    assert sum(visible for _, visible, _ in found) >= 5
    assert [name for name, visible, caught in found if visible and not caught] == []


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("scale", [1e-8, 1, 1e8])
def test_no_right_gradient_is_called_wrong(state, scale):
    for name, check in right_gradients((scale,), (state,), activations=("softsign", "selu")):
        assert check.passed, name
        assert check.rows[0].judge == "complex step", name
        assert (scale, state) != (1, "untrained") or check.too_small == 0, name
