"""Mistakes are shown where they stand: file, line, column, the line, a caret under each character."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn.config.load import load_config
from nn.config.locations import ConfigError, ConfigMistake, Places, Span, printable, text_columns
from nn.experiments.experiment import Experiment

GOOD = """\
seed: 0
data:
  name: moons
model:
  layers:
    - {type: dense, units: 4, activation: sigmoid}
    - {type: dense, units: 1, activation: sigmoid}
loss: mse
optimizer:
  type: sgd
  momentum: 0.9
training:
  epochs: 10
"""


def shown(tmp_path, monkeypatch, old, new, settings=()):
    """What is said of a configuration in which one thing is another."""
    monkeypatch.chdir(tmp_path)
    assert old in GOOD
    (tmp_path / "my.yaml").write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        Experiment.of(load_config("my.yaml", settings)).train()
    return caught.value.shown


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "momentum: 0.9",
            "momentun: 0.9",
            "my.yaml:11:3: optimizer has no key 'momentun'; did you mean 'momentum'?\n"
            "  11 |   momentun: 0.9\n"
            "     |   ^^^^^^^^",
        ),
        (
            "momentum: 0.9",
            "momentum: high",
            "my.yaml:11:13: optimizer.momentum: expected a number, got 'high'\n"
            "  11 |   momentum: high\n"
            "     |             ^^^^",
        ),
        (
            "units: 4, activation: sigmoid",
            "units: 4, activation: sigmoyd",
            "my.yaml:6:43: model.layers.0.activation: unknown type 'sigmoyd'; did you mean 'sigmoid'?\n"
            "  6 |     - {type: dense, units: 4, activation: sigmoyd}\n"
            "    |                                           ^^^^^^^",
        ),
        (
            "epochs: 10",
            "epochs: 10\n  epochs: 20",
            "my.yaml:14:3: training.epochs is given twice\n  14 |   epochs: 20\n     |   ^^^^^^",
        ),
        (
            "name: moons",
            "name: iris",
            "my.yaml:7:28: model.layers: the network has 1 output, but target 'species' has 3 classes; "
            "expected 3 outputs\n"
            "  7 |     - {type: dense, units: 1, activation: sigmoid}\n"
            "    |                            ^",
        ),
        (
            "loss: mse",
            "loss: hinge",
            "my.yaml:8:7: loss: Hinge needs outputs of both signs, as from Linear or Tanh as the last layer, "
            "got Sigmoid\n"
            "  8 | loss: hinge\n"
            "    |       ^^^^^",
        ),
        (
            "loss: mse",
            "",
            "my.yaml: loss is missing",
        ),
        (
            "epochs: 10",
            "early_stopping: {patience: 2}",
            "my.yaml:12:1: training.epochs is missing\n  12 | training:\n     | ^^^^^^^^",
        ),
    ],
)
def test_one_mistake(tmp_path, monkeypatch, old, new, expected):
    assert shown(tmp_path, monkeypatch, old, new) == [expected]


def test_all_mistakes_are_told_in_the_order_of_the_file_then_the_command_line(tmp_path, monkeypatch):
    found = shown(
        tmp_path,
        monkeypatch,
        "seed: 0\ndata:",
        "training: 3\nseed: -1\ndata:",
        ["loss=msee", "optimizer.lr=0"],
    )
    assert [line.splitlines()[0] for line in found] == [
        "my.yaml:1:11: training: expected a mapping, got 3",
        "my.yaml:2:7: seed: expected at least 0, got -1",
        "my.yaml:13:1: training is given twice",
        "loss: unknown type 'msee'; did you mean 'mse'?",
        "optimizer.learning_rate: expected greater than 0, got 0",
    ]


def test_mistakes_of_parts_that_meet_are_told_together(tmp_path, monkeypatch):
    settings = ["loss=binary_crossentropy", "training.class_weight.a=3"]
    found = shown(tmp_path, monkeypatch, "name: moons", "name: iris", settings)
    assert len(found) == 2
    assert "model.layers: the network has 1 output" in found[0]
    assert found[1].endswith("--set training.class_weight.a=3\n                              ^")


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (
            ["optimizer.momentun=0.9"],
            "optimizer has no key 'momentun'; did you mean 'momentum'?\n"
            "  --set optimizer.momentun=0.9\n"
            "                  ^^^^^^^^",
        ),
        (
            ["optimizer={type: adam, lr: fast}"],
            "optimizer.learning_rate: expected a number, got 'fast'\n"
            "  --set optimizer={type: adam, lr: fast}\n"
            "                                   ^^^^",
        ),
        (
            ["training.early_stopping={patience: 3, monitor: val_loss}"],
            "training: early_stopping.monitor 'val_loss' needs a validation set, got none; hold one out, or "
            "use 'loss'\n"
            "  --set training.early_stopping={patience: 3, monitor: val_loss}\n"
            "                                                       ^^^^^^^^",
        ),
    ],
)
def test_a_mistake_on_the_command_line(tmp_path, monkeypatch, settings, expected):
    assert shown(tmp_path, monkeypatch, "seed: 0", "seed: 0", settings) == [expected]


def test_wide_characters_and_control_characters_keep_the_caret_in_place():
    assert Span("a", 1, "日本: 1", 4, 1).show("x").splitlines()[1:] == ["  1 | 日本: 1", "    |       ^"]
    assert Span("a", 1, "\x1b: 1", 3, 1).show("x").splitlines()[1:] == ["  1 | \\x1b: 1", "    |       ^"]


def test_of_a_long_line_the_part_around_the_mistake_is_shown():
    line = "a" * 500 + "WRONG" + "b" * 500
    _, text, carets = Span("my.yaml", 1, line, 500, 5).show("x").splitlines()
    assert len(text) < 100
    assert text[carets.index("^") : carets.rindex("^") + 1] == "WRONG"


@given(st.text(max_size=200), st.integers(0, 200), st.integers(0, 200))
def test_nothing_in_a_line_commands_the_terminal_and_the_carets_are_under_it(line, column, width):
    span = Span("my.yaml", 3, line, min(column, len(line)), width)
    _, text, carets = span.show("x").split("\n")
    assert text.isprintable()
    assert text_columns(carets.rstrip()) <= len("  3 | ") + text_columns(printable(line)) + 1


def test_a_place_that_is_not_there_is_that_of_what_is_around_it():
    places = Places("my.yaml", {("a",): Span("my.yaml", 1, "a: 1", 0, 1)})
    assert (
        ConfigError(ConfigMistake(("a", "b", 3), "x"), places=places).shown[0].startswith("my.yaml:1:1: x\n")
    )
    assert ConfigError(ConfigMistake(("c",), "x"), places=places).shown == ["my.yaml: x"]


def test_printable_leaves_what_can_be_seen():
    assert printable("naïve 日本 🙂") == "naïve 日本 🙂"
    assert printable("\x1b[31m\u202e\n") == r"\x1b[31m\u202e\n"


MEETING = """\
data: {name: sine, samples: 20}
model:
  layers:
    - {type: dense, units: 5, activation: tanh}
    - dropout
    - {type: dense, units: 2, l2: 0.1}
loss: binary_crossentropy
optimizer: levenberg_marquardt
training:
  epochs: 100
  batch_size: 5
  stop_at: {accuracy: 1.0}
  class_weight: {a: 1}
  early_stopping: {patience: 3, monitor: val_accuracy}
"""


def test_all_that_does_not_fit_together_is_told_at_once(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my.yaml").write_text(MEETING)
    with pytest.raises(ConfigError) as caught:
        Experiment.of(load_config("my.yaml")).train()
    assert [one.split(": ")[0] for one in caught.value.shown] == [
        "my.yaml:5:7", "my.yaml:6:28", "my.yaml:6:35", "my.yaml:7:7", "my.yaml:7:7", "my.yaml:11:15",
        "my.yaml:12:23", "my.yaml:13:17", "my.yaml:14:42",
    ]  # fmt: skip


def test_what_needs_no_data_is_told_with_what_is_wrong_with_them(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my.yaml").write_text(MEETING.replace("samples: 20", "samples: 20, validation: 0.01"))
    with pytest.raises(ConfigError) as caught:
        Experiment.of(load_config("my.yaml"))
    assert [one.split(": ")[1] for one in caught.value.shown] == ["data.validation", "loss"]
