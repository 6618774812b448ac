"""What a run depends on is written down, and two such records are told apart."""

import hashlib
import json
import os
import platform
import subprocess
import sys

import numpy as np
import pytest

from nn.config.load import dump, load_config
from nn.engine.compiler import compiler
from nn.experiments.experiment import Experiment
from nn.runs.environment import environment, environment_differences


@pytest.fixture(scope="module")
def experiment() -> Experiment:
    return Experiment.of(load_config("iris"))


def test_it_names_versions_processor_and_digests(experiment):
    found = environment(experiment, "numpy")
    assert found["versions"]["python"] == platform.python_version()
    assert found["versions"]["numpy"] == np.__version__
    assert set(found["versions"]) == {"tiny-nn", "python", "numpy", "blas"}
    assert found["cpu"]["model"]
    assert found["cpu"]["features"]
    assert found["data"] == {name: share.digest for name, share in experiment.shares.items()}
    assert found["config"] == hashlib.sha256(dump(experiment.config).encode()).hexdigest()
    assert json.loads(json.dumps(found)) == found


def test_the_compiler_is_named_only_where_it_made_the_engine(experiment):
    assert environment(experiment, "numpy")["compiler"] is None
    assert environment(experiment, None)["compiler"] is None
    if compiler():
        assert "." in environment(experiment, "native")["compiler"]


@pytest.mark.parametrize("threads", ["1", "2"])
def test_threads_are_those_that_linear_algebra_was_given(nn_folder, threads):
    command = [sys.executable, "-m", "nn", "train", "xor", "--no-plot", "--out", "run", "--threads", threads]
    subprocess.run(command, cwd=nn_folder, check=True, capture_output=True)
    assert json.loads((nn_folder / "run" / "run.json").read_text())["threads"] == int(threads)


@pytest.fixture
def nn_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    return tmp_path


def test_equal_environments_do_not_differ(experiment):
    assert environment_differences(environment(experiment, "numpy"), environment(experiment, "numpy")) == []


def test_differences_are_named_by_their_place():
    then = {"threads": 1, "versions": {"numpy": "2.3", "python": "3.11"}, "cpu": {"features": ["A", "B"]}}
    now = {
        "threads": 2,
        "versions": {"numpy": "2.4", "python": "3.11"},
        "cpu": {"features": ["A"]},
        "more": 1,
    }
    assert environment_differences(then, now) == [
        "threads: 1, now 2",
        "versions.numpy: 2.3, now 2.4",
        "cpu.features: A B, now A",
        "more: not said, now 1",
    ]
