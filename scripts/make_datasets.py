"""Writes the tables of ``datasets/``: truth tables, and real data from scikit-learn's copies.

Run it with scikit-learn installed: ``python scripts/make_datasets.py [FOLDER]``. It needs no
network, and writes the same bytes each time. The cards, ``datasets/*.toml``, are written by hand.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from sklearn import datasets  # type: ignore[import-untyped,import-not-found,unused-ignore]

from nn.data.dataset import Dataset
from nn.data.files import write_csv
from nn.data.labels import Label

FOLDER = Path(__file__).parents[1] / "datasets"
GATES: dict[str, Callable[[int, int], int]] = {
    "and": lambda a, b: a & b,
    "or": lambda a, b: a | b,
    "xor": lambda a, b: a ^ b,
    "nand": lambda a, b: 1 - (a & b),
}


def gate(function: Callable[[int, int], int]) -> Dataset:
    """A truth table, (4, 2) and (4, 1), counted up in binary."""
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    y = np.array([[function(int(a), int(b))] for a, b in x])
    return Dataset(x.astype(np.float64), y.astype(np.float64), ("x1", "x2"), ("y",), (0, 1))


def real(bunch: Any, inputs: list[str], target: str, classes: list[Label]) -> Dataset:
    """One of scikit-learn's tables, with our names for its columns and classes."""
    y = bunch.target[:, None].astype(np.float64)
    return Dataset(bunch.data, y, tuple(inputs), (target,), tuple(classes))


def tables() -> dict[str, Dataset]:
    """Every table, by the name of its file."""
    iris, wine, cancer, digits = (
        datasets.load_iris(),
        datasets.load_wine(),
        datasets.load_breast_cancer(),
        datasets.load_digits(),
    )
    words = {
        "iris": [name.removesuffix(" (cm)").replace(" ", "_") for name in iris.feature_names],
        "wine": [name.replace("/od315_of_diluted_wines", "_od315") for name in wine.feature_names],
        "breast-cancer": [str(name).replace(" ", "_") for name in cancer.feature_names],
    }
    return {
        **{name: gate(function) for name, function in GATES.items()},
        "iris": real(iris, words["iris"], "species", [str(name) for name in iris.target_names]),
        "wine": real(wine, words["wine"], "cultivar", [1, 2, 3]),
        "breast-cancer": real(cancer, words["breast-cancer"], "diagnosis", ["malignant", "benign"]),
        "digits": real(digits, digits.feature_names, "digit", list(range(10))),
    }


def main(folder: Path) -> None:
    """Write every table into a folder."""
    for name, dataset in tables().items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            write_csv(dataset, file)
        print(f"{name}.csv: {len(dataset)} rows, {len(dataset.inputs)} inputs")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
