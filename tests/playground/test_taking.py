"""What is taken from a page, in node: elsewhere it trains and answers as there."""

import base64
import hashlib
import json
import shlex
import zlib

import numpy as np
import pytest
from click.testing import CliRunner

import nn
from nn.cli.group import commands
from nn.config.load import dump, load_config
from nn.experiments.experiment import Experiment
from nn.playground.material import material
from nn.playground.steps import TrainingSteps
from nn.playground.taking import configuration_paths, taking_data, taking_lines, yaml_with_places
from nn.storage.archive import load_archive
from tests.playground.nodes import evaluated, needs_node, steps_of

CHANGE = "trainer.settings.adam_learning_rate[0] = 0.0125; trainer.start(2);"


def taken(steps, expression, code="", command="nn train moons"):
    """What an expression is on a page of these steps, after some code."""
    data = json.dumps(material(steps, 3) | {"taking": taking_data(steps), "command": command})
    lines = [*steps.trainer_lines, *taking_lines(steps), f"const trainer = new Trainer({data}); {code}"]
    return evaluated(lines, expression)


def trained(folder, *arguments):
    """The model that ``nn train`` makes of its arguments."""
    result = CliRunner().invoke(commands, ["train", *arguments, "--quiet", "--no-plot", "--out", str(folder)])
    assert result.exit_code == 0, result.output
    return nn.load(folder)


@pytest.fixture(scope="module")
def page():
    """Configuration, command and parameters after two epochs, of a page with another rate and start."""
    steps = steps_of("moons", "training.epochs=2")
    train = "for (let n = 0; n < 2; n++) trainer.finishEpoch();"
    expression = "[configuration(trainer), trainCommand(trainer), [...trainer.state.parameters]]"
    return taken(steps, expression, f"{CHANGE} {train}", "nn train moons --set training.epochs=2 --seed 0")


@needs_node
def test_the_yaml_trains_to_what_the_page_shows(page, tmp_path):
    text, _, parameters = page
    (tmp_path / "copied.yaml").write_text(text)
    model = trained(tmp_path / "run", str(tmp_path / "copied.yaml"))
    assert "learning_rate: 0.0125" in text
    assert model.network.parameters.tolist() == pytest.approx(parameters, rel=1e-9)


@needs_node
def test_the_command_trains_to_what_the_page_shows(page, tmp_path):
    _, command, parameters = page
    nn_, train, *arguments = shlex.split(command)
    assert (nn_, train, "--set optimizer.learning_rate=0.0125" in command) == ("nn", "train", True)
    assert trained(tmp_path / "run", *arguments).network.parameters.tolist() == pytest.approx(
        parameters, rel=1e-9
    )


@needs_node
def test_where_nothing_is_changed_both_are_those_of_the_page():
    steps, command = steps_of("xor"), "nn train xor --seed 3"
    found = taken(steps, "[configuration(trainer), trainCommand(trainer)]", command=command)
    assert found == [dump(steps.experiment.config), command]


@needs_node
def test_a_seed_beyond_53_bits_keeps_all_its_digits():
    steps = steps_of("xor", f"seed={2**53 + 1}")
    found = taken(steps, "trainCommand(trainer)", "trainer.start(1);", "nn train xor")
    seed = 2**53 + 2
    own = f"{{weights: {seed}, order: {seed}, noise: {seed}, data: {2**53 + 1}}}"
    assert found == f'nn train xor --set "seed={own}"'


LAYERS = """[
    {type: shortcut, layers: [{type: dense, units: 2, l2: 0.1, activation: {type: elu, alpha: 0.7}}]},
    {type: dense, units: 2, activation: {type: leaky_relu, slope: 0.2}},
    {type: dense, units: 1, l1: 0.3},
]"""


@pytest.mark.parametrize(
    "settings",
    [
        ["optimizer={type: nadam, learning_rate: {type: cosine, start: 0.5}, clip_norm: 2.5}"],
        [f"model.layers={LAYERS}", "loss={type: huber, delta: 0.4}"],
    ],
    ids=["optimizer", "layers"],
)
def test_each_hyperparameter_stands_where_it_changes_the_page(settings):
    steps = steps_of("xor", *settings, "training.stop_at=null")
    paths = configuration_paths(steps)
    changed = [
        f"{'.'.join(map(str, paths[name]))}={0.98 * value:g}" for name, value in steps.hyperparameters.items()
    ]
    others = steps_of("xor", *settings, "training.stop_at=null", *changed).hyperparameters
    assert len(others) > 2
    assert others == pytest.approx({name: 0.98 * value for name, value in steps.hyperparameters.items()})


def test_a_text_like_a_place_is_no_place(tmp_path):
    (tmp_path / "number1.csv").write_text("a,y\n1,2\n2,3\n3,5\n")
    config = {
        "data": {"file": str(tmp_path / "number1.csv"), "target": "y"},
        "model": {"layers": [{"type": "dense", "units": 1}]},
        "loss": "mse",
        "optimizer": {"type": "sgd", "learning_rate": 0.1},
        "training": {"epochs": 3},
    }
    steps = TrainingSteps(Experiment.of(load_config(config)))
    assert yaml_with_places(steps)[1::2] == ["seed", "sgd_learning_rate"]


@pytest.fixture(scope="module", params=[("moons", "float64"), ("penguins", "float64"), ("moons", "float32")])
def downloaded(request, tmp_path_factory):
    """A file that a page has written, its parameters and its answers to its samples; and the experiment."""
    config, dtype = request.param
    steps = steps_of(config, "training.epochs=3", f"training.dtype={dtype}")
    expression = """[Buffer.from(modelFile(trainer)).toString("base64"), [...trainer.state.parameters],
        [...trainer.answers(trainer.samples.x)]]"""
    content, *numbers = taken(steps, expression, "trainer.finishEpoch();")
    file = tmp_path_factory.mktemp("download") / "page.npz"
    file.write_bytes(base64.b64decode(content))
    return file, *numbers, steps.experiment


@needs_node
def test_downloaded_weights_are_a_model_that_answers_as_the_page(downloaded):
    file, parameters, answers, experiment = downloaded
    model = nn.load(file)
    assert model.network.parameters.tolist() == parameters  # bit for bit
    found = model.answer(experiment.shares["training"].x)
    assert found.ravel() == pytest.approx(answers, rel=1e-12 if found.dtype == np.float64 else 1e-5)
    assert (model.inputs, model.classes) == (experiment.model.inputs, experiment.model.classes)


@needs_node
def test_downloaded_weights_are_what_nn_train_would_write(downloaded, tmp_path):
    file, parameters, _, experiment = downloaded
    experiment.model.network.parameters[...] = parameters
    experiment.model.save(tmp_path / "own.npz")
    own, metadata = load_archive(tmp_path / "own.npz")
    found, found_metadata = load_archive(file)
    assert {name: array.tobytes() for name, array in found.items()} == {
        n: a.tobytes() for n, a in own.items()
    }
    assert found_metadata.keys() == metadata.keys()


@needs_node
def test_nn_predicts_with_downloaded_weights(downloaded, tmp_path):
    file, _, _, experiment = downloaded
    rows = tmp_path / "rows.csv"
    columns = experiment.model.inputs
    rows.write_text(",".join(columns) + "\n" + ",".join("1" for _ in columns) + "\n")
    result = CliRunner().invoke(commands, ["predict", str(file), str(rows)])
    assert (result.exit_code, len(result.stdout.splitlines())) == (0, 2)


def contents(file):
    """The metadata and the bytes of the arrays of a file; None if it is refused."""
    try:
        arrays, metadata = load_archive(file)
    except ValueError:
        return None
    return metadata, {name: array.tobytes() for name, array in arrays.items()}


@needs_node
def test_a_damaged_download_is_refused_or_says_the_same(downloaded, tmp_path):
    file, *_ = downloaded
    content, broken = file.read_bytes(), tmp_path / "broken.npz"
    for place in np.random.default_rng(0).choice(len(content), 60, replace=False):
        changed = bytearray(content)
        changed[place] ^= 1
        broken.write_bytes(changed)
        assert contents(broken) in (None, contents(file))  # some bytes say nothing, such as the date


@needs_node
def test_a_download_whose_weights_were_changed_is_refused(downloaded, tmp_path):
    file, *_ = downloaded
    first = nn.load(file).network.parameters[:1]
    content = file.read_bytes().replace(first.tobytes(), (first + 1).tobytes())
    (tmp_path / "changed.npz").write_bytes(content)
    with pytest.raises(ValueError, match="damaged"):
        nn.load(tmp_path / "changed.npz")


@needs_node
def test_checksums_are_those_of_the_standards():
    texts = [b"", b"abc", b"a" * 55, b"a" * 64, bytes(range(256)) * 5]
    given = json.dumps([base64.b64encode(text).decode() for text in texts])
    hexes = 'Buffer.from(sha256(fromBase64(text))).toString("hex")'
    found = evaluated(taking_lines(None), f"{given}.map((text) => [crc32(fromBase64(text)), {hexes}])")
    assert found == [[zlib.crc32(text), hashlib.sha256(text).hexdigest()] for text in texts]
