"""A configuration file is read, checked, resolved, and written so that it reads back the same."""

from pathlib import Path

import pytest

from nn.config.load import MAX_REPORTS, dump, load_config
from nn.config.locations import ConfigError
from nn.config.source import config_names

TEXT = """\
data: {{file: {file}, target: {target}}}
model: {{layers: [{{type: dense, units: 1}}]}}
loss: mse
optimizer: sgd
training: {{epochs: {epochs}}}
"""


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Write a configuration in a folder below the working one; returns its path."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sub").mkdir()

    def write(file="table.csv", target="y", epochs=10):
        (tmp_path / "sub/my.yaml").write_text(
            TEXT.format(file=file, target=target, epochs=epochs), encoding="utf-8"
        )
        return "sub/my.yaml"

    return write


@pytest.mark.parametrize("name", config_names())
def test_bundled_configurations_read_back_as_written(tmp_path, name):
    config = load_config(name)
    (tmp_path / "again.yaml").write_text(dump(config), encoding="utf-8")
    assert load_config(str(tmp_path / "again.yaml")) == config


def test_defaults_are_written_and_nothing_is_implied():
    text = dump(load_config("xor", ["optimizer=adam", "training.epochs=7"]))
    assert "optimizer: {type: adam, learning_rate: 0.001, beta_1: 0.9" in text
    assert "report_every: 1" in text


def test_other_words_are_written_as_the_standard_ones():
    settings = [
        "optimizer={type: sgd, lr: 0.5}",
        "loss=mean_squared_error",
        "model.layers.0.activation=logistic",
    ]
    text = dump(load_config("xor", settings))
    assert "learning_rate: 0.5" in text
    assert "loss: {type: mse, reduction: mean}" in text
    assert "- {type: dense, units: 4, activation: sigmoid, bias: true}" in text


@pytest.mark.parametrize(
    "target",
    [
        "08",
        "1e3",
        "1e-3",
        "yes",
        "null",
        "~",
        "true",
        "0x1F",
        "1:30",
        "a: b",
        "- x",
        "süß",
        "#1",
        "it's",
        " a ",
    ],
)
def test_any_column_name_reads_back_as_the_same_text(write, tmp_path, target):
    quoted = "'" + target.replace("'", "''") + "'"
    config = load_config(write(target=quoted))
    assert config.data.target == target
    (tmp_path / "again.yaml").write_text(dump(config), encoding="utf-8")
    assert load_config(str(tmp_path / "again.yaml")) == config


def test_a_data_file_is_found_from_the_folder_of_its_configuration(write, tmp_path):
    assert load_config(write("table.csv")).data.file == str(tmp_path / "sub" / "table.csv")
    assert load_config(write("../table.csv")).data.file == str(tmp_path / "sub" / ".." / "table.csv")
    assert load_config(write("/data/table.csv")).data.file == "/data/table.csv"


def test_a_data_file_that_is_set_is_found_from_the_working_folder(write, tmp_path):
    assert load_config(write(), ["data.file=other.csv"]).data.file == str(tmp_path / "other.csv")
    assert load_config("xor", ["data={file: other.csv, target: y}"]).data.file == str(tmp_path / "other.csv")
    assert load_config(write(), ["data.target=z"]).data.file == str(tmp_path / "sub" / "table.csv")


def test_a_home_folder_is_understood(write, monkeypatch):
    monkeypatch.setenv("HOME", "/home/me")
    assert load_config(write("~/table.csv")).data.file == "/home/me/table.csv"
    with pytest.raises(ConfigError, match=r"sub/my\.yaml:\d+:\d+: data\.file: "):
        load_config(write("~nobody-here/table.csv"))


@pytest.mark.parametrize(("epochs", "every"), [(1, 1), (MAX_REPORTS, 1), (MAX_REPORTS + 1, 2), (10**6, 100)])
def test_a_run_has_at_most_ten_thousand_reports(write, epochs, every):
    assert load_config(write(epochs=epochs)).training.report_every == every
    assert load_config(write(epochs=epochs), ["training.report_every=3"]).training.report_every == 3


def test_early_stopping_looks_at_every_epoch(write):
    assert load_config(write(epochs=10**6), ["training.early_stopping.patience=5"]).training.report_every == 1


def test_a_plateau_is_looked_for_at_every_epoch(write):
    settings = ["optimizer.learning_rate={type: reduce_on_plateau, start: 0.1}"]
    assert load_config(write(epochs=10**6), settings).training.report_every == 1
    assert load_config(write(epochs=10**6), [*settings, "training.report_every=7"]).training.report_every == 7


def test_mistakes_name_the_configuration_as_it_was_asked_for(write):
    with pytest.raises(ConfigError) as caught:
        load_config(write(epochs=0), ["seed=-1"])
    in_file, set_one = caught.value.shown
    assert in_file.startswith("sub/my.yaml:")
    assert "training.epochs: expected at least 1, got 0\n" in in_file
    assert set_one == "seed: expected at least 0, got -1\n  --set seed=-1\n             ^^"
