"""Writes large matrix products as C: blocks are packed into panels, which stay in the caches."""

from collections.abc import Callable, Iterator

import numpy as np

from nn.engine.codegen.arithmetic import c_type
from nn.engine.codegen.tiles import HEIGHTS, VECTOR_BYTES, MatrixProduct, Writer, vector_type

PACKED_TERMS, PACKED_ROWS = 256, 256
"""The terms of a block and its rows of ``left``, whole tiles: 512 KB of doubles, for the second cache.

A panel of ``right`` is 16 KB, for the first."""
PANELS = 4
"""Panels that are packed together, as they share lines of memory and pages."""
Panel = Callable[[str, str], str]
"""The C text of an element of packed panels, from the first line of its panel and its place in that."""


def write_panels(writer: Writer, product: MatrixProduct) -> None:
    """Write out = left right in blocks, as Goto and van de Geijn do (2008).

    In a packed block the rows of a tile lie side by side, term after term, and so do a vector of columns of
    ``right``: the sums of a tile are of neighbours, wherever the matrices lie. At the edges panels are filled
    with zeros, whose sums are not stored.
    """
    width = VECTOR_BYTES[0] // product.dtype.itemsize
    depth, rows = min(product.depth, PACKED_TERMS), min(product.rows, PACKED_ROWS)
    columns = min(-(-product.columns // width), PANELS) * width
    real = c_type(product.dtype)
    lefts, rights = panels(writer, product, rows, depth), panels(writer, product, columns, depth)
    for condition, height in HEIGHTS:
        writer.lines += [
            condition,
            f"for (int64_t kb = 0; kb < {product.depth}; kb += {depth}) {{",
            f"const int64_t ks = MIN({product.depth} - kb, {depth});",
            f"for (int64_t rb = 0; rb < {product.rows}; rb += {rows}) {{",
            f"const int64_t rs = MIN({product.rows} - rb, {rows});",
            *packing(lefts, lambda k, n: product.left.at(f"(rb + {n})", k), height, "rs", product.left.down),
            f"for (int64_t cb = 0; cb < {product.columns}; cb += {columns}) {{",
            f"const int64_t cs = MIN({product.columns} - cb, {columns});",
            *packing(
                rights, lambda k, n: product.right.at(k, f"(cb + {n})"), width, "cs", product.right.across
            ),
            f"for (int64_t c = 0; c < cs; c += {width}) for (int64_t r = 0; r < rs; r += {height}) {{",
            vector_type(product.dtype, width),
            f"for (int64_t n = 0; n < {height} && r + n < rs; n++)",
            f"__builtin_prefetch(&{product.out.at('(rb + r + n)', '(cb + c)')}, 1);",
            f"vector tile[{height}];",
            f"sums_of_{real}(&{lefts('r', '0')}, &{rights('c', '0')}, ks, ({real} *)tile);",
            *stores(product, height, width),
            *"}}}}",
        ]
    writer.lines.append("#endif")


def panels(writer: Writer, product: MatrixProduct, lines: int, depth: int) -> Panel:
    """Return memory for so many lines of so many terms, and those that fill the last panel."""
    memory = np.empty((lines + max(height for _, height in HEIGHTS)) * depth, product.dtype)
    return lambda line, place: writer.element(memory, memory.shape, [f"{line} * {depth} + {place}"])


def packing(panel: Panel, of: Callable[[str, str], str], size: int, lines: str, apart: int) -> Iterator[str]:
    """Write the loops that pack ``of(k, line)`` into panels of ``size`` lines; ``apart`` is how far two are.

    Lines that lie side by side are packed panel by panel of a term, others term by term of a panel: what is
    next in memory comes next.
    """
    terms = "for (int64_t k = 0; k < ks; k++)"
    whole = [f"{panel('n', f'k * {size} + {n}')} = {of('(kb + k)', f'n + {n}')};" for n in range(size)]
    yield "{ int64_t n = 0;"
    if apart == 1:
        together = PANELS * size
        yield f"for (int64_t m = 0; m + {together} <= {lines}; m += {together}) {terms}"
        yield f"for (n = m; n < m + {together}; n += {size}) {{"
        yield from whole
        yield "}"
    yield f"for (; n + {size} <= {lines}; n += {size}) {terms} {{"
    yield from whole
    yield "}"
    yield f"if (n < {lines}) {terms} for (int64_t l = 0; l < {size}; l++)"
    yield f"{panel('n', f'k * {size} + l')} = n + l < {lines} ? {of('(kb + k)', 'n + l')} : 0;"
    yield "}"


def stores(product: MatrixProduct, height: int, width: int) -> Iterator[str]:
    """Write the sums of a tile to their places, or add them to those of the blocks before."""

    def out(row: str, column: str) -> str:
        return product.out.at(f"(rb + r + {row})", f"(cb + c + {column})")

    if product.out.across == 1:
        yield f"if (r + {height} <= rs && c + {width} <= cs) {{"
        for n in range(height):
            place = f"*(vector *)&{out(str(n), '0')}"
            yield f"if (kb) tile[{n}] += {place};"
            yield f"{place} = tile[{n}];"
        yield "} else"
    yield f"for (int64_t n = 0; n < {height} && r + n < rs; n++)"
    yield f"for (int64_t l = 0; l < {width} && c + l < cs; l++)"
    yield f"{out('n', 'l')} = (kb ? {out('n', 'l')} : 0) + tile[n][l];"
