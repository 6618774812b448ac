"""Writes matrix products as C, in tiles whose sums stay in registers."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from nn.arrays import Array
from nn.engine.codegen.arithmetic import DType, c_type

VECTOR_BYTES = (64, 32, 16, 8, 4)
"""Widths of the vectors of a tile, widest first; the compiler splits those that the processor lacks."""
HEIGHTS = (("#ifdef __AVX512F__", 8), ("#else", 4))
"""The most rows of a tile, by the registers of the processor."""
At = Callable[[str, str], str]
"""The C text of an element of a matrix, from those of its row and its column."""


class Writer(Protocol):
    """What a product is written to."""

    lines: list[str]

    def element(self, array: Array, shape: Sequence[int], index: Sequence[str]) -> str:
        """The C text of an element."""


@dataclass(frozen=True)
class Matrix:
    """A matrix of a product."""

    at: At
    down: int
    across: int
    """The distances from one row to the next, and from one column to the next, in elements."""

    @property
    def mT(self) -> "Matrix":  # noqa: N802
        """The transposed matrix."""
        return Matrix(lambda row, column: self.at(column, row), self.across, self.down)


@dataclass(frozen=True)
class MatrixProduct:
    """out = left right."""

    rows: int
    columns: int
    depth: int
    left: Matrix
    right: Matrix
    out: Matrix
    dtype: DType

    @property
    def mT(self) -> "MatrixProduct":  # noqa: N802
        """outᵀ = rightᵀ leftᵀ."""
        return MatrixProduct(
            self.columns, self.rows, self.depth, self.right.mT, self.left.mT, self.out.mT, self.dtype
        )


def write_tiles(writer: Writer, product: MatrixProduct) -> None:
    """Write loops over tiles: as many rows by a vector of columns as keep their sums in registers.

    Tiles at the edge overlap their neighbours, and compute some elements twice.
    """
    right = with_contiguous_rows(writer, product)
    itemsize = product.dtype.itemsize
    widths = [size // itemsize for size in VECTOR_BYTES if size >= itemsize]
    for condition, most in HEIGHTS:
        writer.lines.append(condition)
        alike = -(-product.rows // -(-product.rows // most))  # 10 rows are two tiles of 5
        for r0, r1, height in parts(product.rows, [alike]):
            for c0, c1, width, vectors in vectors_together(parts(product.columns, widths), most // height):
                writer.lines.append(f"for (int64_t r = {r0}; r < {r1}; r += {height})")
                writer.lines.append(f"for (int64_t c = {c0}; c < {c1}; c += {vectors * width}) {{")
                write_tile(writer, product, right, (height, vectors), width)
                writer.lines.append("}")
    writer.lines.append("#endif")


def with_contiguous_rows(writer: Writer, product: MatrixProduct) -> At:
    """Return the right matrix with contiguous rows: itself, or a packed copy."""
    right, shape = product.right, (product.depth, product.columns)
    if right.across == 1 or product.columns == 1:
        return right.at
    copy = np.empty(shape, product.dtype)
    place = writer.element(copy, shape, ["r", "c"])
    writer.lines.append(f"for (int64_t r = 0; r < {shape[0]}; r++) for (int64_t c = 0; c < {shape[1]}; c++)")
    writer.lines.append(f"{place} = {right.at('r', 'c')};")
    return lambda row, column: writer.element(copy, shape, [row, column])


def write_tile(writer: Writer, product: MatrixProduct, right: At, shape: tuple[int, int], width: int) -> None:
    """Write the sums of one tile of rows by vectors, and their stores."""
    left, out, (height, vectors) = product.left.at, product.out.at, shape
    starts = [f"(c + {v * width})" if v else "c" for v in range(vectors)]
    cells = [(n, v) for n in range(height) for v in range(vectors)]
    writer.lines.append(vector_type(product.dtype, width))
    writer.lines += [f"vector s{n}_{v} = {{0}};" for n, v in cells]
    writer.lines.append(f"for (int64_t k = 0; k < {product.depth}; k++) {{")
    writer.lines += [f"const vector b{v} = *(const vector *)&{right('k', c)};" for v, c in enumerate(starts)]
    writer.lines += [f"s{n}_{v} += {left(f'(r + {n})', 'k')} * b{v};" for n, v in cells]
    writer.lines.append("}")
    for n, v in cells:
        row = f"(r + {n})"
        if product.out.across == 1:
            writer.lines.append(f"*(vector *)&{out(row, starts[v])} = s{n}_{v};")
        else:
            element = f"s{n}_{v}{'[l]' * (width > 1)}"
            writer.lines.append(
                f"for (int l = 0; l < {width}; l++) {out(row, f'({starts[v]} + l)')} = {element};"
            )


def vector_type(dtype: DType, width: int) -> str:
    """Declare ``vector``, of so many numbers; it may lie at any place where a number may."""
    size = f"vector_size({width * dtype.itemsize}), " if width > 1 else ""
    return f"typedef {c_type(dtype)} vector __attribute__(({size}aligned({dtype.itemsize}), may_alias));"


def parts(length: int, sizes: Sequence[int]) -> list[tuple[int, int, int]]:
    """Return (start, stop, size) of tiles of the largest size that fits; the last one overlaps."""
    size = next(size for size in sizes if size <= length)
    whole = length // size * size
    rest = [(length - size, length, size)] if whole < length else []
    return [(0, whole, size), *rest]


def vectors_together(
    columns: Sequence[tuple[int, int, int]], most: int
) -> Iterator[tuple[int, int, int, int]]:
    """Yield parts of columns with how many vectors of them a tile takes together, up to so many."""
    for start, stop, width in columns:
        vectors = min(most, (stop - start) // width)
        middle = stop - (stop - start) % (vectors * width)
        yield start, middle, width, vectors
        if middle < stop:
            yield middle, stop, width, 1


def in_pairs(terms: list[str]) -> str:
    """Write a sum as a balanced tree, whose additions can run in parallel."""
    if len(terms) <= 1:
        return terms[0] if terms else "0"
    middle = (len(terms) + 1) // 2
    return f"({in_pairs(terms[:middle])} + {in_pairs(terms[middle:])})"
