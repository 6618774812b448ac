"""Embeds figures in HTML."""

import base64
import io
from collections.abc import Mapping
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure
from PIL import Image

from nn.display import Markup, tag

PAGE_DPI = 100
PALETTE_COLORS = 96
"""The palette of images, which keeps the files small."""


def picture(figure: Figure, alt: str, **attributes: Any) -> Markup:
    """Embed a figure as an image."""
    buffer, small = io.BytesIO(), io.BytesIO()
    with mpl.rc_context({"savefig.dpi": PAGE_DPI}):
        figure.savefig(buffer, format="png", dpi=PAGE_DPI, metadata={"Software": None})
    with Image.open(buffer) as drawn:
        width, height = drawn.size
        drawn.convert("RGB").quantize(
            PALETTE_COLORS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE
        ).save(small, "PNG", optimize=True)
    data = base64.b64encode(small.getvalue()).decode()
    size: Mapping[str, Any] = {"width": width, "height": height}
    return tag("img", src=f"data:image/png;base64,{data}", alt=alt, **size, **attributes)
