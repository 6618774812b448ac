"""The members of a study as one model: their mean or vote, the best of them, what is held out."""

from dataclasses import replace

import numpy as np
import pytest

import nn
from nn.config.load import dump
from nn.random import Seeds
from nn.runs.answers import answer_file
from nn.studies.blocks import experiment_of
from nn.studies.prediction import ensemble_answers

RNG = np.random.default_rng(0)
SINE = {
    "data": {"name": "sine", "samples": 120, "noise": 0.1, "validation": 40, "test": 40},
    "model": {"layers": [{"type": "dense", "units": 4, "activation": "tanh"}, {"type": "dense", "units": 1}]},
    "loss": "mse",
    "optimizer": {"type": "adam", "learning_rate": 0.05},
    "training": {"epochs": 30, "engine": "numpy"},
}
BLOBS = SINE | {
    "data": {"name": "blobs", "samples": 90, "validation": 0.3, "scale": "standard"},
    "model": {"layers": [{"type": "dense", "units": 3}, "softmax"]},
    "loss": "categorical_crossentropy",
    "training": {"epochs": 3, "engine": "numpy"},
}


def with_(config, section, **options):
    return config | {section: config[section] | options}


@pytest.fixture(scope="module")
def sine():
    return nn.study(SINE, seeds=5)


@pytest.fixture(scope="module")
def blobs():
    return nn.study(BLOBS, seeds=4)


def single(study, place):
    """The model of one member, alone."""
    model = experiment_of_first(study).seeded(Seeds()).model
    model.network.parameters[...] = study.parameters[0][place]
    return model


def experiment_of_first(study):
    return experiment_of(dump(study.plan.variants[0].config), None)


def test_a_regression_is_answered_with_the_mean_of_what_members_answer_alone(sine):
    x = RNG.uniform(-3, 3, (50, 1))
    alone = np.array([single(sine, place).predict(x) for place in range(5)])
    ensemble = sine.ensemble()
    np.testing.assert_allclose(ensemble.predict(x), alone.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(ensemble.spread(x), alone.std(axis=0, ddof=1), rtol=1e-9)


def test_classes_are_answered_by_the_mean_of_probabilities_or_by_a_vote(blobs):
    x = 3 * RNG.normal(size=(60, 2))
    alone = [single(blobs, place) for place in range(4)]
    probabilities = np.mean([model.forward(x) for model in alone], axis=0)
    votes = np.array([model.forward(x).argmax(axis=-1) for model in alone])
    counts = [np.bincount(row, minlength=3).argmax() for row in votes.T]
    labels = np.array(alone[0].classes)
    assert blobs.ensemble().predict(x).tolist() == labels[probabilities.argmax(axis=-1)].tolist()
    assert blobs.ensemble(vote=True).predict(x).tolist() == labels[counts].tolist()


def test_answers_do_not_depend_on_how_many_rows_are_asked_for(sine, monkeypatch):
    x, ensemble = RNG.uniform(-3, 3, (23, 1)), sine.ensemble()
    whole = ensemble.predict(x)
    monkeypatch.setattr("nn.studies.ensemble.ANSWERS_AT_ONCE", 35)
    np.testing.assert_allclose(ensemble.predict(x), whole, rtol=1e-13)
    assert ensemble.predict(x[:0]).shape == (0, 1)


def test_the_best_are_those_with_the_lowest_validation_loss(sine):
    best = sine.ensemble(best=2)
    expected = np.sort(np.argsort(sine.members["val_loss"])[:2])
    assert best.members["seed"].tolist() == expected.tolist()
    assert repr(best).startswith("The mean of the best 2 members (seeds ")


def test_members_that_diverged_are_left_out_and_said(sine):
    members, parameters = sine.members.copy(), sine.parameters[0].copy()
    members["stopped"][1], parameters[3] = "diverged", np.nan
    ensemble = replace(sine, members=members, parameters=(parameters,)).ensemble()
    assert ensemble.members["seed"].tolist() == [0, 2, 4]
    assert ensemble.notes == (
        "The mean of 3 members (seeds 0, 2, 4).",
        "Left out 2 members (seeds 1, 3), which diverged.",
    )


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"best": 6}, r"best: expected 1 to 5, as many as finished and did not diverge, got 6"),
        ({"best": 0}, r"best: expected 1 to 5"),
        ({"vote": True}, r"a vote is for classes, and 'y' is a number; leave vote out"),
        ({"variant": 1}, r"variant: expected one of 0, got 1"),
    ],
)
def test_what_cannot_be_combined_is_refused(sine, options, reason):
    with pytest.raises(ValueError, match=reason):
        sine.ensemble(**options)


def test_the_best_need_a_validation_share():
    study = nn.study(with_(SINE, "data", validation=None), seeds=2)
    with pytest.raises(ValueError, match=r"hold one out \(data.validation: 0.2\)"):
        study.ensemble(best=1)


def test_a_study_of_which_all_members_diverged_is_refused(sine):
    nothing = replace(sine, parameters=(np.full_like(sine.parameters[0], np.nan),))
    with pytest.raises(ValueError, match="expected a member that did not diverge; 5 members did"):
        nothing.ensemble()


def test_of_several_variants_one_is_named():
    study = nn.study(SINE, seeds=2, vary={"model.layers.0.units": [2, 3]})
    with pytest.raises(ValueError, match=r"0 \(model.layers.0.units=2\), 1 \(model.layers.0.units=3\)"):
        study.ensemble()
    assert study.ensemble(variant=1).models[0].network.parameters.shape == (2, 10)


def test_raw_inputs_are_found_by_their_names(sine):
    x, ensemble = RNG.uniform(-3, 3, 9), sine.ensemble()
    (name,) = ensemble.inputs
    np.testing.assert_array_equal(ensemble.predict({"other": x, name: x}), ensemble.predict(x[:, np.newaxis]))


@pytest.fixture(scope="module")
def folds():
    data = {"name": "sine", "samples": 60, "noise": 0.1, "scale": "standard"}
    return nn.study(SINE | {"data": data}, seeds=2, folds=3, repeats=2)


def test_members_of_folds_each_have_the_preprocessing_of_their_own_rows(folds):
    ensemble, x = folds.ensemble(), RNG.uniform(-3, 3, (9, 1))
    assert len(ensemble.members) == 12
    answers = [model.predict(x) for model in ensemble.models]
    np.testing.assert_allclose(ensemble.predict(x), np.concatenate(answers).mean(axis=0), rtol=1e-12)
    assert repr(ensemble) == "The mean of 12 members (seeds 0, 1 in 6 folds)."


def test_a_row_of_a_fold_is_answered_by_the_members_that_were_not_trained_on_it(folds):
    ensemble = folds.ensemble()
    (samples, found) = ensemble.held_out()["validation"]
    assert len(samples) == 60
    first = ensemble.groups[0]
    share = first.experiment.shares["validation"]
    np.testing.assert_array_equal(samples.y[: len(share)], share.y)
    own = first.experiment.model.answer(share.x).mean(axis=0)
    np.testing.assert_allclose(found.y[: len(share)], own, rtol=1e-12)


def test_an_npz_file_is_answered_too(folds, tmp_path):
    x = RNG.uniform(-3, 3, (9, 1))
    np.savez(tmp_path / "rows.npz", x=x)
    ensemble = folds.ensemble()
    columns, _ = ensemble_answers(ensemble)
    answers = answer_file(ensemble, str(tmp_path / "rows.npz"), columns)
    assert answers.columns["y"] == ensemble.predict(x)[:, 0].tolist()


@pytest.mark.parametrize("how", [{"folds": 3}, {"vary": {"seed.split": range(3)}}])
def test_networks_have_as_many_inputs_as_their_own_rows_have_levels(tmp_path, how):
    cities = ["Rome"] * 10 + ["Oslo"] * 10 + ["Bern"]
    rows = [f"{city},{place % 5}" for place, city in enumerate(cities)]
    (tmp_path / "table.csv").write_text("\n".join(["city,y", *rows]))
    data = {"file": str(tmp_path / "table.csv"), "target": "y", "validation": 7 if "vary" in how else None}
    ensemble = nn.study(SINE | {"data": data}, **how).ensemble()
    assert len({model.network.inputs for model in ensemble.models}) == 2
    answers = [model.predict({"city": ["Rome", "Bern"]}) for model in ensemble.models]
    np.testing.assert_allclose(
        ensemble.predict({"city": ["Rome", "Bern"]}), np.concatenate(answers).mean(axis=0), rtol=1e-12
    )


def test_the_best_of_folds_are_ranked_on_rows_of_their_own_which_is_said(folds):
    assert "The val_loss of each member is that of its own rows" in repr(folds.ensemble(best=3))


def test_members_with_splits_of_their_own_have_no_rows_in_common_to_measure_on():
    ensemble = nn.study(SINE, vary={"seed.split": range(3)}).ensemble()
    assert len(ensemble.models) == 3
    assert ensemble.held_out() == {}
    with pytest.raises(ValueError, match="members hold out different rows"):
        ensemble.interval()
    assert ensemble.predict([[0.5]]).shape == (1, 1)
