"""Checks values against the types and ranges that a signature declares.

A parameter is declared once, as ``units: Annotated[int, Ge(1)]``. The check for Python callers (here) and
the check for configuration files (``nn.config.kinds``) are both derived from that line.
"""

import difflib
import functools
import inspect
import math
import types
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from numbers import Integral, Real
from typing import Annotated, Any, ClassVar, Literal, ParamSpec, TypeVar, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from numpy.typing import ArrayLike

P = ParamSpec("P")
R = TypeVar("R")

LIMITS: dict[type, tuple[str, str, Callable[[Any, Any], bool]]] = {
    Ge: ("ge", "at least", lambda value, limit: value >= limit),
    Gt: ("gt", "greater than", lambda value, limit: value > limit),
    Le: ("le", "at most", lambda value, limit: value <= limit),
    Lt: ("lt", "less than", lambda value, limit: value < limit),
}
WORDS = {int: "a whole number", float: "a number", bool: "true or false", str: "text", type(None): "nothing"}

MAX_LISTED_WORDS, MAX_WORD_CHARACTERS = 40, 60
"""The most words that a message lists, and the most characters of each."""


class IncompatibleError(ValueError):
    """Arguments that are not compatible.

    ``argument`` is the one to change, with the option where it has options: ``early_stopping.monitor``.
    ``others`` are the further errors of the same call; the message has one line for each error.

    >>> error = IncompatibleError("batch_size", "batch_size 5 is larger than the 4 training samples")
    >>> error.argument
    'batch_size'
    """

    def __init__(self, argument: str, message: str, others: "tuple[IncompatibleError, ...]" = ()):
        super().__init__(argument, message, others)  # the arguments with which unpickling calls the class
        self.argument, self.message, self.others = argument, message, others

    def __str__(self) -> str:
        return "\n".join(error.message for error in self.each())

    def each(self) -> "Iterator[IncompatibleError]":
        """Yield this error and the others."""
        yield self
        for other in self.others:
            yield from other.each()


def raise_together(errors: Iterable[IncompatibleError]) -> None:
    """Raise all errors as one IncompatibleError; do nothing where there is none."""
    found = [one for error in errors for one in error.each()]
    if found:
        first, *others = found
        raise IncompatibleError(first.argument, first.message, tuple(others))


@contextmanager
def collect(errors: list[IncompatibleError]) -> Iterator[None]:
    """Append an IncompatibleError that the block raises to the list, and go on after the block."""
    try:
        yield
    except IncompatibleError as error:
        errors.append(error)


@contextmanager
def blame(argument: str) -> Iterator[None]:
    """Turn a ValueError that the block raises into an IncompatibleError of this argument."""
    try:
        yield
    except IncompatibleError:
        raise
    except ValueError as error:
        raise IncompatibleError(argument, str(error)) from error


class Checked:
    """A dataclass that checks its fields when it is created."""

    type_name: ClassVar[str | None] = None
    """The ``type`` in a configuration, where it is not the class name in snake_case."""

    def __post_init__(self) -> None:
        for field in fields(self):  # type: ignore[arg-type]  # every subclass is a dataclass
            check(getattr(self, field.name), field.type, f"{type(self).__name__}.{field.name}")


def checked(function: Callable[P, R]) -> Callable[P, R]:
    """Decorate a function so that it checks its arguments against its annotations."""
    signature = inspect.signature(function)

    @functools.wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        for name, value in signature.bind(*args, **kwargs).arguments.items():
            check(value, signature.parameters[name].annotation, f"{function.__name__}: {name}")
        return function(*args, **kwargs)

    return wrapper


def check(value: object, annotation: Any, name: str) -> None:
    """Raise TypeError or ValueError, beginning with ``name``, unless ``value`` fits ``annotation``."""
    if get_origin(annotation) is Annotated:
        base, *constraints = get_args(annotation)
        check(value, base, name)
        limits = [one for one in constraints if type(one) in LIMITS]  # the others describe the option
        for constraint in limits if value is not None else ():
            attribute, words, holds = LIMITS[type(constraint)]
            limit = getattr(constraint, attribute)
            if not holds(value, limit):
                raise ValueError(f"{name} must be {words} {limit}, got {value}")
    elif not matches_type(value, annotation):
        raise TypeError(f"{name} must be {annotation_text(annotation)}, got {value!r}")
    elif isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{name} must be finite, got {value}")
    elif get_origin(annotation) in (Union, types.UnionType):
        check(value, next(option for option in get_args(annotation) if matches_type(value, option)), name)


def matches_type(value: object, annotation: Any) -> bool:
    """Whether a value is of the annotated type; ranges are not checked."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if annotation in (Any, ArrayLike, ArrayLike | None, inspect.Parameter.empty):
        return True
    if origin is Annotated:
        return matches_type(value, arguments[0])
    if origin in (Union, types.UnionType):
        return any(matches_type(value, option) for option in arguments)
    if origin is Literal:
        return value in arguments
    if annotation is None:
        return value is None
    if annotation in (int, float):
        return isinstance(value, Integral if annotation is int else Real) and not isinstance(value, bool)
    return isinstance(value, origin or annotation)


def annotation_text(annotation: Any) -> str:
    """Describe an annotation in words: ``a whole number or nothing``."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return annotation_text(arguments[0])
    if origin in (Union, types.UnionType):
        return " or ".join(annotation_text(option) for option in arguments)
    if origin is Literal:
        return "one of " + ", ".join(map(repr, arguments))
    name = (origin or annotation).__name__
    return WORDS.get(annotation, f"{'an' if name[0] in 'AEIOU' else 'a'} {name}")


def suggest(word: str, known: Iterable[str]) -> str:
    """End a message about an unknown word with the nearest known word, else with the first known words."""
    known = sorted(known)
    nearest = difflib.get_close_matches(word, known, n=1)
    if nearest:
        return f"did you mean '{nearest[0]}'?"
    names = [
        name if len(name) <= MAX_WORD_CHARACTERS else name[:MAX_WORD_CHARACTERS] + "…"
        for name in known[:MAX_LISTED_WORDS]
    ]
    more = f" and {len(known) - MAX_LISTED_WORDS:,} more" if len(known) > MAX_LISTED_WORDS else ""
    return f"there are: {', '.join(names)}{more}"
