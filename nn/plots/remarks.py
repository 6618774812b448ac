"""Draws remarks above the axes, and colour bars."""

from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from nn.plots import style


def above(axes: Axes, text: str) -> None:
    """Write a remark above the axes."""
    axes.annotate(
        text, (0, 1), (0, 6), xycoords="axes fraction", textcoords="offset points", color=style.FAINT,
        fontsize=style.FONT_SIZE - 1, annotation_clip=False, parse_math=False,
    )  # fmt: skip


def color_bar(axes: Axes, shown: Any, label: str) -> None:
    """Draw a colour bar beside the axes."""
    figure = axes.get_figure(root=True)
    assert figure is not None, "axes are in one"
    bar = figure.colorbar(shown, ax=axes, aspect=30, pad=0.02)
    bar.outline.set_visible(False)
    bar.ax.tick_params(labelsize=style.FONT_SIZE, labelcolor=style.INK, color=style.FAINT)
    bar.ax.yaxis.set_major_formatter(FuncFormatter(style.decimals))
    bar.set_label(label, fontsize=style.FONT_SIZE, color=style.INK, parse_math=False)
