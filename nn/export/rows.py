"""The rows on which an exported file is compared with its model, and what the model makes of them."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nn.arrays import Floats
from nn.config.data import BundledTable
from nn.config.data_file import DataFile
from nn.data.bundled import read_bundled
from nn.data.columns.date import DateEncoder
from nn.data.columns.kind import Encoder
from nn.data.columns.preprocessing import Preprocessing
from nn.data.labels import class_positions
from nn.data.reading import Table
from nn.experiments.tables import read_file
from nn.model import Model
from nn.runs.reading import Run

RANDOM_ROWS = 1000
RANGE_FACTOR = 10
"""Numbers are drawn from a range this many times as wide as that of the known rows."""
MIN_KNOWN_ROWS, MAX_KNOWN_ROWS = 1000, 20_000
"""Of larger tables so many rows are compared, evenly spaced: fewer where that takes long."""
MAX_CORNER_COLUMNS = 200
HUGE_NUMBERS = {"float64": 1e150, "float32": 1e18}
UNKNOWN = "no such word"
EPOCH = datetime(1970, 1, 1)


@dataclass(frozen=True, eq=False)
class ProofRows:
    """ProofRows, raw, and what ``Model.predict`` makes of them."""

    model: Model
    raw: Floats
    """(rows, columns)."""
    features: Floats
    """(rows, features), not scaled; NaN in rows that the model refuses."""
    known: int
    """So many of the first rows are those of the run's table."""
    table: int
    """The rows of that table."""

    @cached_property
    def answers(self) -> Floats:
        """The model's answers, (rows, outputs); NaN for rows that it refuses."""
        model = self.model
        y = np.full((len(self.raw), model.network.outputs), np.nan)
        usable = self.usable
        with np.errstate(all="ignore"):
            y[usable] = model.answer(self.features[usable])
        return y

    @cached_property
    def usable(self) -> NDArray[np.bool_]:
        """Which rows the model does not refuse, (rows,)."""
        with np.errstate(all="ignore"):
            scaled = self.preprocessing.scale(self.features).astype(self.model.network.dtype)
        mask: NDArray[np.bool_] = np.all(np.isfinite(scaled), axis=1)
        return mask

    @property
    def labels(self) -> NDArray[np.int64]:
        """The number of the class, of a regression 0; −1 for rows without an answer, (rows,)."""
        y = self.answers
        answered = ~np.isnan(y).any(axis=1)
        labels = np.where(answered, 0, -1)
        if self.model.classes is not None:
            found = self.model.labelled(y[answered]).tolist()
            labels[answered] = class_positions(found, self.model.classes)
        return labels.astype(np.int64)

    @cached_property
    def preprocessing(self) -> Preprocessing:
        """The preprocessing of the model."""
        return self.model.preprocessing or Preprocessing.of_numbers(self.model.inputs)


def rows_for(model: Model, run: Path | None, dtype: str, most: int = MAX_KNOWN_ROWS) -> ProofRows:
    """Return the rows of a run's own table, random ones from ten times its range, and corners.

    most: how many rows of the table, evenly spaced
    """
    preprocessing = model.preprocessing or Preprocessing.of_numbers(model.inputs)
    table = known_table(run, preprocessing)
    raw, features = known_rows(table, preprocessing, most)
    ranges = [number_range(column, model, place) for place, column in enumerate(raw.T)]
    made = Table.of(made_cells(preprocessing.encoders, ranges, HUGE_NUMBERS[dtype]))
    return ProofRows(
        model,
        np.concatenate([raw, preprocessing.raw(made)]),
        np.concatenate([features, preprocessing.encode(made).x]),
        len(raw),
        0 if table is None else len(table),
    )


def known_rows(table: Table | None, preprocessing: Preprocessing, most: int) -> tuple[Floats, Floats]:
    """Return rows of a table, raw and as features; none where it does not have what the model needs."""
    if table is not None:
        with suppress(ValueError):
            places = np.linspace(0, len(table) - 1, min(len(table), most)).astype(int)
            table = table.take(np.unique(places))
            return preprocessing.raw(table), preprocessing.encode(table).x
    return np.empty((0, len(preprocessing.inputs))), np.empty((0, len(preprocessing.features)))


def known_table(run: Path | None, preprocessing: Preprocessing) -> Table | None:
    """Return the table of a run with its inputs; None for a model file, and if it cannot be read any more."""
    if run is None or not run.is_dir() or not (run / "config.yaml").exists():
        return None
    with suppress(OSError, ValueError):
        experiment = Run(run).experiment
        data = experiment.config.data
        if isinstance(data, BundledTable):
            return read_bundled(data.name)
        if isinstance(data, DataFile) and Path(data.file).suffix.lower() != ".npz":
            return read_file(data.file, data)
        x = np.concatenate([share.x for share in experiment.shares.values()])
        return Table.of(dict(zip(preprocessing.inputs, x.T, strict=True)))
    return None


def number_range(column: Floats, model: Model, place: int) -> tuple[float, float]:
    """Return the smallest and largest number of a column; without any, what its scaling tells, or ±1."""
    finite = column[np.isfinite(column)]
    if len(finite):
        return float(finite.min()), float(finite.max())
    scaling = None if model.preprocessing is None else model.preprocessing.scaling
    if scaling is None or model.features != model.inputs:
        return -1.0, 1.0
    return float(scaling.shift[place] - scaling.scale[place]), float(
        scaling.shift[place] + scaling.scale[place]
    )


def made_cells(
    encoders: tuple[Encoder, ...], ranges: list[tuple[float, float]], huge: float
) -> dict[str, list[Any]]:
    """Make cells: random ones, and one row for each corner of each column, else as a first row."""
    rng = np.random.default_rng(0)
    columns = [random_cells(one, *ends, rng) for one, ends in zip(encoders, ranges, strict=True)]
    usual = [usual_cell(one, *ends) for one, ends in zip(encoders, ranges, strict=True)]
    rows = [[*cells] for cells in zip(*columns, strict=True)]
    corners = [[*corner_cells(one, huge)] for one in encoders]
    for place, cells in enumerate(corners[:MAX_CORNER_COLUMNS]):
        rows += [[*usual[:place], cell, *usual[place + 1 :]] for cell in cells]
    rows += [[cells[min(number, len(cells) - 1)] for cells in corners] for number in range(4)]
    rows += [[None if can_be_missing(one) else cell for one, cell in zip(encoders, usual, strict=True)]]
    return {one.column: [row[place] for row in rows] for place, one in enumerate(encoders)}


def random_cells(encoder: Encoder, low: float, high: float, rng: np.random.Generator) -> list[Any]:
    """Draw cells of a column; some of what can be missing is."""
    words = [*encoder.words]
    if words:
        cells: list[Any] = rng.choice(
            [*words, *([UNKNOWN] if encoder.kind == "category" else [])], RANDOM_ROWS
        ).tolist()
    else:
        middle, half = (low + high) / 2, max((high - low) / 2, abs(high) * 1e-3, 1e-3) * RANGE_FACTOR
        numbers = rng.uniform(middle - half, middle + half, RANDOM_ROWS).tolist()
        cells = [date_text(encoder, one) for one in numbers] if isinstance(encoder, DateEncoder) else numbers
    gaps = can_be_missing(encoder)
    return [
        None if gaps and share < 0.05 else cell
        for cell, share in zip(cells, rng.random(RANDOM_ROWS), strict=True)
    ]


def can_be_missing(encoder: Encoder) -> bool:
    """Whether something stands in for a missing cell."""
    return encoder.imputed not in ("refused", "row left out")


def usual_cell(encoder: Encoder, low: float, high: float) -> Any:
    """Return a cell that any model takes."""
    if encoder.words:
        return next(iter(encoder.words))
    middle = (low + high) / 2
    return date_text(encoder, middle) if isinstance(encoder, DateEncoder) else middle


def corner_cells(encoder: Encoder, huge: float) -> Iterator[Any]:
    """Yield cells that are likely to go wrong: 0, huge ones, each word, an unknown one, a missing one."""
    if isinstance(encoder, DateEncoder):
        yield from (
            date_text(encoder, one) for one in (0.0, 951782400.0, 4107542399.0)
        )  # 2000-02-29, 2100-02-28
    elif not encoder.words:
        yield from (0.0, huge, -huge, 1e-300)
    yield from encoder.words
    yield UNKNOWN
    yield None


def date_text(encoder: DateEncoder, seconds: float) -> str:
    """Write a date, given as seconds since 1970, as the table has it."""
    date = EPOCH + timedelta(seconds=float(np.clip(np.floor(seconds), -3e10, 2e11)))
    return date.isoformat() if encoder.format is None else date.strftime(encoder.format)
