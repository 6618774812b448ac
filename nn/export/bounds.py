"""First-order bounds of rounding errors: how far a program's results may be off in floating point.

Each array of a program has a bound b beside its values: another computation of it, with sums in any order, is
off by at most u b to first order in the rounding u of its type. A rule for each operation makes bounds of the
result from those of its arguments, as in Higham (2002), "Accuracy and stability of numerical algorithms",
chapters 2 to 4. Functions of the mathematical library are off by up to ``LIBRARY`` units. Truth values and
integers have a doubt instead, 1 where rounding may decide them.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from nn.arrays import Array, Floats
from nn.engine.operations import Product, Reduction, Search
from nn.engine.program import Call, Program, base, owner, same_elements

LIBRARY = 8
"""4 units in the last place, each up to two roundings."""


class Bounds:
    """The bounds of a program in which rows are the leading axis, for a type of numbers."""

    def __init__(self, program: Program, dtype: Any):
        self.program, self.limits = program, np.finfo(dtype)
        self.u = float(self.limits.eps) / 2
        self.shadows: dict[int, tuple[Floats, Array]] = {}
        for array in program.inputs.values():
            self.of(array)[...] = self.represented(array)

    def of(self, array: Array) -> Floats:
        """Return the bounds of an array: a view of those of the array that owns its memory."""
        root = base(array)
        if id(root) not in self.shadows:
            fixed = owner(array) not in self.program.changing
            memory = np.zeros(root.size)
            self.shadows[id(root)] = (memory, root)
            if fixed:
                self.view(root)[...] = self.represented(root)
        return self.view(array)

    def view(self, array: Array) -> Floats:
        """Return a view of the shadow of an array's memory, laid out like the array."""
        memory, root = self.shadows[owner(array)]
        size = array.itemsize
        offset = (array.ctypes.data - root.ctypes.data) // size
        strides = tuple(8 * stride // size for stride in array.strides)
        return np.ndarray(array.shape, np.float64, memory, 8 * offset, strides)

    @np.errstate(all="ignore")
    def represented(self, array: Array) -> Array:
        """Return how far numbers are off that are stored in the type."""
        if array.dtype.kind != "f":
            return np.zeros(array.shape)
        rounded = array.astype(self.limits.dtype).astype(np.float64)
        off = np.abs(array - rounded) / self.u
        return np.where(np.isfinite(array), np.where(np.isfinite(rounded), off, np.inf), 0)

    @np.errstate(all="ignore")
    def run(self) -> dict[str, Floats]:
        """Carry out the program on its current inputs; returns the bounds of its outputs, copied."""
        for call in self.program.calls:
            result = call.compute()
            bounds = self.rule(call, result)
            call.out[...] = result
            self.of(call.out)[...] = np.where(np.isnan(bounds), np.inf, bounds)
        return {name: self.of(array).copy() for name, array in self.program.outputs.items()}

    def rule(self, call: Call, r: Array) -> Array:
        """Return the bounds of a result, before it is stored."""
        v, b = call.arguments, [self.of(argument) for argument in call.arguments]
        kind = call.out.dtype.kind
        if isinstance(call.operation, Search):
            return self.of_search(v[0], b[0], call.axes)
        if isinstance(call.operation, Product):
            return self.rounded(call, self.of_product(v[0], v[1], b[0], b[1]), r)
        if isinstance(call.operation, Reduction):
            most = np.max(b[0], axis=call.axes, keepdims=True)
            if kind != "f" or not call.operation.adds:
                return most
            terms = v[0].size // max(r.size, 1)
            sizes = np.sum(np.abs(v[0]), axis=call.axes, keepdims=True)
            total = np.sum(b[0], axis=call.axes, keepdims=True) + (terms - 1) * sizes
            return self.rounded(call, total, r)
        if kind == "f":
            b = [
                bound if argument.dtype.kind == "f" else bound / self.u
                for argument, bound in zip(v, b, strict=True)
            ]
            if call.function == "where":
                return self.of_choice(v, [self.of(v[0]), *b[1:]])
            if call.function in CARRIED:
                return CARRIED[call.function](v, b, r, self.u)
            return self.rounded(call, ROUNDED[call.function](v, b, r, self.u), r)
        if len(v) == 2 and same_elements(*v):  # is it NaN?
            return np.zeros(r.shape)
        if len(v) == 2 and all(argument.dtype.kind == "f" for argument in v):  # a comparison
            margin = self.u * (b[0] + b[1])
            return np.where((np.abs(v[0] - v[1]) <= margin) & (margin > 0), 1.0, 0.0)
        return np.max(np.broadcast_arrays(*b), axis=0)

    def rounded(self, call: Call, b: Array, r: Array) -> Array:
        """Bounds of an operation that rounds: none where all is whole and exact, more where it underflows."""
        whole = (r == np.rint(r)) & (np.abs(r) < 1 / self.u) & (r.dtype.kind == "f")
        if isinstance(call.operation, Product | Reduction) or call.function in LIBRARY_FUNCTIONS:
            whole = whole & False
        for argument in call.arguments if np.any(whole) else ():
            whole = whole & (argument == np.rint(argument)) & (self.of(argument) == 0)
        tiny = float(self.limits.tiny)
        b = b + np.where(np.abs(r) < tiny, tiny / self.u, 0)
        b = np.where(np.abs(r) > float(self.limits.max), np.inf, b)
        return np.where(whole, 0, b)

    def of_choice(self, v: tuple[Array, ...], b: list[Array]) -> Array:
        """Bounds of ``where``: where the condition is in doubt either value may be taken."""
        chosen = np.where(v[0], b[1], b[2])
        either = np.maximum(b[1], b[2]) + np.abs(np.subtract(v[1], v[2], dtype=np.float64)) / self.u
        return np.where(b[0] > 0, either, chosen)

    def of_product(self, x: Array, y: Array, bx: Array, by: Array) -> Array:
        """Bounds of x y: |x| b_y + b_x |y| + u b_x b_y + n |x| |y| for n terms."""
        size, bound = np.abs(x), np.abs(y)
        carried: Array = size @ by + bx @ (bound + self.u * by)
        return carried + x.shape[-1] * (size @ bound)

    def of_search(self, v: Array, b: Array, axes: tuple[int, ...]) -> Array:
        """The doubt of a search: whether another element may be the largest."""
        low = np.max(v - self.u * b, axis=axes, keepdims=True)
        near = np.sum(v + self.u * b >= low, axis=axes, keepdims=True)
        return np.where((near > 1) & (np.max(b, axis=axes, keepdims=True) > 0), 1.0, 0.0)


def of_extreme(sign: int) -> Callable[..., Array]:
    """Return the rule of the larger (sign 1) or smaller (−1) of two numbers."""

    def rule(v: Any, b: Any, r: Array, u: float) -> Array:
        difference = sign * (v[0] - v[1])
        clear = np.abs(difference) > u * (b[0] + b[1])
        return np.where(clear, np.where(difference > 0, b[0], b[1]), np.maximum(b[0], b[1]))

    return rule


def away_from_0(v: Array, b: Array, u: float) -> Array:
    """Return a lower bound of |v|."""
    return np.maximum(np.abs(v) - u * b, 0)


def of_exponential(v: Array, b: Array, r: Array, u: float) -> Array:
    """Return (e^(v + u b) − e^v) / u, for r = e^v; e^v (e^(u b) − 1) / u is exact for small u b."""
    return np.where(u * b < 1, r * np.expm1(u * b), np.exp(v + u * b) - r) / u


BoundRule = Callable[[Any, Any, Array, float], Array]
CARRIED: dict[str, BoundRule] = {
    "copy": lambda v, b, r, u: b[0],
    "negative": lambda v, b, r, u: b[0],
    "absolute": lambda v, b, r, u: b[0],
    "maximum": of_extreme(1),
    "minimum": of_extreme(-1),
    "sign": lambda v, b, r, u: np.where(np.abs(v[0]) <= u * b[0], 2 / u, 0) * (b[0] > 0),
    "floor": lambda v, b, r, u: (np.floor(v[0] + u * b[0]) - np.floor(v[0] - u * b[0])) / u,
}
"""The rules of operations that do not round: from values v, bounds b and the result r to its bounds."""
ROUNDED: dict[str, BoundRule] = {
    "add": lambda v, b, r, u: b[0] + b[1] + np.abs(r),
    "subtract": lambda v, b, r, u: b[0] + b[1] + np.abs(r),
    "multiply": lambda v, b, r, u: np.abs(v[0]) * b[1] + b[0] * (np.abs(v[1]) + u * b[1]) + np.abs(r),
    "square": lambda v, b, r, u: 2 * np.abs(v[0]) * b[0] + u * b[0] ** 2 + np.abs(r),
    "divide": lambda v, b, r, u: (b[0] + np.abs(r) * b[1]) / away_from_0(v[1], b[1], u) + np.abs(r),
    "sqrt": lambda v, b, r, u: (
        (np.sqrt(v[0] + u * b[0]) - np.sqrt(np.maximum(v[0] - u * b[0], 0))) / u + np.abs(r)
    ),
    "exp": lambda v, b, r, u: of_exponential(v[0], b[0], r, u) + LIBRARY * r,
    "expm1": lambda v, b, r, u: of_exponential(v[0], b[0], r + 1, u) + LIBRARY * np.abs(r),
    "log": lambda v, b, r, u: b[0] / away_from_0(v[0], b[0], u) + LIBRARY * np.abs(r),
    "log1p": lambda v, b, r, u: b[0] / away_from_0(1 + v[0], b[0], u) + LIBRARY * np.abs(r),
    "tanh": lambda v, b, r, u: b[0] * (1 - np.tanh(away_from_0(v[0], b[0], u)) ** 2) + LIBRARY * np.abs(r),
    "arctan": lambda v, b, r, u: b[0] / (1 + away_from_0(v[0], b[0], u) ** 2) + LIBRARY * np.abs(r),
    "sin": lambda v, b, r, u: b[0] + LIBRARY * np.abs(r),
    "cos": lambda v, b, r, u: b[0] + LIBRARY * np.abs(r),
    "power": lambda v, b, r, u: (
        np.abs(r)
        * (
            np.abs(v[1]) * b[0] / away_from_0(v[0], b[0], u)
            + np.where(b[1] > 0, np.abs(np.log(np.abs(v[0]))) * b[1], 0)
            + LIBRARY
        )
    ),
}
"""The rules of operations that round."""
LIBRARY_FUNCTIONS = {"exp", "expm1", "log", "log1p", "tanh", "arctan", "sin", "cos", "power"}
