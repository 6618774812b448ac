"""Hyperparameters are inputs of a program, so that a study of many rates compiles once."""

import pytest

import nn
from nn.engine.compiler import compiler


@pytest.mark.skipif(not compiler(), reason="no C compiler")
def test_a_grid_of_rates_compiles_once(fresh):
    config = nn.study("xor", seeds=1).plan.config.model_dump(exclude_none=True)
    config["training"] |= {"engine": "native", "epochs": 20}
    rates = [0.05 * number for number in range(1, 21)]
    study = nn.study(config, seeds=100, vary={"optimizer.learning_rate": rates})
    assert (len(study.members), study.engine) == (2000, "native")
    assert len([file for file in fresh.rglob("*") if file.suffix == ".so"]) == 1
