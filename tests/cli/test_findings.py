"""What ``nn train`` and ``nn report`` say of a network that does not learn."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

from nn.cli.group import commands

STUCK = ("model.layers.0.units=1", "training.epochs=1000")


def arguments(*settings):
    words = [word for setting in (*settings, "training.engine=numpy") for word in ("--set", setting)]
    return [*words, "--no-plot", "--out"]


def findings(run):
    return json.loads((run / "run.json").read_text())["findings"]


@pytest.fixture(scope="module")
def stuck(tmp_path_factory):
    """What is said of XOR with a single hidden unit, and the run."""
    run = tmp_path_factory.mktemp("stuck") / "run"
    return CliRunner().invoke(commands, ["train", "xor", *arguments(*STUCK), str(run)]), run


def test_a_missed_goal_comes_with_the_setting_that_helps(stuck):
    result, run = stuck
    assert result.exit_code == 0
    assert "→ with 4 hidden units instead of 1 the loss gets to 0.00" in result.stdout
    finding, ended = findings(run)
    assert (finding["id"], finding["setting"]) == ("too_few_units", "model.layers.0.units: 4")
    assert finding["measured"]["trial_loss"] <= 0.01 < finding["measured"]["loss"]
    assert (ended["id"], ended["setting"]) == ("running_off", "model.layers.0.units: 4")
    assert ended["measured"]["followed_loss"] == pytest.approx(1 / 6)


def test_the_report_has_the_findings(nn, folder, stuck):
    assert nn("report", stuck[1], "--out", "page.html").exit_code == 0
    page = (folder / "page.html").read_text(encoding="utf-8")
    assert "<h2>Findings</h2>" in page
    assert "<code>model.layers.0.units: 4</code>" in page


def test_the_setting_helps(nn, folder, stuck):
    setting = findings(stuck[1])[0]["setting"].replace(": ", "=")
    better = nn("train", "xor", *arguments(*STUCK, setting), "better")
    assert better.stdout.startswith("Reached loss ≤ 0.01")
    assert "→" not in better.stdout
    assert findings(folder / "better") == []


def test_a_loss_that_becomes_infinite_has_one_advice(nn, folder):
    result = nn("train", "sine", *arguments("optimizer={type: sgd, learning_rate: 10}"), "run")
    assert result.exit_code == 1
    assert "; try" not in result.stderr
    assert "→ at a learning rate of " in result.stdout
    (finding,) = findings(folder / "run")
    assert finding["id"] == "learning_rate_too_large"
    assert finding["measured"]["loss"] is None


def test_an_error_advises_where_nothing_else_is_shown(nn):
    result = nn("train", "sine", "--quiet", *arguments("optimizer={type: sgd, learning_rate: 10}"), "run")
    assert "; try a learning rate below 10" in result.stderr


def test_a_leak_is_told_by_the_name_of_its_column(nn, folder):
    rng = np.random.default_rng(0)
    rows = [
        f"{age},{'yes' if alive else 'no'},{alive}"
        for age, alive in zip(rng.integers(1, 80, 60), rng.integers(0, 2, 60), strict=True)
    ]
    (folder / "people.csv").write_text("\n".join(["age,alive,survived", *rows]) + "\n")
    result = nn("train", "people.csv", "--target", "survived", *arguments("training.epochs=20"), "run")
    assert result.exit_code == 0
    found = findings(folder / "run")[0]
    assert found["id"] == "leak"
    assert found["setting"].startswith("data.drop: [alive]")
