"""docs/papers.md is true: its configurations load, its commands run, its options are as the table says."""

import re

import pytest
from click.testing import CliRunner
from paper_claims import BLOCK, ENCODER, XOR, configurations

from nn.cli.group import commands
from nn.config.load import load_config
from nn.experiments.experiment import Experiment
from scripts.write_claims import ROOT

PAGE = (ROOT / "docs" / "papers.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^nn study .*$", PAGE, re.MULTILINE)
OPTIONS = [
    cell
    for row in re.findall(r"^\|[^|]*\|([^|]*)\|", PAGE, re.MULTILINE)
    for cell in re.findall(r"`(.*?)`", row)
]


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        *(("xor-1986.yaml", settings) for settings in XOR.values()),
        *(("encoder-1988.yaml", settings) for settings in ENCODER.values()),
    ],
)
def test_every_setup_is_a_configuration_that_trains(name, settings):
    report = next(iter(Experiment.of(load_config(configurations()[name], settings)).train()))
    assert report.epoch == 1


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_run_as_they_stand_but_for_fewer_seeds_and_epochs(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for block, name in BLOCK.findall(PAGE):
        (tmp_path / name).write_text(block, encoding="utf-8")
    fewer = command.replace("--seeds 1000", "--seeds 2 --set training.epochs=3").split()[1:]
    result = CliRunner().invoke(commands, fewer, catch_exceptions=False)
    assert result.exit_code == 0
    assert "every output within" in result.stdout


def test_python_on_the_page_runs_but_for_fewer_seeds_and_epochs(capsys):
    (code,) = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    exec(code.replace("range(1000)", "range(2)").replace("epochs=2000", "epochs=3"), {})
    assert capsys.readouterr().out == "0\n"


def test_every_option_of_the_table_stands_in_a_configuration_on_the_page_or_is_one_of_its_rows():
    used = "\n".join([PAGE.partition("## XOR")[2], *map(str, [*XOR.values(), *ENCODER.values()])])
    words = {word for option in OPTIONS for word in re.findall(r"\b(\w+):", option)}
    assert {word for word in words if f"{word}" not in used} == set()
