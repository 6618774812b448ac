"""Tables of the NumPy functions and array methods that can be recorded, with what is recorded for each."""

from collections.abc import Callable
from math import inf
from typing import Any

import numpy as np

from nn.engine.composed import (
    argmax,
    argmin,
    clip,
    concatenate,
    dot,
    full_like,
    logaddexp,
    matmul,
    mean,
    norm,
    outer,
    reciprocal,
    stack,
    std,
    total,
    var,
    where,
)

Function = Callable[..., Any]


def reduced(name: str) -> Function:
    """Return the reduction of this name."""
    return lambda a, axis=None, *, keepdims=False: a.tape.reduce(name, a, axis, keepdims=keepdims)


def logical(name: str, function: Function) -> Function:
    """Return a function of truth values that refuses integers, on whose bits NumPy would work."""

    def of_truth_values(*inputs: Any) -> Any:
        if any(np.result_type(value).kind != "b" for value in inputs):
            raise NotImplementedError("of integers")
        return function(*inputs)

    of_truth_values.__name__ = name
    return of_truth_values


def truths(a: Any) -> Any:
    """Return which elements are not 0; truth values as they are."""
    return a if a.dtype.kind == "b" else a != 0


def view(function: Function) -> Function:
    """Return a function that records nothing: its result is a view of its first argument."""
    return lambda a, *options, **named: a.view_as(function(a.array, *options, **named))


def fact(function: Function) -> Function:
    """Return a function that depends on shapes and types alone."""
    return lambda *arguments: function(*map(stand_in, arguments))


def stand_in(value: Any) -> Any:
    """Return a plain value of the same shape and type as a traced one."""
    return 1.0 if getattr(value, "weak", False) else getattr(value, "array", value)


FUNCTIONS: dict[Function, Function] = {
    # ufuncs
    np.bitwise_and: logical("and", np.multiply),
    np.bitwise_or: logical("or", np.add),
    np.bitwise_xor: logical("xor", np.not_equal),
    np.invert: logical("not", lambda a: a == False),  # noqa: E712
    np.isfinite: lambda a: np.abs(a) < inf,
    np.isinf: lambda a: np.abs(a) == inf,
    np.isnan: lambda a: a != a,
    np.logaddexp: logaddexp,
    np.logical_and: lambda a, b: (a != 0) * (b != 0),
    np.logical_not: lambda a: a == 0,
    np.logical_or: lambda a, b: (a != 0) + (b != 0),
    np.logical_xor: lambda a, b: (a != 0) != (b != 0),
    np.matmul: matmul,
    np.positive: lambda a: a.copy(),
    np.reciprocal: reciprocal,
    # elementwise
    np.clip: clip,
    np.where: where,
    # reductions
    np.all: lambda a, axis=None, *, keepdims=False: np.min(truths(a), axis, keepdims=keepdims),
    np.amax: reduced("max"),
    np.amin: reduced("min"),
    np.any: lambda a, axis=None, *, keepdims=False: np.max(truths(a), axis, keepdims=keepdims),
    np.argmax: argmax,
    np.argmin: argmin,
    np.count_nonzero: lambda a, axis=None, *, keepdims=False: np.sum(a != 0, axis, keepdims=keepdims),
    np.linalg.norm: norm,
    np.max: reduced("max"),
    np.mean: mean,
    np.min: reduced("min"),
    np.std: std,
    np.sum: total,
    np.var: var,
    # new arrays
    np.concatenate: concatenate,
    np.copy: lambda a: a.copy(),
    np.empty_like: lambda a, dtype=None: full_like(a, 0, dtype),
    np.full_like: full_like,
    np.ones_like: lambda a, dtype=None: full_like(a, 1, dtype),
    np.stack: stack,
    np.zeros_like: lambda a, dtype=None: full_like(a, 0, dtype),
    # products
    np.dot: dot,
    np.outer: outer,
    # views
    np.broadcast_to: view(np.broadcast_to),
    np.expand_dims: view(np.expand_dims),
    np.flip: view(np.flip),
    np.matrix_transpose: view(np.matrix_transpose),
    np.moveaxis: view(np.moveaxis),
    np.ravel: lambda a: a.reshape(-1),
    np.reshape: lambda a, shape, *, copy=None: a.reshape(shape, copy=copy),
    np.squeeze: view(np.squeeze),
    np.swapaxes: view(np.swapaxes),
    np.transpose: view(np.transpose),
    # facts
    np.ndim: fact(np.ndim),
    np.result_type: fact(np.result_type),
    np.shape: fact(np.shape),
    np.size: fact(np.size),
}
"""What is recorded for each. They raise NotImplementedError, whose message says for which arguments."""
METHODS: dict[str, Function] = {
    function.__name__: function
    for function in (
        *(np.all, np.any, np.argmax, np.argmin, np.clip, np.dot, np.max, np.mean, np.min, np.ravel),
        *(np.squeeze, np.std, np.sum, np.swapaxes, np.var),
    )
}
"""Methods of arrays that are functions of the same arguments."""
