"""Defines the look of all pictures (colours, fonts, axes, labels at line ends), and saves them."""

import io
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.markers import TICKLEFT
from matplotlib.text import Text
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter, NullLocator
from PIL import Image

from nn.storage.writing import write_whole

INK, FAINT = "#262626", "#6b6b6b"
FONT_SIZE = 11.0
# Colours after Okabe and Ito, "Color Universal Design" (2008), in an order in which neighbours differ in
# grey as well; some are darker than theirs, to be read as text on white.
COLORS = (
    "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#262626",
    "#56b4e9", "#a8480f", "#8f8f8f", "#5b3a8c", "#b8a800",
)  # fmt: skip
MARKERS = ("o", "^", "s", "D", "X", "v", "P", "<", "*", ">")
DPI = 150
TICK_STEPS = (1, 2, 5, 10)  # steps between ticks, times a power of ten
LABEL_GAP = 1.25  # distance between labels, in line heights
# Without date and version, the same picture gives the same bytes.
METADATA: dict[str, dict[str, str | None]] = {
    "png": {},
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}
TITLE_X = 0.015  # where titles begin, as a share of the width
FEW_LETTERS = 4  # so many letters fit into an inch of a title, whatever they are
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class EndLabel(NamedTuple):
    """A label at the end of a line, at height ``y`` of the data."""

    text: str
    y: float
    color: str


def figure(width: float, height: float, title: str = "") -> Figure:
    """Make an empty figure of a size in inches, with a title at the top left; no pyplot, no global state.

    A title that is wider than the figure is cut.
    """
    layout = ConstrainedLayoutEngine(w_pad=0.1, h_pad=0.08)
    figure = Figure((width, height), dpi=DPI, layout=layout)
    if title:
        text = figure.suptitle(
            title, x=TITLE_X, ha="left", fontsize=FONT_SIZE + 2, color=INK, parse_math=False
        )
        if len(title) > width * FEW_LETTERS:  # measuring each would take a millisecond
            cut_to(text, (1 - 2 * TITLE_X) * figure.bbox.width)
    return figure


def cut_to(text: Text, width: float) -> None:
    """Cut the end of a text where it is wider than so many pixels."""
    letters = text.get_text()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph")  # a letter missing from the font is drawn as a box
        while letters and (wide := text.get_window_extent().width) > width:
            letters = letters[: min(int(len(letters) * width / wide), len(letters) - 1)]
            text.set_text(letters + "…")


def reset() -> None:
    """Ignore the user's ``matplotlibrc``, for the whole process, so that pictures look alike everywhere."""
    # rcdefaults() would first read every style that comes with Matplotlib.
    settings, usual = mpl.rcParams, mpl.rcParamsDefault
    settings.update({key: usual[key] for key in usual if key != "backend" and settings[key] != usual[key]})


def colors(number: int) -> list[str]:
    """Return ``number`` colours: those of COLORS or, if they are too few, steps from dark to light."""
    if number <= len(COLORS):
        return list(COLORS[:number])
    return [to_hex(color) for color in mpl.colormaps["viridis"](np.linspace(0, 0.88, number))]


def dress_axes(axes: Axes) -> None:
    """Style the axes: two faint spines, small ticks."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(FAINT)
    axes.tick_params(labelsize=FONT_SIZE, color=FAINT, labelcolor=INK)
    axes.xaxis.label.set(color=INK, fontsize=FONT_SIZE, parse_math=False)
    axes.yaxis.label.set(color=INK, fontsize=FONT_SIZE, parse_math=False)


def decimals(value: float, _: object = None) -> str:
    """Format the number of a tick: ``0.25``, ``1e-07``."""
    return f"{value:.10g}".replace("-", "−")


def thousands(value: float, _: object = None) -> str:
    """Format a count: ``200,000``."""
    return f"{value:,.0f}".replace("-", "−")


def percent(value: float, _: object = None) -> str:
    """Format a share as per cent: ``97.5 %``."""
    return f"{100 * value:.4g} %"


def powers(value: float, _: object = None) -> str:
    """Format a number to three digits: ``0.02``, or ``2·10⁻⁶`` where it is far from 1."""
    if value == 0 or 1e-4 < abs(value) < 999.5:
        return f"{value:.3g}".replace("-", "−")
    mantissa, exponent = f"{value:.2e}".split("e")
    mantissa = mantissa.rstrip("0").rstrip(".").replace("-", "−")
    power = "10" + str(int(exponent)).translate(SUPERSCRIPTS)
    return power if mantissa == "1" else f"{mantissa}·{power}"


def linear_ticks(axes: Axes, count: int = 6) -> None:
    """Put at most ``count`` plain numbers on the y axis."""
    axes.yaxis.set_major_locator(MaxNLocator(count, steps=TICK_STEPS))
    axes.yaxis.set_major_formatter(FuncFormatter(decimals))


def log_ticks(axes: Axes, low: float, high: float) -> None:
    """Make the y axis logarithmic: ticks at powers of ten, and at 2 and 5 between if these are few."""
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if high / low < 100 else (1,)))
    axes.yaxis.set_major_formatter(FuncFormatter(powers))
    axes.yaxis.set_minor_formatter(NullFormatter())


def join_minor_ticks(axes: Axes) -> None:
    """Draw the minor ticks of the y axis as one line of marks, where each would be three lines and two texts.

    Call it when the limits of the axis are final.
    """
    low, high = axes.get_ylim()
    places = [place for place in axes.yaxis.get_minorticklocs() if low <= place <= high]
    axes.yaxis.set_minor_locator(NullLocator())
    axes.plot(
        [0] * len(places), places, linestyle="", marker=TICKLEFT, markersize=2, markeredgewidth=0.6,
        color="black", transform=axes.get_yaxis_transform(), clip_on=False, zorder=2.01, label="ticks",
    )  # fmt: skip
    axes.set_ylim(low, high)


def label_ends(axes: Axes, labels: Sequence[EndLabel]) -> None:
    """Label the lines at the right of the axes, each as near to its line's end as the others allow.

    Call it after the lines are drawn and the scale is set.
    """
    axes.autoscale_view()  # Matplotlib would only do it on drawing
    gap = LABEL_GAP * FONT_SIZE / (axes.bbox.height / DPI * 72)
    ordered = sorted(labels, key=lambda label: label.y)
    ends = axes.transData.transform([(1, label.y) for label in ordered] or np.empty((0, 2)))
    heights = axes.transAxes.inverted().transform(ends)[:, 1]
    for label, height in zip(ordered, spread_heights(heights, gap), strict=True):
        axes.annotate(
            label.text, (1, height), (7, 0), xycoords="axes fraction", textcoords="offset points",
            va="center", color=label.color, fontsize=FONT_SIZE, annotation_clip=False, parse_math=False,
        )  # fmt: skip


def spread_heights(heights: Iterable[float], gap: float) -> list[float]:
    """Move ascending heights as little as possible to be ``gap`` apart, all within 0 and 1.

    In least squares: the heights less their share of the gaps must not decrease; where they would,
    neighbours take their mean (the pool-adjacent-violators algorithm).
    """
    pools: list[list[float]] = []
    for number, height in enumerate(heights):
        pools.append([height - number * gap])
        while len(pools) > 1 and np.mean(pools[-2]) > np.mean(pools[-1]):
            pools[-2:] = [pools[-2] + pools[-1]]
    rest = [float(np.mean(pool)) for pool in pools for _ in pool]
    room = max(0.0, 1 - gap * (len(rest) - 1))
    return [min(max(height, 0.0), room) + number * gap for number, height in enumerate(rest)]


def pixels(figure: Figure, dpi: float) -> Image.Image:
    """Draw a figure in memory, ``(height, width)`` in inches times ``dpi``, without transparency."""
    figure.set_dpi(dpi)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # type: ignore[no-untyped-call]
    return Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")  # type: ignore[no-untyped-call]


def picture_format(path: Path) -> str:
    """Return the format that a file's ending names; raises ValueError unless .png, .svg or .pdf."""
    ending = path.suffix.lower().removeprefix(".")
    if ending not in METADATA:
        known = ", ".join(f".{name}" for name in METADATA)
        got = path.suffix or "no ending"
        raise ValueError(f"{path}: expected a picture that ends in {known}, got {got}")
    return ending


def save(figure: Figure, path: Path) -> Path:
    """Save a figure in the format that the file's ending names; the same figure gives the same bytes.

    Raises ValueError for an ending other than .png, .svg and .pdf.
    """
    ending, buffer = picture_format(path), io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": "nn"}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph")  # a letter missing from the font is drawn as a box
        if ending == "png":
            # Drawn once: savefig() draws twice, the first time for sizes that only other options need.
            # Packed at level 3: at 6 files are a twelfth smaller, and take 1.5 times as long.
            pixels(figure, DPI).save(buffer, "PNG", dpi=(DPI, DPI), compress_level=3)
        else:
            figure.savefig(buffer, format=ending, metadata=METADATA[ending])
    write_whole(path, buffer.getvalue())
    return path
