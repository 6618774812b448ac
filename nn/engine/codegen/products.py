"""Writes matrix products as C, in tiles whose sums stay in registers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from nn.arrays import Array
from nn.engine.codegen.arithmetic import DType, c_type
from nn.engine.compiler import CompilerError
from nn.engine.program import Call

VECTOR_BYTES = (64, 32, 16, 8, 4)
"""Widths of the vectors of a tile, widest first; the compiler splits those that the processor lacks."""
MAX_UNROLLED_TERMS = 64
"""Products of up to this many terms are unrolled."""
At = Callable[[str, str], str]
"""The C text of an element of a matrix, from those of its row and its column."""


class Writer(Protocol):
    """What a product is written to."""

    lines: list[str]
    copies: list[Array]

    def element(self, array: Array, shape: Sequence[int], index: Sequence[str]) -> str:
        """The C text of an element."""


def write_product(writer: Writer, call: Call) -> None:
    """Write out = a b, in tiles whose sums stay in registers."""
    a, b = call.arguments
    if call.out.dtype.kind != "f":
        raise CompilerError(f"the engine 'native' has no products of matrices of type {call.out.dtype.name}")
    *stack, rows, columns = call.out.shape
    depth = a.shape[-1]
    outer = [f"n{axis}" for axis in range(len(stack))]
    loops = [
        f"for (int64_t {name} = 0; {name} < {length}; {name}++)"
        for name, length in zip(outer, stack, strict=True)
    ]

    def at(array: Array, shape: tuple[int, int]) -> At:
        return lambda row, column: writer.element(array, (*stack, *shape), [*outer, row, column])

    left, right, out = at(a, (rows, depth)), at(b, (depth, columns)), at(call.out, (rows, columns))
    writer.lines.append("{")
    if rows * columns * depth <= MAX_UNROLLED_TERMS:
        for row, column in np.ndindex(rows, columns):
            r, c = str(row), str(column)
            terms = [f"{left(r, str(k))} * {right(str(k), c)}" for k in range(depth)]
            writer.lines += [*loops, f"{out(r, c)} = {in_pairs(terms)};"]
        writer.lines.append("}")
        return
    writer.lines += [f"{loop} {{" for loop in loops]
    if columns < 4 <= rows:
        # The transposed product has long rows: outᵀ = bᵀ aᵀ.
        wide = packed(writer, a.mT, lambda k, r: left(r, k), depth, rows)
        across = call.out.strides[-2] // call.out.itemsize
        product = RowMajorProduct(
            columns,
            rows,
            depth,
            lambda c, k: right(k, c),
            wide,
            lambda c, r: out(r, c),
            across,
            call.out.dtype,
        )
    else:
        wide = packed(writer, b, right, depth, columns)
        across = call.out.strides[-1] // call.out.itemsize
        product = RowMajorProduct(rows, columns, depth, left, wide, out, across, call.out.dtype)
    write_tiles(writer, product)
    writer.lines += ["}"] * len(stack) + ["}"]


def in_pairs(terms: list[str]) -> str:
    """Write a sum as a balanced tree, whose additions can run in parallel."""
    if len(terms) <= 1:
        return terms[0] if terms else "0"
    middle = (len(terms) + 1) // 2
    return f"({in_pairs(terms[:middle])} + {in_pairs(terms[middle:])})"


def packed(writer: Writer, array: Array, at: At, rows: int, columns: int) -> At:
    """Return a matrix with contiguous rows: itself, or a packed copy."""
    if array.strides[-1] == array.itemsize or columns == 1:
        return at
    copy = np.empty((rows, columns), array.dtype)
    writer.copies.append(copy)
    index = ["r", "c"]
    place = writer.element(copy, copy.shape, index)
    writer.lines.append(f"for (int64_t r = 0; r < {rows}; r++) for (int64_t c = 0; c < {columns}; c++)")
    writer.lines.append(f"{place} = {at('r', 'c')};")
    return lambda row, column: writer.element(copy, copy.shape, [row, column])


@dataclass(frozen=True)
class RowMajorProduct:
    """out = left right, where the elements of a row of ``right`` lie side by side."""

    rows: int
    columns: int
    depth: int
    left: At
    right: At
    out: At
    stride: int
    """The distance from one element of a row of ``out`` to the next, in elements."""
    dtype: DType


def write_tiles(writer: Writer, product: RowMajorProduct) -> None:
    """Write loops over tiles: as many rows by a vector of columns as keep their sums in registers.

    Tiles at the edge overlap their neighbours, and compute some elements twice.
    """
    itemsize = product.dtype.itemsize
    widths = [size // itemsize for size in VECTOR_BYTES if size >= itemsize]
    for condition, heights in (("#ifdef __AVX512F__", (8, 4, 1)), ("#else", (4, 1))):
        writer.lines.append(condition)
        for r0, r1, height in parts(product.rows, heights):
            for c0, c1, width in parts(product.columns, widths):
                writer.lines.append(f"for (int64_t r = {r0}; r < {r1}; r += {height})")
                writer.lines.append(f"for (int64_t c = {c0}; c < {c1}; c += {width}) {{")
                write_tile(writer, product, height, width)
                writer.lines.append("}")
    writer.lines.append("#endif")


def write_tile(writer: Writer, product: RowMajorProduct, height: int, width: int) -> None:
    """Write the sums of one tile and their stores."""
    real, itemsize, left, out = c_type(product.dtype), product.dtype.itemsize, product.left, product.out
    size = f"vector_size({width * itemsize}), " if width > 1 else ""
    writer.lines.append(f"typedef {real} vector __attribute__(({size}aligned({itemsize}), may_alias));")
    writer.lines += [f"vector s{n} = {{0}};" for n in range(height)]
    writer.lines.append(f"for (int64_t k = 0; k < {product.depth}; k++) {{")
    writer.lines.append(f"const vector b = *(const vector *)&{product.right('k', 'c')};")
    writer.lines += [f"s{n} += {left(f'(r + {n})', 'k')} * b;" for n in range(height)]
    writer.lines.append("}")
    for n in range(height):
        if product.stride == 1:
            writer.lines.append(f"*(vector *)&{out(f'(r + {n})', 'c')} = s{n};")
        else:
            cell = out(f"(r + {n})", "(c + l)")
            writer.lines.append(f"for (int l = 0; l < {width}; l++) {cell} = s{n}{'[l]' * (width > 1)};")


def parts(length: int, sizes: Sequence[int]) -> list[tuple[int, int, int]]:
    """Return (start, stop, size) of tiles of the largest size that fits; the last one overlaps."""
    size = next(size for size in sizes if size <= length)
    whole = length // size * size
    rest = [(length - size, length, size)] if whole < length else []
    return [(0, whole, size), *rest]
