"""The profile of a table: what each column holds, what is odd about it, and the configuration to paste."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from nn.data.columns.advice import yaml_line, yaml_text
from nn.data.columns.content import Content, MissingValues
from nn.data.columns.date_parts import parse_date
from nn.data.columns.fitting import expect_columns
from nn.data.columns.inference import Inferred, infer
from nn.data.columns.kinds import Date
from nn.data.columns.resemblance import duplicates, leaks
from nn.data.columns.rules import rising_numbers
from nn.data.columns.task import guess_task
from nn.data.labels import Task
from nn.data.reading.mistakes import Mistake
from nn.data.reading.table import Table

EXAMPLES, LARGEST = 3, 10
"""The numbers of distinct cells, and of the most frequent levels, that are shown of a column."""
EXAMPLE_ROWS = 1000
"""The number of first rows from which examples are taken."""
MIN_ID_ROWS = 20
"""The minimum number of rows in which an all-distinct integer column is reported as id-like."""


@dataclass(frozen=True)
class ColumnProfile:
    """What one column holds."""

    name: str
    kind: str
    """number, category, boolean, date, ordinal; ignore where it is left out, unclear where it is ambiguous;
    of the target, class or number."""
    missing: int
    distinct: int
    extent: tuple[str, str] | None
    """The least and the greatest number or date."""
    examples: tuple[str, ...]
    """The first few different cells."""
    balance: tuple[tuple[str, int], ...]
    """The most frequent levels with their numbers of rows."""
    remarks: tuple[str, ...]
    """What is odd about it: constant, the same as another, id-like, a copy of the target."""


@dataclass(frozen=True)
class Profile:
    """What a table holds."""

    name: str
    rows: int
    columns: tuple[ColumnProfile, ...]
    target: str | None
    task: Task | None
    notes: tuple[str, ...]
    mistakes: tuple[Mistake, ...]
    """What must be specified before it can be trained on."""
    lines: str
    """The ``data`` of a configuration, all of it explicit."""


NO_TARGET = "holds no value: there is nothing to learn, so name another target"


def profile(table: Table, target: str | None = None, missing_values: MissingValues = None) -> Profile:
    """Describe what a table holds, column by column, in its order.

    Raises TableError where there is no such target.
    """
    expect_columns(table, [] if target is None else [target])
    inputs = [name for name in table.columns if name != target]
    inferred = infer(table, inputs, missing_values=missing_values)
    contents = {name: Content.of(table, name, missing_values) for name in table.columns}
    remarks = {name: [reason] for name, reason in inferred.left_out.items()}
    for name, reason in column_remarks(contents, target):
        remarks.setdefault(name, []).append(reason)
    task, note, mistakes = None, "", inferred.mistakes
    if target is not None and not contents[target].present:
        mistakes = [contents[target].mistake(NO_TARGET), *mistakes]
    elif target is not None:
        task, note = guess_task(contents[target])
    kinds = kind_words(inferred, target, task)
    columns = tuple(
        profile_column(contents[name], kinds[name], tuple(remarks.get(name, ()))) for name in table.columns
    )
    notes = (*table.notes, *inferred.notes, *([note] if note else []))
    lines = data_lines(table, target, task, inferred, remarks)
    return Profile(table.name, len(table), columns, target, task, notes, tuple(mistakes), lines)


def kind_words(inferred: Inferred, target: str | None, task: Task | None) -> dict[str, str]:
    """Return the kind of each column in a word."""
    unclear = {mistake.column for mistake in inferred.mistakes}
    kinds = {name: "unclear" if name in unclear else kind.word for name, kind in inferred.kinds.items()}
    return kinds if target is None else kinds | {target: "class" if task == "classification" else "number"}


def column_remarks(contents: Mapping[str, Content], target: str | None) -> Iterator[tuple[str, str]]:
    """Find columns with something odd, each with what it is."""
    inputs = {name: content for name, content in contents.items() if name != target}
    for name, content in inputs.items():
        if content.distinct == 1 and content.present == len(content.missing):
            yield name, "is constant"
        if is_id_like(content):
            yield name, "holds another whole number in each row, as ids do"
    for name, other in duplicates(inputs).items():
        yield name, f"tells the same as {other!r}"
    if target is not None:
        yield from leaks(inputs, contents[target]).items()


def is_id_like(content: Content) -> bool:
    """Tell whether a column holds whole numbers that all differ, but do not number the rows."""
    n = len(content.numbers)
    if n < MIN_ID_ROWS or content.present < n or content.words.any() or rising_numbers(content):
        return False
    return bool(np.all(content.numbers == np.round(content.numbers))) and content.distinct == n


def profile_column(content: Content, kind: str, remarks: tuple[str, ...]) -> ColumnProfile:
    """Describe what one column holds."""
    codes, texts = content.levels if kind not in ("number", "ignore") or content.words.any() else (None, [])
    balance: tuple[tuple[str, int], ...] = ()
    if codes is not None and kind in ("category", "boolean", "class", "ordinal"):
        counts = np.bincount(codes[codes >= 0], minlength=len(texts))
        order = np.argsort(-counts, kind="stable")[:LARGEST]
        balance = tuple((texts[place], int(counts[place])) for place in order)
    rows = np.flatnonzero(~content.missing)[:EXAMPLE_ROWS]
    return ColumnProfile(
        content.name,
        kind,
        len(content.missing) - content.present,
        content.distinct,
        value_range(content, kind),
        tuple(dict.fromkeys(content.texts(rows)))[:EXAMPLES],
        balance,
        remarks,
    )


def value_range(content: Content, kind: str) -> tuple[str, str] | None:
    """Return the least and the greatest number or date of a column."""
    if kind == "date":
        texts = content.levels[1]
        format = Date().resolved(content).format  # noqa: A001  # the field's word
        dates = sorted(texts, key=lambda text: parse_date(text, format) or datetime.min)
        return dates[0], dates[-1]
    if content.words.any() or not content.present:
        return None
    numbers = content.numbers[~content.missing]
    return f"{numbers.min():.12g}", f"{numbers.max():.12g}"


def data_lines(
    table: Table,
    target: str | None,
    task: Task | None,
    inferred: Inferred,
    remarks: Mapping[str, Sequence[str]],
) -> str:
    """Write the ``data`` of a configuration, with the kind of each column."""
    lines = ["data:", f"  file: {yaml_text(table.name)}"]
    lines += [f"  target: {yaml_text(target)}", f"  task: {task}"] if target is not None else []
    lines += ["  columns:"] if inferred.kinds else []
    wrong = {mistake.column: mistake.text for mistake in inferred.mistakes}
    for name, kind in inferred.kinds.items():
        says = [*remarks.get(name, ()), *([wrong[name]] if name in wrong else [])]
        spec = "ignore" if any("as good as the target" in one for one in says) else kind.spec
        comment = f"  # {'; '.join(says)}" if says else ""
        lines.append(f"    {yaml_text(name)}: {yaml_line(spec)}{comment}")
    return "\n".join([*lines, "  scale: standard"]) + "\n"
