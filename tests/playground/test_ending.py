"""Where a page stops, in node: where nn train stops, for the same reason and with the same weights."""

import pytest

from tests.playground.nodes import needs_node
from tests.playground.test_trainer import trained

pytestmark = needs_node
ENDING = "[trainer.ended, trainer.epoch, trainer.best.epoch, [...trainer.best.parameters]]"
PLATEAU = "{type: reduce_on_plateau, start: 0.5, patience: 3, min_delta: 0.01, factor: 0.5, min_rate: 0.1}"
STALE = "training.early_stopping={patience: 5, min_delta: 0.001"


def to_the_end(config, *settings, code=""):
    return trained(
        config, *settings, code=f"{code} while (!trainer.ended) trainer.finishEpoch();", expression=ENDING
    )


@pytest.mark.parametrize(
    ("config", "settings", "why"),
    [
        ("xor", [], "the weights after 188 epochs have met the goal, loss ≤ 0.01"),
        ("and", [], "every output within 0.2 of its target"),
        ("iris", ["training.batch_size=16", "training.stop_at={accuracy: 0.97}"], "accuracy ≥ 97 %"),
        ("xor", ["training.epochs=7"], "all 7 epochs are over"),
        ("xor", ["training.stop_at=null", STALE + "}"], "loss has not improved for 5 epochs"),
        ("iris", ["training.batch_size=16", STALE + ", monitor: accuracy}"], "accuracy has not improved"),
        ("moons", ["training.early_stopping={patience: 4}"], "val_loss has not improved for 4 epochs"),
        ("moons", ["training.early_stopping={patience: 6}", "training.report_every=4"], "val_loss has not"),
        ("xor", ["training.stop_at=null", STALE + "}", "training.report_every=3"], "loss has not improved"),
        ("xor", [f"optimizer.learning_rate={PLATEAU}", "training.epochs=40"], "all 40 epochs are over"),
    ],
    ids=[
        *("goal", "tolerance", "candidates", "epochs", "stale", "stale-accuracy", "stale-validation"),
        *("some-reports", "some-reports-whole", "plateau"),
    ],
)
def test_it_ends_where_nn_train_does_and_knows_the_same_weights(config, settings, why):
    (ended, epoch, kept, parameters), experiment = to_the_end(config, *settings)
    *_, last = experiment.train(engine="numpy")
    assert why in ended
    assert (epoch, kept) == (last.epoch, last.kept_epoch)
    assert parameters == pytest.approx(experiment.model.network.parameters, rel=1e-9)


def test_a_goal_that_is_met_is_shown_with_the_weights_that_meet_it_and_training_goes_on_beyond():
    code = """
        while (!trainer.ended) trainer.finishEpoch();
        for (let n = 0; n < 3; n++) trainer.finishEpoch();
        const beyond = [...trainer.state.parameters], losses = trainer.history.map((one) => one.loss);"""
    (losses, ended, beyond), _ = trained("xor", code=code, expression="[losses, trainer.ended, beyond]")
    (free, straight), _ = trained(
        "xor",
        "training.stop_at=null",
        code="while (trainer.epoch < 192) trainer.finishEpoch();",
        expression="[trainer.history.map((one) => one.loss), [...trainer.state.parameters]]",
    )
    assert (losses, ended, beyond) == (free, None, straight)


def test_squares_that_are_no_longer_finite_end_it():
    code = "trainer.state.v[0] = Infinity; trainer.finishEpoch();"
    found, _ = trained("moons", code=code, expression="trainer.ended")
    assert found == "the squares of the gradients are no longer finite"
