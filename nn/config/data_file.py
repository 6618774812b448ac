"""The ``data`` section of a file: how it is read, what its columns mean, which rows are held out."""

from typing import Annotated, Any, Literal

from annotated_types import doc
from pydantic import BeforeValidator

from nn.config.data import DataSection, Scale, Size, check_size
from nn.config.kinds import Kinds
from nn.config.options import Options, brief, shorten
from nn.data.columns.kinds import COLUMN_KINDS

COLUMN_KIND_CHOICES = Kinds("column", COLUMN_KINDS)
ColumnConfig = Annotated[Options, COLUMN_KIND_CHOICES]
ColumnName = str | int
"""The name of a column, or its place: 1 is the first, -1 the last."""


def is_column(value: Any) -> bool:
    """Whether a value names a column, or is the place of one."""
    return isinstance(value, str) or (type(value) is int and value != 0)


def check_columns(value: Any) -> Any:
    """Accept a column, or a list of columns."""
    columns = value if isinstance(value, list) and value else [value]
    if value is None or all(map(is_column, columns)):
        return value
    got = shorten(repr(value))
    raise ValueError(f"expected a column by its name or place (-1 is the last), or a list of them, got {got}")


def check_part(value: Any) -> Any:
    """Accept a share, a number of rows, or the path of a file."""
    return value if isinstance(value, str) else check_size(value)


def check_file_split(value: Any) -> Any:
    """Accept ``random``, ``ordered``, or the column that names the parts."""
    if value in ("random", "ordered"):
        return value
    if isinstance(value, dict) and len(value) == 1:
        (way, column), *_ = value.items()
        if way in ("column", "group", "time") and is_column(column):
            return value
    kinds = "random, ordered, or one of {column: NAME}, {group: NAME} and {time: NAME}"
    raise ValueError(f"expected {kinds}, got {brief(value)}")


def check_missing_values(value: Any) -> Any:
    """Accept words, or words by column; a number is the word that it is written as."""
    if isinstance(value, dict):
        return {str(column): check_missing_values(words) for column, words in value.items()}
    if value is None or (isinstance(value, list) and all(type(word) in (str, int, float) for word in value)):
        return value and [str(word) for word in value]
    raise ValueError(f"expected a list of words such as [?, unknown], or one by column, got {brief(value)}")


def text_keys(value: Any) -> Any:
    """Let columns without names be called by their places."""
    return {str(key): kind for key, kind in value.items()} if isinstance(value, dict) else value


Part = Annotated[float | int | str | None, BeforeValidator(check_part, json_schema_input_type=Size | str)]
ColumnNames = Annotated[list[ColumnName] | None, BeforeValidator(check_columns)]
Words = Annotated[list[str] | dict[str, list[str]] | None, BeforeValidator(check_missing_values)]


class DataFile(DataSection):
    """The user's own data: a table, or arrays in an NPZ file."""

    file: Annotated[str, doc("A table or an NPZ file; its path is relative to the folder of this file.")]
    target: Annotated[
        ColumnName | list[ColumnName] | None,
        BeforeValidator(check_columns),
        doc("The column to predict, by its name or place (-1 is the last); or a list of columns of numbers."),
    ] = None
    inputs: Annotated[
        ColumnNames, doc("The input columns; by default every column whose kind can be inferred.")
    ] = None
    drop: Annotated[ColumnNames, doc("Columns that are not used.")] = None
    columns: Annotated[
        dict[str, ColumnConfig] | None,
        BeforeValidator(text_keys),
        doc("The kinds of columns, by name, where they are not inferred: number, category, ordinal, date, …"),
    ] = None
    weight: Annotated[str | None, doc("The column with the weight of each sample in training.")] = None
    validation: Annotated[Part, doc("The share, number or file of the samples held out for validation.")] = (
        None
    )
    test: Annotated[
        Part, doc("The share, number or file of the samples held out for the test, never used in training.")
    ] = None
    split: Annotated[
        Literal["random", "ordered"] | dict[str, Any],
        BeforeValidator(check_file_split),
        doc("Which rows are held out: random, ordered, or by {column: NAME}, {group: NAME}, {time: NAME}."),
    ] = "random"
    scale_target: Annotated[
        Scale,
        doc("What targets of a regression are scaled to; left out, what the last layer can answer."),
    ] = None
    missing_values: Annotated[
        Words, doc("The words that mean a missing cell, in all columns or by column; empty cells always do.")
    ] = None
    header: Annotated[bool | None, doc("Whether the first line names the columns.")] = None
    delimiter: Annotated[
        str | None, doc("What stands between cells: a character, tab, or blanks for runs of blanks and tabs.")
    ] = None
    decimal: Annotated[Literal[".", ","] | None, doc("The decimal mark.")] = None
    encoding: Annotated[str | None, doc("The encoding of the text, such as latin-1.")] = None
    comment: Annotated[str | None, doc("What comment lines begin with.")] = None
