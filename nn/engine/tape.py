"""Records formulas by running them once, on arrays that record every NumPy call.

For inputs of fixed shapes a step makes the same calls on the same arrays each time, so what
is recorded once can be replayed. A tape is never silently wrong: a traced array cannot be converted to a
number, a truth value or a plain array, what is not in this table is refused by name, and
``record`` verifies each program on other batches.

==========  ===========================================================================================
operators   ``+ - * / ** @ & | ^ ~ abs == != < <= > >=`` and in place; ``len``, iteration
indices     slices, numbers, ``None``, ``...``, also to assign; a mask, to assign a number
ufuncs      those of ``operations``; composed of these: bitwise_and bitwise_or bitwise_xor
            invert (of truth values) isfinite isinf isnan logaddexp logical_and logical_not logical_or
            logical_xor matmul positive reciprocal
functions   all amax amin any argmax argmin broadcast_to clip concatenate copy count_nonzero dot
            empty_like expand_dims flip full_like linalg.norm matrix_transpose max mean min moveaxis
            ndim ones_like outer ravel reshape result_type shape size squeeze stack std sum swapaxes
            transpose var where zeros_like
methods     T all any argmax argmin astype clip copy dot dtype fill flatten mT max mean min ndim ravel
            reshape shape size squeeze std sum swapaxes transpose var
options     ``axis``, ``keepdims``, ``dtype``, ``ddof``; ``out`` of ufuncs, where it is traced too
==========  ===========================================================================================

Lists and plain arrays among traced ones are constants, with the values that they have when they
are used. Values that change from step to step, such as random numbers and counters, cannot be recorded.

A *setting* (``Tape.setting``) is an input of the program, not a constant. In formulas it acts as a Python
number; where ``if``, ``float()`` or ``math`` reads its value, that value becomes a constant. A result that
depends on settings alone is a setting too, and is not recorded as a call.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from nn.arrays import Array
from nn.engine.functions import FUNCTIONS
from nn.engine.operations import ELEMENTWISE, OPERATIONS, REDUCTIONS
from nn.engine.program import Call, contiguous_stack, overlap, same_elements
from nn.engine.settings import Bound, Settings, unbound
from nn.engine.traced import NotRecordableError, Traced, call, called, place_of, refuse


class Tape:
    """The calls recorded so far; results with a leading axis of ``stack`` are contiguous along it."""

    def __init__(self, stack: int = 0) -> None:
        self.calls: list[Call] = []
        self.stack = stack
        self.watched: list[Array] = []
        self.label = ""
        self.settings = Settings()
        self.constants: dict[tuple[Any, ...], Array] = {}
        """Constants by type, shape and bytes, so that equal ones are stored once."""

    def run(
        self, step: Any, inputs: dict[str, Array], kept: dict[str, Array], bound: Bound = unbound
    ) -> dict[str, Array]:
        """Record a step; returns its outputs. Numbers that are ``bound`` become settings.

        Raises NotRecordableError also for an error that the step does not raise on plain arrays.
        """
        try:
            with bound(self.setting):
                measured = step(
                    *({name: self.watch(a) for name, a in arrays.items()} for arrays in (inputs, kept))
                )
        except NotRecordableError:
            raise
        except Exception as error:
            step(inputs, {name: array.copy() for name, array in kept.items()})
            raise NotRecordableError(f"{place_of(error)} cannot be recorded: {error}") from error
        return {name: self.measured(value) for name, value in measured.items()}

    def measured(self, value: Any) -> Array:
        """Return an output as an array that the program fills."""
        if isinstance(value, Traced) and value.array not in self.settings:
            return value.array
        return self.note("copy", (value,), np.empty_like(getattr(value, "array", value))).array

    def watch(self, array: Array) -> Traced:
        """Return a traced array over this one."""
        self.watched.append(array)
        return Traced(array, self)

    def setting(self, value: float) -> Traced:
        """Return a number that is an input of the program, not a constant."""
        return Traced(self.settings.add(float(value), weak=True), self)

    def settled(self, inputs: Any) -> bool:
        """Whether all inputs are scalars that do not change from step to step, and some are settings."""
        traced = [value for value in inputs if isinstance(value, Traced)]
        return (
            bool(traced)
            and all(value.array in self.settings for value in traced)
            and not any(map(np.ndim, inputs))
        )

    def constant(self, value: Any, dtype: Any = None) -> Array:
        """Return a number, a list or a plain array as a constant with its current value."""
        if isinstance(value, np.ndarray) and type(value) is not np.ndarray:
            refuse(f"an array of the kind {type(value).__name__}")
        array = np.array(value, dtype, order="C")
        if array.dtype.kind not in "biufc":
            refuse(f"{type(value).__name__} as an array of numbers")
        if isinstance(value, np.ndarray) and any(overlap(value, watched) for watched in self.watched):
            refuse("an array that the step changes, but not through its arguments")
        return self.constants.setdefault((array.dtype.str, array.shape, array.tobytes()), array)

    def ufunc(self, ufunc: np.ufunc, method: str, inputs: Any, out: Any = (None,), **options: Any) -> Traced:
        """Run and record a ufunc, or its ``reduce``."""
        name, (place,) = called(ufunc), out
        if isinstance(place, Traced) and place.array in self.settings:
            place = None  # as for a Python number, *= makes a new one
        if method == "__call__" and place is None and not options and self.settled(inputs):
            return self.note(ufunc.__name__, inputs)
        if method == "reduce" and ufunc in REDUCTIONS and place is None:
            return call(REDUCTIONS[ufunc].numpy, inputs, {"axis": 0, **options})
        if method != "__call__" or options or not (ufunc in ELEMENTWISE or ufunc in FUNCTIONS):
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
        """Run and record an elementwise function or a product, into ``out`` where it is given."""
        arguments = self.operands(function, inputs, out)
        if out is None and self.settled(inputs):
            found = self.settings.compute(function, arguments, weak=all(map(weak, inputs)))
            return Traced(found, self)
        if out is not None and out in self.settings:
            refuse("an assignment to a number")
        result = OPERATIONS[function].compute(arguments, ())
        if out is not None and function != "copy" and not np.can_cast(result.dtype, out.dtype, "same_kind"):
            raise TypeError(f"np.{function} of {result.dtype} into an array of {out.dtype}")
        if out is not None and any(
            overlap(argument, out) and not same_elements(argument, out) for argument in arguments
        ):
            # NumPy reads all arguments before it writes.
            return self.note("copy", (self.note(function, inputs),), out)
        if out is None:
            out = contiguous_stack(result, self.stack)
        else:
            out[...] = result
        self.calls.append(Call(function, arguments, out, label=self.label))
        return Traced(out, self)

    def operands(self, function: str, inputs: Any, out: Array | None) -> tuple[Array, ...]:
        """Return the inputs as arrays; a Python number takes the type in which NumPy computes with it."""
        values = [
            value if weak(value) else value.array if isinstance(value, Traced) else self.constant(value)
            for value in inputs
        ]
        if function == "copy" and out is not None:
            (value,) = values
            # As in NumPy, the value may have additional leading axes of length 1.
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
            self.typed(value, dtype) if weak(value) else value
            for value, dtype in zip(values, types, strict=False)
        )

    def typed(self, value: Any, dtype: Any) -> Array:
        """Return a Python number, or a setting that stands for one, in the type in which it is used."""
        if not isinstance(value, Traced):
            return self.constant(value, dtype)
        return value.array if dtype == value.dtype else self.settings.convert(value.array, dtype)

    def reduce(self, function: str, a: Traced, axis: Any = None, *, keepdims: bool = False) -> Traced:
        """Run and record a reduction over some axes, or over all."""
        chosen = range(a.ndim) if axis is None else axis
        axes = tuple(sorted(normalize_axis_tuple(chosen, a.ndim)))
        out = contiguous_stack(OPERATIONS[function].compute((a.array,), axes), self.stack)
        self.calls.append(Call(function, (a.array,), out, axes, self.label))
        shape = tuple(length for number, length in enumerate(out.shape) if number not in axes)
        return Traced(out if keepdims else out.reshape(shape, copy=False), self)

    def concatenate(self, parts: list[Any], axis: int, dtype: Any) -> Traced:
        """Record a copy of each part to its place in a new array."""
        arrays = [part.array if isinstance(part, Traced) else part for part in parts]
        whole = Traced(contiguous_stack(np.concatenate(arrays, axis, dtype=dtype), self.stack), self)
        places = np.moveaxis(whole.array, axis, 0)
        ends = np.cumsum([array.shape[axis] for array in arrays])
        for part, end in zip(parts, ends, strict=True):
            length = part.shape[axis]
            self.note("copy", (part,), np.moveaxis(places[end - length : end], 0, axis))
        return whole


@contextmanager
def labelled(array: Any, label: str) -> Iterator[None]:
    """Give a label to the calls that are recorded in a ``with`` block, if the array is traced.

    Of nested labels the innermost counts.
    """
    tape = getattr(array, "tape", None)
    if tape is None:
        yield
        return
    outer, tape.label = tape.label, label
    try:
        yield
    finally:
        tape.label = outer


def weak(value: Any) -> type | None:
    """Return the type of a Python number, which takes the dtype of the arrays beside it; else None."""
    if isinstance(value, Traced):
        return float if value.weak else None
    if isinstance(value, bool | np.generic):
        return None
    return next((kind for kind in (int, float, complex) if isinstance(value, kind)), None)
