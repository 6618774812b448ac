"""scripts/choose_defaults.py scores networks on rows that they never saw."""

import pytest

from nn.experiments.defaults import experiment_of_table
from nn.resources import bundled_folder
from scripts.choose_defaults import baseline, ours, score

SETTINGS = ["training.epochs=40"]


@pytest.mark.parametrize(("name", "target"), [("penguins", "species"), ("automobile", "price")])
def test_right_answers_score_one_and_the_default_network_beats_the_baseline(name, target):
    file = str(bundled_folder("datasets") / f"{name}.csv")
    experiment = experiment_of_table(file, target, settings=SETTINGS)
    test, classes = experiment.shares["test"], experiment.model.classes
    truth = test.y if classes is None else [classes[int(place)] for place in test.y[:, 0]]
    assert score(experiment, truth) == 1
    assert ours(experiment) > baseline(experiment) + 0.3
