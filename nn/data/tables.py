"""Loads the tables that ship with the package: ``datasets/NAME.csv`` and its card, ``NAME.toml``."""

import tomllib
from dataclasses import dataclass
from typing import Any

from nn.data.dataset import Dataset
from nn.data.files import read_csv
from nn.data.labels import Task
from nn.data.toy import GENERATORS
from nn.resources import bundled_folder
from nn.validation import Checked, suggest


@dataclass(frozen=True)
class Card(Checked):
    """The description of a bundled table, its source, and the meaning of its columns.

    >>> read_card("xor").columns["y"]
    'x1 XOR x2: 1 where exactly one of the two is 1'
    """

    name: str
    title: str
    description: str
    source: str
    licence: str
    task: Task
    target: str
    columns: dict[str, str]


def table_names() -> list[str]:
    """Return the names of all bundled tables, sorted."""
    files = (file.name for file in bundled_folder("datasets").iterdir())
    return sorted(file.removesuffix(".toml") for file in files if file.endswith(".toml"))


def read_card(name: str) -> Card:
    """Read the card of a bundled table; ValueError with the nearest name for an unknown one."""
    known = table_names()
    if name not in known:
        raise ValueError(f"unknown dataset {name!r}; {suggest(name, known)}")
    text = (bundled_folder("datasets") / f"{name}.toml").read_text(encoding="utf-8")
    return Card(name=name, **tomllib.loads(text))


def load_table(name: str) -> Dataset:
    """Load a bundled table, with classes if its card says classification."""
    about = read_card(name)
    return read_csv(bundled_folder("datasets") / f"{name}.csv", about.target, task=about.task)


def load_dataset(name: str, *, seed: int = 0, **options: Any) -> Dataset:
    """Load a bundled table, or generate samples with a generator's options.

    Raises ValueError with the nearest name for an unknown one, TypeError for an unknown option.

    >>> iris = load_dataset("iris")
    >>> iris.x.shape, iris.classes
    ((150, 4), ('setosa', 'versicolor', 'virginica'))
    >>> load_dataset("moons", samples=10, noise=0.1).x.shape
    (10, 2)
    """
    if name in GENERATORS:
        return GENERATORS[name](seed=seed, **options)
    if name not in table_names():
        raise ValueError(f"unknown data '{name}'; {suggest(name, [*table_names(), *GENERATORS])}")
    if options:
        raise TypeError(f"{name}: is a table and takes no options, got {', '.join(options)}")
    return load_table(name)
