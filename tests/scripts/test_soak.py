"""A short soak: kills at random instants come out as runs that were never stopped."""

import sys
from pathlib import Path

import pytest

from nn.engine.compiler import compiler

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

from soak import DifferentError, Soak

ENGINES = ("numpy", "native") if compiler() else ("numpy",)


def test_killed_runs_end_as_those_that_never_were(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    soak = Soak(tmp_path, seed=1, cases=["adam"], engines=ENGINES[-1:])
    while soak.counts["kills"] < 2:
        soak.once()
    assert soak.counts["identical"] + soak.counts["killed before they began"] == soak.counts["runs"]


def test_a_difference_is_found(tmp_path):
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        for file in ("config.yaml", "metrics.csv", "model.npz", "run.json"):
            (tmp_path / name / file).write_bytes(b"epoch,loss,seconds\n1,0.5,0.1\n")
    soak = Soak(tmp_path)
    soak.compare(tmp_path / "one", tmp_path / "other")
    (tmp_path / "one/metrics.csv").write_text("epoch,loss,seconds\n1,0.5,0.2\n")
    soak.compare(tmp_path / "one", tmp_path / "other")
    (tmp_path / "one/metrics.csv").write_text("epoch,loss,seconds\n1,0.6,0.1\n")
    with pytest.raises(DifferentError, match=r"one/metrics\.csv is not "):
        soak.compare(tmp_path / "one", tmp_path / "other")
