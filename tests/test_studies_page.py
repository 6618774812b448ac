"""docs/studies.md is true: its commands and its example run as they stand."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from nn.cli.group import commands

PAGE = (Path(__file__).parents[1] / "docs" / "studies.md").read_text(encoding="utf-8")


def fenced(language: str) -> str:
    return "".join(re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))


def run(line: str):
    """Run a command without its picture, which takes the longest."""
    words = [word.strip('"') for word in re.findall(r'"[^"]*"|\S+', line)[1:]]
    return CliRunner().invoke(commands, [*words, "--no-plot"], catch_exceptions=False)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("lines", [fenced("sh").splitlines()])
def test_its_commands_run(folder, lines):
    assert len(lines) > 5
    results = {line: run(line) for line in lines}
    assert {line: one.stderr for line, one in results.items() if one.exit_code} == {}
    assert "Running off" in results["nn study stuck --explain 4"].stdout


def test_the_lines_for_a_batch_scheduler_make_the_whole_study(folder):
    part, merge = fenced("slurm").splitlines()
    for task in ("1", "2", "3", "4"):
        assert run(part.replace("$SLURM_ARRAY_TASK_ID", task)).exit_code == 0
    assert run(merge).exit_code == 0
    assert len((folder / "whole/study.csv").read_text().splitlines()) == 41


def test_its_example_runs(capsys):
    exec(compile(fenced("python"), "docs/studies.md", "exec"), {})
    assert capsys.readouterr().out.startswith("loss ≤ 0.01 0.")
