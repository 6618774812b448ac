"""Writes matrix products of few rows as C, as dot products of rows that are contiguous in memory."""

from nn.engine.codegen.arithmetic import c_type
from nn.engine.codegen.tiles import HEIGHTS, VECTOR_BYTES, MatrixProduct, Writer, in_pairs, parts, vector_type

FEW_ROWS, FEW_TERMS_OF_A_ROW = 8, 1024
"""From so many rows on, and for several of so few terms, packing the columns of ``right`` is as fast."""


def in_dots(product: MatrixProduct) -> bool:
    """Whether few rows meet columns that are contiguous and long; the numbers are from a measured grid."""
    right, itemsize = product.right, product.dtype.itemsize
    if not (right.down == 1 != right.across and product.left.across == 1):
        return False
    if product.depth * itemsize < 2 * VECTOR_BYTES[0]:
        return False
    return product.rows == 1 or (
        product.rows < FEW_ROWS and product.depth * product.columns > FEW_TERMS_OF_A_ROW
    )


def write_dots(writer: Writer, product: MatrixProduct) -> None:
    """Write loops over as many columns as keep their sums in registers, each a vector of terms long."""
    width = VECTOR_BYTES[0] // product.dtype.itemsize
    whole = product.depth // width * width
    left, right, out, real = product.left.at, product.right.at, product.out.at, c_type(product.dtype)
    for condition, most in HEIGHTS:
        writer.lines.append(condition)
        alike = -(-product.columns // -(-product.columns // most))
        for c0, c1, columns in parts(product.columns, [alike]):
            places = [f"(c + {n})" for n in range(columns)]
            writer.lines += [
                f"for (int64_t r = 0; r < {product.rows}; r++)",
                f"for (int64_t c = {c0}; c < {c1}; c += {columns}) {{",
                vector_type(product.dtype, width),
                *(f"vector s{n} = {{0}};" for n in range(columns)),
                f"for (int64_t k = 0; k < {whole}; k += {width}) {{",
                f"const vector a = *(const vector *)&{left('r', 'k')};",
                *(f"s{n} += a * *(const vector *)&{right('k', c)};" for n, c in enumerate(places)),
                "}",
                *(
                    f"{real} d{n} = {in_pairs([f's{n}[{lane}]' for lane in range(width)])};"
                    for n in range(columns)
                ),
            ]
            if whole < product.depth:
                writer.lines.append(f"for (int64_t k = {whole}; k < {product.depth}; k++) {{")
                writer.lines += [f"d{n} += {left('r', 'k')} * {right('k', c)};" for n, c in enumerate(places)]
                writer.lines.append("}")
            writer.lines += [f"{out('r', c)} = d{n};" for n, c in enumerate(places)]
            writer.lines.append("}")
    writer.lines.append("#endif")
