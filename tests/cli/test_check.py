"""nn check: gradients that agree end with exit code 0, others with 1."""

import re

import numpy as np
import pytest

from nn.config.source import config_names
from nn.engine.compiler import compiler
from nn.layers.activations.rectifiers import ReLU
from nn.layers.activations.sigmoids import Sigmoid, Tanh
from nn.losses.base import Loss
from nn.training import runners


@pytest.mark.parametrize("name", config_names())
def test_the_gradients_of_every_bundled_network_agree(nn, name):
    result = nn("check", name)
    assert result.exit_code == 0
    errors = [float(error) for error in re.findall(r" (\d\.\de[-+]\d\d) ", result.stdout)]
    assert len(errors) >= 4
    assert max(errors) < 1e-13
    assert "Every gradient agrees, within its rounding" in result.stdout
    assert "against the complex step" in result.stdout
    assert "disagree" not in result.stdout
    backpropagation = result.stdout.split("The ")[0]
    assert "too small" not in backpropagation


def test_what_is_shown_is_a_table_for_each_judge(nn):
    output = nn("check", "xor-2-2-1").stdout
    assert output.startswith(
        "9 parameters, on all 4 training samples.\n\nBackpropagation against the complex step"
    )
    assert re.search(r"^1 Dense  weight  2 × 2  \S+  \[\d, \d\]  agrees$", output, re.MULTILINE)
    assert output.count("layer    array") == 2 + bool(compiler())


def test_the_number_of_samples_is_said(nn):
    assert nn("check", "iris").stdout.startswith(
        "67 parameters, on 16 of 120 training samples, drawn from all of them."
    )


def test_kinks_are_shown(nn):
    result = nn("check", "xor", "--set", "model.layers.0.activation=relu")
    assert result.exit_code == 0
    assert "agrees, 4 kinks" in result.stdout  # the sample 00 puts all four units at 0


def test_single_precision_is_checked_in_double(nn):
    result = nn("check", "xor", "--set", "training.dtype=float32")
    assert result.exit_code == 0
    assert "Checked in float64; the configuration trains in float32." in result.stdout


@pytest.mark.parametrize("columns", [40, 80])
def test_it_fits_the_terminal(nn, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    assert max(map(len, nn("check", "iris").stdout.splitlines())) <= max(columns, 48)


@pytest.mark.parametrize(
    ("activation", "factor", "settings"),
    [(Tanh, -1, ["tanh"]), (Sigmoid, 1 + 1e-6, ["sigmoid"]), (ReLU, 1 + 1e-6, ["relu"])],
)
def test_a_wrong_formula_ends_with_exit_code_1(nn, monkeypatch, activation, factor, settings):
    right = activation.backward
    monkeypatch.setattr(activation, "backward", lambda self, dy: factor * right(self, dy))
    result = nn("check", "moons", "--set", f"model.layers.0.activation={settings[0]}")
    assert result.exit_code == 1
    assert re.search(r"^1 Dense +weight .* disagree$", result.stdout, re.MULTILINE)
    assert re.search(r"^3 Dense +weight .* agrees$", result.stdout, re.MULTILINE)
    assert result.stderr == "Error: moons: 2 of 12 arrays of gradients disagree\n" or not compiler()


def test_an_engine_that_computes_something_else_ends_with_exit_code_1(nn, monkeypatch):
    right = runners.Replayed.step

    def wrong(engine, rows):
        measures = right(engine, rows)
        for step in engine.steps.values():
            step.program.kept["gradients"][:2] = 0.1
        return measures

    monkeypatch.setattr(runners.Replayed, "step", wrong)
    result = nn("check", "xor-2-2-1")
    assert result.exit_code == 1
    assert "disagree" in result.stdout


def test_a_machine_without_a_compiler_is_told(nn, monkeypatch):
    monkeypatch.setattr("nn.engine.compiler.compiler", lambda: ())
    result = nn("check", "xor")
    assert result.exit_code == 0
    assert "The engine 'native' was not checked: there is no C compiler." in result.stdout


def test_a_mistake_is_the_users(nn):
    result = nn("check", "xor", "--set", "loss=categorical_crossentropy")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("Error: ")


WEIGHTED = """\
data: {file: weighted.csv, target: y, weight: w}
model: {layers: [{type: dense, units: 2, activation: tanh}, {type: dense, units: 1}]}
loss: mse
optimizer: sgd
training: {epochs: 1}
"""


def test_the_weights_of_the_configuration_are_part_of_what_is_checked(nn, monkeypatch, tmp_path):
    (tmp_path / "weighted.yaml").write_text(WEIGHTED, encoding="utf-8")
    (tmp_path / "weighted.csv").write_text("a,y,w\n0.8,0.3,0.4\n0.5,0.4,0.8\n0.1,0.9,0.2\n", encoding="utf-8")
    assert nn("check", str(tmp_path / "weighted.yaml")).exit_code == 0
    right = Loss.backward
    monkeypatch.setattr(Loss, "backward", lambda self: right(self) / (1 if np.ndim(self.share) == 0 else 2))
    assert nn("check", str(tmp_path / "weighted.yaml")).exit_code == 1
    assert nn("check", "sine").exit_code == 0


def test_what_is_too_small_to_judge_is_counted_and_is_no_failure(nn):
    # Inputs of size 1000 saturate: one minus the output is lost in its rounding.
    settings = ("--set", "model.layers.0.activation=tanh", "--set", "data.scale=[-1000, 1000]")
    result = nn("check", "xor", *settings)
    assert result.exit_code == 0
    assert re.search(r"\d+ were too small to judge\.", " ".join(result.stdout.split()))
