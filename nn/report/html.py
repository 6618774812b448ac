"""Writes HTML pages that need nothing else, with figures in them."""

import base64
import io
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from matplotlib.figure import Figure
from PIL import Image

from nn.display import Markup, tag
from nn.plots.style import pixels

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
"""Forbids the page to load anything from elsewhere."""
PAGE_DPI = 100
PALETTE_COLORS = 96
"""The palette of images, which keeps the files small."""


def picture(figure: Figure, alt: str, **attributes: Any) -> Markup:
    """Embed a figure as an image."""
    drawn, small = pixels(figure, PAGE_DPI), io.BytesIO()
    drawn.quantize(PALETTE_COLORS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
        small, "PNG", optimize=True
    )
    data = base64.b64encode(small.getvalue()).decode()
    size: Mapping[str, Any] = {"width": drawn.width, "height": drawn.height}
    return tag("img", src=f"data:image/png;base64,{data}", alt=alt, **size, **attributes)


def document(title: str, body: Sequence[Markup]) -> str:
    """Write a page with the style and the script of reports."""
    head = [
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", title),
        tag("style", raw("page.css")),
    ]
    script = tag("script", raw("page.js"))
    whole = tag("html", tag("head", *head), tag("body", tag("main", *body), script), lang="en")
    return f"<!doctype html>\n{whole}\n"


def raw(name: str) -> Markup:
    """Read a file of this folder."""
    return Markup((files("nn.report") / name).read_text(encoding="utf-8"))
