"""C99 that is also C++: how it writes numbers, loops and texts."""

import numpy as np

from nn.export.layout import plain_comment
from nn.export.recording import in_type
from nn.export.syntax import NumberKind, Syntax

C_TYPES: dict[NumberKind, str] = {"f": "real", "i": "int", "b": "int"}
C_HELPERS = {
    "maximum": "static real maximum(real a, real b) { return a >= b || a != a ? a : b; }",
    "minimum": "static real minimum(real a, real b) { return a <= b || a != a ? a : b; }",
    "sign": "static real sign(real a) { return a != a ? a : (real)((a > 0) - (a < 0)); }",
}


class CSyntax(Syntax):
    """C99 that is also C++."""

    language = "c"
    infinity, nan = "(real)INFINITY", "(real)NAN"

    def __init__(self, dtype: str):
        self.dtype = np.dtype(dtype)
        self.suffix = "f" if dtype == "float32" else ""

    def number(self, value: float) -> str:
        if not np.isfinite(value):
            return self.nan if value != value else self.infinity if value > 0 else f"-{self.infinity}"
        return f"{in_type(np.array(value), self.dtype)!s}{self.suffix}"

    def converted(self, text: str, source: NumberKind, target: NumberKind) -> str:
        if source == target or ({source, target} <= {"b", "i"} and (target == "i" or text in ("0", "1"))):
            return text
        if target == "b":
            return f"({text} != 0)"
        return f"({C_TYPES[target]}){text if text.isidentifier() or text.startswith('(') else f'({text})'}"

    def loop(self, index: str, start: int, stop: int) -> str:
        return f"for (int {index} = {start}; {index} < {stop}; {index}++) {{"

    def condition(self, text: str) -> str:
        return f"if ({text}) {{"

    def constant(self, name: str, kind: NumberKind, text: str) -> str:
        return f"const {C_TYPES[kind]} {name} = {text};"

    def variable(self, name: str, kind: NumberKind, text: str) -> str:
        return f"{C_TYPES[kind]} {name} = {text};"

    def array(self, name: str, kind: NumberKind, size: int) -> str:
        return f"{C_TYPES[kind]} {name}[{size}];"

    def assignment(self, target: str, text: str) -> str:
        return f"{target} = {text};"

    def comment(self, text: str) -> str:
        return f"/* {plain_comment(text)} */"


def c_string(text: str) -> str:
    """Write a text as a literal: neither trigraphs nor escapes can arise from it."""
    shown = (
        letter
        if letter.isprintable() and letter not in '"\\?'
        else f"\\{letter}"
        if letter in '"\\?'
        else "".join(f"\\{byte:03o}" for byte in letter.encode("utf-8", "surrogatepass"))
        for letter in text
    )
    return '"' + "".join(shown) + '"'
