"""Arrays whose NumPy calls are recorded on a tape, and errors for what cannot be recorded."""

import operator
import sys
from collections.abc import Callable, Iterator
from functools import partial
from inspect import signature
from traceback import walk_tb
from types import FrameType
from typing import Any, NoReturn

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from nn.arrays import Array
from nn.engine.functions import FUNCTIONS, METHODS
from nn.engine.program import owner


class NotRecordableError(TypeError):
    """A formula does what cannot be recorded and replayed."""


class Traced(NDArrayOperatorsMixin):
    """An array whose NumPy calls are recorded on a ``Tape``. Views of it are traced too."""

    __slots__ = ("array", "tape")  # so that nothing else can be set, such as a shape

    def __init__(self, array: Array, tape: Any):
        self.array, self.tape = array, tape

    shape = property(lambda self: self.array.shape)
    ndim = property(lambda self: self.array.ndim)
    dtype = property(lambda self: self.array.dtype)
    size = property(lambda self: self.array.size)
    T = property(lambda self: self.view_as(self.array.T))
    weak = property(lambda self: self.tape.settings.is_weak(self.array))
    """Whether it stands for a Python number, which takes the dtype of the arrays it is combined with."""
    mT = property(lambda self: self.view_as(self.array.mT))  # noqa: N815  # NumPy's name

    def view_as(self, array: Array) -> "Traced":
        """Return a traced view of the same elements."""
        if array.size and not np.may_share_memory(array, self.array):
            refuse("an index that copies")
        return Traced(array, self.tape)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name in METHODS:
            return partial(METHODS[name], self)
        if not name.startswith("__"):  # Python and NumPy look these up to see whether they exist
            refuse(f".{name} of an array")
        raise AttributeError(name)

    def reshape(self, *shape: Any, copy: bool | None = None) -> "Traced":
        """Return the same elements in another shape: a view where possible, unless ``copy``."""
        try:
            if not copy:
                return self.view_as(self.array.reshape(*shape, copy=False))
        except ValueError:
            if copy is False:
                raise
        rows = self.tape.note("copy", (self,), np.empty(self.shape, self.dtype))
        return rows.view_as(rows.array.reshape(*shape))

    def flatten(self) -> "Traced":
        """Return a copy as a vector."""
        return self.reshape(-1, copy=True)

    def transpose(self, *axes: Any) -> "Traced":
        """Return a view with the axes in another order."""
        return self.view_as(self.array.transpose(*axes))

    def astype(self, dtype: Any, *, copy: bool = True) -> "Traced":
        """Return the same numbers in another type."""
        if not copy and dtype == self.dtype:
            return self
        if self.array in self.tape.settings:
            return Traced(self.tape.settings.convert(self.array, dtype), self.tape)
        return self.tape.note("copy", (self,), np.empty_like(self.array, dtype))

    def copy(self) -> "Traced":
        """Return a copy."""
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

    def _value(self) -> Any:
        """Return the value of a setting, which then is a constant of the program; refuse any other array."""
        if self.ndim or self.array not in self.tape.settings:
            refuse("the value of an array (if, float(), math, np.asarray)")
        self.tape.settings.read.add(owner(self.array))
        return self.array.item()

    def __bool__(self) -> bool:
        if self.tape.settings.is_given(self.array):  # whether it is 0 chooses the formula
            return bool(self.array)
        return bool(self._value())

    def __int__(self) -> int:
        return int(self._value())

    def __index__(self) -> int:
        value = self._value()
        return operator.index(int(value) if value == int(value) else value)

    def __float__(self) -> float:
        return float(self._value())

    def __complex__(self) -> complex:
        return complex(self._value())

    def __round__(self, digits: int | None = None) -> Any:
        return round(self._value(), digits)

    def __format__(self, form: str) -> str:
        return format(self._value(), form)

    def __array__(self, *_: Any, **__: Any) -> Array:
        return np.array(self._value())

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        refuse("the value of an array (pickle)")

    __hash__ = None  # type: ignore[assignment]


def refuse(what: str) -> NoReturn:
    """Raise NotRecordableError, naming the formula and its line."""
    frame: Any = sys._getframe(1)
    while frame.f_back and within(frame):
        frame = frame.f_back
    raise NotRecordableError(
        f"{frame.f_code.co_qualname} (line {frame.f_lineno}) uses {what}, which cannot be recorded"
    )


def within(frame: FrameType) -> bool:
    """Whether a frame runs code of NumPy or of this package."""
    return frame.f_globals.get("__name__", "").startswith(("nn.engine", "numpy"))


def place_of(error: Exception) -> str:
    """Return the last line of a formula in the traceback of an error."""
    frames = [
        (frame.f_code.co_qualname, line) for frame, line in walk_tb(error.__traceback__) if not within(frame)
    ]
    return "{} (line {})".format(*frames[-1]) if frames else "this step"


def call(function: Callable[..., Any], inputs: Any, options: Any) -> Any:
    """Call what is recorded in place of a NumPy function."""
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
    """Return the name by which a formula calls a function or a ufunc: ``np.exp``."""
    name: str = function.__name__
    module = getattr(function, "__module__", None) or ("numpy" if getattr(np, name, None) is function else "")
    return f"{module}.{name}".replace("numpy.", "np.", 1).lstrip(".")
