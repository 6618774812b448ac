"""The NumPy engine gives the same bits in every process, whatever surrounds it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from nn.config.source import config_names

ROOT = Path(__file__).parents[2]
CHILD = """
import sys
from pathlib import Path
from nn.cli.group import use_threads
use_threads(1)
from nn.config.load import load_config
from nn.experiments.experiment import Experiment
from nn.runs.directory import begin
folder, *chosen = sys.argv[1:]
for name in chosen:
    experiment = Experiment.of(load_config(name, ["training.engine=numpy", "training.epochs=5"]))
    recorder = begin(experiment, name, Path(folder, name))
    for report in experiment.train():
        recorder.record(report)
    recorder.close("interrupted")
"""
"""Of interrupted runs nobody asks why they did not learn, which takes longer than so few epochs."""


def trained(folder: Path, chosen: list[str], **environment: str) -> dict[str, tuple[bytes, list[str]]]:
    """The model and the metrics (but for the seconds) of these configurations, all in one new process."""
    command = [sys.executable, "-c", CHILD, str(folder), *chosen]
    variables = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    subprocess.run(command, env=variables, check=True, capture_output=True)
    found = {}
    for name in chosen:
        rows = (folder / name / "metrics.csv").read_text().splitlines()
        found[name] = (folder / name / "model.npz").read_bytes(), [row.rpartition(",")[0] for row in rows]
    return found


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Every bundled configuration in two processes, the second in another order, place, locale and time."""
    one, other = tmp_path_factory.mktemp("one"), tmp_path_factory.mktemp("a longer name, elsewhere")
    around = {"PYTHONHASHSEED": "7", "LC_ALL": "C", "TZ": "Asia/Kathmandu", "OMP_NUM_THREADS": "8"}
    return trained(one, config_names(), PYTHONHASHSEED="0"), trained(other, config_names()[::-1], **around)


@pytest.mark.parametrize("name", config_names())
def test_a_bundled_configuration_gives_the_same_bits_in_another_process(runs, name):
    one, other = runs
    assert one[name] == other[name]
