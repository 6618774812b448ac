"""Infers the kinds of the columns of a table; says what to write where they are ambiguous."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from nn.data.columns.advice import columns_line, first_few
from nn.data.columns.content import Content, MissingValues
from nn.data.columns.fitting import missing_column
from nn.data.columns.kinds import Boolean, Category, ColumnKind, Date, Ignore, Number
from nn.data.columns.rules import InferredKind, infer_kind
from nn.data.reading.mistakes import Mistake
from nn.data.reading.table import Table

MAX_NAMED_COLUMNS = 12
"""The maximum number of columns named in a sentence."""


@dataclass(frozen=True)
class Inferred:
    """The kinds of the columns that may be inputs, in the order of the table."""

    kinds: dict[str, ColumnKind]
    """Of every column, all options decided; ``Ignore`` for one that is left out."""
    missing_values: dict[str, tuple[str, ...]]
    """The words that mean a missing cell, of every column."""
    left_out: dict[str, str]
    """Why each column that was not named is left out."""
    notes: tuple[str, ...]
    """What was inferred, one sentence each; columns of numbers are not mentioned."""
    mistakes: list[Mistake]
    """What is wrong or ambiguous, each with what to write."""


def infer(
    table: Table,
    inputs: Sequence[str],
    given: Mapping[str, ColumnKind] | None = None,
    missing_values: MissingValues = None,
    *,
    named: bool = False,
) -> Inferred:
    """Infer the kinds of columns from their cells, and check those that are given.

    inputs: the columns that may be inputs
    given: kinds by column; they are checked against the cells
    missing_values: the words that mean a missing cell, in all columns or by column
    named: the user named the inputs, so that none may be left out
    """
    given = given or {}
    mistakes = [missing_column(table, name, f"columns.{name}") for name in given if name not in table.columns]
    known = {*table.columns, *given}
    mistakes += [missing_column(table, name, "inputs") for name in inputs if name not in known]
    kinds: dict[str, ColumnKind] = {}
    contents: dict[str, Content] = {}
    left_out: dict[str, InferredKind] = {}
    chosen = {*inputs}
    for name in filter(chosen.__contains__, table.columns):
        kind = given.get(name)
        if isinstance(kind, Ignore):
            kinds[name] = kind
            continue
        content = contents[name] = Content.of(table, name, missing_values)
        judged = infer_kind(content) if kind is None else check_kind(content, kind)
        kinds[name] = judged.kind
        mistakes += judged.mistakes
        if judged.left_out and named:
            mistakes.append(unusable_input(content, judged))
        elif judged.left_out:
            left_out[name] = judged
    if kinds and not mistakes and all(isinstance(kind, Ignore) for kind in kinds.values()):
        # A column that seems to number the rows may be time, or whatever a first example counts.
        numbers = [name for name, judged in left_out.items() if judged.otherwise == Number()]
        kinds |= {name: Number() for name in numbers}
        left_out = {name: judged for name, judged in left_out.items() if name not in numbers}
        if not numbers:
            mistakes.append(no_inputs_left(left_out))
    words = {name: content.missing_values for name, content in contents.items()}
    said = {name: kind for name, kind in kinds.items() if name not in given}
    reasons = {name: judged.left_out for name, judged in left_out.items()}
    return Inferred(kinds, words, reasons, tuple(inference_notes(said, contents, left_out)), mistakes)


def check_kind(content: Content, kind: ColumnKind) -> InferredKind:
    """Check a given kind against the cells of its column."""
    return InferredKind(kind.resolved(content), kind.mistakes(content))


def unusable_input(content: Content, judged: InferredKind) -> Mistake:
    """Return the mistake of an input that was named and that inference would leave out."""
    used = ""
    if judged.otherwise:
        used = f"{columns_line(content.name, judged.otherwise.spec)} if it is an input, else "
    return content.mistake(f"{judged.left_out}: {used}leave it out of inputs")


def no_inputs_left(left_out: Mapping[str, InferredKind]) -> Mistake:
    """Return the mistake of a table whose columns are all left out."""
    reasons = "; ".join(f"{name!r} {judged.left_out}" for name, judged in left_out.items())
    lines = [columns_line(name, one.otherwise.spec) for name, one in left_out.items() if one.otherwise]
    text = f"no column is left as an input ({reasons})" if reasons else "no column is left as an input"
    return Mistake(None, None, "columns", f"{text}: {lines[0]} takes one" if lines else text)


def inference_notes(
    kinds: Mapping[str, ColumnKind], contents: Mapping[str, Content], left_out: Mapping[str, InferredKind]
) -> Iterator[str]:
    """Write what was inferred, one sentence each; columns of numbers are not mentioned."""
    for word, kind in (("Categories, one input a level", Category), ("Truth values, 0 or 1", Boolean)):
        if found := [name for name, one in kinds.items() if isinstance(one, kind)]:
            yield f"{word}: {first_few(found, MAX_NAMED_COLUMNS)}."
    dates = {name: one.parts or [] for name, one in kinds.items() if isinstance(one, Date)}
    if found := [f"{name} ({', '.join(parts)})" for name, parts in dates.items()]:
        yield f"Dates, of which parts become inputs: {first_few(found, MAX_NAMED_COLUMNS)}."
    used = [content for name, content in contents.items() if name in kinds and name not in left_out]
    gaps = {content.name: len(content.missing) - content.present for content in used}
    values: list[str] = []
    levels: list[str] = []
    for name, count in gaps.items():
        if count:
            (levels if isinstance(kinds[name], Category) else values).append(f"{name} {count:,}")
    if values:
        stand_in = "the median stands in, and an input says where"
        yield f"Missing cells: {first_few(values, MAX_NAMED_COLUMNS)}; {stand_in}."
    if levels:
        yield f"Missing cells of categories: {first_few(levels, MAX_NAMED_COLUMNS)}; a level of their own."
    for name, judged in left_out.items():
        keeps = f"; {columns_line(name, judged.otherwise.spec)} keeps it" if judged.otherwise else ""
        yield f"Left out: {name!r} {judged.left_out}{keeps}."
