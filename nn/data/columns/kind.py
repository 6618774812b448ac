"""What a kind of column is, and an encoder: a kind that has been fitted to a column."""

from collections.abc import Sequence
from dataclasses import MISSING as NO_DEFAULT
from dataclasses import asdict, dataclass, fields
from typing import Any, NamedTuple, Self

import numpy as np

from nn.arrays import Array, Floats
from nn.catalog import snake_case
from nn.data.columns.advice import columns_line
from nn.data.columns.content import CellMask, Content
from nn.data.reading.mistakes import Mistake
from nn.display import counted
from nn.validation import Checked


class EncodingIssues(NamedTuple):
    """Which cells of a column are unlike those of the training share."""

    unknown: CellMask
    """They hold a level that training never saw, and are taken all the same, (rows,)."""
    unusable: CellMask
    """No features can be made of them, (rows,)."""


@dataclass(frozen=True)
class Encoder(Checked):
    """Makes the features of one column."""

    column: str
    missing_values: list[str]
    """The words that mean a missing cell."""
    drops: bool
    """A row with a missing cell is left out, and that is no mistake."""

    @property
    def expected(self) -> str:
        """What a cell should have been, for messages."""
        raise NotImplementedError

    @property
    def features(self) -> tuple[str, ...]:
        """The names of the features."""
        raise NotImplementedError

    @property
    def scaled(self) -> tuple[bool, ...]:
        """Which features are scaled: numbers are, 0/1 and the parts of circles are not."""
        return (False,) * len(self.features)

    @property
    def imputed(self) -> str:
        """How a missing cell is imputed, in words."""
        raise NotImplementedError

    @property
    def words(self) -> dict[str, float]:
        """The raw number of each word that a cell may hold; none where cells are numbers."""
        return {}

    def raw(self, content: Content) -> tuple[Floats, Any]:
        """Return raw numbers, and the index of each cell's own among them.

        A number stands for itself, a word for its position or value, a date for its seconds since 1970; NaN
        is a missing cell. What is none of the kind is -1 or infinite, and has no features.
        """
        raise NotImplementedError

    def formula(self, raw: Array) -> Array:
        """Compute the features of raw numbers, (*cells,): (*cells, features); NaN where there are none.

        In operations that can be recorded, so that it can be exported.
        """
        raise NotImplementedError

    def encode(self, content: Content, x: Floats) -> EncodingIssues:
        """Fill ``x``, (rows, features), all 0 so far, with the features of a column of any table."""
        raise NotImplementedError

    @property
    def kind(self) -> str:
        """The name of its kind."""
        return snake_case(type(self).__name__).removesuffix("_encoder")

    def described(self) -> dict[str, Any]:
        """Return its description in a model file."""
        return {"type": self.kind, **asdict(self)}


@dataclass(frozen=True)
class ColumnKind(Checked):
    """What a column means."""

    @property
    def word(self) -> str:
        """Its ``type`` in a configuration."""
        return snake_case(type(self).__name__)

    @property
    def spec(self) -> Any:
        """It as a configuration has it: a word, or a mapping with the options that are not the usual ones."""
        given = {field.name: getattr(self, field.name) for field in fields(self)}
        usual = {field.name: field.default for field in fields(self) if field.default is not NO_DEFAULT}
        options = {name: value for name, value in given.items() if name not in usual or value != usual[name]}
        return {"type": self.word, **options} if options else self.word

    def resolved(self, content: Content) -> Self:
        """Return the same kind with what a column decides: the parts and format of its dates."""
        return self

    def mistakes(self, content: Content) -> list[Mistake]:
        """Find what in a column is not of this kind, and say what to write instead."""
        return []

    def fit(self, content: Content, weights: Floats | None = None) -> Encoder | None:
        """Fit the encoder of a column without mistakes; None if the column is not used.

        weights: (rows,) greater than 0, how much each row counts for means, medians and frequencies
        """
        raise NotImplementedError


@dataclass(frozen=True)
class Ignore(ColumnKind):
    """A column that is not used."""

    def fit(self, content: Content, weights: Floats | None = None) -> None:
        return None


def missing_cells(missing: str | float, content: Content, spec: Any) -> list[Mistake]:
    """Return the mistake of missing cells in a column that may have none."""
    count = len(content.missing) - content.present
    if missing != "error" or not count:
        return []
    options = spec if isinstance(spec, dict) else {"type": spec}
    usual = "category" if options["type"] == "category" else "median"
    line = columns_line(content.name, {**options, "missing": usual})
    text = f"has {counted(count, 'missing cell')}: {line}, or missing: drop_row to leave out such rows"
    return [content.mistake(text, int(np.argmax(content.missing)))]


def expect_all(values: Sequence[Any], kind: type, name: str, encoder: Encoder) -> None:
    """Raise TypeError unless all values are of a type, and ValueError for a number that is not finite."""
    for value in values:
        if not isinstance(value, kind):
            raise TypeError(f"{type(encoder).__name__}.{name}: expected {kind.__name__}, got {value!r}")
        if isinstance(value, float) and not np.isfinite(value):
            raise ValueError(f"{type(encoder).__name__}.{name}: expected finite numbers, got {value}")
