"""A user's mistake is a line that names the thing, exit code 2, and nothing written."""

import re
from pathlib import Path

import pytest

ONE_CLASS = "x,y\n1,a\n2,a\n"
NUMBERS = "x,y\n1,0.5\n2,1.5\n3,0.2\n"
WORDS = "x,kind\n1,a\n2,b\n3,a\n4,b\n"
CONFIG = """\
data: {file: table.csv, target: y}
model:
  layers: [{type: dense, units: 1, activation: sigmoid}]
loss: mse
optimizer: sgd
training: {epochs: 2}
"""
# Settings over xor, one a line, and below them what is said of them.
IN_XOR = """\
model.layers.0.units=0
    model.layers.0.units: expected at least 1, got 0
model.layers.0.units=-3
    model.layers.0.units: expected at least 1, got -3
model.layers.0.units=1.5
    model.layers.0.units: expected a whole number, got 1.5
optimizer.learning_rate=0
    optimizer.learning_rate: expected greater than 0, got 0
optimizer.learning_rate=-1e-3
    optimizer.learning_rate: expected greater than 0, got -0.001
optimizer.learning_rate=.inf
    optimizer.learning_rate: expected a finite number, got inf
seed=18446744073709551616
    seed: expected a whole number of at most 18446744073709551615, got 1.8446744073709552e+19
training.epochs=100000000000000000000000
    training.epochs: expected a whole number of at most 18446744073709551615, got 1e+23
loss=categorical_crossentropy
model.layers.1.activation=softmax
    model.layers: Softmax: expected at least 2 units, got 1; one alone would always be 1, use Sigmoid
data.name=iris
    model.layers: the network has 1 output, but target 'species' has 3 classes; expected 3 outputs
loss=binary_crossentropy
model.layers.1.activation=tanh
    loss: BinaryCrossEntropy needs Sigmoid as the last layer, got Tanh
data.name=sine
loss=binary_crossentropy
    loss: BinaryCrossEntropy: targets must lie in [0, 1], got
training.epochs=0
    training.epochs: expected at least 1, got 0
seed=-1
    seed: expected at least 0, got -1
data.validation=0.2
    data.validation: a share of 0.2 of 4 samples is less than one sample
data.validation=0.5
data.test=0.5
    data.validation: a share of 0.5 of 4 samples leaves no sample to train on
data.validation=1.5
    data.validation: expected a share between 0 and 1, or a whole number of rows, got 1.5
data.scale=[1, 0]
    data.scale: expected standard, none, or the two ends of a range as [low, high], got [1, 0]
data.name=iriss
    data: unknown data 'iriss'; did you mean 'iris'?
loss=msee
    loss: unknown type 'msee'; did you mean 'mse'?
optimizer.type=adma
    optimizer: unknown type 'adma'; did you mean 'adam'?
model.layers.0.activation=sigmoyd
    model.layers.0.activation: unknown type 'sigmoyd'; did you mean 'sigmoid'?
training.epoch=3
    training has no key 'epoch'; did you mean 'epochs'?
trainig.epochs=3
    a configuration has no key 'trainig'; did you mean 'training'?
optimizer.lr=1
    optimizer: 'lr' and 'learning_rate' are the same; expected one of them
optimizer.nesterov=true
optimizer.momentum=0
    optimizer: SGD.nesterov needs a momentum greater than 0, got 0
training.stop_at={}
    training.stop_at: StopAt needs a loss, an accuracy or a tolerance, as in loss: 0.01
data.name=sine
training.stop_at.accuracy=1
    training: stop_at.accuracy needs a classification, got a regression
training.early_stopping={patience: 3, monitor: val_loss}
    training: early_stopping.monitor 'val_loss' needs a validation set, got none; hold one out, or use
optimizer.learning_rate={type: reduce_on_plateau, start: 1, monitor: val_loss}
    optimizer: ReduceOnPlateau.monitor 'val_loss' needs a validation set, got none; hold one out, or use
optimizer={type: rprop}
training.batch_size=2
    training: Rprop trains on the whole set, got batch_size 2
data={name: blobs, samples: 2}
    data: blobs: samples must be at least centers (3), got 2
training.epochs=[1, 2]
    training.epochs: expected a whole number, got a list
training.shuffle=yes
    training.shuffle: expected true or false, got 'yes'
model.layers.0.units=10000000000000
    model.layers: more than fits into memory:
data={name: moons, samples: 100000000000000}
    data: more than fits into memory:
data={file: gone.csv, target: y}
    gone.csv: no such file or directory
data={file: ., target: y}
    : is a directory
seed
    'seed': expected KEY=VALUE, as in training.epochs=500
=3
    '=3': expected KEY=VALUE, as in training.epochs=500
a..b=3
    'a..b=3': expected KEY=VALUE, as in training.epochs=500
seed.x=3
    seed has no key 'x'; there are: data, noise, order, split, weights
optimizer.learning_rate.x=3
    expected a mapping or list to set 'x' in, got a single value
model.layers.2.units=3
    expected the number of an item, 0 to 1, got '2'
seed=[1
    expected ',' or ']'
optimizer={type: sgd, type: adam}
    type is given twice
"""
CASES = re.findall(r"^((?:\S.*\n)+) +(.*)\n", IN_XOR, re.MULTILINE)


def assert_refused(result, folder: Path, expected: str, lines: int = 1) -> None:
    assert expected in result.stderr
    assert result.stderr.startswith("Error: ")
    assert sum(not line.startswith("  ") for line in result.stderr.splitlines()) == lines
    assert (result.exit_code, result.stdout) == (2, "")
    assert not (folder / "runs").exists(), "a run that never began leaves nothing"


@pytest.mark.parametrize(("settings", "expected"), CASES)
def test_mistake_in_a_configuration(nn, folder, settings, expected):
    options = (f"--set={setting}" for setting in settings.splitlines())
    assert_refused(nn("train", "xor", *options), folder, expected)


def test_all_of_the_mistakes_above_are_tested():
    assert len(CASES) == sum(line.startswith(" ") for line in IN_XOR.splitlines()) > 40


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "expected a header line and rows, got an empty file"),
        ("x,y\n", "expected rows below the header, got none"),
        (ONE_CLASS, "target 'y' has one class ('a'); expected at least 2"),
        ("x,y\n1,2\n2,1\n4,old\n", "table.csv:4: column 'y': expected a number, got 'old'"),
        ("x,y\n1,2\n1,2,3\n", "table.csv:3: expected 2 cells, got 3"),
        (WORDS, "there is no target column 'y'; there are: kind, x"),
    ],
)
def test_mistake_in_the_data_names_the_configuration_and_the_file(nn, folder, text, expected):
    (folder / "my.yaml").write_text(CONFIG)
    (folder / "table.csv").write_text(text)
    result = nn("train", "my.yaml")
    assert_refused(result, folder, expected)
    assert f": data: {folder / 'table.csv'}:" in result.stderr.splitlines()[0]


def test_layers_that_do_not_fit_the_classes_of_a_file(nn, folder):
    (folder / "my.yaml").write_text(
        CONFIG.replace("target: y", "target: kind").replace("units: 1", "units: 3")
    )
    (folder / "table.csv").write_text(WORDS)
    expected = "the network has 3 outputs, but target 'kind' has 2 classes; expected 1 or 2 outputs"
    assert_refused(nn("train", "my.yaml"), folder, expected)


def test_cross_entropy_with_targets_that_are_no_probabilities(nn, folder):
    (folder / "my.yaml").write_text(CONFIG.replace("mse", "binary_crossentropy"))
    (folder / "table.csv").write_text(NUMBERS)
    expected = "my.yaml:4:7: loss: BinaryCrossEntropy: targets must lie in [0, 1], got 1.5"
    assert_refused(nn("train", "my.yaml"), folder, expected)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("xro", "unknown configuration 'xro'; did you mean 'xor'?"),
        ("xor.yaml", "xor.yaml: no such file; a bundled configuration is called 'xor'"),
        ("gone/my.yaml", "gone/my.yaml: no such file"),
        (".", ".: expected a configuration file, got a folder"),
        ("", "expected the name or the path of a configuration, got nothing"),
    ],
)
@pytest.mark.parametrize("command", ["train", "show"])
def test_configuration_that_is_not_there(nn, folder, command, name, expected):
    assert_refused(nn(command, name), folder, expected)


def test_every_mistake_is_told_at_once_a_line_each(nn, folder):
    result = nn(
        "train", "xor", "--set", "seed=-1", "--set", "loss=msee", "--set", "training={epochs: 0, epcohs: 1}"
    )
    assert_refused(result, folder, "seed: expected at least 0", lines=4)
    assert "\ntraining has no key 'epcohs'; did you mean 'epochs'?\n" in result.stderr


def test_nothing_in_a_file_commands_the_terminal(nn, folder):
    text = (
        CONFIG.replace("loss: mse", 'loss: "\\e[31mred"').replace("seed: 0", "")
        + '"\\e]0;title\\a\\nline": 1\n'
    )
    (folder / "my.yaml").write_text(text)
    result = nn("train", "my.yaml")
    assert_refused(result, folder, r"unknown type '\x1b[31mred'", lines=2)
    assert "\x1b" not in result.output
    assert r"my.yaml:7:1: a configuration has no key '\x1b]0;title\x07\nline'; " in result.stderr


def test_an_out_that_exists_is_left_alone(nn, folder):
    (folder / "mine").mkdir()
    (folder / "mine" / "thesis.txt").write_text("dear")
    assert_refused(
        nn("train", "xor", "--out", "mine"), folder, "mine: already exists; a run is never written over"
    )
    assert [path.name for path in (folder / "mine").iterdir()] == ["thesis.txt"]


def test_a_place_where_no_folder_can_be_made(nn, folder):
    (folder / "file").touch()
    assert_refused(nn("train", "xor", "--out", "file/run"), folder, "file/run: not a directory")
    too_long = "n" * 300
    assert_refused(nn("train", "xor", "--out", f"a/b/{too_long}"), folder, "file name too long")
    assert [path.name for path in folder.iterdir()] == ["file"], "a and b are taken back"


def test_a_file_called_runs_is_in_the_way(nn, folder):
    (folder / "runs").touch()
    result = nn("train", "xor")
    assert (result.stderr, result.exit_code) == ("Error: runs: expected a folder, got a file\n", 2)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["trian", "xor"], "there is no command 'trian'; did you mean 'train'?"),
        (["train"], "Missing argument 'CONFIG'"),
        (["train", "xor", "--sed", "1"], "No such option"),
        (["train", "xor", "--seed", "-1"], "-1 is not in the range x>=0"),
        (["train", "xor", "--threads", "0"], "0 is not in the range x>=1"),
        (["evaluate", "gone"], "Path 'gone' does not exist"),
        (["predict", ".", "gone.csv"], "File 'gone.csv' does not exist"),
        (["evaluate", "."], ".: expected a run that has been trained, got a folder without model.npz"),
        (["datasets", "wien"], "unknown data 'wien'; did you mean 'wine'?"),
        (["datasets", "--csv"], "--csv and --plot need the NAME of a table"),
        (["datasets", "xor", "--plot", "a.txt"], "a.txt: expected a picture that ends in .png, .svg, .pdf"),
        (["datasets", "xor", "--plot", "gone/a.png"], "gone/a.png: no such file or directory"),
    ],
)
def test_mistake_on_the_command_line(nn, folder, arguments, expected):
    result = nn(*arguments)
    assert expected in result.stderr
    assert result.stderr.splitlines()[-1].startswith("Error: ")
    assert (result.exit_code, result.stdout) == (2, "")
    assert list(folder.iterdir()) == []
