"""Writes operations shorter where signs are known: of exponents that formulas keep from being above 0."""

from collections.abc import Sequence

from nn.arrays import Array
from nn.engine.operations import Elementwise
from nn.engine.program import Call, overlap, same_elements


def shorter_c(operation: Elementwise, call: Call, before: Sequence[Call]) -> dict[str, str]:
    """Return shorter C for floating-point numbers, by their kind, of what a call after others computes."""
    match operation.name:
        case "minimum" if opposite(call.arguments, before):
            return {"f": "(- fabs({0}))"}
        case "maximum" if opposite(call.arguments, before):
            return {"f": "fabs({0})"}
    return {"f": operation.c_to_0} if operation.c_to_0 and never_positive(call.arguments[0], before) else {}


def opposite(pair: Sequence[Array], calls: Sequence[Call]) -> bool:
    """Whether a = −b of two arrays, as they are after these calls."""
    a, b = pair
    return a.dtype == b.dtype and (holds("negative", a, b, calls) or holds("negative", b, a, calls))


def never_positive(array: Array, calls: Sequence[Call]) -> bool:
    """Whether no element of an array is above 0 after these calls; some may be NaN.

    That is so of min(x, −x), of x − max x, of −|x| and −x², and of min(a, b) where it is so of a or of b.
    """
    place = last_write(array, calls)
    if place is None or array.dtype.kind != "f":
        return False
    maker, before = calls[place], calls[:place]
    match maker.function:
        case "minimum":
            known = any(never_positive(array, before) for array in maker.arguments)
            return known or opposite(maker.arguments, before)
        case "negative":
            return never_negative(maker.arguments[0], before)
        case "subtract":
            a, b = maker.arguments
            return holds("max", b, a, before)
    return False


def never_negative(array: Array, calls: Sequence[Call]) -> bool:
    """Whether an array was made as |x| or x²."""
    place = last_write(array, calls)
    if place is None:
        return False
    match calls[place].function:
        case "absolute" | "square":
            return True
        case "multiply":
            return same_elements(*calls[place].arguments)
    return False


def holds(function: str, array: Array, of: Array, calls: Sequence[Call]) -> bool:
    """Whether an array holds this function of another one, as both are after these calls."""
    place = last_write(array, calls)
    if place is None or calls[place].function != function:
        return False
    unchanged = not any(overlap(call.out, of) for call in calls[place:])
    return unchanged and same_elements(calls[place].arguments[0], of)


def last_write(array: Array, calls: Sequence[Call]) -> int | None:
    """Return the place of the call that wrote all of an array; None where several have, or none."""
    place = next((n for n in reversed(range(len(calls))) if overlap(calls[n].out, array)), None)
    return place if place is not None and same_elements(calls[place].out, array) else None
