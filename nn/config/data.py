"""What every ``data`` section accepts, and that of a bundled table; that of a file is in data_file."""

import math
from typing import Annotated, Any, Literal

from annotated_types import Ge, Gt, Lt, doc
from pydantic import BeforeValidator

from nn.config.options import Options, brief, shorten

Size = Annotated[float, Gt(0), Lt(1)] | Annotated[int, Ge(1)] | None
"""A share, or a number of rows."""


def check_size(value: Any) -> Any:
    """Accept a share between 0 and 1, or a number of rows."""
    if value is None or (
        is_plain_number(value) and (0 < value < 1 or (isinstance(value, int) and value >= 1))
    ):
        return value
    raise ValueError(f"expected a share between 0 and 1, or a whole number of rows, got {brief(value)}")


def check_split(value: Any) -> Any:
    """Accept ``random`` or ``ordered``."""
    if value in ("random", "ordered"):
        return value
    raise ValueError(f"expected random or ordered, got {brief(value)}")


def check_scale(value: Any) -> Any:
    """Accept ``standard``, the two ends of a range, or ``none``, which nothing means too."""
    if value in ("standard", "none"):
        return value
    if value is None:
        return "none"
    numbers = isinstance(value, list) and all(isinstance(end, int | float) for end in value)
    if numbers and len(value) == 2 and -math.inf < value[0] < value[1] < math.inf:
        return value
    got = shorten(repr(value))
    raise ValueError(f"expected standard, none, or the two ends of a range as [low, high], got {got}")


Scale = Annotated[Literal["standard", "none"] | list[float] | None, BeforeValidator(check_scale)]


def check_class_targets(value: Any) -> Any:
    """Accept two numbers, the lower first."""
    numbers = isinstance(value, list) and all(is_plain_number(one) for one in value)
    if value is None or (numbers and len(value) == 2 and -math.inf < value[0] < value[1] < math.inf):
        return value
    got = shorten(repr(value))
    column = "; a column is named by target" if isinstance(value, str) else ""
    raise ValueError(f"expected two numbers, the lower first, as [0.1, 0.9], got {got}{column}")


def is_plain_number(value: Any) -> bool:
    """Whether a value is a number, and neither true nor false."""
    return isinstance(value, int | float) and not isinstance(value, bool)


class DataSection(Options):
    """What all data has: the shares held out, the scaling of inputs, the meaning of targets."""

    validation: Annotated[
        float | int | str | None,
        BeforeValidator(check_size, json_schema_input_type=Size),
        doc("The share or number of samples held out for validation."),
    ] = None
    test: Annotated[
        float | int | str | None,
        BeforeValidator(check_size, json_schema_input_type=Size),
        doc("The share or number of samples held out for the test, never used in training."),
    ] = None
    scale: Annotated[
        Scale,
        doc(
            "What inputs are scaled to: standard (mean 0, standard deviation 1), a range [low, high] or none."
        ),
    ] = None
    split: Annotated[
        Literal["random", "ordered"] | dict[str, Any],
        BeforeValidator(check_split, json_schema_input_type=Literal["random", "ordered"]),
        doc("Which samples are held out: drawn at random, or the last ones."),
    ] = "random"
    task: Annotated[
        Literal["classification", "regression"] | None,
        doc("Whether targets are classes or numbers, where that is not clear from data and loss."),
    ] = None
    targets: Annotated[
        list[float] | None,
        BeforeValidator(check_class_targets),
        doc("What outputs learn for a class that it is not and that it is, instead of 0 and 1: [0.1, 0.9]."),
    ] = None


class BundledTable(DataSection):
    """A bundled table."""

    name: Annotated[str, doc("A bundled table or generator: nn datasets lists them.")]
    scale_target: Annotated[Scale, doc("What targets of a regression are scaled to.")] = None
