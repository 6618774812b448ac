"""Replays programs with NumPy: the cheapest primitive for each call, on the same buffers."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from nn.arrays import Array
from nn.engine.operations import Product, Reduction, Search
from nn.engine.program import Call, Program, overlap

MAX_TERMS_WITHOUT_BLAS = 256
"""Up to this many terms in each product, a stack of products is faster without BLAS."""


MIN_BRANCHLESS_ELEMENTS = 512
"""From this many elements on, ``where`` is faster without branches."""


Primitive = tuple[Callable[..., Any], tuple[Any, ...]]


class Replay:
    """A program as a list of functions with their arguments."""

    def __init__(self, program: Program):
        self.program = program
        self.outputs = tuple(program.outputs.values())
        self.primitives = [primitive for call in program.calls for primitive in lower(call)]

    def __call__(self) -> Mapping[str, Array]:
        """Run one step on the current inputs; returns the outputs."""
        for function, arguments in self.primitives:
            function(*arguments)
        return self.program.outputs


def flat(arrays: tuple[Array, ...]) -> tuple[Array, ...]:
    """Flatten contiguous arrays of the same memory layout to vectors, so that NumPy needs one loop.

    Arrays of one element become scalars. The others stay as they are where one has another layout.
    """
    arrays = tuple(a.reshape((), copy=False) if a.size == 1 else a for a in arrays[:-1]) + arrays[-1:]
    shape = arrays[-1].shape
    order = sorted(range(len(shape)), key=lambda axis: -arrays[-1].strides[axis])
    rows = [array.transpose(order) if array.shape == shape else array for array in arrays]
    if all(
        row.ndim == 0 or (array.shape == shape and row.flags.c_contiguous)
        for row, array in zip(rows, arrays, strict=True)
    ):
        return tuple(row.reshape(-1, copy=False) if row.ndim else row for row in rows)
    return arrays


def lower(call: Call) -> list[Primitive]:
    """Return the primitives that carry out a call."""
    match call.operation:
        case Product():
            return stacked_product(call) if is_stack_of_tiny(call) else [product(call)]
        case Search(numpy=function):
            (array,), axis = call.arguments, call.axes[0]
            return [(getattr(array, function.__name__), (axis, call.out.squeeze(axis)))]
        case Reduction() as operation:
            return [reduction(call, operation)]
        case operation:
            return elementwise(call, operation.numpy)


def elementwise(call: Call, function: Any) -> list[Primitive]:
    """Return the primitives of an elementwise call, in one loop where all arrays have the same layout."""
    *arguments, out = flat((*call.arguments, call.out))
    if function is np.copy:
        conversion = () if arguments[0].dtype == out.dtype else ("unsafe",)
        return [(np.copyto, (out, arguments[0], *conversion))]
    if function is np.where:
        condition, x, y = arguments
        return choice(condition, x, y, out, random=call.out.ndim < 3)
    if function in (np.maximum, np.minimum):  # their positional out is deprecated
        return [(partial(function, out=out), tuple(arguments))]
    return [(function, (*arguments, out))]


def choice(condition: Array, x: Array, y: Array, out: Array, *, random: bool) -> list[Primitive]:
    """Return the primitives of ``where``: copies, or bit operations where branches are unpredictable.

    out = y ^ ((x ^ y) & mask). The conditions of stacks (three axes) mostly repeat from step to step, so that
    their branches are predictable.
    """
    doubles = x.dtype == y.dtype == out.dtype and out.itemsize == 8
    if random and out.size >= MIN_BRANCHLESS_ELEMENTS and doubles and not overlap(y, out):
        mask = np.empty_like(out, np.int64)
        x_bits, y_bits, bits = (array.view(np.int64) for array in (x, y, out))
        return [
            (np.multiply, (condition, np.array(-1), mask)),
            (np.bitwise_xor, (x_bits, y_bits, bits)),
            (np.bitwise_and, (bits, mask, bits)),
            (np.bitwise_xor, (bits, y_bits, bits)),
        ]
    if x.ndim == 0 and condition.shape == out.shape:  # a third of the time of a masked copy
        return [(np.copyto, (out, y)), (np.putmask, (out, condition, x))]
    return [(np.copyto, (out, y)), (np.copyto, (out, x, "same_kind", condition))]


def product(call: Call) -> Primitive:
    """Return a product: ``a.dot``, in a third of the time of ``matmul``; for a stack ``matmul``."""
    a, b = call.arguments
    if a.ndim == b.ndim == 2 and call.out.flags.c_contiguous:
        return a.dot, (b, call.out)
    if a.shape[-1] == 1:
        return np.multiply, flat((a, b, call.out))
    return np.matmul, (a, b, call.out)


def is_stack_of_tiny(call: Call) -> bool:
    """Whether a product is a stack of small ones whose stack axis is contiguous in memory."""
    out = call.out
    return (
        out.ndim == 3
        and out.strides[0] == out.itemsize
        and out[0].size * call.arguments[0].shape[-1] <= MAX_TERMS_WITHOUT_BLAS
    )


def stacked_product(call: Call) -> list[Primitive]:
    """Multiply and add along the stack, out = Σₖ a[:, k] b[k, :]: 6 times faster than ``matmul``."""
    a, b = call.arguments
    term = np.empty_like(call.out)
    primitives: list[Primitive] = []
    for k in range(a.shape[-1]):
        pair = (a[..., :, k : k + 1], b[..., k : k + 1, :])
        if k == 0:
            primitives.append((np.multiply, (*pair, call.out)))
        else:
            primitives += [(np.multiply, (*pair, term)), (np.add, (call.out, term, call.out))]
    return primitives


def reduction(call: Call, operation: Reduction) -> Primitive:
    """Return a reduction; most sums of matrices are faster as products with ones."""
    a, out = call.arguments[0], call.out
    if a.shape == out.shape and a.dtype == out.dtype:  # of one element each
        return np.copyto, flat((a, out))[::-1]
    if operation.adds and a.dtype.kind == "f" and a.flags.c_contiguous and out.flags.c_contiguous:
        if len(call.axes) == a.ndim:
            return np.ones(a.size, a.dtype).dot, (a.reshape(-1, copy=False), out.reshape((), copy=False))
        if a.ndim == 2 and call.axes == (0,):
            return np.ones((1, len(a)), a.dtype).dot, (a, out)
        if a.ndim == 2 and call.axes == (1,):
            return a.dot, (np.ones((a.shape[1], 1), a.dtype), out)
    return operation.ufunc.reduce, (a, call.axes, None, out, True)
