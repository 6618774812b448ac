"""Finds which columns of a table are targets, inputs, weights, or tell the shares."""

from typing import Any, NamedTuple

from nn.config.data_file import DataFile
from nn.data.columns.kinds import ColumnKind, Ignore
from nn.data.reading import Mistake, Table, TableError
from nn.validation import suggest

ROLES = {"target": "target ", "inputs": "input ", "weight": "weight ", "drop": "", "split": ""}
"""What an option calls its columns."""


class Roles(NamedTuple):
    """What the columns of a table are for."""

    targets: tuple[str, ...]
    inputs: tuple[str, ...]
    named: bool
    """The inputs are named, not all that is left."""
    weight: str | None
    split: str | None


def find_roles(table: Table, data: DataFile) -> Roles:
    """Find the columns that the options name; TableError with all that are not there or have two roles."""
    mistakes: list[Mistake] = []

    def names(key: str, given: Any) -> tuple[str, ...]:
        columns = given if isinstance(given, list) else [] if given is None else [given]
        found = [column_name(table, column) for column in columns]
        for column, name in zip(columns, found, strict=True):
            if name is None:
                known = suggest(str(column), table.columns)
                mistakes.append(
                    Mistake(None, None, key, f"there is no {ROLES[key]}column {column!r}; {known}")
                )
        twice = {name for name in found if name is not None and found.count(name) > 1}
        mistakes.extend(Mistake(None, None, key, f"column {name!r} is named twice") for name in sorted(twice))
        return tuple(name for name in found if name is not None)

    if data.target is None:
        columns = ", ".join(map(repr, table.columns))
        mistakes.append(
            Mistake(None, None, "target", f"'target' is missing; name the column to predict, of {columns}")
        )
    targets, drop = names("target", data.target), names("drop", data.drop)
    weight = (*names("weight", data.weight), None)[0]
    by = data.split if isinstance(data.split, dict) else {}
    split = (*names("split", [*by.values()]), None)[0]
    ignored = {name for name, kind in kinds_of(data).items() if isinstance(kind, Ignore)}
    taken = {*targets, *drop, weight, split} - ignored
    if data.inputs is None:
        inputs = tuple(name for name in table.columns if name not in taken)
    else:
        inputs = names("inputs", data.inputs)
    if targets and not inputs and not mistakes:
        text = "there is no column beside the target to predict it from"
        mistakes.append(Mistake(None, None, "inputs", text))
    roles = {
        "the target": targets,
        "dropped": drop,
        "the weight": (weight,),
        "an input": data.inputs and inputs,
    }
    for name in table.columns:
        having = [role for role, columns in roles.items() if columns and name in columns]
        if len(having) > 1:
            text = f"column {name!r} cannot be {' and '.join(having)}"
            mistakes.append(Mistake(None, None, "drop" if "dropped" in having else "target", text))
    if mistakes:
        raise TableError(table.name, mistakes)
    return Roles(targets, inputs, data.inputs is not None, weight, split)


def column_name(table: Table, column: str | int) -> str | None:
    """The name of a column by name or place (1 is the first, -1 the last); None if there is no such."""
    names = [*table.columns]
    if isinstance(column, str):
        return column if column in table.columns else None
    place = column - 1 if column > 0 else len(names) + column
    return names[place] if 0 <= place < len(names) else None


def kinds_of(data: DataFile) -> dict[str, ColumnKind]:
    """The kinds that the options give."""
    return {name: options.make() for name, options in (data.columns or {}).items()}
