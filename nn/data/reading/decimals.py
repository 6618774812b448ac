"""Reads many decimal numbers at once with array operations, each rounded as Python rounds it.

A decimal of up to 18 digits is a whole number over a power of ten. Both are exact in extended
precision (on x86 a significand of 64 bits), and their quotient is off by at most half a unit in its
last place; so where both neighbours of the quotient round to the same double, the decimal does too.
Cf. Clinger (1990), How to read floating point numbers accurately.
"""

import numpy as np
from numpy.typing import NDArray

BREAK = b"\0"
"""Between the cells; the text of a file has none."""
OTHER = bytes(code not in b"0123456789.+-" + BREAK for code in range(256))
"""A table for ``bytes.translate``: 1 for what is in no decimal."""
COMMAS = bytes.maketrans(BREAK, b",")
EXTENDED = np.finfo(np.longdouble).nmant >= 63
"""Whether this machine has extended precision."""
EPSILON = np.finfo(np.longdouble).eps
POWERS = np.cumprod([np.longdouble(1)] + [np.longdouble(10)] * 27)  # exact: 5²⁷ < 2⁶⁴
DIGITS = 18
"""The number of digits whose integer fits into 64 bits."""
Mask = NDArray[np.bool_]


def parse_decimals(packed: bytes) -> tuple[NDArray[np.float64], dict[int, str]]:
    """Parse cells such as −12.50 with a ``BREAK`` between them, (cells,); an empty one is NaN.

    NaN also for a word. Beside them, by their places, the cells that are to be read in another way: 1e-5,
    2024-01-31, inf, and the few decimals of which the double is in doubt.
    """
    text = np.frombuffer(packed + BREAK, dtype=np.uint8)
    ends = np.flatnonzero(text == 0)
    starts = np.append(0, ends[:-1] + 1)
    filled = starts < ends
    first = text[starts]
    negative = first == ord("-")
    signed = negative | (first == ord("+"))
    letters = first | 0x20  # in lower case
    words = (letters >= ord("a")) & (letters <= ord("z")) & (letters != ord("i"))  # but "inf" is a number
    points = np.flatnonzero(text == ord("."))
    pointed = np.searchsorted(ends, points)  # the cells with a point
    digits = ends - starts - signed
    digits[pointed] -= 1

    odd = filled & (digits < 1)
    odd[pointed[1:][pointed[1:] == pointed[:-1]]] = True  # two points
    others = np.flatnonzero(np.frombuffer(packed.translate(OTHER), dtype=np.uint8))
    if np.count_nonzero(signed) != packed.count(b"-") + packed.count(b"+"):
        signs = np.flatnonzero((text == ord("-")) | (text == ord("+")))
        others = np.append(others, signs[signs != starts[np.searchsorted(ends, signs)]])
    odd[np.searchsorted(ends, others)] = True

    wholes = _wholes(text, odd if odd.any() else None, ends - starts + 1, filled)
    places = np.zeros(len(ends), dtype=np.intp)
    places[pointed] = ends[pointed] - points - 1
    quotient = wholes.astype(np.longdouble) / POWERS[np.minimum(places, len(POWERS) - 1)]
    numbers = quotient.astype(np.float64)
    np.negative(numbers, out=numbers, where=negative & (numbers == 0))  # a whole number −0 has no sign
    numbers[words | ~filled] = np.nan
    digits -= text[starts + signed] == ord("0")
    odd |= _in_doubt(quotient, wholes, places) | (digits > DIGITS) | (places >= len(POWERS))
    rest = np.flatnonzero(odd & filled & ~words)
    spans = zip(rest.tolist(), starts[rest].tolist(), ends[rest].tolist(), strict=True)
    return numbers, {place: packed[start:end].decode() for place, start, end in spans}


def _wholes(
    text: NDArray[np.uint8], odd: Mask | None, lengths: NDArray[np.intp], filled: Mask
) -> NDArray[np.int64]:
    """Parse the cells without their points as whole numbers; 0 for those that are empty or odd."""
    if odd is not None:
        text = text[~np.repeat(odd, lengths) | (text == 0)]
    listed = b"," + text.tobytes().translate(COMMAS, b".")
    if odd is not None or not filled.all():
        listed = listed.replace(b",,", b",0,").replace(b",,", b",0,")  # every second of several in a row
    return np.fromstring(listed[1:-1], dtype=np.int64, sep=",")


def _in_doubt(
    quotient: NDArray[np.longdouble], wholes: NDArray[np.int64], places: NDArray[np.intp]
) -> NDArray[np.bool_]:
    """Find where a quotient may be on the other side of the middle of two doubles than the decimal itself."""
    if not EXTENDED:  # then it is exact where it is of two doubles
        return (np.abs(wholes) > 2**53) | (places > 22)
    above, below = ((quotient * factor).astype(np.float64) for factor in (1 + EPSILON, 1 - EPSILON))
    return np.asarray(above != below)
