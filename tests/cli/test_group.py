"""The group of commands: help, version, and the names that the shell completes."""

import os

import pytest
from click.shell_completion import BashComplete

from nn.cli.group import COMMANDS, commands, use_threads
from nn.config.source import config_names as configs
from nn.data.bundled import table_names
from nn.data.toy import GENERATORS
from nn.resources import __version__


def completed(*words: str) -> list[tuple[str, str]]:
    """What the shell is told after these words, the last of them incomplete."""
    *before, incomplete = words
    items = BashComplete(commands, {}, "nn", "_NN_COMPLETE").get_completions([*before], incomplete)
    return [(item.type, item.value) for item in items]


def plain(*values: str) -> list[tuple[str, str]]:
    return [("plain", value) for value in values]


def test_help_names_every_command_in_a_line(nn):
    result = nn("--help")
    assert result.exit_code == 0
    for name, line in COMMANDS.items():
        assert f"  {name:10}  {line}\n" in result.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(nn, name):
    for option in ("--help", "-h"):
        result = nn(name, option)
        assert result.exit_code == 0
        assert result.stdout.startswith(f"Usage: commands {name} ")


def test_version(nn):
    assert nn("--version").stdout == f"nn, version {__version__}\n"


def test_commands_complete():
    assert completed("") == plain(*COMMANDS)
    assert completed("tr") == plain("train", "trace")


@pytest.mark.parametrize("command", ["train", "show"])
def test_configurations_complete(command):
    assert completed(command, "") == plain(*configs())
    assert completed(command, "xor") == plain("xor", "xor-2-1-1", "xor-2-2-1", "xor-lm")


def test_other_configurations_complete_as_files():
    assert completed("train", "./x") == [("file", "./x")]


def test_data_complete():
    assert completed("datasets", "") == plain(*table_names(), *GENERATORS)
    assert completed("datasets", "mo") == plain("moons")


def test_options_complete():
    assert ("plain", "--set") in completed("train", "xor", "--s")


def test_runs_and_files_complete_as_files():
    assert completed("evaluate", "ru") == [("file", "ru")]
    assert completed("predict", "run", "fi") == [("file", "fi")]


def test_an_unknown_command_completes_to_nothing():
    assert completed("trian", "x") == []


def test_linear_algebra_uses_one_thread_unless_told(nn, monkeypatch):
    for library in ("OPENBLAS_NUM", "OMP_NUM", "MKL_NUM", "VECLIB_MAXIMUM"):
        monkeypatch.setenv(f"{library}_THREADS", "8")
    nn("configs")
    assert os.environ["OPENBLAS_NUM_THREADS"] == "1"
    use_threads(3)
    assert os.environ["OMP_NUM_THREADS"] == "3"
