"""Infers the kind of a column from its cells: the first rule that applies decides."""

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from nn.data.columns.advice import columns_line, first_few, yaml_line
from nn.data.columns.category import MAX_LEVELS, USUAL_TOP
from nn.data.columns.content import Content
from nn.data.columns.date_parts import formats, varying
from nn.data.columns.kinds import Boolean, Category, ColumnKind, Date, Ignore, Number
from nn.data.columns.values import truth
from nn.data.reading.mistakes import Mistake
from nn.display import counted

MIN_PATTERN_ROWS = 4
"""The minimum number of rows in which row numbers and unique words are recognized."""
MAX_NUMERIC_LEVELS = 10
"""A mixed column with at most this number of distinct numbers may be categorical."""
MAX_STRAY_WORDS = 3
"""At most this number of distinct words among more numbers than levels are ambiguous, however frequent."""
MAX_STRAY_FRACTION = 0.1
"""Words in less than this fraction of the cells are ambiguous: missing cells, mistakes or levels."""
SIGNED = re.compile(r"[-+]?[$€£¥]?\s?[-+]?(\d+([.,]\d+)?|\d{1,3}(,\d{3})+(\.\d+)?)\s?[$€£¥%]?", re.ASCII)
"""A number, an amount of money or a percentage."""


class InferredKind(NamedTuple):
    """The kind of a column, as inferred from its cells."""

    kind: ColumnKind
    mistakes: Sequence[Mistake] = ()
    left_out: str = ""
    """Why the column is left out, unless it is named."""
    otherwise: ColumnKind | None = None
    """The kind of a left-out column if it were used; None if it cannot be."""


def infer_kind(content: Content) -> InferredKind:
    """Infer the kind of a column from its cells alone, or why it has none."""
    return next(judged for rule in RULES if (judged := rule(content)) is not None)


def no_values(content: Content) -> InferredKind | None:
    """Nothing can be learnt from a column without a value."""
    if content.present:
        return None
    return InferredKind(Ignore(), left_out="has no values")


def rising_numbers(content: Content) -> InferredKind | None:
    """Whole numbers that rise by one from 0 or 1 number the rows."""
    n, numbers = len(content.numbers), content.numbers
    if (
        n < MIN_PATTERN_ROWS
        or numbers[0] not in (0, 1)
        or not np.array_equal(numbers, np.arange(n) + numbers[0])
    ):
        return None
    return InferredKind(Ignore(), left_out="rises by one in each row, as row numbers do", otherwise=Number())


def codes(content: Content) -> InferredKind | None:
    """Whole numbers with leading zeros, such as postcodes, are levels; very many are names."""
    if not content.zero_padded or content.words.any():
        return None
    return names_or_text(content) or few_levels(content)


def plain_numbers(content: Content) -> InferredKind | None:
    """Where every cell that is there is a number, they are numbers."""
    return None if content.words.any() else InferredKind(Number())


def truth_values(content: Content) -> InferredKind | None:
    """Where every cell is true or false, yes or no, …, they are truth values."""
    return InferredKind(Boolean()) if not np.isnan([*map(truth, content.levels[1])]).any() else None


def plain_dates(content: Content) -> InferredKind | None:
    """Where every cell is a date in one format, they are dates."""
    found = formats(content.levels[1])
    if len(found) > 1:
        return InferredKind(Ignore(), Date().mistakes(content))
    return InferredKind(Date(varying(content.levels[1], found[0]), found[0])) if found else None


def amounts(content: Content) -> InferredKind | None:
    """Amounts of money, percentages and numbers in another notation are neither numbers nor levels."""
    different = content.levels[1]
    if not all(map(SIGNED.fullmatch, different)):
        return None
    what = f"holds numbers that are not read as such ({first_few(different)})"
    advice = f"write plain numbers in the file, or drop: {yaml_line([content.name])}"
    return InferredKind(Ignore(), [content.mistake(f"{what}: {advice}")])


def stray_words(content: Content) -> InferredKind | None:
    """A few words among numbers are ambiguous: missing cells, mistakes or levels."""
    words = int(np.count_nonzero(content.words))
    if words == content.present:
        return None
    rows = np.flatnonzero(content.words)
    texts = [*dict.fromkeys(content.texts(rows))]
    many = len(np.unique(content.numbers[~content.words & ~content.missing])) > MAX_NUMERIC_LEVELS
    if words >= MAX_STRAY_FRACTION * content.present and not (many and len(texts) <= MAX_STRAY_WORDS):
        return None
    numbers = counted(content.present - words, "number")
    text = f"holds {numbers} and {counted(words, 'cell')} of something else ({first_few(texts)})"
    # Of this column alone, with the words that mean it already: those of other columns stay.
    gaps = dict.fromkeys(filter(None, content.texts(np.flatnonzero(content.missing))))
    meant = {content.name: [*texts[:9], *gaps]}
    missing = f"missing_values: {yaml_line(meant)} if that means a missing cell"
    line = f"{missing}, or {columns_line(content.name, 'category')} if numbers are levels too"
    return InferredKind(Ignore(), [content.mistake(f"{text}: {line}", int(rows[0]))])


def names_or_text(content: Content) -> InferredKind | None:
    """Where each row, or most of many, has words of its own, they are names or text."""
    different = len(content.levels[1])
    unique = different == content.present >= MIN_PATTERN_ROWS
    if not unique and not (different > MAX_LEVELS and 2 * different > content.present):
        return None
    if unique:
        reason = f"holds other words in each row ({first_few(content.levels[1])})"
    else:
        cells = counted(content.present, "cell")
        reason = f"holds {different:,} different words in {cells} ({first_few(content.levels[1])})"
    otherwise = Category(top=USUAL_TOP if different > MAX_LEVELS else None)
    return InferredKind(Ignore(), left_out=reason, otherwise=otherwise)


def few_levels(content: Content) -> InferredKind | None:
    """All else are the levels of a category, unless there are too many."""
    mistakes = Category().mistakes(content)
    return InferredKind(Ignore() if mistakes else Category(), mistakes)


RULES = (
    no_values,
    rising_numbers,
    codes,
    plain_numbers,
    truth_values,
    plain_dates,
    amounts,
    stray_words,
    names_or_text,
    few_levels,
)
