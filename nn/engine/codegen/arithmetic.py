"""Arithmetic in C on numbers of the types that NumPy has, with the results that NumPy has."""

import numpy as np

from nn.arrays import Array
from nn.engine.compiler import CompilerError
from nn.engine.program import Call

DType = np.dtype[np.generic]
TYPES = {
    "float64": "double",
    "float32": "float",
    "bool": "unsigned char",
    **{f"{sign}int{bits}": f"{sign}int{bits}_t" for sign in ("", "u") for bits in (8, 16, 32, 64)},
}
"""The C type of each NumPy type."""
FLOATING = {
    "absolute": "fabs({0})",
    "add": "({0} + {1})",
    "arctan": "atan({0})",
    "cos": "cos({0})",
    "divide": "({0} / {1})",
    "equal": "({0} == {1})",
    "exp": "exp_({0})",
    "expm1": "expm1_({0})",
    "floor": "floor({0})",
    "greater": "({0} > {1})",
    "greater_equal": "({0} >= {1})",
    "less": "({0} < {1})",
    "less_equal": "({0} <= {1})",
    "log": "log({0})",
    "log1p": "log1p_({0})",
    "maximum": "MAX({0}, {1})",
    "minimum": "MIN({0}, {1})",
    "multiply": "({0} * {1})",
    "negative": "(- {0})",
    "not_equal": "({0} != {1})",
    "power": "pow({0}, {1})",
    "sign": "SIGN({0})",
    "sin": "sin({0})",
    "sqrt": "sqrt({0})",
    "square": "({0} * {0})",
    "subtract": "({0} - {1})",
    "tanh": "tanh_({0})",
}
COMPARISONS = {"equal", "greater", "greater_equal", "less", "less_equal", "not_equal"}
INTEGER = {name: FLOATING[name] for name in (*COMPARISONS, "maximum", "minimum", "sign")} | {
    "absolute": "({0} < 0 ? 0 - (uint64_t){0} : {0})",
    "add": "((uint64_t){0} + (uint64_t){1})",
    "floor": "{0}",
    "multiply": "((uint64_t){0} * (uint64_t){1})",
    "negative": "(0 - (uint64_t){0})",
    "square": "((uint64_t){0} * (uint64_t){0})",
    "subtract": "((uint64_t){0} - (uint64_t){1})",
}
"""Integers wrap around, which in C is defined for those without a sign; the cast to the result cuts them."""
LOGICAL = {name: FLOATING[name] for name in COMPARISONS} | {
    "absolute": "{0}",
    "add": "({0} | {1})",
    "floor": "{0}",
    "maximum": "({0} | {1})",
    "minimum": "({0} & {1})",
    "multiply": "({0} & {1})",
}
OPERATIONS = {"f": FLOATING, "i": INTEGER, "u": INTEGER, "b": LOGICAL}
"""By the kind of numbers that NumPy computes with, what each elementwise function is in C."""


def c_type(dtype: DType) -> str:
    """The C type of a NumPy type; raises CompilerError where there is none."""
    if dtype.name not in TYPES:
        raise CompilerError(f"the engine 'native' does not compute with numbers of type {dtype.name}")
    return TYPES[dtype.name]


def converted(text: str, source: DType, target: DType) -> str:
    """A number of one type as one of another."""
    if source == target:
        return text
    return f"({text} != 0)" if target.kind == "b" else f"(({c_type(target)}){text})"


def literal(array: Array) -> str:
    """A single number as C writes it."""
    if array.dtype.kind != "f":
        value = int(array)
        return str(value) if abs(value) < 1 << 31 else f"(({c_type(array.dtype)}){value % (1 << 64)}u)"
    if not np.isfinite(array):
        return "NAN" if np.isnan(array) else "INFINITY" if array > 0 else "(-INFINITY)"
    return repr(float(array)) + ("f" if array.dtype == np.float32 else "")


def computed(function: str, operands: list[tuple[str, DType]], out: DType) -> str:
    """A ufunc of numbers, each with its type: converted to those of the loop that NumPy would run."""
    *types, result = getattr(np, function).resolve_dtypes((*(dtype for _, dtype in operands), None))
    operations = OPERATIONS.get(types[0].kind, {})
    if function not in operations or len(set(types)) > 1:
        names = " and ".join(dtype.name for _, dtype in operands)
        raise CompilerError(f"the engine 'native' has no np.{function} of {names}")
    texts = [converted(text, dtype, loop) for (text, dtype), loop in zip(operands, types, strict=True)]
    text = operations[function].format(*texts)
    return converted(f"(({c_type(result)}){text})" if result.kind in "iu" else text, result, out)


def expression(call: Call, operands: list[str]) -> str:
    """One element of an elementwise call."""
    typed = [(text, array.dtype) for text, array in zip(operands, call.arguments, strict=True)]
    if call.function == "copy":
        return converted(*typed[0], call.out.dtype)
    if call.function == "where":
        x, y = (converted(*operand, call.out.dtype) for operand in typed[1:])
        return f"({operands[0]} ? {x} : {y})"
    return computed(call.function, typed, call.out.dtype)


def start(function: str, dtype: DType) -> str:
    """What a reduction starts from: what changes nothing."""
    if function == "sum":
        return "0"
    if dtype.kind == "f":
        return "-INFINITY" if function == "max" else "INFINITY"
    low, high = (0, 1) if dtype.kind == "b" else (np.iinfo(dtype.name).min, np.iinfo(dtype.name).max)
    return literal(np.array(low if function == "max" else high, dtype))


def combined(call: Call, total: str, operand: str) -> str:
    """The total of a reduction with one more element; NaN stays."""
    dtype = call.out.dtype
    element = converted(operand, call.arguments[0].dtype, dtype)
    names = {"sum": "add", "max": "maximum", "min": "minimum"}
    pair = (
        [(total, dtype), (element, dtype)] if call.function == "sum" else [(element, dtype), (total, dtype)]
    )
    return computed(names[call.function], pair, dtype)
