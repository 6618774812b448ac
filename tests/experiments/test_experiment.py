"""From a configuration to an experiment: its task, its shares, its scaling, its layers."""

from pathlib import Path

import numpy as np
import pytest

from nn.config.load import load_config
from nn.config.locations import ConfigError
from nn.data.folds import Fold
from nn.experiments.experiment import Experiment
from nn.random import Seeds

TEXT = """\
data: {file: table.csv, target: y}
model: {layers: [{type: dense, units: 1, activation: sigmoid}]}
loss: mse
optimizer: sgd
training: {epochs: 2}
"""
WORDS = "x,y\n" + "".join(f"{n},{'ab'[n % 2]}\n" for n in range(20))
BINARY = "x,y\n" + "".join(f"{n},{n % 2}\n" for n in range(20))
SHARES = "x,y\n" + "".join(f"{n},{n / 20}\n" for n in range(20))


@pytest.fixture
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The experiment on a table, with settings."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my.yaml").write_text(TEXT)

    def build(table: str | None, *settings: str) -> Experiment:
        if table is not None:
            (tmp_path / "table.csv").write_text(table)
        return Experiment.of(load_config("my.yaml", settings))

    return build


def sizes(experiment: Experiment) -> dict[str, int]:
    return {name: len(share) for name, share in experiment.shares.items()}


@pytest.mark.parametrize(
    ("table", "settings", "classes"),
    [
        (WORDS, [], ("a", "b")),
        (BINARY, [], None),
        (BINARY, ["loss=binary_crossentropy"], (0, 1)),
        (BINARY, ["data.task=classification"], (0, 1)),
        (BINARY, ["data.task=regression", "loss=binary_crossentropy"], None),
        (BINARY, ["loss=hinge", "model.layers=[{type: dense, units: 1}]"], (0, 1)),
        (SHARES, ["loss=binary_crossentropy"], None),
        (None, ["data={name: xor}"], (0, 1)),
        (None, ["data={name: xor, task: regression}"], None),
        (None, ["data={name: sine}"], None),
        (None, ["data={name: moons}"], (0, 1)),
    ],
    ids=["words", "numbers", "cross-entropy", "hinge", "asked for", "refused", "probabilities", "card",
         "card refused", "generator of numbers", "generator of classes"],
)  # fmt: skip
def test_the_task_is_classification_where_words_loss_card_or_the_user_say_so(build, table, settings, classes):
    experiment = build(table, *settings)
    assert experiment.model.classes == classes
    report = next(experiment.train())
    assert (report.accuracy is not None) == (classes is not None)


def test_words_cannot_be_numbers(build):
    with pytest.raises(ConfigError, match=r"data: .*table.csv:2: column 'y': expected a number, got 'a'"):
        build(WORDS, "data.task=regression")
    with pytest.raises(ConfigError, match=r"iris\.csv:2: column 'species': expected a number, got 'setosa'"):
        build(None, "data={name: iris, task: regression}")


MONEY = "x,y\n" + "".join(f"{n},${n}\n" for n in range(20))
GRADES = "x,y\n" + "".join(f"{n},{'12X'[n % 3]}\n" for n in range(18))
VERSIONS = "x,y\n" + "".join(f"{n},{('1.1', '1.10', '2.0')[n % 3]}\n" for n in range(18))
SOFTMAX = ["model.layers=[{type: dense, units: 3, activation: softmax}]", "loss=categorical_crossentropy"]


@pytest.mark.parametrize(
    ("table", "settings", "classes"),
    [
        (GRADES, ["data.task=classification", "model.layers.0.units=3"], (1, 2, "X")),
        (GRADES, SOFTMAX, (1, 2, "X")),
        (VERSIONS, SOFTMAX, ("1.1", "1.10", "2.0")),
        (VERSIONS, ["data.task=classification", "model.layers.0.units=3"], ("1.1", "1.10", "2.0")),
        (BINARY.replace(",1", ",01"), ["loss=binary_crossentropy"], (0, "01")),
    ],
)
def test_labels_are_as_they_are_written(build, table, settings, classes):
    experiment = build(table, *settings)
    assert experiment.model.classes == experiment.shares["training"].classes == classes


@pytest.mark.parametrize(
    ("table", "settings", "cell"),
    [
        (MONEY, [], r"table.csv:2: column 'y': expected a number, got '\$0'"),
        (GRADES, [], "table.csv:4: column 'y': expected a number, got 'X'"),
        (GRADES, ["model.layers.0.units=3"], "table.csv:4: column 'y': expected a number, got 'X'"),
        (GRADES, ["loss=binary_crossentropy"], "table.csv:4: column 'y': expected a number, got 'X'"),
    ],
)
def test_words_that_the_network_cannot_answer_are_bad_numbers(build, table, settings, cell):
    with pytest.raises(ConfigError, match=cell):
        build(table, *settings)


def test_a_class_weight_names_a_label_as_it_is_written(build):
    experiment = build(
        BINARY.replace(",1", ",01"), "loss=binary_crossentropy", "training.class_weight={01: 5}"
    )
    assert experiment.weights["class_weight"] == {1: 5}


def test_shares_are_of_the_whole_and_share_no_sample(build):
    experiment = build(BINARY, "data.validation=0.2", "data.test=0.3", "data.task=classification")
    assert sizes(experiment) == {"training": 10, "validation": 4, "test": 6}
    rows = np.concatenate([share.x[:, 0] for share in experiment.shares.values()])
    assert sorted(rows) == list(range(20))


@pytest.mark.parametrize(
    "settings", [["data.validation=0.2"], ["data.test=0.2"], ["data.test=0.5", "data.validation=0.25"]]
)
def test_shares_are_stratified(build, settings):
    experiment = build(BINARY, "data.task=classification", *settings)
    for share in experiment.shares.values():
        assert abs(share.y.sum() - len(share) / 2) <= 1


RARE = "x,y\n" + "".join(f"{n},{'z' if n == 7 else 'ab'[n % 2]}\n" for n in range(20))


@pytest.mark.parametrize("seed", range(10))
def test_a_class_of_one_sample_stays_in_training(build, seed):
    shares = ["data.validation=0.4", "data.test=0.4", "model.layers.0.units=3", f"seed={seed}"]
    training = build(RARE, *shares).shares["training"]
    assert np.unique(training.y).tolist() == [0, 1, 2]


def test_shares_that_leave_a_class_none_to_train_on_are_refused(build):
    message = (
        "data.validation: 8 of 10 rows held out leave none of class '[abz]' to train on; hold out at most 7"
    )
    with pytest.raises(ConfigError, match=message):
        build(RARE, "data.validation=0.4", "data.test=0.5", "model.layers.0.units=3")


def test_the_test_share_does_not_depend_on_the_validation_share(build):
    one = build(BINARY, "data.test=0.2").shares["test"]
    other = build(BINARY, "data.test=0.2", "data.validation=0.3").shares["test"]
    assert one.digest == other.digest


def test_another_seed_holds_out_other_samples(build):
    one, other = build(BINARY, "data.test=0.3"), build(BINARY, "data.test=0.3", "seed=1")
    assert one.shares["test"].digest != other.shares["test"].digest


def test_scaling_is_fitted_on_the_training_share_only(build):
    experiment = build(BINARY, "data.scale=standard", "data.test=0.5", "data.validation=0.2")
    training, _ = experiment.model.arrays(experiment.shares["training"])
    test, _ = experiment.model.arrays(experiment.shares["test"])
    assert abs(training.mean()) < 1e-12
    assert training.std() == pytest.approx(1)
    assert test.std() != pytest.approx(1, abs=1e-6)


def test_a_range_scales_the_training_share_into_it(build):
    experiment = build(BINARY, "data.scale=[-1, 1]", "data.test=0.5")
    training, _ = experiment.model.arrays(experiment.shares["training"])
    assert (training.min(), training.max()) == (-1, 1)


def test_several_targets_are_a_regression_with_an_output_each(build):
    table = "x,u,v\n1,2,3\n2,3,4\n3,4,5\n"
    experiment = build(table, "data.target=[v, u]", "model.layers.0.units=2")
    assert experiment.model.targets == ("v", "u")
    assert experiment.model.inputs == ("x",)


def test_arrays_bring_their_own_test_share_with_the_same_classes(build, tmp_path):
    x = np.arange(12.0).reshape(6, 2)
    np.savez(tmp_path / "a.npz", x_train=x, y_train=["b", "a", "c"] * 2, x_test=x[:2], y_test=["c", "a"])
    layers = "model.layers=[{type: dense, units: 3, activation: softmax}]"
    experiment = build(None, "data={file: a.npz}", layers, "loss=categorical_crossentropy")
    assert sizes(experiment) == {"training": 6, "test": 2}
    assert experiment.model.classes == experiment.shares["test"].classes == ("a", "b", "c")
    assert experiment.shares["test"].y[:, 0].tolist() == [2, 0]


def test_whole_numbers_in_arrays_have_the_classes_of_the_training_share(build, tmp_path):
    x = np.arange(8.0).reshape(4, 2)
    np.savez(tmp_path / "a.npz", x_train=x, y_train=[5, 7, 9, 5], x_test=x[:2], y_test=[9, 7])
    layers = "model.layers=[{type: dense, units: 3, activation: softmax}]"
    experiment = build(None, "data={file: a.npz}", layers, "loss=categorical_crossentropy")
    assert experiment.model.classes == experiment.shares["test"].classes == (5, 7, 9)
    assert experiment.shares["test"].y[:, 0].tolist() == [2, 1]


def test_a_share_of_arrays_is_not_split_again(build, tmp_path):
    x = np.arange(8.0).reshape(4, 2)
    np.savez(tmp_path / "a.npz", x_train=x, y_train=[0, 1, 0, 1], x_test=x, y_test=[0, 1, 0, 1])
    with pytest.raises(
        ConfigError, match=r"data\.test: the file has a test share of its own; leave data.test out"
    ):
        build(None, "data={file: a.npz, test: 0.2}")


@pytest.mark.parametrize(
    ("option", "message"),
    [
        (
            "split: {group: g}",
            r"data\.split: an NPZ file has no columns to split by; write random or ordered",
        ),
        ("validation: other.npz", r"data\.validation: of an NPZ file, expected a share or a number of rows"),
        (
            "test: other.npz",
            r"data\.test: of an NPZ file, expected a share or a number of rows",
        ),
    ],
)
def test_arrays_are_not_split_as_tables_are(build, tmp_path, option, message):
    np.savez(tmp_path / "a.npz", x=np.arange(8.0).reshape(4, 2), y=[0, 1, 0, 1])
    with pytest.raises(ConfigError, match=message):
        build(None, f"data={{file: a.npz, {option}}}")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("{file: a.npz, target: y}", "data: 'target' is for tables"),
        ("{file: table.csv}", "data: .*'target' is missing; name the column"),
    ],
)
def test_a_target_is_for_tables(build, tmp_path, data, message):
    np.savez(tmp_path / "a.npz", x=np.ones((2, 1)), y=[0, 1])
    with pytest.raises(ConfigError, match=message):
        build(BINARY, f"data={data}")


def test_a_dense_layer_with_an_activation_is_two_layers(build):
    one = build(BINARY, "model.layers=[{type: dense, units: 3, activation: tanh}, {type: dense, units: 1}]")
    two = build(BINARY, "model.layers=[{type: dense, units: 3}, tanh, {type: dense, units: 1}]")
    kinds = [type(layer).__name__ for layer in one.model.network.layers]
    assert kinds == ["Dense", "Tanh", "Dense"] == [type(layer).__name__ for layer in two.model.network.layers]
    np.testing.assert_array_equal(one.model.network.parameters, two.model.network.parameters)


WEIGHTED = "x,w,y\n" + "".join(f"{n},{n % 3},{'aab'[n % 3]}\n" for n in range(30))


def test_a_weight_column_is_no_input_and_weighs_the_training_share(build):
    experiment = build(WEIGHTED, "data.weight=w", "data.test=0.2", "data.validation=0.2")
    assert (experiment.model.inputs, experiment.model.targets) == (("x",), ("y",))
    samples = experiment.shares["training"]
    assert np.array_equal(samples.weights, samples.x[:, 0] % 3)
    assert experiment.weights == {"sample_weight": samples.weights, "class_weight": None}


def test_weights_count_in_training_and_not_in_validation(build):
    def first(*settings):
        return next(build(WEIGHTED, "data.validation=0.2", *settings).train())

    heavy = WEIGHTED.replace(",0,", ",7,").replace(",1,", ",7,").replace(",2,", ",7,")
    plain, weighted = (
        first("data.weight=w"),
        next(build(heavy, "data.weight=w", "data.validation=0.2").train()),
    )
    assert weighted.losses[0] > plain.losses[0]
    assert weighted.accuracy == plain.accuracy
    unweighted = build(heavy, "data.weight=w", "data.validation=0.2")
    *_, last = unweighted.train()
    assert last.val_loss == unweighted.model.evaluate(unweighted.shares["validation"]).loss


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ("{a: 2, b: 0.5}", {0: 2, 1: 0.5}),
        ("{b: 3}", {1: 3}),
        ("balanced", {0: 30 / (2 * 20), 1: 30 / (2 * 10)}),
        ("null", None),
    ],
)
def test_classes_are_weighed_by_their_labels_or_balanced(build, chosen, expected):
    experiment = build(WEIGHTED, f"training.class_weight={chosen}", "data.weight=w")
    assert experiment.weights["class_weight"] == expected


def test_labels_that_are_numbers_are_named_as_in_the_data(build):
    experiment = build(BINARY, "data.task=classification", "training.class_weight={1: 5}")
    assert experiment.weights["class_weight"] == {1: 5}


def test_the_recorded_program_has_weights_and_noise_where_training_has_them(build):
    layers = "model.layers=[dropout, {type: dense, units: 1, activation: sigmoid}]"
    program = build(WEIGHTED, "data.weight=w", layers).program()
    assert "(noise, 0.5)" in program
    assert "(w, " in program
    assert "noise" not in build(WEIGHTED).program()


@pytest.mark.parametrize(
    ("table", "settings", "message"),
    [
        (WEIGHTED, ["data.weight=v"], "data: .*table.csv: there is no weight column 'v'; there are: w, x, y"),
        (WEIGHTED, ["data.weight=y"], "data: .*column 'y' cannot be the target and the weight"),
        (WEIGHTED.replace("5,2,", "5,-2,"), ["data.weight=w"],
         "data: .*table.csv:7: column 'w': expected a number of at least 0, got '-2'"),
        (WEIGHTED.replace("5,2,", "5,,"), ["data.weight=w"],
         "data: .*table.csv:7: column 'w': expected a number of at least 0, got an empty cell"),
        (WEIGHTED, ["training.class_weight={aa: 2}"],
         "training: class_weight: there is no class 'aa'; did you mean 'a'?"),
        (SHARES, ["training.class_weight=balanced"],
         "training: class_weight needs a classification, got a regression"),
        (WEIGHTED.replace(",1,", ",0,").replace(",2,", ",0,"), ["data.weight=w"],
         "data: weights: expected finite numbers of at least 0, and one above 0"),
    ],
)  # fmt: skip
def test_impossible_weights_are_refused(build, table, settings, message):
    with pytest.raises(ConfigError, match=message.replace("?", r"\?")):
        build(table, *settings).train()


def test_weights_in_arrays_are_there_without_being_named(build, tmp_path):
    x = np.arange(8.0).reshape(4, 2)
    np.savez(tmp_path / "a.npz", x=x, y=[0, 1, 0, 1], w=[1, 2, 3, 0.5])
    assert build(None, "data={file: a.npz}").weights["sample_weight"].tolist() == [1, 2, 3, 0.5]
    with pytest.raises(
        ConfigError,
        match="data: 'weight' is for tables; leave it out, as an NPZ file has x, y and w as they are",
    ):
        build(None, "data={file: a.npz, weight: w}")


def test_what_is_wrong_with_data_and_training_is_told_at_once(build):
    wrong = ["data={name: iris, validation: 0.2}", "training.batch_size=50", "optimizer=rprop", "loss=hinge"]
    with pytest.raises(ConfigError) as caught:
        build(None, *wrong).train()
    assert [(one.path, one.problem.partition(":")[0]) for one in caught.value.mistakes] == [
        (("model", "layers", 0, "units"), "model.layers"),
        (("training", "batch_size"), "training"),
        (("loss",), "loss"),
    ]


def test_a_bundled_table_of_numbers_takes_its_columns_as_they_are():
    experiment = Experiment.of(load_config("iris"))
    assert experiment.model.preprocessing.plain
    assert "preprocessing" not in experiment.model.names
    assert not Experiment.of(load_config("penguins")).model.preprocessing.plain


def rows_of(share):
    return sorted(share.x[:, 0].tolist())


@pytest.mark.parametrize("table", [WORDS, SHARES], ids=["classes", "numbers"])
def test_folds_are_the_validation_share_and_hold_each_row_out_once(build, table):
    config = build(table, "data.validation=3", "data.test=4", "data.scale=none").config
    folds = [Experiment.of(config, fold=Fold(number, 4)) for number in range(4)]
    assert [sizes(one) for one in folds] == [{"training": 12, "validation": 4, "test": 4}] * 4
    tests = {tuple(rows_of(one.shares["test"])) for one in folds}
    assert len(tests) == 1
    held = [row for one in folds for row in rows_of(one.shares["validation"])]
    assert sorted([*held, *tests.pop()]) == [*range(20)]
    if folds[0].model.classes:
        assert {one.shares["validation"].y.mean() for one in folds} == {0.5}


def test_a_repeat_draws_other_folds(build):
    config = build(SHARES, "data.scale=none").config
    first, second = (Experiment.of(config, fold=Fold(0, 4, repeat)) for repeat in range(2))
    assert rows_of(first.shares["validation"]) != rows_of(second.shares["validation"])


def test_folds_of_generated_data_and_in_order(build):
    config = build(None, "data={name: sine, samples: 20, split: ordered}").config
    (held,) = {len(Experiment.of(config, fold=Fold(n, 5)).shares["validation"]) for n in range(5)}
    assert held == 4


def test_folds_keep_groups_whole(build):
    table = "x,g,y\n" + "".join(f"{n},{n // 4},{n % 3}\n" for n in range(20))
    config = build(table, "data.split={group: g}", "data.validation=4", "data.scale=none").config
    for number in range(5):
        held = rows_of(Experiment.of(config, fold=Fold(number, 5)).shares["validation"])
        assert {int(row) // 4 for row in held} == {int(held[0]) // 4}
        assert len(held) == 4


@pytest.mark.parametrize(
    ("split", "reason"), [("column: p", "a column names the shares"), ("time: x", "a time orders rows")]
)
def test_folds_refuse_a_split_that_says_which_rows_are_held_out(build, split, reason):
    table = "x,p,y\n" + "".join(f"{n},{'train' if n % 2 else 'test'},{n}\n" for n in range(20))
    share = [] if "column" in split else ["data.validation=2"]
    config = build(table, f"data.split={{{split}}}", *share).config
    with pytest.raises(ConfigError, match=reason):
        Experiment.of(config, fold=Fold(0, 2))


def test_a_network_of_another_seed_learns_from_the_same_data(build):
    experiment = build(None, "data={name: moons}")
    stack = experiment.seeded(Seeds(weights=range(3), order=range(3), noise=range(3)))
    assert stack.model.network.stack == (3,)
    assert (stack.model.network.parameters[0] == experiment.model.network.parameters).all()
    assert stack.shares is experiment.shares
