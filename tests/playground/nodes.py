"""Runs JavaScript in node."""

import json
import shutil
import subprocess

import pytest

from nn.config.load import load_config
from nn.experiments.experiment import Experiment
from nn.playground.steps import TrainingSteps

needs_node = pytest.mark.skipif(not shutil.which("node"), reason="there is no node")


def steps_of(config, *settings):
    return TrainingSteps(Experiment.of(load_config(config, settings)))


def evaluated(lines, expression):
    """What an expression is after a module has run, as JSON has it."""
    module = "\n".join([*lines, f"process.stdout.write(JSON.stringify({expression}));"])
    result = subprocess.run(
        ["node", "--input-type=module", "-"], input=module, capture_output=True, check=False, text=True
    )
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)
