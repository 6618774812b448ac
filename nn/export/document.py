"""What an exported file says of its model: columns, words, classes, where it comes from, its self-test."""

import hashlib
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nn.arrays import Floats
from nn.data.columns.kind import Encoder
from nn.data.columns.preprocessing import Preprocessing
from nn.display import counted
from nn.export.layout import filled, identifier, plain_comment
from nn.layers.base import every
from nn.model import Model
from nn.resources import __version__


@dataclass(frozen=True, eq=False)
class SelfTest:
    """Rows with the answers of the model, by which a file is tested where it is used."""

    rows: Floats
    """(tests, columns), raw."""
    answers: Floats
    """(tests, outputs)."""
    bounds: Floats
    """(tests, outputs): how far the answers may be off, in units of the type's rounding."""
    labels: NDArray[np.int64]
    """(tests,)."""
    rounding: float
    """That of numbers of the type; of single precision for answers of a network in single precision."""


@dataclass(frozen=True, eq=False)
class Document:
    """A model in words."""

    model: Model
    stem: str
    """The name of the file, without its ending."""
    verified: bool
    """Whether the file was verified where it was made."""
    test: SelfTest | None = None

    @property
    def name(self) -> str:
        """The name of the file as an identifier."""
        return identifier(self.stem) or "model"

    @cached_property
    def preprocessing(self) -> Preprocessing:
        """The preprocessing, also where it is that of plain numbers."""
        return self.model.preprocessing or Preprocessing.of_numbers(self.model.inputs)

    @property
    def columns(self) -> list[str]:
        """A line for each column: its name and what stands for its cells."""
        return [f"{one.column}: {cells(one)}" for one in self.preprocessing.encoders]

    @property
    def answers(self) -> list[str]:
        """A line for each answer."""
        model, (target, *_) = self.model, self.model.targets
        if model.classes is None:
            return [*model.targets]
        what = "probability" if model.loss.link and model.class_targets is None else "score"
        classes = model.classes if model.network.outputs > 1 else model.classes[1:]
        return [f"{what} of {target} = {one}" for one in classes]

    @property
    def classes(self) -> list[str]:
        """The names of the classes; none for a regression."""
        return [*map(str, self.model.classes or ())]

    @property
    def title(self) -> str:
        """What it predicts from what."""
        return f"{', '.join(self.model.targets)} from {counted(len(self.model.inputs), 'column')}"

    @property
    def origin(self) -> list[str]:
        """Where the file comes from, and whose it is."""
        verified = (
            "Verified: it was run and compared with the model before it was handed over."
            if self.verified
            else "NOT VERIFIED: nothing was at hand to run it; run its self-test."
        )
        return [
            f"Made by tiny-nn {__version__} from the model {digest(self.model)[:16]}.",
            "What is generated comes without a licence: it is yours.",
            verified,
        ]

    @property
    def words(self) -> dict[int, Mapping[str, float]]:
        """The numbers that stand for words, by the position of the column."""
        return {place: one.words for place, one in enumerate(self.preprocessing.encoders) if one.words}

    @property
    def missing(self) -> dict[int, tuple[str, ...]]:
        """The words that mean a missing cell, by the position of the column."""
        return {place: tuple(one.missing_values) for place, one in enumerate(self.preprocessing.encoders)}

    @property
    def folded(self) -> list[int]:
        """The columns whose words may be in capitals."""
        encoders = enumerate(self.preprocessing.encoders)
        return [place for place, encoder in encoders if encoder.kind == "boolean"]

    def described(self, indent: str) -> list[str]:
        """Describe the cells of a row and the answers, as lines of a comment."""
        columns, answers = self.columns, self.answers
        return [
            f"{indent}{len(columns)} cells of a row, as numbers:",
            *(f"{indent}{place:3} {plain_comment(line)}" for place, line in enumerate(columns)),
            f"{indent}{len(answers)} answers:" if len(answers) > 1 else f"{indent}The answer:",
            *(f"{indent}{place:3} {plain_comment(line)}" for place, line in enumerate(answers)),
        ]

    def test_tables(self, begin: str, end: str, number: Callable[[float], str]) -> list[str]:
        """Write the rows, answers and bounds of the self-test as lists of lists; ``{}`` is their name."""
        test, lines = self.test, list[str]()
        if test is None:
            return lines
        for name, rows in (("rows", test.rows), ("answers", test.answers), ("bounds", test.bounds)):
            lines += [begin.format(name)]
            for row in rows.tolist():
                lines += ["    [", *filled(map(number, row), "        "), "    ],"]
            lines += [end]
        return lines

    @property
    def rounding_exponent(self) -> int:
        """The power of two that is the rounding of the self-test."""
        return 0 if self.test is None else round(math.log2(self.test.rounding))

    @property
    def test_words(self) -> list[tuple[int, str, float]]:
        """Columns, words and the numbers that stand for them, for a test: unknown and missing ones too."""
        codes = [
            (place, word, code)
            for place, known in self.words.items()
            for word, code in [*known.items(), ("no such word", -1.0)]
        ]
        return codes + [(place, word, math.nan) for place, known in self.missing.items() for word in known]


def cells(encoder: Encoder) -> str:
    """Say what stands for the cells of a column."""
    imputed = encoder.imputed
    gap = "" if imputed in ("refused", "row left out") else f", NaN a missing cell (becomes {imputed})"
    if encoder.kind == "date":
        return f"seconds since 1970-01-01 00:00{gap}"
    if not encoder.words:
        return f"a number{gap}"
    if encoder.kind == "boolean":
        return f"1 true, 0 false{gap}"
    levels = ", ".join(f"{code:g} {word}" for word, code in encoder.words.items())
    return f"{levels}{', -1 any other' if encoder.kind == 'category' else ''}{gap}"


def digest(model: Model) -> str:
    """Return the sha256 of weights, layers, loss, columns and scaling, in hexadecimal."""
    parts = [
        {"type": type(part).__name__, **options_of(part)}
        for part in (*every(model.network.layers), model.loss)
    ]
    scales: dict[str, Any] = {"parameters": model.network.parameters, **model.scales}
    found = hashlib.sha256(json.dumps([parts, model.names], default=str).encode())
    for name in sorted(scales):
        array = np.ascontiguousarray(scales[name])
        found.update(f"{name}{array.dtype.str}{array.shape}".encode() + array.tobytes())
    return found.hexdigest()


def options_of(part: object) -> dict[str, str]:
    """Return the numbers and words that a layer or loss was made with."""
    made = [one.name for one in fields(part) if one.init] if is_dataclass(part) else sorted(vars(part))
    values = {name: getattr(part, name) for name in made}
    return {
        name: repr(value) for name, value in values.items() if isinstance(value, bool | int | float | str)
    }
