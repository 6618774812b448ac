"""Writes HTML pages that need nothing else, with figures in them."""

import base64
import io
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from nn.display import Markup, tag
from nn.plots.style import pixels

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
"""Forbids the page to load anything from elsewhere."""
PAGE_DPI = 100
NEARLY_WHITE = 250


def picture(figure: Figure, alt: str, **attributes: Any) -> Markup:
    """Embed a figure as an image, with a palette, which keeps it small."""
    drawn, packed = pixels(figure, PAGE_DPI), io.BytesIO()
    small = drawn.quantize(256, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    palette = np.reshape(small.getpalette() or [], (-1, 3))
    # The octree takes the mean of similar colours: white with what is nearly white would be off by 1.
    palette[(palette > NEARLY_WHITE).all(axis=1)] = 255
    small.putpalette(palette.ravel().tolist())
    small.save(packed, "PNG")
    data = base64.b64encode(packed.getvalue()).decode()
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
