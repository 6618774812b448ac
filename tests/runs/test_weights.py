"""nn.load gives the trained model back: weights, scaling, class names; a damaged file is never taken."""

from pathlib import Path

import numpy as np
import pytest

import nn
from nn.config.load import load_config
from nn.config.source import config_names
from nn.experiments.experiment import Experiment
from nn.resources import __version__
from nn.runs import weights
from nn.storage.archive import load_archive, save_archive

OURS = __version__


def saved(path: Path, name: str, *settings: str) -> Experiment:
    """An experiment with random weights, saved."""
    experiment = Experiment.of(load_config(name, settings))
    parameters = experiment.model.network.parameters
    parameters[...] = np.random.default_rng(0).normal(size=parameters.shape)
    weights.save_model(path, experiment)
    return experiment


@pytest.mark.parametrize("name", config_names())
def test_what_is_loaded_answers_as_what_was_saved(tmp_path, name):
    experiment = saved(tmp_path / "model.npz", name)
    model, original = nn.load(tmp_path), experiment.model
    x = experiment.shares["training"].x
    answers = original.answer(x)
    np.testing.assert_array_equal(model.answer(x), answers)
    np.testing.assert_array_equal(model.labelled(answers), original.labelled(answers))
    assert model.evaluate(experiment.shares["training"]) == original.evaluate(experiment.shares["training"])
    assert (model.inputs, model.targets, model.classes) == (
        original.inputs,
        original.targets,
        original.classes,
    )


def test_it_takes_raw_inputs_and_gives_class_names(tmp_path):
    saved(tmp_path / "model.npz", "iris", "data.scale=standard")
    model = nn.load(tmp_path)
    assert model.preprocessing.scaling is not None
    assert set(model.predict([[5.1, 3.5, 1.4, 0.2]])) <= {"setosa", "versicolor", "virginica"}


def test_a_run_directory_and_a_model_file_are_the_same(tmp_path):
    saved(tmp_path / "model.npz", "xor")
    one, other = nn.load(str(tmp_path)), nn.load(tmp_path / "model.npz")
    np.testing.assert_array_equal(one.network.parameters, other.network.parameters)


def test_what_is_loaded_can_be_trained_on(tmp_path):
    experiment = saved(tmp_path / "model.npz", "xor")
    model = nn.load(tmp_path)
    x, t = model.arrays(experiment.shares["training"])
    *_, last = nn.train(model.network, model.loss, nn.SGD(0.1), x, t, epochs=3)
    assert last.epoch == 3


@pytest.mark.parametrize(
    "labels", [("a", "b"), ('the "big", one', "süß"), ("01", "1.0"), (1, 2), (1, "X"), (0, 2**64)]
)
def test_class_names_keep_their_text_and_type(tmp_path, labels):
    rows = "".join(f'{n},"{str(labels[n % 2]).replace(chr(34), chr(34) * 2)}"\n' for n in range(8))
    (tmp_path / "table.csv").write_text(f"x,y\n{rows}", encoding="utf-8")
    data = f"data={{file: {tmp_path / 'table.csv'}, target: y, task: classification}}"
    experiment = saved(tmp_path / "model.npz", "xor", data)
    loaded = nn.load(tmp_path).classes
    assert loaded == experiment.model.classes
    assert [type(label) for label in loaded] == [type(label) for label in experiment.model.classes]


def test_labels_that_were_floats_in_older_files_stay_so(tmp_path):
    saved(tmp_path / "model.npz", "xor")
    arrays, metadata = load_archive(tmp_path / "model.npz")
    save_archive(tmp_path / "model.npz", arrays, metadata | {"classes": [0.5, 2]})
    assert repr(nn.load(tmp_path).classes) == "(0.5, 2)"


def test_an_offset_of_the_scaling_is_kept(tmp_path):
    rows = "".join(f"{1e9 + n / 1000!r},{n}\n" for n in (0, 1, 2, 2))
    (tmp_path / "table.csv").write_text(f"x,y\n{rows}")
    data = f"data={{file: {tmp_path / 'table.csv'}, target: y, scale: standard}}"
    scaling = saved(tmp_path / "model.npz", "sine-lm", data).model.preprocessing.scaling
    assert np.any(scaling.offset)
    x = np.array([[1e9], [1e9 + 0.002]])
    np.testing.assert_array_equal(nn.load(tmp_path).preprocessing.scale(x), scaling(x))


def test_a_folder_without_a_model_is_told(tmp_path):
    with pytest.raises(
        ValueError, match=r"expected a run that has been trained, got a folder without model\.npz"
    ):
        nn.load(tmp_path)


def test_a_file_that_is_not_there_is_an_error_of_the_system(tmp_path):
    with pytest.raises(FileNotFoundError):
        nn.load(tmp_path / "gone.npz")


def test_no_damaged_byte_is_taken(tmp_path):
    saved(tmp_path / "model.npz", "xor")
    data = (tmp_path / "model.npz").read_bytes()
    damaged = tmp_path / "damaged.npz"
    original = nn.load(tmp_path).network.parameters
    for place in range(0, len(data), 7):
        damaged.write_bytes(data[:place] + bytes([data[place] ^ 0x55]) + data[place + 1 :])
        try:
            parameters = nn.load(damaged).network.parameters
        except ValueError as error:
            assert str(damaged) in str(error)  # noqa: PT017  # some bytes mean nothing
        else:
            np.testing.assert_array_equal(parameters, original)


@pytest.mark.parametrize("content", [b"", b"PK", b"x,y\n1,2\n"])
def test_a_file_of_another_kind_is_told(tmp_path, content):
    (tmp_path / "model.npz").write_bytes(content)
    with pytest.raises(ValueError, match=r"model\.npz: damaged: "):
        nn.load(tmp_path)


@pytest.mark.parametrize("missing", ["model", "loss", "inputs", "targets"])
def test_a_file_that_says_too_little_is_told(tmp_path, missing):
    saved(tmp_path / "model.npz", "xor")
    arrays, metadata = load_archive(tmp_path / "model.npz")
    del metadata[missing]
    save_archive(tmp_path / "model.npz", arrays, metadata)
    with pytest.raises(ValueError, match=r"model\.npz: not a model that this version reads"):
        nn.load(tmp_path)


@pytest.mark.parametrize("size", [0, 3, 100])
def test_weights_of_another_number_are_told(tmp_path, size):
    saved(tmp_path / "model.npz", "xor")
    _, metadata = load_archive(tmp_path / "model.npz")
    save_archive(tmp_path / "model.npz", {"parameters": np.zeros(size)}, metadata)
    with pytest.raises(ValueError, match=r"model\.npz: not a model that this version reads"):
        nn.load(tmp_path)


@pytest.mark.parametrize("shape", [(), (1,), (1, 17), (17, 1)])
def test_a_single_number_is_never_stretched_over_all_weights(tmp_path, shape):
    saved(tmp_path / "model.npz", "xor")
    _, metadata = load_archive(tmp_path / "model.npz")
    save_archive(tmp_path / "model.npz", {"parameters": np.ones(shape)}, metadata)
    with pytest.raises(ValueError, match=r"expected parameters of shape \(17,\), got "):
        nn.load(tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        {"classes": ["a", "b"]},
        {"classes": ["a", "a", "b"]},
        {"classes": None},
        {"targets": []},
        {"targets": ["species", "genus"]},
        {"inputs": []},
        {"loss": {"type": "hinge"}},
        {"model": {"layers": [{"type": "dense", "units": 10**13}]}},
        {"model": {"layers": [{"type": "dense", "units": 10**30}]}},
        {"model": {"layers": [{"type": "mish"}]}},
        {"later": 1},
    ],
)
def test_a_file_that_describes_something_else_is_told_with_its_writer(tmp_path, change):
    saved(tmp_path / "model.npz", "iris", "data.scale=standard")
    arrays, metadata = load_archive(tmp_path / "model.npz")
    save_archive(tmp_path / "model.npz", arrays, metadata | change)
    expected = (
        rf"model\.npz: not a model that this version reads \(saved by tiny-nn {OURS}, this is {OURS}\): "
    )
    with pytest.raises(ValueError, match=expected) as caught:
        nn.load(tmp_path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["shift", "scale"])
def test_a_scaling_of_another_shape_is_told(tmp_path, name):
    saved(tmp_path / "model.npz", "iris", "data.scale=standard")
    arrays, metadata = load_archive(tmp_path / "model.npz")
    for other in ({name: arrays[name][:1]}, {name: arrays[name].astype(complex)}):
        save_archive(tmp_path / "model.npz", arrays | other, metadata)
        with pytest.raises(ValueError, match=rf"expected {name} of shape \(4,\), got "):
            nn.load(tmp_path)
