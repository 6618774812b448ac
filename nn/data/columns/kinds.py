"""The kinds of columns, by the words that name them in a configuration and in a model file."""

from collections.abc import Mapping
from typing import Any

from nn.data.columns.category import Category as Category
from nn.data.columns.category import CategoryEncoder
from nn.data.columns.date import Date as Date
from nn.data.columns.date import DateEncoder
from nn.data.columns.kind import ColumnKind as ColumnKind
from nn.data.columns.kind import Encoder, expect_all
from nn.data.columns.kind import Ignore as Ignore
from nn.data.columns.values import Boolean as Boolean
from nn.data.columns.values import BooleanEncoder, NumberEncoder, OrdinalEncoder
from nn.data.columns.values import Number as Number
from nn.data.columns.values import Ordinal as Ordinal

COLUMN_KINDS: dict[str, type[ColumnKind]] = {
    "number": Number,
    "category": Category,
    "ordinal": Ordinal,
    "boolean": Boolean,
    "date": Date,
    "ignore": Ignore,
}
ENCODERS: dict[str, type[Encoder]] = {
    "number": NumberEncoder,
    "boolean": BooleanEncoder,
    "ordinal": OrdinalEncoder,
    "date": DateEncoder,
    "category": CategoryEncoder,
}


def encoder_of(description: Mapping[str, Any]) -> Encoder:
    """Make the encoder that a model file describes; KeyError, TypeError or ValueError if there is none."""
    options = dict(description)
    kind = ENCODERS[options.pop("type")]
    encoder = kind(**options)
    expect_all(encoder.missing_values, str, "missing_values", encoder)
    return encoder
