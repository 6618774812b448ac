"""From the file of a configuration to shares, features and the explicit configuration."""

import numpy as np
import pytest
import yaml

from nn.config.load import dump, load_config
from nn.config.locations import ConfigError
from nn.experiments.experiment import Experiment

PEOPLE = """\
name,age,city,member,when,fold,pay
Ann Lee,20,Rome,yes,2024-01-03,train,10
Bob Ray,31,Oslo,no,2024-02-05,train,21
Cyd Fox,,Rome,yes,2024-03-07,train,12
Dan Poe,45,Bern,no,2024-04-09,val,33
Eve Orr,52,Oslo,yes,2024-05-11,test,41
Fay Kim,28,Rome,no,2024-06-13,test,19
Gus Lam,39,Bern,yes,2024-07-15,train,NA
Hal Moe,61,Oslo,no,2024-08-17,train,52
"""


@pytest.fixture
def build(tmp_path):
    """Makes the experiment of a table with these options."""

    def build(table=PEOPLE, layers=({"type": "dense", "units": 1},), loss="mse", seed=0, **data):
        (tmp_path / "people.csv").write_text(table)
        config = {
            "seed": seed,
            "data": {"file": str(tmp_path / "people.csv"), "target": "pay"} | data,
            "model": {"layers": [*layers]},
            "loss": loss,
            "optimizer": "sgd",
            "training": {"epochs": 1},
        }
        return Experiment.of(load_config(config))

    return build


def mistakes(build, **data):
    with pytest.raises(ConfigError) as caught:
        build(**data)
    return [(one.path, one.problem.partition("people.csv")[2]) for one in caught.value.mistakes]


def test_columns_are_understood_and_what_was_inferred_is_said(build):
    experiment = build(drop=["fold"])
    assert experiment.model.inputs == ("age", "city", "member", "when")
    assert experiment.model.features[:6] == (
        "age",
        "age is missing",
        "city=Bern",
        "city=Oslo",
        "city=Rome",
        "member",
    )
    said = "\n".join(experiment.notes)
    for part in ("'name'", "age 1", "city", "member", "when", "1 row without a target", "'pay'"):
        assert part in said


def test_the_resolved_configuration_says_everything_and_means_the_same(build):
    first = build(test=0.2, drop=["fold"])
    text = dump(first.config)
    again = Experiment.of(load_config(yaml.safe_load(text)))
    assert dump(again.config) == text
    assert [share.digest for share in again.shares.values()] == [s.digest for s in first.shares.values()]
    section = yaml.safe_load(text)["data"]
    assert section["columns"]["name"] == "ignore"
    assert section["columns"]["city"]["type"] == "category"
    assert (section["scale"], section["scale_target"], section["task"]) == (
        "standard",
        "standard",
        "regression",
    )
    assert (section["header"], section["delimiter"], section["decimal"]) == (True, ",", ".")


def test_a_column_is_named_by_its_place_too(build):
    headless = PEOPLE.partition("\n")[2]
    experiment = build(headless, header=False, target=-1, drop=[1, 5, 6])
    assert experiment.model.targets == ("7",)
    assert experiment.model.inputs == ("2", "3", "4")


def test_inputs_that_are_named_are_all_that_is_used(build):
    assert build(inputs=["city", "age"]).model.inputs == ("age", "city")


def test_every_mistake_in_columns_is_told_in_the_order_of_the_file(build):
    table = PEOPLE.replace("31", "old").replace("2024-02-05", "spring")
    assert [path for path, _ in mistakes(build, table=table, columns={"age": "number", "when": "date"})] == [
        ("data", "columns", "age"),
        ("data", "columns", "when"),
    ]


def test_columns_that_are_not_there_are_told_with_the_nearest_name(build):
    found = mistakes(build, target="pya", drop=["nam"], split={"group": "town"})
    assert [path for path, _ in found] == [("data", "target"), ("data", "drop"), ("data", "split")]
    assert found[0][1] == ": there is no target column 'pya'; did you mean 'pay'?"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"test": 2, "validation": 1}, {"training": 4, "validation": 1, "test": 2}),
        ({"test": 0.3, "split": "ordered"}, {"training": 5, "test": 2}),
        ({"split": {"column": "fold"}}, {"training": 4, "validation": 1, "test": 2}),
        ({"test": 2, "split": {"time": "when"}}, {"training": 5, "test": 2}),
    ],
)
def test_rows_are_held_out_in_numbers_and_by_columns(build, options, expected):
    experiment = build(**options)
    assert {name: len(share) for name, share in experiment.shares.items()} == expected


def test_a_group_is_in_one_share(build):
    experiment = build(test=2, split={"group": "city"}, drop=["fold"], inputs=["age"], seed=1)
    ages = {name: set(share.x[:, 0]) for name, share in experiment.shares.items()}
    assert len(ages["test"]) < 7
    assert "city" not in experiment.model.inputs


def test_a_share_may_be_a_file_of_its_own(build, tmp_path):
    (tmp_path / "later.csv").write_text(PEOPLE.replace("Rome", "Lima"))
    experiment = build(test=str(tmp_path / "later.csv"), inputs=["age", "city"])
    assert len(experiment.shares["training"]) == len(experiment.shares["test"]) == 7
    assert any(
        note.startswith("test: 3 cells of 'city' with a level that training does not have")
        for note in experiment.notes
    )


def test_targets_of_a_regression_are_scaled_and_answers_are_not(build):
    experiment = build(inputs=["age"])
    _, t = experiment.model.arrays(experiment.shares["training"])
    assert (t.mean(), t.std()) == pytest.approx((0, 1))
    experiment.model.network.parameters[...] = 0
    answer = experiment.model.predict({"age": [50.0]})
    assert answer.item() == pytest.approx(experiment.shares["training"].y.mean())


@pytest.mark.parametrize(
    ("activation", "scale"), [("sigmoid", [0.1, 0.9]), ("tanh", [-0.9, 0.9]), ("relu", [0, 1])]
)
def test_targets_are_scaled_to_what_the_last_layer_can_answer(build, activation, scale):
    experiment = build(inputs=["age"], layers=[{"type": "dense", "units": 1, "activation": activation}])
    _, t = experiment.model.arrays(experiment.shares["training"])
    assert (t.min(), t.max()) == pytest.approx(scale)
    assert experiment.config.data.scale_target == scale


@pytest.mark.parametrize("off", ["none", None])
def test_nothing_is_scaled_where_that_is_said(build, off):
    experiment = build(inputs=["age"], scale=off, scale_target=off)
    assert experiment.model.target_scaling is None
    assert (
        experiment.shares["training"].y.max()
        == experiment.model.arrays(experiment.shares["training"])[1].max()
    )


def test_classes_are_not_scaled(build):
    layers = [{"type": "dense", "units": 1, "activation": "sigmoid"}]
    experiment = build(target="member", inputs=["age"], layers=layers, loss="binary_crossentropy")
    assert experiment.model.classes == ("no", "yes")
    assert experiment.model.target_scaling is None
    found = mistakes(
        build, target="member", layers=layers, loss="binary_crossentropy", scale_target="standard"
    )
    assert [path for path, _ in found] == [("data", "scale_target")]


def test_a_seed_of_the_split_moves_rows_and_leaves_the_weights(build):
    first, other = (build(test=0.3, inputs=["age"], seed={"weights": 1, "split": n}) for n in (0, 3))
    assert first.shares["test"].digest != other.shares["test"].digest
    np.testing.assert_array_equal(first.model.network.parameters, other.model.network.parameters)


def test_preprocessing_is_fitted_on_the_training_share_alone(build):
    experiment = build(split={"column": "fold"}, inputs=["age"])
    age = experiment.model.preprocessing.encoders[0]
    assert age.fill == [31]  # the median of 20, 31 and 61
    scaled, _ = experiment.model.arrays(experiment.shares["training"])
    assert scaled[:, 0].mean() == pytest.approx(0)


def test_a_class_that_is_held_out_as_a_whole_is_said(build):
    layers = [{"type": "dense", "units": 3, "activation": "softmax"}]
    table = PEOPLE.replace("Dan Poe,45,Bern", "Dan Poe,45,Oslo").replace("Gus Lam,39,Bern", "Gus Lam,39,Oslo")
    table = table.replace("Eve Orr,52,Oslo", "Eve Orr,52,Bern")
    options = {"inputs": ["age"], "split": {"column": "fold"}, "loss": "categorical_crossentropy"}
    experiment = build(table, layers, target="city", **options)
    assert "training: no sample of class 'Bern', as they are all held out." in experiment.notes


def test_a_missing_time_is_refused_with_its_line(build):
    found = mistakes(build, table=PEOPLE.replace("2024-03-07", ""), test=2, split={"time": "when"})
    text = ":4: column 'when': expected a number or a date to split by time, got a missing cell"
    assert found == [(("data", "split"), text)]
