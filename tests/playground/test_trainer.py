"""The trainer of a page, in node: a run is that of ``nn train``, from the same start in the same order."""

import json

import numpy as np
import pytest

from nn.playground.material import material
from tests.playground.nodes import evaluated, needs_node, steps_of

pytestmark = needs_node


def trained(config, *settings, code="", expression):
    steps = steps_of(config, *settings)
    data = json.dumps(material(steps))
    return evaluated(
        [*steps.trainer_lines, f"const trainer = new Trainer({data}); {code}"], expression
    ), steps.experiment


@pytest.mark.parametrize(
    ("config", "settings"),
    [
        ("moons", []),
        ("xor", []),
        ("iris", []),
        ("moons", ["training.shuffle=false"]),
        ("moons", ["loss={type: mse, reduction: sum}"]),
    ],
    ids=["batches", "whole", "classes", "unshuffled", "sums"],
)
def test_a_run_is_that_of_nn_train(config, settings):
    found, experiment = trained(
        config,
        "training.epochs=20",
        *settings,
        code="for (let n = 0; n < 20; n++) trainer.finishEpoch();",
        expression="[trainer.history, [...trainer.state.parameters]]",
    )
    history, parameters = found
    reports, states = [], []
    for report in experiment.train(engine="numpy"):
        reports.append(report)
        states.append(report.state()["method.parameters"])
    loss = np.concatenate([report.losses for report in reports])
    assert [epoch["loss"] for epoch in history] == pytest.approx(loss.tolist(), rel=1e-9)
    assert [epoch["accuracy"] for epoch in history] == pytest.approx([float(r.accuracy) for r in reports])
    assert parameters == pytest.approx(states[-1], rel=1e-9)
    if "validation" in experiment.shares:
        held_out = [float(report.val_loss) for report in reports]
        assert [epoch["val_loss"] for epoch in history] == pytest.approx(held_out, rel=1e-9)


def test_rewound_it_trains_the_same_again():
    code = """
        const run = () => {
            for (let n = 0; n < 25; n++) trainer.step();
            return [...trainer.state.parameters];
        };
        const first = run(); trainer.rewind(); const again = run();"""
    (first, again), _ = trained("moons", code=code, expression="[first, again]")
    assert first == again


@pytest.mark.parametrize("number", [0, 3])
def test_a_start_is_that_of_its_seed_on_the_same_data(number):
    code = f"trainer.start({number}); trainer.finishEpoch();"
    (seeds, config, parameters), _ = trained(
        "moons",
        code=code,
        expression=f"[trainer.starts, trainer.data.starts[{number}].config, [...trainer.state.parameters]]",
    )
    experiment = steps_of("moons", f"seed={config}", "training.epochs=1").experiment
    (report,) = experiment.train(engine="numpy")
    assert seeds == [str(seed) for seed in range(20)]
    assert parameters == pytest.approx(report.state()["method.parameters"], rel=1e-12)


@pytest.mark.parametrize("config", ["xor", "moons"])
def test_a_run_in_single_precision_is_that_of_nn_train_to_its_rounding(config):
    parameters, experiment = trained(
        config,
        "training.dtype=float32",
        "training.epochs=20",
        code="while (!trainer.ended) trainer.finishEpoch();",
        expression="[trainer.state.parameters.constructor.name, ...trainer.best.parameters]",
    )
    *_, _ = experiment.train(engine="numpy")
    assert parameters[0] == "Float32Array"
    assert parameters[1:] == pytest.approx(experiment.model.network.parameters, abs=1e-5)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_noise_is_that_of_nn_train(dtype):
    settings = ("model.layers.0={type: dropout, rate: 0.3}", "training.epochs=10", f"training.dtype={dtype}")
    (loss, count), experiment = trained(
        "moons",
        *settings,
        code="while (!trainer.ended) trainer.step();",
        expression="[trainer.history.map((epoch) => epoch.loss), trainer.count]",
    )
    losses = np.concatenate([report.losses for report in experiment.train(engine="numpy")])
    assert loss == pytest.approx(losses.tolist(), rel={"float64": 1e-9, "float32": 1e-4}[dtype])
    assert count == 10 * 10


def test_of_a_long_training_every_second_or_fourth_epoch_is_noted():
    (spacing, noted, epoch), experiment = trained(
        "xor",
        "training.epochs=3000",
        "training.stop_at=null",
        code="while (trainer.epoch < 3000) trainer.step();",
        expression="[trainer.spacing, trainer.history.map((epoch) => epoch.loss), trainer.epoch]",
    )
    losses = np.concatenate([report.losses for report in experiment.train(engine="numpy")])
    assert (spacing, len(noted), epoch) == (4, 750, 3000)
    assert noted == pytest.approx(losses[3::4].tolist(), rel=1e-9)


def test_the_loss_held_out_follows_a_penalty_that_is_changed():
    code = "trainer.settings.dense_l2[0] = 0.02; trainer.finishEpoch(); const changed = trainer.history[0];"
    settings = ("training.epochs=3", "model.layers.0.l2=")
    changed, _ = trained("moons", settings[0], settings[1] + "0.01", code=code, expression="changed")
    own, _ = trained(
        "moons",
        settings[0],
        settings[1] + "0.02",
        code="trainer.finishEpoch();",
        expression="trainer.history[0]",
    )
    assert changed == pytest.approx(own, rel=1e-12)


@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-12), ("float32", 1e-5)])
def test_answers_are_those_of_the_network(dtype, tolerance):
    found, experiment = trained(
        "iris", f"training.dtype={dtype}", expression="[...trainer.answers(trainer.samples.x)]"
    )
    x, _ = experiment.model.arrays(experiment.shares["training"])
    expected = experiment.model.network.predict(x)
    assert found == pytest.approx(expected.ravel(), rel=tolerance)


def test_a_training_that_diverges_says_so():
    code = "trainer.settings.sgd_learning_rate[0] = 1e300; for (let n = 0; n < 9; n++) trainer.finishEpoch();"
    settings = ("model.layers.0.activation=relu", "model.layers.1.activation=linear")
    found, _ = trained("xor", *settings, code=code, expression="trainer.diverged")
    assert found
