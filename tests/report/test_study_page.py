"""The page of a study is one file: charts, tables, conditions, where runs ended, commands."""

import json
import re
import shlex

import pytest

from nn.endpoints.units import UnitCounts
from nn.report.study import argument_text, study_page
from nn.studies.values import parse_values
from tests.plots.studies import ended_folder
from tests.report.test_page import outline

SEVEN_OF_TEN = [100, 200, 300, 400, 500, 600, 700, None, None, None]
RATES = {"optimizer.learning_rate": [0.1, 0.5]}
UNITS = {"units": 4, "saturated": 0, "dead": 0, "duplicate": 1}
GROUP = {
    "count": 3, "share": 0.3, "loss": 0.125, "seed": 8, "wrong": [1, 2], "rows": 4, "units": UNITS,
    "verdict": {"kind": "running off", "text": "the loss falls to its limit <0.125"},
}  # fmt: skip


@pytest.fixture
def study(tmp_path):
    """A study with one group of end points."""
    folder = ended_folder(tmp_path / "my study", "xor", SEVEN_OF_TEN)
    facts = json.loads((folder / "study.json").read_text())
    facts["variants"][0]["groups"] = [GROUP]
    (folder / "study.json").write_text(json.dumps(facts))
    return folder


def commands(text):
    return [line for block in re.findall(r"<pre>(.*?)</pre>", text, re.S) for line in block.split("\n")]


def test_it_is_well_formed_and_asks_for_nothing(study):
    found = outline(study_page(study))
    assert found.headings == [
        "my study", "In numbers", "Where the runs ended that missed the goal", "Conditions",
        "Configuration", "Reproduction",
    ]  # fmt: skip
    assert all(address.startswith("data:") for address in found.addresses)
    assert len(found.addresses) == 3


def test_the_goal_stands_above_all_numbers(study):
    text = study_page(study)
    goal = "Goal: loss ≤ 0.01 on all training samples. Limit: 5,000 epochs. Runs: 10 seeds (0 to 9)."
    assert text.index(goal) < text.index("70.0 %")


def test_a_group_has_its_share_its_verdict_and_its_representative(study):
    text = study_page(study)
    for cell in ("3 (30 %)", "0.125", "2 of 4", str(UnitCounts(**UNITS)), "8"):
        assert f"<td>{cell}</td>" in text or f">{cell}</th>" in text
    assert "running off: the loss falls to its limit &lt;0.125" in text


def test_commands_explain_and_repeat_with_names_that_a_shell_reads(study):
    text = study_page(study).replace("&#x27;", "'")
    seeds = [word for kind in ("weights", "order", "noise") for word in ("--set", f"seed.{kind}=8")]
    config = str(study / "config.yaml")
    assert [shlex.split(line) for line in commands(text) if line.startswith("nn ")] == [
        ["nn", "study", str(study), "--explain", "8"],
        ["nn", "train", config, *seeds],
        ["nn", "study", config, "--seeds", "0:10"],
    ]


def test_varied_keys_stand_in_the_command_and_the_tables(tmp_path):
    text = study_page(ended_folder(tmp_path / "s", "xor", SEVEN_OF_TEN, [50] * 10, vary=RATES))
    assert f"nn study {tmp_path}/s/config.yaml --seeds 0:10 --vary optimizer.learning_rate=0.1,0.5" in text
    assert "difference from learning_rate 0.5" in text
    assert "Where the runs ended" not in text


@pytest.mark.parametrize(
    ("arguments", "options", "words"),
    [
        (("iris", [None]), {"folds": 3, "repeats": 2}, "--seeds 0:1 --folds 3 --repeats 2"),
        (
            ("xor", SEVEN_OF_TEN, [100] * 10),
            {"vary": {"seed.weights": range(10), "seed.order": range(10)}},
            "--vary seed.weights=0:10 --vary seed.order=0:10",
        ),
    ],
)
def test_the_command_repeats_folds_and_kinds_of_randomness(tmp_path, arguments, options, words):
    text = study_page(ended_folder(tmp_path / "s", *arguments, **options))
    assert f"nn study {tmp_path}/s/config.yaml {words}</pre>" in text


def test_a_study_that_has_not_finished_says_so(tmp_path):
    folder = ended_folder(tmp_path / "s", "xor", SEVEN_OF_TEN, [50] * 10, vary=RATES)
    next((folder / "blocks").glob("0001*.npz")).unlink()
    assert "10 of 20 runs finished." in study_page(folder)


def test_a_damaged_study_json_is_named(study):
    (study / "study.json").write_text("[]")
    with pytest.raises(ValueError, match=r"study\.json: damaged: expected a mapping, got list"):
        study_page(study)


def test_values_are_written_as_the_command_reads_them():
    values = ("tanh", "runs/a b.csv", "1e3", "true", True, None, 1e-05, 3, {"type": "sgd", "momentum": 0.9})
    text = ",".join(map(argument_text, values))
    assert text.startswith('tanh,runs/a b.csv,"1e3","true",true,null,1e-05,3,')
    assert parse_values(text) == values
