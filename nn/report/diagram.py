"""Draws a network as circles and lines: line width is the size of a weight, colour its sign."""

from collections.abc import Iterator, Sequence
from itertools import pairwise, product

import numpy as np

from nn.display import Markup, tag
from nn.layers.dense import Dense
from nn.plots import style
from nn.plots.view import View

MAX_DRAWN_UNITS = 10
"""The maximum number of units drawn of a layer: the first ones."""
COLUMN_DISTANCE, ROW_DISTANCE = 190, 34
RADIUS = 11
Center = tuple[float, float]


def diagram(view: View) -> Markup | None:
    """Draw the dense layers of a network in order; None if it has none, or has nested layers."""
    layers = view.model.network.layers
    dense = [layer for layer in layers if isinstance(layer, Dense)]
    if not dense or any(hasattr(layer, "layers") for layer in layers):
        return None
    sizes = [dense[0].weight.shape[0], *(layer.weight.shape[1] for layer in dense)]
    tallest = max(min(size, MAX_DRAWN_UNITS) for size in sizes)
    width, height = COLUMN_DISTANCE * (len(sizes) - 1) + 220, ROW_DISTANCE * tallest + 50
    columns = [
        [
            (
                110 + number * COLUMN_DISTANCE,
                height / 2 + ROW_DISTANCE * (place - (min(size, MAX_DRAWN_UNITS) - 1) / 2),
            )
            for place in range(min(size, MAX_DRAWN_UNITS))
        ]
        for number, size in enumerate(sizes)
    ]
    parts: list[Markup] = []
    for layer, (left, right) in zip(dense, pairwise(columns), strict=True):
        parts += weight_lines(layer, left, right)
    for number, (size, column) in enumerate(zip(sizes, columns, strict=True)):
        for place, (x, y) in enumerate(column):
            title = bias_title(dense[number - 1], place) if number else "input"
            parts.append(tag("circle", tag("title", title), cx=x, cy=f"{y:.1f}", r=RADIUS, class_="unit"))
            if name := unit_name(view, number, place, len(sizes)):
                anchor, at = ("end", x - 18) if number == 0 else ("start", x + 18)
                parts.append(tag("text", name, x=at, y=f"{y + 4:.1f}", text_anchor=anchor))
        parts.append(column_title(number, len(sizes), size, column[0][0]))
    label = f"network of {' – '.join(map(str, sizes))} units"
    return tag(
        "svg",
        *parts,
        viewBox=f"0 0 {width} {height}",
        role="img",
        aria_label=label,
        class_="network",
        style=f"max-width:{width}px",
    )


def bias_title(layer: Dense, unit: int) -> str:
    """The bias of a unit."""
    return f"bias {layer.bias[0, unit]:.4g}" if layer.use_bias else "no bias"


def weight_lines(layer: Dense, left: Sequence[Center], right: Sequence[Center]) -> Iterator[Markup]:
    """Draw the weights between the units of two columns."""
    largest = max(float(np.abs(layer.weight).max()), np.finfo(float).tiny)
    for (a, (x1, y1)), (b, (x2, y2)) in product(enumerate(left), enumerate(right)):
        weight = float(layer.weight[a, b])
        yield tag(
            "line",
            tag("title", f"weight {weight:.4g}"),
            x1=x1,
            y1=f"{y1:.1f}",
            x2=x2,
            y2=f"{y2:.1f}",
            stroke=style.COLORS[0 if weight >= 0 else 6],
            stroke_opacity="0.75",
            stroke_width=f"{0.3 + 5 * abs(weight) / largest:.2f}",
        )


def column_title(number: int, columns: int, size: int, x: float) -> Markup:
    """Write which layer a column is, and how many of its units are drawn."""
    more = f"first {MAX_DRAWN_UNITS} of {size}" if size > MAX_DRAWN_UNITS else f"{size}"
    title = "inputs" if number == 0 else "outputs" if number == columns - 1 else f"hidden {number}"
    return tag("text", f"{title}: {more}", x=x, y=14, text_anchor="middle", class_="name")


def unit_name(view: View, column: int, place: int, columns: int) -> str:
    """Label an input or an output."""
    if column == 0:
        return abbreviated(view.model.features[place])
    if column < columns - 1:
        return ""
    return abbreviated(view.outputs[place])


def abbreviated(name: str) -> str:
    """Shorten a long name."""
    return name if len(name) <= 14 else f"{name[:13]}…"
