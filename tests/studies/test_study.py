"""nn.study: members equal single runs, and what the table of members says."""

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest

import nn
from nn.studies.summary import summarize
from nn.studies.tables import study_csv, study_text

TINY = {
    "data": {"name": "xor"},
    "model": {"layers": [{"type": "dense", "units": 1}]},
    "loss": "mse",
    "optimizer": "sgd",
    "training": {"epochs": 1},
}


@pytest.fixture(scope="module")
def rates():
    return nn.study("xor", seeds=range(4), vary={"optimizer.learning_rate": [0.02, 0.5]})


def test_there_is_a_row_for_each_seed_of_each_variant(rates):
    assert rates.members["variant"].tolist() == [0] * 4 + [1] * 4
    assert rates.members["seed"].tolist() == [*range(4)] * 2
    assert rates.members["optimizer.learning_rate"].tolist() == [0.02] * 4 + [0.5] * 4


def test_an_unsolved_member_counts_at_the_limit(rates):
    assert rates.members["solved"].tolist() == (rates.members["stopped"] == "stop_at").tolist()
    assert (rates.members["epochs"][~rates.members["solved"]] == rates.limit).all()
    assert rates.members["solved"][4:].all()


def test_a_member_is_the_run_with_weights_order_and_noise_of_its_seed(tmp_path):
    settings = {"seed": {"weights": 3, "order": 3, "noise": 3, "data": 7}, "training.epochs": 5}
    single = nn.run("moons", tmp_path / "run", settings=settings)
    config = {**single.config, "seed": 7}
    study = nn.study(config, seeds=[3])
    assert study.parameters[0][0] == pytest.approx(nn.load(single.folder).network.parameters, rel=1e-9)
    assert study.members["val_loss"][0] == pytest.approx(single.facts["metrics"]["validation"]["loss"])


def test_curves_keep_the_last_loss_after_the_end(rates):
    epochs, solved = rates.members["epochs"][4], rates.losses[4]
    assert rates.losses.shape == (8, len(rates.epochs))
    assert np.unique(solved[rates.epochs > epochs]).size == 1


def test_the_members_are_a_data_frame(rates):
    frame = rates.to_pandas()
    assert frame.groupby("optimizer.learning_rate").solved.sum().loc[0.5] == 4


def test_a_study_is_trained_on_the_data_as_they_are_now(tmp_path):
    data = {"file": str(tmp_path / "table.csv"), "target": "y"}
    layers = [{"type": "dense", "units": 1}]
    config = {"data": data, "model": {"layers": layers}, "loss": "mse", "training": {"epochs": 1}}
    losses = []
    for last in (3, 300):
        (tmp_path / "table.csv").write_text(f"x,y\n1,1\n2,2\n3,{last}\n4,1\n")
        losses.append(nn.study(config | {"optimizer": "sgd"}, seeds=1).members["loss"][0])
    assert losses[0] != losses[1]


def test_members_that_missed_the_goal_have_groups_where_asked_for():
    study = nn.study("xor-lm", seeds=6, groups=True)
    assert ((study.members.group == -1) == study.members.solved).all()
    assert study.groups[0][0].verdict.kind == "running off"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"seeds": 0}, "seeds: expected at least one, got 0"),
        ({"seeds": []}, "seeds: expected at least one, got none"),
        ({"seeds": [1, 2, 1]}, "seeds: 1 is given twice"),
        ({"seeds": [-1]}, "seed must be whole numbers of at least 0"),
        ({"seeds": 2.5}, r"expected a count such as 100, or seeds such as range\(100\), got 2.5"),
        ({"seeds": "3"}, "expected a count such as 100"),
        ({"folds": 1}, "folds: expected at least 2"),
        ({"vary": {"loss": "mse"}}, "loss: expected a list of values such as .*, got 'mse'"),
        ({"vary": {"optimizer.learning_rate": 0.1}}, "learning_rate: expected a list of values"),
        ({"vary": {"training.epochs": [1, 2, 1]}}, "training.epochs: the value 1 is given twice"),
        ({"jobs": 0}, "study: jobs must be at least 1, got 0"),
        ({"vary": {"optimizer.learning_rate": []}}, "optimizer.learning_rate: expected at least one value"),
    ],
)
def test_what_cannot_be_a_study_is_told(options, message):
    with pytest.raises(ValueError, match=message):
        nn.study("xor", **options)


def test_values_that_are_no_numbers_are_told_apart_in_all_tables(tmp_path):
    files = [str(tmp_path / name / "table.csv") for name in ("one", "two")]
    for number, file in enumerate(map(Path, files)):
        file.parent.mkdir()
        file.write_text(f"x,y\n1,{number}\n2,5\n3,7\n")
    config = TINY | {"data": {"file": files[0], "target": "y", "task": "regression"}}
    optimizers = [{"type": "adam"}, {"type": "sgd"}]
    study = nn.study(config, seeds=1, vary={"data.file": files, "optimizer": optimizers})
    assert study.members["data.file"].tolist() == [files[0]] * 2 + [files[1]] * 2
    rows = [*csv.DictReader(io.StringIO(study_csv(summarize(study))))]
    assert {row["data.file"] for row in rows} == {*files}
    assert all(file in study_text(summarize(study)) for file in files)
    assert [*map(json.loads, dict.fromkeys(row["optimizer"] for row in rows))] == optimizers


def test_values_and_seeds_may_be_of_numpy_or_any_iterable():
    vary = {"optimizer.learning_rate": np.array([0.1, 0.2]), "training.epochs": np.arange(1, 3)}
    members = nn.study(TINY, seeds={1, 0}, vary=vary).members
    assert members["seed"].tolist() == [0, 1] * 4
    assert members["optimizer.learning_rate"].tolist() == [0.1] * 4 + [0.2] * 4
    assert members["training.epochs"].tolist() == [1, 1, 2, 2] * 2


@pytest.mark.parametrize(
    "seeds", [[2**63 - 1, 2**63], [0, 2**64 - 1], [2**64 - 2, 2**64 - 1]], ids=["around", "far", "beyond"]
)
def test_seeds_up_to_64_bits_are_kept_to_the_last_digit(seeds):
    study = nn.study(TINY, seeds=seeds)
    assert study.members["seed"].tolist() == seeds


def test_a_large_seed_of_one_kind_stands_beside_none_of_another():
    vary = {"seed.weights": [1, 3], "seed.split": [2**63 - 1, 2**63]}
    members = nn.study(TINY, vary=vary).members
    assert members["seed.split"].tolist() == [-1, -1, 2**63 - 1, 2**63]
