"""Arithmetic in C on the number types of NumPy, with the results of NumPy."""

import numpy as np

from nn.arrays import Array
from nn.engine.compiler import CompilerError
from nn.engine.operations import ELEMENTWISE, Elementwise, Reduction
from nn.engine.program import Call

DType = np.dtype[np.generic]
TYPES = {
    "float64": "double",
    "float32": "float",
    "bool": "unsigned char",
    **{f"{sign}int{bits}": f"{sign}int{bits}_t" for sign in ("", "u") for bits in (8, 16, 32, 64)},
}
"""The C type of each NumPy type."""


def c_type(dtype: DType) -> str:
    """Return the C type of a NumPy type; raises CompilerError where there is none."""
    if dtype.name not in TYPES:
        raise CompilerError(f"the engine 'native' does not compute with numbers of type {dtype.name}")
    return TYPES[dtype.name]


def converted(text: str, source: DType, target: DType) -> str:
    """Convert an expression from one type to another."""
    if source == target:
        return text
    return f"({text} != 0)" if target.kind == "b" else f"(({c_type(target)}){text})"


def literal(array: Array) -> str:
    """Write a scalar as a C literal."""
    if array.dtype.kind != "f":
        value = int(array)
        return str(value) if abs(value) < 1 << 31 else f"(({c_type(array.dtype)}){value % (1 << 64)}u)"
    if not np.isfinite(array):
        return "NAN" if np.isnan(array) else "INFINITY" if array > 0 else "(-INFINITY)"
    return repr(float(array)) + ("f" if array.dtype == np.float32 else "")


def computed(operation: Elementwise, operands: list[tuple[str, DType]], out: DType) -> str:
    """Write a ufunc of typed operands, converted to the types of the loop that NumPy would run."""
    *types, result = operation.numpy.resolve_dtypes((*(dtype for _, dtype in operands), None))
    kind = types[0].kind
    if kind not in operation.c or len(set(types)) > 1:
        names = " and ".join(dtype.name for _, dtype in operands)
        raise CompilerError(f"the engine 'native' has no np.{operation.name} of {names}")
    texts = [converted(text, dtype, loop) for (text, dtype), loop in zip(operands, types, strict=True)]
    text = operation.c[kind].format(*texts)
    return converted(f"(({c_type(result)}){text})" if result.kind in "iu" else text, result, out)


def expression(operation: Elementwise, call: Call, operands: list[str]) -> str:
    """Write one element of an elementwise call."""
    typed = [(text, array.dtype) for text, array in zip(operands, call.arguments, strict=True)]
    out = call.out.dtype
    if isinstance(operation.numpy, np.ufunc):
        return computed(operation, typed, out)
    # A copy, or a choice behind its condition: each value in the type of the result.
    condition, values = operands[:-2], typed[-2:]
    return operation.c[out.kind].format(*condition, *(converted(*value, out) for value in values))


def start(operation: Reduction, dtype: DType) -> str:
    """Write the neutral element that a reduction starts from."""
    if operation.adds:
        return "0"
    largest = operation.ufunc is np.maximum
    if dtype.kind == "f":
        return "-INFINITY" if largest else "INFINITY"
    low, high = (0, 1) if dtype.kind == "b" else (np.iinfo(dtype.name).min, np.iinfo(dtype.name).max)
    return literal(np.array(low if largest else high, dtype))


def combined(operation: Reduction, call: Call, total: str, operand: str) -> str:
    """Write the combination of a reduction's total with one more element; NaN stays."""
    dtype = call.out.dtype
    element = converted(operand, call.arguments[0].dtype, dtype)
    pair = [(total, dtype), (element, dtype)]
    return computed(ELEMENTWISE[operation.ufunc], pair if operation.adds else pair[::-1], dtype)
