"""Draws what the values of two keys give together, as a table in colours."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm, Normalize

from nn.display import whole_percent
from nn.plots import style
from nn.plots.lines import earns_log
from nn.plots.remarks import above
from nn.plots.scales import limits
from nn.plots.study.arms import Arm, value_names
from nn.plots.study.words import runs_each, score_words, share_label
from nn.runs.differences import short_keys

Vary = Mapping[str, Sequence[Any]]
"""The values of each key."""
NO_VALUE = "#e4e4e4"
WIDE_CELLS = 8
"""Of more columns the numbers are smaller."""
WHITE_BELOW = 0.2
"""Colours of a lower luminance carry white text."""


def draw_share_map(axes: Axes, vary: Vary, arms: Sequence[Arm]) -> None:
    """Draw the share solved over two keys."""
    draw_map(axes, vary, arms, [arm.share.value for arm in arms], whole_percent, of_one=True)
    shares = [arm.share for arm in arms if arm.numbers.goal]
    reach = max(max(one.value - one.interval.low, one.interval.high - one.value) for one in shares)
    told = f"{runs_each(arms)}, 95 %: ±{100 * reach:.0f} points at most"
    above(axes, f"{share_label(arms[0].criterion)}\n{told}")


def draw_epoch_map(axes: Axes, vary: Vary, arms: Sequence[Arm]) -> None:
    """Draw the median epoch over two keys."""
    draw_map(axes, vary, arms, [arm.median_epoch.value for arm in arms], style.thousands)
    above(axes, "median epoch of the goal\n–: not reached")


def draw_score_map(axes: Axes, vary: Vary, arms: Sequence[Arm]) -> None:
    """Draw the median of the score over two keys."""
    draw_map(axes, vary, arms, [arm.score_middle.value for arm in arms], style.powers)
    above(axes, f"{score_words(arms[0])}\n{runs_each(arms)}; –: diverged")


def draw_map(
    axes: Axes, vary: Vary, arms: Sequence[Arm], values: Sequence[float],
    write: Callable[[float], str], *, of_one: bool = False,
) -> None:  # fmt: skip
    """Draw the value of each variant in a cell, the key with fewer values upwards.

    Shares, which are ``of_one``, are coloured from none to all, other numbers from the smallest on.
    """
    up, across = sorted(vary, key=lambda key: len(vary[key]))
    cells = np.full((len(vary[up]), len(vary[across])), np.nan)
    places = [tuple(list(vary[key]).index(arm.numbers.settings[key]) for key in (up, across)) for arm in arms]
    for place, value in zip(places, values, strict=True):
        cells[place] = value if np.isfinite(value) else np.nan
    finite = cells[np.isfinite(cells)]
    norm = Normalize(0, 1) if of_one else (LogNorm if earns_log(finite) else Normalize)(*limits(finite))
    colors = colormaps["Blues" if of_one else "YlOrBr"].with_extremes(bad=NO_VALUE)
    axes.imshow(np.ma.masked_invalid(cells), cmap=colors, norm=norm, aspect="auto", origin="lower")
    size = style.FONT_SIZE - (1 if cells.shape[1] <= WIDE_CELLS else 3)
    for place in places:
        value = cells[place]
        white = np.isfinite(value) and luminance(colors(norm(value))) < WHITE_BELOW
        axes.text(
            place[1], place[0], write(value) if np.isfinite(value) else "–", ha="center", va="center",
            color="white" if white else style.INK, fontsize=size,
        )  # fmt: skip
    short = short_keys([up, across])
    axes.spines[:].set_visible(False)
    axes.set_xticks(range(cells.shape[1]), value_names(vary[across]))
    axes.set_yticks(range(cells.shape[0]), value_names(vary[up]))
    for text in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        text.set_parse_math(False)
    axes.tick_params(labelsize=style.FONT_SIZE, length=0, labelcolor=style.INK)
    axes.set_xlabel(short[across], fontsize=style.FONT_SIZE, color=style.INK, parse_math=False)
    axes.set_ylabel(short[up], fontsize=style.FONT_SIZE, color=style.INK, parse_math=False)


def luminance(color: Sequence[float]) -> float:
    """The relative luminance of an sRGB colour, as the W3C's guidelines for contrast (WCAG 2) define it."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in color[:3]
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
