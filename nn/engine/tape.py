"""The tape: runs formulas once, on arrays that note every NumPy call.

For one shape of batch a training step makes the same calls on the same arrays each time, so what
is noted once can be replayed. A tape is never silently wrong: a traced array cannot become a
number, a truth value or a plain array, what is not in the tables below is refused by name, and
``record`` proves each program on a second batch.
"""

import operator
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NoReturn

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from nn.arrays import Array
from nn.engine.program import REDUCTIONS, Call, compute, laid, overlap, same

ELEMENTWISE = {
    "absolute", "add", "cos", "divide", "equal", "exp", "expm1", "floor", "greater", "greater_equal", "less",
    "less_equal", "log", "log1p", "maximum", "minimum", "multiply", "negative", "not_equal", "power", "sign",
    "sqrt", "square", "subtract", "tanh",
}  # fmt: skip
"""The ufuncs that a program may hold."""


class NotRecordableError(TypeError):
    """A formula does what cannot be noted and replayed."""


class Traced(NDArrayOperatorsMixin):
    """An array whose NumPy calls are noted on a tape. Views of it are traced too."""

    def __init__(self, array: Array, tape: "Tape"):
        self.array, self.tape = array, tape
        self.shape, self.ndim, self.dtype, self.size = array.shape, array.ndim, array.dtype, array.size

    def _view(self, array: Array) -> "Traced":
        if array.size and not np.may_share_memory(array, self.array):
            refuse("an index or a shape that copies")
        return Traced(array, self.tape)

    @property
    def mT(self) -> "Traced":  # noqa: N802  # NumPy's name
        """The transpose of each matrix."""
        return self._view(self.array.mT)

    def reshape(self, *shape: Any, copy: bool | None = None) -> "Traced":
        """The same elements in another shape."""
        return self._view(self.array.reshape(*shape, copy=False))

    def repeated(self, shape: tuple[int, ...]) -> "Traced":
        """The same elements, standing for several along new axes and those of length 1."""
        return self._view(np.broadcast_to(self.array, shape))

    def astype(self, dtype: Any) -> "Traced":
        """The same numbers as another type."""
        return self.tape.note("copy", (self,), laid(self.array.astype(dtype), self.tape.stack))

    def __getitem__(self, index: Any) -> "Traced":
        places = index if isinstance(index, tuple) else (index,)
        # With an ellipsis NumPy gives a view of a single element too, not its value.
        return self._view(self.array[index if Ellipsis in places else (*places, ...)])

    def __setitem__(self, index: Any, value: Any) -> None:
        self.tape.note("copy", (value,), self.array[index])

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        return self.tape.ufunc(ufunc, method, inputs, **options)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if function not in FUNCTIONS:
            refuse(f"np.{function.__name__}")
        return FUNCTIONS[function](self.tape, *args, **kwargs)

    def __len__(self) -> int:
        return len(self.array)

    def __iter__(self) -> Iterator["Traced"]:
        return (self[position] for position in range(len(self)))

    def _refuse_value(self, *_: Any, **__: Any) -> NoReturn:
        refuse("the value of an array (if, float(), math, np.asarray)")

    __array__ = __float__ = __int__ = __bool__ = __index__ = __complex__ = _refuse_value
    __hash__ = None  # type: ignore[assignment]


def refuse(what: str) -> NoReturn:
    """Raise NotRecordableError, naming the formula that runs."""
    frame: Any = sys._getframe(1)
    while frame.f_back and frame.f_globals.get("__name__", "").startswith(("nn.engine", "numpy")):
        frame = frame.f_back
    raise NotRecordableError(
        f"{frame.f_code.co_qualname} (line {frame.f_lineno}) uses {what}, which cannot be recorded"
    )


class Tape:
    """The calls noted so far; results of a ``stack`` of networks lie in memory as ``laid`` out."""

    def __init__(self, stack: int = 0) -> None:
        self.calls: list[Call] = []
        self.stack = stack

    def watch(self, array: Array) -> Traced:
        """A traced array over this one."""
        return Traced(array, self)

    def ufunc(self, ufunc: np.ufunc, method: str, inputs: Any, out: Any = None, **options: Any) -> Traced:
        """Run and note a ufunc, or its ``reduce``."""
        names = {reducer: name for name, reducer in REDUCTIONS.items()}
        if method == "reduce" and ufunc in names and out is None:
            return self.reduce(names[ufunc], *inputs, **{"axis": 0, **options})
        name = ufunc.__name__
        if method != "__call__" or not (name in ELEMENTWISE or name == "matmul") or options:
            refuse(f"np.{name}{'' if method == '__call__' else '.' + method}{list(options) or ''}")
        if out is None:
            return self.note(name, inputs)
        if not isinstance(out[0], Traced):
            refuse(f"np.{name} with an out= that is not traced")
        self.note(name, inputs, out[0].array)
        traced: Traced = out[0]
        return traced

    def note(self, function: str, inputs: Any, out: Array | None = None) -> Traced:
        """Run an elementwise function or a product, into ``out`` where it is given, and note it."""
        types = [value.dtype for value in inputs if hasattr(value, "dtype") and value.dtype.kind in "fc"]
        floating = np.result_type(*types) if types else None
        # A number becomes a 0-d array of the type of the others, which it would otherwise promote.
        arguments = tuple(
            value.array
            if isinstance(value, Traced)
            else np.asarray(value, None if np.ndim(value) else floating)
            for value in inputs
        )
        if out is not None and any(
            overlap(argument, out) and not same(argument, out) for argument in arguments
        ):
            # NumPy reads all of it before it writes.
            return self.note("copy", (self.note(function, inputs),), out)
        result = compute(function, arguments)
        if out is None:
            out = laid(result, self.stack)
        else:
            out[...] = result
        self.calls.append(Call(function, arguments, out))
        return Traced(out, self)

    def reduce(
        self, function: str, a: Traced, axis: Any = None, *, keepdims: bool = False, **options: Any
    ) -> Traced:
        """Run and note a reduction; only its axes may be chosen."""
        if unusual := [name for name, value in options.items() if value is not None]:
            refuse(f"np.{function} with {', '.join(unusual)}")
        chosen = range(a.ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,)
        axes = tuple(sorted(operator.index(number) % a.ndim for number in chosen))
        out = laid(compute(function, (a.array,), axes), self.stack)
        self.calls.append(Call(function, (a.array,), out, axes))
        shape = tuple(length for number, length in enumerate(out.shape) if number not in axes)
        return Traced(out if keepdims else out.reshape(shape, copy=False), self)

    def mean(self, a: Traced, axis: Any = None, **options: Any) -> Traced:
        """A sum, and a division by the number of its terms."""
        total = self.reduce("sum", a, axis, **options)
        mean: Traced = total / (a.size // total.size)
        return mean

    def concatenate(self, parts: Sequence[Any], axis: int = 0) -> Traced:
        """A copy of each part into its place."""
        arrays = [part.array if isinstance(part, Traced) else part for part in parts]
        whole = Traced(laid(np.concatenate(arrays, axis), self.stack), self)
        places = np.moveaxis(whole.array, axis, 0)
        ends = np.cumsum([array.shape[axis] for array in arrays])
        for part, end in zip(parts, ends, strict=True):
            length = part.shape[axis]
            self.note("copy", (part,), np.moveaxis(places[end - length : end], 0, axis))
        return whole


def _reduction(name: str) -> Callable[..., Traced]:
    return lambda tape, a, axis=None, **options: tape.reduce(name, a, axis, **options)


FUNCTIONS: dict[Callable[..., Any], Callable[..., Traced]] = {
    np.sum: _reduction("sum"),
    np.max: _reduction("max"),
    np.min: _reduction("min"),
    np.argmax: _reduction("argmax"),
    np.mean: Tape.mean,
    np.concatenate: Tape.concatenate,
    np.broadcast_to: lambda _, a, shape: a.repeated(shape),
    np.where: lambda tape, *choice: tape.note("where", choice),
}
"""The other functions that formulas may call."""
