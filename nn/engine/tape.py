"""The tape: runs formulas once, on arrays that note every NumPy call.

For one shape of batch a training step makes the same calls on the same arrays each time, so what
is noted once can be replayed. A tape is never silently wrong: a traced array cannot become a
number, a truth value or a plain array, what is not in this table is refused by name, and
``record`` proves each program on a second batch.

==========  ===========================================================================================
operators   ``+ - * / ** @ & | ^ ~ abs == != < <= > >=`` and in place; ``len``, iteration
indices     slices, numbers, ``None``, ``...``, also to assign; a mask, to assign a number
ufuncs      absolute add arctan cos divide equal exp expm1 floor greater greater_equal less less_equal
            log log1p maximum minimum multiply negative not_equal power sign sin sqrt square subtract
            tanh; composed of these: bitwise_and bitwise_or bitwise_xor invert (of truth values)
            isfinite isinf isnan logaddexp logical_and logical_not logical_or logical_xor matmul
            positive reciprocal
functions   all amax amin any argmax argmin broadcast_to clip concatenate copy count_nonzero dot
            empty_like expand_dims flip full_like linalg.norm matrix_transpose max mean min moveaxis
            ndim ones_like outer ravel reshape result_type shape size squeeze stack std sum swapaxes
            transpose var where zeros_like
methods     T all any argmax argmin astype clip copy dot dtype fill flatten mT max mean min ndim ravel
            reshape shape size squeeze std sum swapaxes transpose var
options     ``axis``, ``keepdims``, ``dtype``, ``ddof``; ``out`` of ufuncs, where it is traced too
==========  ===========================================================================================

Lists and plain arrays among traced ones are constants, with the values that they have when they
are used. What has other values each time is beyond it: random numbers drawn in a formula, counters.
"""

import sys
from collections.abc import Callable, Iterator
from functools import partial
from inspect import signature
from traceback import walk_tb
from types import FrameType
from typing import Any, NoReturn

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple
from numpy.lib.mixins import NDArrayOperatorsMixin

from nn.arrays import Array
from nn.engine.functions import FUNCTIONS, METHODS
from nn.engine.program import Call, compute, laid, overlap, same

ELEMENTWISE = {
    "absolute", "add", "arctan", "cos", "divide", "equal", "exp", "expm1", "floor", "greater",
    "greater_equal", "less", "less_equal", "log", "log1p", "maximum", "minimum", "multiply", "negative",
    "not_equal", "power", "sign", "sin", "sqrt", "square", "subtract", "tanh",
}  # fmt: skip
"""The ufuncs that a program may hold."""


class NotRecordableError(TypeError):
    """A formula does what cannot be noted and replayed."""


class Traced(NDArrayOperatorsMixin):
    """An array whose NumPy calls are noted on a tape. Views of it are traced too."""

    __slots__ = ("array", "tape")  # so that nothing else can be set, such as a shape

    def __init__(self, array: Array, tape: "Tape"):
        self.array, self.tape = array, tape

    shape = property(lambda self: self.array.shape)
    ndim = property(lambda self: self.array.ndim)
    dtype = property(lambda self: self.array.dtype)
    size = property(lambda self: self.array.size)
    T = property(lambda self: self.view_as(self.array.T))
    mT = property(lambda self: self.view_as(self.array.mT))  # noqa: N815  # NumPy's name

    def view_as(self, array: Array) -> "Traced":
        """A view of the same elements."""
        if array.size and not np.may_share_memory(array, self.array):
            refuse("an index that copies")
        return Traced(array, self.tape)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name in METHODS:
            return partial(METHODS[name], self)
        if not name.startswith("__"):  # which Python and NumPy ask for whether it is there or not
            refuse(f".{name} of an array")
        raise AttributeError(name)

    def reshape(self, *shape: Any, copy: bool | None = None) -> "Traced":
        """The same elements in another shape: a view where there can be one, unless ``copy``."""
        try:
            if not copy:
                return self.view_as(self.array.reshape(*shape, copy=False))
        except ValueError:
            if copy is False:
                raise
        rows = self.tape.note("copy", (self,), np.empty(self.shape, self.dtype))
        return rows.view_as(rows.array.reshape(*shape))

    def flatten(self) -> "Traced":
        """A copy as a vector."""
        return self.reshape(-1, copy=True)

    def transpose(self, *axes: Any) -> "Traced":
        """The axes in another order."""
        return self.view_as(self.array.transpose(*axes))

    def astype(self, dtype: Any, *, copy: bool = True) -> "Traced":
        """The same numbers in another type."""
        if not copy and dtype == self.dtype:
            return self
        return self.tape.note("copy", (self,), np.empty_like(self.array, dtype))

    def copy(self) -> "Traced":
        """The same numbers in new memory."""
        return self.astype(self.dtype)

    def __copy__(self) -> "Traced":
        return self.copy()

    def __deepcopy__(self, memo: Any) -> "Traced":
        return self.copy()

    def fill(self, value: Any) -> None:
        """Set all elements to a number."""
        self[...] = value

    def __getitem__(self, index: Any) -> "Traced":
        places = index if isinstance(index, tuple) else (index,)
        # With an ellipsis NumPy gives a view of a single element too, not its value.
        whole = any(place is Ellipsis for place in places)
        return self.view_as(self.array[places if whole else (*places, ...)])

    def __setitem__(self, index: Any, value: Any) -> None:
        mask = isinstance(index, Traced | np.ndarray) and (index.dtype.kind, index.shape) == ("b", self.shape)
        if mask and np.ndim(value) == 0 and np.result_type(self, value) == self.dtype:
            index, value = ..., np.where(index, value, self)
        self.tape.note("copy", (value,), self[index].array)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        return self.tape.ufunc(ufunc, method, inputs, **options)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return call(function, args, kwargs)

    def __len__(self) -> int:
        return len(self.array)

    def __iter__(self) -> Iterator["Traced"]:
        return (self[position] for position in range(len(self)))

    def _refuse_value(self, *_: Any, **__: Any) -> NoReturn:
        refuse("the value of an array (if, float(), math, np.asarray)")

    __array__ = __float__ = __int__ = __bool__ = __index__ = __complex__ = __round__ = __format__ = (
        _refuse_value
    )
    __reduce_ex__ = _refuse_value
    __hash__ = None  # type: ignore[assignment]


def refuse(what: str) -> NoReturn:
    """Raise NotRecordableError, naming the formula that runs."""
    frame: Any = sys._getframe(1)
    while frame.f_back and within(frame):
        frame = frame.f_back
    raise NotRecordableError(
        f"{frame.f_code.co_qualname} (line {frame.f_lineno}) uses {what}, which cannot be recorded"
    )


def within(frame: FrameType) -> bool:
    """Whether code of NumPy or of this folder runs in a frame."""
    return frame.f_globals.get("__name__", "").startswith(("nn.engine", "numpy"))


def place(error: Exception) -> str:
    """The last line of a formula on the way to an error."""
    frames = [
        (frame.f_code.co_qualname, line) for frame, line in walk_tb(error.__traceback__) if not within(frame)
    ]
    return "{} (line {})".format(*frames[-1]) if frames else "this step"


def call(function: Callable[..., Any], inputs: Any, options: Any) -> Any:
    """What stands in for a NumPy function, called."""
    name = called(function)
    if function not in FUNCTIONS:
        refuse(name)
    formula = FUNCTIONS[function]
    parameters = signature(formula)
    given = {key: value for key, value in options.items() if value is not np._NoValue}
    for key in given.keys() - parameters.parameters.keys():
        if given.pop(key) is not None:
            refuse(f"{name} with {key}")
    try:
        parameters.bind(*inputs, **given)
    except TypeError:
        refuse(f"{name} with {len(inputs)} arguments")
    try:
        return formula(*inputs, **given)
    except NotImplementedError as error:
        refuse(f"{name} {error}")


def called(function: Any) -> str:
    """The name by which a formula calls a function or a ufunc."""
    name: str = function.__name__
    module = getattr(function, "__module__", None) or ("numpy" if getattr(np, name, None) is function else "")
    return f"{module}.{name}".replace("numpy.", "np.", 1).lstrip(".")


class Tape:
    """The calls noted so far; results of a ``stack`` of networks lie in memory as ``laid`` out."""

    def __init__(self, stack: int = 0) -> None:
        self.calls: list[Call] = []
        self.stack = stack
        self.watched: list[Array] = []
        self.constants: dict[tuple[Any, ...], Array] = {}
        """By type, shape and bytes, so that equal ones are one."""

    def run(self, step: Any, inputs: dict[str, Array], kept: dict[str, Array]) -> dict[str, Array]:
        """What a step measures, noted; errors that it does not raise on plain arrays are refusals."""
        try:
            measured = step(
                *({name: self.watch(a) for name, a in arrays.items()} for arrays in (inputs, kept))
            )
        except NotRecordableError:
            raise
        except Exception as error:
            step(inputs, {name: array.copy() for name, array in kept.items()})
            raise NotRecordableError(f"{place(error)} cannot be recorded: {error}") from error
        return {
            name: (value if isinstance(value, Traced) else self.note("copy", (value,))).array
            for name, value in measured.items()
        }

    def watch(self, array: Array) -> Traced:
        """A traced array over this one."""
        self.watched.append(array)
        return Traced(array, self)

    def constant(self, value: Any, dtype: Any = None) -> Array:
        """A number, a list or a plain array as it is now."""
        if isinstance(value, np.ndarray) and type(value) is not np.ndarray:
            refuse(f"an array of the kind {type(value).__name__}")
        array = np.array(value, dtype, order="C")
        if array.dtype.kind not in "biufc":
            refuse(f"{type(value).__name__} as an array of numbers")
        if isinstance(value, np.ndarray) and any(overlap(value, watched) for watched in self.watched):
            refuse("an array that training changes, but not the one that it was given for recording")
        return self.constants.setdefault((array.dtype.str, array.shape, array.tobytes()), array)

    def ufunc(self, ufunc: np.ufunc, method: str, inputs: Any, out: Any = (None,), **options: Any) -> Traced:
        """Run and note a ufunc, or its ``reduce``."""
        name, (place,) = called(ufunc), out
        reductions: dict[Any, Any] = {np.add: np.sum, np.maximum: np.max, np.minimum: np.min}
        if method == "reduce" and ufunc in reductions and place is None:
            return call(reductions[ufunc], inputs, {"axis": 0, **options})
        if method != "__call__" or options or not (ufunc.__name__ in ELEMENTWISE or ufunc in FUNCTIONS):
            with_options = f" with {', '.join(options)}" if options else ""
            refuse(f"{name}{'' if method == '__call__' else '.' + method}{with_options}")
        if place is None:
            return call(ufunc, inputs, {}) if ufunc in FUNCTIONS else self.note(ufunc.__name__, inputs)
        if not isinstance(place, Traced):
            refuse(f"{name} with an out= that is not traced")
        if ufunc in FUNCTIONS:
            self.note("copy", (call(ufunc, inputs, {}),), place.array)
        else:
            self.note(ufunc.__name__, inputs, place.array)
        return place

    def note(self, function: str, inputs: Any, out: Array | None = None) -> Traced:
        """Run an elementwise function or a product, into ``out`` where it is given, and note it."""
        arguments = self.operands(function, inputs, out)
        result = compute(function, arguments)
        if out is not None and function != "copy" and not np.can_cast(result.dtype, out.dtype, "same_kind"):
            raise TypeError(f"np.{function} of {result.dtype} into an array of {out.dtype}")
        if out is not None and any(
            overlap(argument, out) and not same(argument, out) for argument in arguments
        ):
            # NumPy reads all of it before it writes.
            return self.note("copy", (self.note(function, inputs),), out)
        if out is None:
            out = laid(result, self.stack)
        else:
            out[...] = result
        self.calls.append(Call(function, arguments, out))
        return Traced(out, self)

    def operands(self, function: str, inputs: Any, out: Array | None) -> tuple[Array, ...]:
        """The inputs as arrays; a number takes the type in which NumPy computes with it."""
        values = [
            value.array if isinstance(value, Traced) else value if weak(value) else self.constant(value)
            for value in inputs
        ]
        if function == "copy" and out is not None:
            (value,) = values
            # As in NumPy, leading axes of length 1 may be more than there are.
            values = [value[(0,) * (value.ndim - out.ndim)] if np.ndim(value) > out.ndim else value]
            types: tuple[Any, ...] = (out.dtype,)
        elif any(map(weak, values)):
            kinds = [weak(value) or value.dtype for value in values]
            types = (
                (bool, *[np.result_type(*values[1:])] * 2)
                if function == "where"
                else getattr(np, function).resolve_dtypes((*kinds, None))
            )
        else:
            types = (None,) * len(values)
        return tuple(
            self.constant(value, dtype) if weak(value) else value
            for value, dtype in zip(values, types, strict=False)
        )

    def reduce(self, function: str, a: Traced, axis: Any = None, *, keepdims: bool = False) -> Traced:
        """Run and note a reduction over some axes, or over all."""
        chosen = range(a.ndim) if axis is None else axis
        axes = tuple(sorted(normalize_axis_tuple(chosen, a.ndim)))
        out = laid(compute(function, (a.array,), axes), self.stack)
        self.calls.append(Call(function, (a.array,), out, axes))
        shape = tuple(length for number, length in enumerate(out.shape) if number not in axes)
        return Traced(out if keepdims else out.reshape(shape, copy=False), self)

    def concatenate(self, parts: list[Any], axis: int, dtype: Any) -> Traced:
        """A copy of each part into its place."""
        arrays = [part.array if isinstance(part, Traced) else part for part in parts]
        whole = Traced(laid(np.concatenate(arrays, axis, dtype=dtype), self.stack), self)
        places = np.moveaxis(whole.array, axis, 0)
        ends = np.cumsum([array.shape[axis] for array in arrays])
        for part, end in zip(parts, ends, strict=True):
            length = part.shape[axis]
            self.note("copy", (part,), np.moveaxis(places[end - length : end], 0, axis))
        return whole


def weak(value: Any) -> type | None:
    """The kind of a number of Python, which takes the type of the arrays that it meets; else None."""
    if isinstance(value, bool | np.generic):
        return None
    return next((kind for kind in (int, float, complex) if isinstance(value, kind)), None)
