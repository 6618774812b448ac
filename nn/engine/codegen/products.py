"""Writes matrix products as C: unrolled, in tiles or in panels, by their sizes."""

from math import gcd

import numpy as np

from nn.arrays import Array
from nn.engine.codegen.dots import in_dots, write_dots
from nn.engine.codegen.panels import write_panels
from nn.engine.codegen.tiles import Matrix, MatrixProduct, Writer, in_pairs, write_tiles
from nn.engine.compiler import CompilerError
from nn.engine.operations import Reduction
from nn.engine.program import Call

MAX_UNROLLED_TERMS = 64
"""Products of up to this many terms are unrolled."""


def write_product(writer: Writer, call: Call) -> None:
    """Write out = a b."""
    write_sums(writer, call.arguments[0], call.arguments[1], call)


def write_row_sum(writer: Writer, call: Call) -> None:
    """Write the sum of the rows of a matrix, as a product with a row of ones."""
    write_sums(writer, None, call.arguments[0], call)


def adds_rows(call: Call) -> bool:
    """Whether a call is a sum of rows that can be written so: unrolled, or in tiles of contiguous rows."""
    if not (isinstance(call.operation, Reduction) and call.operation.adds) or call.out.dtype.kind != "f":
        return False
    matrix, axes = call.arguments[0], tuple(axis % call.out.ndim for axis in call.axes)
    if matrix.ndim < 2 or axes != (matrix.ndim - 2,) or matrix.dtype != call.out.dtype:
        return False
    *stack, rows, columns = matrix.shape
    if rows * columns <= MAX_UNROLLED_TERMS:
        return columns > 1 or bool(stack)
    return not stack and columns > 1 and matrix.strides[-1] == matrix.itemsize


def write_sums(writer: Writer, a: Array | None, b: Array, call: Call) -> None:
    """Write out = a b, or the sum of the rows of b."""
    if call.out.dtype.kind != "f":
        raise CompilerError(f"the engine 'native' has no products of matrices of type {call.out.dtype.name}")
    *stack, rows, columns = call.out.shape
    depth = b.shape[-2]
    outer = [f"n{axis}" for axis in range(len(stack))]
    loops = [
        f"for (int64_t {name} = 0; {name} < {length}; {name}++)"
        for name, length in zip(outer, stack, strict=True)
    ]

    def matrix(array: Array, *shape: int) -> Matrix:
        down, across = (stride // array.itemsize for stride in array.strides[-2:])
        return Matrix(
            lambda row, column: writer.element(array, (*stack, *shape), [*outer, row, column]), down, across
        )

    right, out = matrix(b, depth, columns), matrix(call.out, rows, columns)
    left = matrix(a, rows, depth) if a is not None else Matrix(lambda row, column: "1", 0, 0)
    writer.lines.append("{")
    if rows * columns * depth <= MAX_UNROLLED_TERMS:
        for row, column in np.ndindex(rows, columns):
            r, c = str(row), str(column)
            terms = [right.at(str(k), c) for k in range(depth)]
            if a is not None:
                terms = [f"{left.at(r, str(k))} * {term}" for k, term in enumerate(terms)]
            writer.lines += [*loops, f"{out.at(r, c)} = {in_pairs(terms)};"]
        writer.lines.append("}")
        return
    writer.lines += [f"{loop} {{" for loop in loops]
    product = MatrixProduct(rows, columns, depth, left, right, out, call.out.dtype)
    product = product.mT if columns < 4 <= rows else product  # which then has long rows
    write = write_dots if in_dots(product) else write_panels if in_panels(product) else write_tiles
    write(writer, product)
    writer.lines += ["}"] * len(stack) + ["}"]


def in_panels(product: MatrixProduct) -> bool:
    """Whether packing into panels pays; the numbers are from a measured grid.

    It does where columns of ``right`` must be packed anyway, where ``right`` leaves the second cache, and
    where what a tile reads lies so far apart that it crowds into few places of the first cache.
    """
    rows, columns, depth = product.rows, product.columns, product.depth
    if depth < 32 or columns < 32:
        return False
    whole_tiles = rows % 8 == 0 or columns >= 64
    if product.right.across != 1 and 8 <= rows <= 2 * columns and whole_tiles:
        return True
    if columns < 64 or rows < 32:
        return False
    row, along = columns * product.dtype.itemsize, product.left.across * product.dtype.itemsize
    leaves = depth * row >= 1_000_000 and rows >= 64
    return leaves or crowded(row, depth) or crowded(along, depth)


def crowded(stride: int, lines: int) -> bool:
    """Whether so many lines, ``stride`` bytes apart, are too many for a first cache of 64 sets of 8.

    Within a page they do no harm, as the second cache has them.
    """
    apart, rest = divmod(stride, 64)
    return stride >= 4096 and lines * (1 if rest else gcd(apart, 64)) > 512
