"""HTML written safely: what is text stays text, what is markup says so."""

import base64
import html
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure
from PIL import Image

DPI = 100
COLORS = 96
"""Pictures take their colours from a palette of so many, which makes them small."""


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def tag(element: str, /, *content: str, **attributes: Any) -> Markup:
    """An element; text in it is escaped, and so are attributes. ``class_`` stands for class.

    >>> tag("p", "1 < 2", class_="note")
    '<p class="note">1 &lt; 2</p>'
    """
    given = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()}
    words = [
        key if value is True else f'{key}="{html.escape(str(value))}"'
        for key, value in given.items()
        if value is not None and value is not False and value != ""
    ]
    opening = " ".join([element, *words])
    if element in ("img", "input", "meta"):
        return Markup(f"<{opening}>")
    inner = "".join(part if isinstance(part, Markup) else html.escape(part) for part in content)
    return Markup(f"<{opening}>{inner}</{element}>")


def table(header: Sequence[str], rows: Iterable[Sequence[str]], **attributes: Any) -> Markup:
    """A table whose first column names the rows; it scrolls where the screen is narrow."""
    head = tag("tr", *(tag("th", cell, scope="col") for cell in header))
    body = [tag("tr", tag("th", row[0], scope="row"), *(tag("td", cell) for cell in row[1:])) for row in rows]
    return tag("div", tag("table", tag("thead", head), tag("tbody", *body)), class_="scroll", **attributes)


def picture(figure: Figure, alt: str, **attributes: Any) -> Markup:
    """A figure as an image inside the page."""
    buffer, small = io.BytesIO(), io.BytesIO()
    with mpl.rc_context({"savefig.dpi": DPI}):
        figure.savefig(buffer, format="png", dpi=DPI, metadata={"Software": None})
    with Image.open(buffer) as drawn:
        width, height = drawn.size
        drawn.convert("RGB").quantize(COLORS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
            small, "PNG", optimize=True
        )
    data = base64.b64encode(small.getvalue()).decode()
    size: Mapping[str, Any] = {"width": width, "height": height}
    return tag("img", src=f"data:image/png;base64,{data}", alt=alt, **size, **attributes)
