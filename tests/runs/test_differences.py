"""Runs are told apart by what differs between their configurations, in few words."""

from pathlib import Path
from typing import Any

import pytest

from nn.runs.differences import config_differences, folder_names, labels
from nn.runs.reading import Run

XOR: dict[str, Any] = {
    "seed": 0,
    "data": {"name": "xor"},
    "model": {"layers": [{"type": "dense", "units": 4, "activation": "sigmoid"}, "sigmoid"]},
    "loss": "mse",
    "optimizer": {"type": "sgd", "learning_rate": 0.5},
    "training": {"epochs": 100, "report_every": 1},
}


def with_(**parts: Any) -> dict[str, Any]:
    """The configuration with other parts."""
    return {**XOR, **parts}


@pytest.mark.parametrize(
    ("other", "told"),
    [
        (XOR, {}),
        (with_(seed=1), {"seed": [0, 1]}),
        (with_(optimizer={"type": "adam", "learning_rate": 0.5}), {"optimizer": ["sgd", "adam"]}),
        (with_(optimizer={"type": "sgd", "learning_rate": 0.1}), {"learning_rate": [0.5, 0.1]}),
        (with_(optimizer={"learning_rate": 0.5, "momentum": 0.9, "type": "sgd"}), {"momentum": [None, 0.9]}),
        (with_(loss={"type": "huber", "delta": 2}), {"loss": ["mse", "huber"], "delta": [None, 2]}),
        (with_(training={"epochs": 20_000, "report_every": 2}), {"epochs": [100, 20_000]}),
        (with_(data={"name": "xor", "scale": [0, 1]}), {"scale": [None, "[0, 1]"]}),
        (with_(model={"layers": [XOR["model"]["layers"][0], "tanh"]}), {"layers.1": ["sigmoid", "tanh"]}),
        (with_(model={"layers": ["tanh"]}), {"layers": ["4 sigmoid, sigmoid", "tanh"]}),
    ],
)
def test_only_what_differs_is_told_under_its_shortest_name(
    other: dict[str, Any], told: dict[str, list[Any]]
) -> None:
    assert config_differences([XOR, other]) == told


def test_names_that_end_alike_are_told_with_what_comes_before() -> None:
    one = {"data": {"noise": 1}, "training": {"noise": 1}}
    other = {"data": {"noise": 2}, "training": {"noise": 2}}
    assert list(config_differences([one, other])) == ["data.noise", "training.noise"]


def make(folder: Path, config: str) -> Run:
    folder.mkdir(parents=True)
    (folder / "metrics.csv").touch()
    (folder / "config.yaml").write_text(config)
    return Run.of(folder)


def test_a_label_says_what_differs_and_the_folder_where_that_is_not_enough(tmp_path: Path) -> None:
    configs = {"a": "seed: 0", "b": "seed: 1", "c": "seed: 1", "d": "{seed: 2, loss: mse}"}
    runs = [make(tmp_path / name, text) for name, text in configs.items()]
    assert labels(runs) == [
        "seed=0, no loss",
        "seed=1, no loss (b)",
        "seed=1, no loss (c)",
        "seed=2, loss=mse",
    ]
    assert labels(runs[1:3]) == ["b", "c"]
    assert labels(runs[:1]) == ["a"]


def test_folders_of_one_name_are_told_apart_by_those_above(tmp_path: Path) -> None:
    assert folder_names([tmp_path / "x" / "run", tmp_path / "y" / "run"]) == ["x/run", "y/run"]
    assert folder_names([tmp_path / "run", tmp_path / "run"]) == ["run", "run"]
