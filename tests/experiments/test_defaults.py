"""The default experiment on a table: what it is for, which network it has, what is held out."""

import numpy as np
import pytest

from nn.config.load import dump, load_config
from nn.config.locations import ConfigError
from nn.data.reading import TableError
from nn.experiments.defaults import experiment_of_table
from nn.experiments.experiment import Experiment

ROWS = 30


def written(tmp_path, **columns):
    """A table in a file, of columns of 30 cells."""
    rows = zip(*columns.values(), strict=True)
    text = "\n".join(",".join(map(str, row)) for row in [columns, *rows]) + "\n"
    file = tmp_path / "table.csv"
    file.write_text(text)
    return str(file)


def repeated(*cells):
    return [cells[place % len(cells)] for place in range(ROWS)]


@pytest.fixture
def file(tmp_path):
    sizes = np.random.default_rng(0).normal(size=ROWS).round(3).tolist()
    return written(
        tmp_path,
        size=sizes,
        colour=repeated("red", "green", "blue"),
        ripe=repeated("yes", "no"),
        grade=repeated(0, 1, 2),
        price=[10 * size + 3 for size in sizes],
    )


@pytest.mark.parametrize(
    ("target", "task", "units", "last", "loss"),
    [
        ("ripe", "classification", 1, "sigmoid", "binary_crossentropy"),
        ("colour", "classification", 3, "softmax", "categorical_crossentropy"),
        ("grade", "classification", 3, "softmax", "categorical_crossentropy"),
        ("price", "regression", 1, None, "mse"),
    ],
)
def test_the_last_layer_and_the_loss_are_those_of_the_task(file, target, task, units, last, loss):
    config = experiment_of_table(file, target).config
    layer = config.model.layers[-1]
    assert (config.data.task, layer.units, layer.activation and layer.activation.type) == (task, units, last)
    assert config.loss.type == loss


def test_a_given_task_is_taken(file):
    experiment = experiment_of_table(file, "grade", "regression")
    assert experiment.model.classes is None
    assert not any("grade" in note and "classification" in note for note in experiment.notes)


def test_a_guessed_task_is_said_with_what_changes_it(file):
    assert any("task: regression" in note for note in experiment_of_table(file, "grade").notes)
    assert any("task: classification" in note for note in experiment_of_table(file, "price").notes)


def test_a_place_is_that_of_a_column_unless_one_has_that_name(file, tmp_path):
    assert experiment_of_table(file, "-1").model.targets == ("price",)
    years = written(tmp_path, **{"a": range(ROWS), "1": repeated("x", "y"), "b": repeated(3.5, 1.5, 2.5)})
    assert experiment_of_table(years, "1", settings=["data.header=true"]).model.targets == ("1",)


def test_a_fifth_is_held_out_to_stop_early_and_a_fifth_for_the_result(file):
    experiment = experiment_of_table(file, "colour")
    assert {name: len(share) for name, share in experiment.shares.items()} == {
        "training": 18,
        "validation": 6,
        "test": 6,
    }
    assert experiment.options["early_stopping"].patience == 60


def test_of_a_few_rows_none_is_held_out_and_that_is_said(tmp_path):
    gate = tmp_path / "gate.csv"
    gate.write_text("a,b,y\n0,0,0\n0,1,1\n1,0,1\n1,1,0\n")
    experiment = experiment_of_table(str(gate), "y")
    assert [*experiment.shares] == ["training"]
    assert experiment.options["early_stopping"] is None
    assert experiment.notes[-1].startswith("Held out none of 4 rows of 2 classes, too few")


def test_settings_override_the_default(file):
    settings = ["model.layers.0.units=5", "data.columns={colour: ignore}", "training.epochs=7"]
    experiment = experiment_of_table(file, "price", settings=settings)
    assert (experiment.config.model.layers[0].units, experiment.options["epochs"]) == (5, 7)
    assert "colour" not in experiment.model.inputs


def test_the_configuration_says_it_all_and_gives_the_same_data_and_weights(file, tmp_path):
    experiment = experiment_of_table(file, "price")
    saved = tmp_path / "saved.yaml"
    saved.write_text(dump(experiment.config))
    again = Experiment.of(load_config(str(saved)))
    for name, share in experiment.shares.items():
        np.testing.assert_array_equal(again.shares[name].x, share.x)
        np.testing.assert_array_equal(again.shares[name].y, share.y)
    np.testing.assert_array_equal(again.model.network.parameters, experiment.model.network.parameters)


def test_without_a_target_the_columns_are_listed(file):
    with pytest.raises(TableError, match="name the column to predict, of 'size', 'colour', 'ripe'"):
        experiment_of_table(file, None)


@pytest.mark.parametrize(
    ("columns", "problem"),
    [
        ({"y": range(ROWS)}, "no column beside the target"),
        ({"x": range(ROWS), "y": repeated(5)}, "target 'y' is the same number in all 30 rows"),
    ],
)
def test_what_nothing_can_be_learnt_from_is_refused(tmp_path, columns, problem):
    with pytest.raises((TableError, ConfigError), match=problem):
        experiment_of_table(written(tmp_path, **columns), "y")


def test_words_that_differ_in_most_rows_are_no_classes(tmp_path):
    names = written(tmp_path, size=range(1, ROWS + 1), name=[f"n{place}" for place in range(ROWS)])
    with pytest.raises(
        TableError, match=r"target 'name' holds 30 different words in 30 rows \(n0, n1, n2 and 27 more\)"
    ):
        experiment_of_table(names, "name")


def test_all_mistakes_of_a_table_are_told_at_once_and_without_lines_of_a_configuration(tmp_path):
    mixed = written(
        tmp_path,
        size=repeated("1", "2", "3.5", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "big"),
        cost=repeated("$5", "$6"),
        y=repeated(1, 2),
    )
    with pytest.raises(ConfigError) as error:
        experiment_of_table(mixed, "y")
    lines = str(error.value).splitlines()
    assert [line.partition("column ")[2].partition(":")[0] for line in lines] == ["'size'", "'cost'"]
    assert all(line.startswith(mixed) for line in lines)


def test_a_mistake_of_a_column_is_not_shown_at_a_setting_of_another_option(tmp_path):
    priced = written(tmp_path, cost=repeated("$5", "$6"), other=range(ROWS), y=repeated(1, 2))
    with pytest.raises(ConfigError) as error:
        experiment_of_table(priced, "y", settings=["data.drop=[other]"])
    assert "--set" not in str(error.value)
    with pytest.raises(ConfigError, match=r"--set data\.columns="):
        experiment_of_table(priced, "y", settings=["data.columns={cost: number}"])


def test_a_mistake_in_a_setting_is_shown_in_the_setting(file):
    with pytest.raises(ConfigError) as error:
        experiment_of_table(file, "price", settings=["data.colums={colour: ignore}"])
    assert "--set data.colums" in str(error.value)
    assert "did you mean" in str(error.value)
