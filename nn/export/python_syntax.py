"""Python with ``math`` alone: how it writes numbers, loops and functions that do not raise."""

import numpy as np

from nn.export.layout import plain_comment
from nn.export.syntax import NumberKind, Syntax, Vector

EMPTY_ELEMENTS: dict[NumberKind, str] = {"f": "0.0", "i": "0", "b": "False"}
PYTHON_HELPERS = {
    "maximum": """
def maximum(a, b):
    return a if a >= b or a != a else b  # nan if either is
""",
    "minimum": """
def minimum(a, b):
    return a if a <= b or a != a else b  # nan if either is
""",
    "divide": """
def divide(a, b):
    if b:
        return a / b
    return math.copysign(inf, math.copysign(1, a) * math.copysign(1, b)) if a and a == a else nan
""",
    "exp": """
def exp(x):
    return math.exp(x) if x < 709 or x != x else math.exp(x / 2) * math.exp(x / 2) if x < 1400 else inf
""",
    "expm1": """
def expm1(x):
    return math.expm1(x) if x < 709 or x != x else math.exp(x / 2) * math.exp(x / 2) if x < 1400 else inf
""",
    "log": """
def log(x):
    return math.log(x) if x > 0 else -inf if x == 0 else nan
""",
    "log1p": """
def log1p(x):
    return math.log1p(x) if x > -1 else -inf if x == -1 else nan
""",
    "sqrt": """
def sqrt(x):
    return math.sqrt(x) if x >= 0 else nan
""",
    "sin": """
def sin(x):
    return math.sin(x) if abs(x) < inf else nan
""",
    "cos": """
def cos(x):
    return math.cos(x) if abs(x) < inf else nan
""",
    "tanh": """
tanh = math.tanh
""",
    "atan": """
atan = math.atan
""",
    "floor": """
def floor(x):
    return float(math.floor(x)) if abs(x) < inf else x
""",
    "sign": """
def sign(x):
    return x if x != x else float((x > 0) - (x < 0))
""",
    "power": """
def power(a, b):
    try:
        return math.pow(a, b)
    except OverflowError:
        return -inf if a < 0 and b % 2 == 1 else inf
    except ValueError:
        return inf if a == 0 else nan
""",
}
"""Functions that return what NumPy does where Python raises an error."""


class PythonSyntax(Syntax):
    """Python with the functions above."""

    language = "python"
    truths = {"and": "({0} and {1})", "or": "({0} or {1})", "xor": "({0} != {1})"}  # noqa: RUF012
    infinity, nan = "inf", "nan"
    end = ""
    has_inner = True

    def number(self, value: float) -> str:
        if not np.isfinite(value):
            return "nan" if value != value else "inf" if value > 0 else "-inf"
        return repr(float(value))

    def converted(self, text: str, source: NumberKind, target: NumberKind) -> str:
        if source == target:
            return text
        if text in ("0", "1") and target == "b":
            return "True" if text == "1" else "False"
        if target == "b":
            return f"({text} != 0)"
        if source == "b" and target == "f":
            return f"(1.0 if {text} else 0.0)"
        return f"{'float' if target == 'f' else 'int'}({text})"

    def loop(self, index: str, start: int, stop: int) -> str:
        return f"for {index} in range({f'{start}, ' if start else ''}{stop}):"

    def condition(self, text: str) -> str:
        return f"if {text}:"

    def constant(self, name: str, kind: NumberKind, text: str) -> str:
        return f"{name} = {text}"

    def variable(self, name: str, kind: NumberKind, text: str) -> str:
        return f"{name} = {text}"

    def array(self, name: str, kind: NumberKind, size: int) -> str:
        return f"{name} = [{EMPTY_ELEMENTS[kind]}] * {size}"

    def assignment(self, target: str, text: str) -> str:
        return f"{target} = {text}"

    def inner(self, left: Vector, right: Vector) -> str:
        return f"sum(map(mul, {python_slice(left)}, {python_slice(right)}))"

    def comment(self, text: str) -> str:
        return f"# {plain_comment(text)}"


def python_slice(one: Vector) -> str:
    """Write elements of a sequence as a slice, or as all of it."""
    if one.count == one.size:
        return one.name
    return (
        f"{one.name}[{one.start} : {one.start} + {one.count}]" if one.start else f"{one.name}[:{one.count}]"
    )
