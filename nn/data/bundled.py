"""Loads the tables that ship with the package: ``datasets/NAME.csv`` and its card, ``NAME.toml``."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from nn.data.columns.inference import infer
from nn.data.columns.kinds import COLUMN_KINDS, ColumnKind
from nn.data.columns.preprocessing import Preprocessing
from nn.data.dataset import Dataset
from nn.data.labels import Task
from nn.data.reading import Table, read_table
from nn.data.targets import read_targets
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
    kinds: dict[str, Any] = field(default_factory=dict)
    """The kinds of columns that cannot be inferred, as in ``data.columns`` of a configuration."""

    @property
    def column_kinds(self) -> dict[str, ColumnKind]:
        """The same as objects."""
        specs = {name: {"type": kind} if isinstance(kind, str) else kind for name, kind in self.kinds.items()}
        return {
            name: COLUMN_KINDS[kind["type"]](**{key: value for key, value in kind.items() if key != "type"})
            for name, kind in specs.items()
        }


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


def table_file(name: str) -> Path:
    """The file of a bundled table."""
    return Path(str(bundled_folder("datasets") / f"{name}.csv"))


def read_bundled(name: str) -> Table:
    """Read a bundled table as it stands in its file."""
    return read_table(table_file(name))


def load_table(name: str) -> Dataset:
    """Load a bundled table as features of numbers, with classes if its card says classification.

    Words become an input for each level, missing cells the median of their column, with an input that says
    where; rows without a target are left out.
    """
    about = read_card(name)
    table = read_bundled(name)
    targets = read_targets(table, [about.target], about.task)
    rows = np.flatnonzero(targets.present)
    table = table.take(rows)
    inputs = [column for column in table.columns if column != about.target]
    inferred = infer(table, inputs, about.column_kinds)
    fitted = Preprocessing.fit(table, inferred.kinds, inferred.missing_values, scale=None)
    return Dataset(fitted.encode(table).x, targets.y[rows], fitted.features, (about.target,), targets.classes)


def load_dataset(name: str, *, seed: int = 0, **options: Any) -> Dataset:
    """Load a bundled table, or generate samples with a generator's options.

    The inputs of a table with words or gaps are features, as a network takes them. Raises ValueError with
    the nearest name for an unknown one, TypeError for an unknown option.

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
