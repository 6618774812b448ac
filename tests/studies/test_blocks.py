"""A member is the run of its seed: its bits depend neither on its neighbours nor on where it is trained."""

from dataclasses import replace

import numpy as np
import pytest

from nn.config.load import dump, load_config
from nn.data.folds import Fold
from nn.engine.compiler import compiler
from nn.experiments.experiment import Experiment
from nn.studies.blocks import AbandonedError, Block, curve_epochs, run_block
from nn.studies.variants import OF_A_MEMBER
from nn.training.stopping import DivergedError

ENGINES = ["numpy", pytest.param("native", marks=pytest.mark.skipif(not compiler(), reason="no C compiler"))]
CASES = {
    "stop_at": ("xor", ["training.epochs=250"]),
    "batches": ("xor", ["training.epochs=40", "training.batch_size=3", "training.stop_at=null"]),
    "validation": ("iris", ["training.epochs=10", "data.validation=30"]),
    "early stopping": ("moons", ["training.epochs=30", "training.early_stopping={patience: 3}"]),
    "second order": ("xor-lm", ["training.epochs=20"]),
}


def block(config, settings=(), seeds=range(5), *, follows=OF_A_MEMBER, fold=None, engine="numpy"):
    text = dump(load_config(config, settings))
    return Block(0, text, tuple(seeds), follows, fold, engine, limit=100)


def same(one, other):
    """The arrays of two results that differ."""
    arrays = [vars(result) | result.metrics for result in (one, other)]
    return {
        name
        for name, array in arrays[0].items()
        if isinstance(array, np.ndarray)
        and not np.array_equal(array, arrays[1][name], equal_nan=array.dtype.kind == "f")
    }


def single(config, settings, seed, engine):
    """The run ``nn train CONFIG --set seed.weights=… --set seed.order=… --set seed.noise=…``."""
    own = [f"seed.{kind}={seed}" for kind in OF_A_MEMBER]
    experiment = Experiment.of(load_config(config, [*settings, *own, f"training.engine={engine}"]))
    *_, last = experiment.train()
    return experiment, last


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("case", CASES)
def test_members_equal_single_runs(case, engine):
    config, settings = CASES[case]
    result = run_block(block(config, settings, engine=engine))
    assert result.engine == engine
    for place, seed in enumerate(result.seeds):
        experiment, last = single(config, settings, seed, engine)
        expected = experiment.model.network.parameters
        assert result.parameters[place] == pytest.approx(expected, rel=1e-9, abs=1e-12)
        assert result.stopped[place] == last.stopped
        limit = experiment.options["epochs"]
        assert result.epochs[place] == (limit if last.reached is None else last.reached)
        loss = experiment.model.evaluate(experiment.shares["training"]).loss
        assert result.metrics["loss"][place] == pytest.approx(loss, rel=1e-9)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("case", CASES)
def test_members_do_not_depend_on_their_block(case, engine):
    whole = run_block(block(*CASES[case], range(9), engine=engine))
    for seeds in ([4], [2, 4, 8]):
        part = run_block(block(*CASES[case], seeds, engine=engine))
        rows = np.isin(whole.seeds, seeds)
        cut = replace(
            whole,
            **{name: array[rows] for name, array in vars(whole).items() if isinstance(array, np.ndarray)},
            metrics={name: array[rows] for name, array in whole.metrics.items()},
        )
        assert same(part, cut) == set()


def test_a_diverged_member_has_no_accuracy():
    settings = ["optimizer.learning_rate=1e200", "training.epochs=60"]
    settings += ["model.layers=[{type: dense, units: 1}, {type: dense, units: 1}]"]
    result = run_block(block("xor", [*settings, "loss=mse"], range(2)))
    assert result.stopped.tolist() == ["diverged"] * 2
    assert np.isnan(result.metrics["accuracy"]).all()


def test_a_diverged_member_is_unsolved_without_weights_and_ends_its_curve():
    settings = ["optimizer.learning_rate=1e200", "training.epochs=60", "data.task=regression"]
    settings += ["model.layers=[{type: dense, units: 1}]", "training.stop_at={loss: 0.001}"]
    result = run_block(block("xor", settings, range(3)))
    assert result.stopped.tolist() == ["diverged"] * 3
    assert result.epochs.tolist() == [60] * 3
    assert np.isnan(result.parameters).all()
    assert np.isnan(result.metrics["loss"]).all()
    experiment = Experiment.of(load_config("xor", settings))
    with pytest.raises(DivergedError) as error:
        list(experiment.train())
    finite = np.isfinite(result.losses[0])
    assert finite.tolist() == (curve_epochs(100) < error.value.epoch).tolist()


def test_members_that_differ_in_their_split_have_shares_of_their_own():
    result = run_block(
        block("iris", ["training.epochs=2", "data.validation=30"], range(3), follows=("split",))
    )
    assert len({*result.metrics["val_loss"]}) == 3
    for place, seed in enumerate(result.seeds):
        experiment = Experiment.of(
            load_config("iris", ["training.epochs=2", "data.validation=30", f"seed.split={seed}"])
        )
        list(experiment.train())
        loss = experiment.model.evaluate(experiment.shares["validation"]).loss
        assert result.metrics["val_loss"][place] == pytest.approx(loss, rel=1e-9)


def test_other_kinds_of_randomness_stay_as_they_are():
    settings = ["training.epochs=1", "training.batch_size=2", "training.stop_at=null"]
    orders = run_block(block("xor", settings, range(3), follows=("order",)))
    assert len(np.unique(orders.parameters, axis=0)) > 1
    unmoved = run_block(
        block("xor", [*settings, "optimizer.learning_rate=1e-300"], range(3), follows=("order",))
    )
    assert len(np.unique(unmoved.parameters.round(9), axis=0)) == 1


def test_a_fold_is_the_validation_share():
    folds = [
        run_block(block("iris", ["training.epochs=2"], [0], fold=Fold(number, 3))) for number in range(3)
    ]
    assert len({one.metrics["val_loss"][0] for one in folds}) == 3


def test_what_cannot_be_recorded_runs_as_it_stands():
    result = run_block(block("xor", ["training.epochs=3"], engine="formulas"))
    assert result.engine == "formulas"


def test_a_block_that_nobody_waits_for_is_left():
    with pytest.raises(AbandonedError):
        run_block(block("xor", ["training.epochs=3"]), lambda: False)
