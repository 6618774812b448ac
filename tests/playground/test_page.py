"""The page: one file, whose names are text, written by the command."""

import json
import re

import pytest
from click.testing import CliRunner

from nn.cli.group import commands
from nn.config.load import load_config
from nn.experiments.experiment import Experiment
from nn.export.recording import ExportError
from nn.playground import page as pages
from nn.playground.page import playground
from nn.playground.steps import TrainingSteps
from tests.playground.nodes import needs_node, steps_of

HOSTILE = "</script><script>alert(1)</script>@DATA@"


def page_of(config, *settings, name="a page"):
    return playground(steps_of(config, *settings), name, f"nn train {name}")


def test_names_are_text():
    text = page_of("xor", name=HOSTILE)
    assert "<script>alert" not in text
    assert text.count("@DATA@") == 3  # as it is named in the title, the heading and the command
    assert text.count("</script>") == 2


def test_names_of_columns_are_text(tmp_path):
    (tmp_path / "table.csv").write_text("a,</script><b>,y\n1,2,u\n2,1,<i>\n3,1,u\n0,4,<i>\n")
    config = {
        "data": {"file": str(tmp_path / "table.csv"), "target": "y"},
        "model": {"layers": [{"type": "dense", "units": 1, "activation": "sigmoid"}]},
        "loss": "mse",
        "optimizer": {"type": "sgd", "learning_rate": 0.1},
        "training": {"epochs": 3},
    }
    text = playground(TrainingSteps(Experiment.of(load_config(config))), "t", "nn train t")
    (data,) = re.findall(r'<script type="application/json" id="data">(.*)</script>', text)
    assert "<" not in data
    assert json.loads(data)["features"] == ["a", "</script><b>"]


def test_a_page_that_is_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(pages, "MAX_BYTES", 1000)
    with pytest.raises(ExportError, match="take fewer samples"):
        page_of("xor")


def test_the_command_writes_it(tmp_path):
    out = tmp_path / "x.html"
    result = CliRunner().invoke(commands, ["playground", "xor", "--seed", "3", "--out", str(out)])
    assert (result.exit_code, result.output.startswith(f"Wrote {out}")) == (0, True)
    assert "nn train xor --seed 3" in out.read_text(encoding="utf-8")


@needs_node
def test_the_command_tells_how_far_a_step_is_from_that_of_numpy(tmp_path):
    result = CliRunner().invoke(commands, ["playground", "moons", "--out", str(tmp_path / "x.html")])
    assert re.search(r"Verified: a step in node differs by \d\.\de-1[3-6] from NumPy's", result.output)


@needs_node
def test_a_page_whose_steps_are_not_those_of_numpy_is_not_written(tmp_path, monkeypatch):
    monkeypatch.setattr("nn.playground.proof.ALLOWED_DIFFERENCE", {"float64": 1e-20})
    out = tmp_path / "x.html"
    result = CliRunner().invoke(commands, ["playground", "moons", "--out", str(out)])
    assert result.exit_code == 1
    assert "differs by" in result.output
    assert not out.exists()


def test_without_node_the_command_says_that_nothing_was_compared(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    result = CliRunner().invoke(commands, ["playground", "xor", "--out", str(tmp_path / "x.html")])
    assert "Not verified" in result.output


def test_the_command_takes_a_run(tmp_path):
    run, out = tmp_path / "first", tmp_path / "x.html"
    nn = CliRunner()
    nn.invoke(commands, ["train", "xor", "--seed", "4", "--quiet", "--no-plot", "--out", str(run)])
    assert nn.invoke(commands, ["playground", str(run), "--out", str(out)]).exit_code == 0
    text = out.read_text(encoding="utf-8")
    assert "<h1>first</h1>" in text
    assert '"seed": "4"' in text


def test_the_command_refuses_what_a_page_cannot_train(tmp_path):
    out = tmp_path / "x.html"
    result = CliRunner().invoke(commands, ["playground", "iris-lbfgs", "--out", str(out)])
    assert result.exit_code != 0
    assert "first-order methods alone" in result.output
    assert not out.exists()
