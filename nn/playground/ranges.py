"""The range that the field of a number declares."""

from collections.abc import Iterator
from typing import Any, get_args

from annotated_types import Ge, Gt, Le, Lt

from nn.validation import matches_type


def range_of(annotation: Any) -> dict[str, Any]:
    """Return the range that an annotation declares for a number."""
    limits = [*constraints(annotation)]
    lows: list[Any] = [
        one.gt if isinstance(one, Gt) else one.ge for one in limits if isinstance(one, Gt | Ge)
    ]
    highs: list[Any] = [
        one.lt if isinstance(one, Lt) else one.le for one in limits if isinstance(one, Lt | Le)
    ]
    return {
        "low": max(lows, default=None),
        "high": min(highs, default=None),
        "above": any(isinstance(one, Gt) for one in limits),
        "below": any(isinstance(one, Lt) for one in limits),
        "whole": not matches_type(0.5, annotation),
    }


def constraints(annotation: Any) -> Iterator[Gt | Ge | Lt | Le]:
    """Yield the bounds within an annotation."""
    for part in get_args(annotation):
        if isinstance(part, Gt | Ge | Lt | Le):
            yield part
        else:
            yield from constraints(part)
