"""Calls for one row without their axes of length 1, so that single numbers need no loops."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from nn.arrays import Array
from nn.engine.operations import Elementwise, Reduction
from nn.engine.program import Call, overlap, same_elements


def squeezed(call: Call) -> Call:
    """Return a call without the axes of length 1, so that single numbers need no loops."""
    operation = call.operation
    if isinstance(operation, Elementwise):
        shape = call.out.shape
        arguments = tuple(without_ones(array, shape) for array in call.arguments)
        return replace(call, arguments=arguments, out=without_ones(call.out, shape))
    if isinstance(operation, Reduction):
        array = call.arguments[0]
        kept = [axis for axis, length in enumerate(array.shape) if length > 1]
        if not set(kept) & {*call.axes}:
            return squeezed(replace(call, function="copy", axes=()))
        axes = tuple(place for place, axis in enumerate(kept) if axis in call.axes)
        out = without_ones(call.out, array.shape)
        return replace(call, arguments=(without_ones(array, array.shape),), out=out, axes=axes)
    return call


def without_ones(array: Array, shape: Sequence[int]) -> Array:
    """Return a view without the axes that have length 1 in ``shape``, to which it is broadcast."""
    lead = len(shape) - array.ndim
    places = [0 if shape[lead + axis] == 1 else slice(None) for axis in range(array.ndim)]
    return array[(*places, ...)]


def can_follow(product: Call, group: list[Call]) -> bool:
    """Whether a group reads nothing of a product but the current element, in loops over its elements."""
    if (
        product.out.ndim != 2
        or len(product.out) > 1
        or not all(isinstance(call.operation, Elementwise) for call in group)
    ):
        return False
    shape = group[0].out.shape
    if shape != without_ones(product.out, product.out.shape).shape:
        return False
    reads = [a for call in group for a in call.arguments if overlap(a, product.out)]
    out = without_ones(product.out, product.out.shape)
    return (
        bool(reads)
        and all(same_elements(a, out) for a in reads)
        and not any(overlap(call.out, array) for call in group for array in (*product.arguments, product.out))
    )


def counts_up(array: Array) -> bool:
    """Whether an array is 0, 1, 2, …, which a loop counts itself."""
    return array.ndim == 1 and array.size > 1 and bool(np.all(array == np.arange(array.size)))
