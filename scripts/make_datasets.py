"""Writes the tables of ``datasets/``: truth tables, and real data from copies in other packages.

Run it with scikit-learn, palmerpenguins and statsmodels installed: ``python scripts/make_datasets.py
[FOLDER]``. It needs no network, and writes the same bytes each time. The cards, ``datasets/*.toml``, are
written by hand.
"""

import csv
import io
import sys
from collections.abc import Callable
from importlib.metadata import files
from pathlib import Path
from typing import Any

import numpy as np
from sklearn import datasets  # type: ignore[import-untyped,import-not-found,unused-ignore]

from nn.data.csv import write_csv
from nn.data.dataset import Dataset
from nn.data.labels import Label

FOLDER = Path(__file__).parents[1] / "datasets"
GATES: dict[str, Callable[[int, int], int]] = {
    "and": lambda a, b: a & b,
    "or": lambda a, b: a | b,
    "xor": lambda a, b: a ^ b,
    "nand": lambda a, b: 1 - (a & b),
}

AUTOMOBILE = (
    "symboling,normalized_losses,make,fuel_type,aspiration,num_of_doors,body_style,drive_wheels,"
    "engine_location,wheel_base,length,width,height,curb_weight,engine_type,num_of_cylinders,engine_size,"
    "fuel_system,bore,stroke,compression_ratio,horsepower,peak_rpm,city_mpg,highway_mpg,price"
)
"""The columns as UCI names them."""


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


def packaged(package: str, name: str) -> str:
    """The text of a file in an installed package."""
    (file,) = (file for file in files(package) or () if str(file).endswith(name))
    return Path(str(file.locate())).read_text(encoding="utf-8")


def penguins() -> str:
    """The table as its authors publish it."""
    return packaged("palmerpenguins", "palmerpenguins/data/penguins.csv").replace("\r\n", "\n")


def automobile() -> str:
    """The table with UCI's names of columns, and ``?`` where a cell is missing, as there."""
    _, *rows = csv.reader(io.StringIO(packaged("statsmodels", "gam/tests/results/autos.csv")))
    return "\n".join([AUTOMOBILE, *(",".join(cell or "?" for cell in row) for row in rows)]) + "\n"


def main(folder: Path) -> None:
    """Write every table into a folder."""
    for name, text in (("penguins", penguins()), ("automobile", automobile())):
        (folder / f"{name}.csv").write_text(text, encoding="utf-8", newline="")
        print(f"{name}.csv: {text.count(chr(10)) - 1} rows")
    for name, dataset in tables().items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            write_csv(dataset, file)
        print(f"{name}.csv: {len(dataset)} rows, {len(dataset.inputs)} inputs")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
