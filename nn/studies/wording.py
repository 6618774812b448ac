"""Writes what a study estimates: shares, epochs and values of metrics, each with its interval."""

import math
from collections.abc import Callable

from nn.metrics.numbers import UNDECIDED, metric_number
from nn.statistics.intervals import Estimate

SHARE_PREFIXES = {"val_": "validation", "test_": "test"}
"""How the names of metrics of rows held out begin, and how they are written."""
Write = Callable[[float], str]


def metric_words(name: str) -> str:
    """A metric with the share it was measured on: ``validation loss``."""
    for prefix, word in SHARE_PREFIXES.items():
        if name.startswith(prefix):
            return f"{word} {metric_words(name.removeprefix(prefix))}"
    return name.replace("_", " ")


def writer_of(name: str) -> Write:
    """How values are written: the share solved, epochs, or a metric of this name."""
    for prefix in SHARE_PREFIXES:
        name = name.removeprefix(prefix)

    def metric_text(value: float) -> str:
        if math.isnan(value):
            return UNDECIDED
        return metric_number(name, value) if math.isfinite(value) else "diverged"

    return {"solved": share_text, "epochs": epoch_text}.get(name, metric_text)


def share_text(share: float) -> str:
    """``80.1 %``."""
    return f"{100 * share:z.1f} %"


def epoch_text(value: float) -> str:
    """Whole epochs, of fewer than ten with a decimal; in words where they are not reached."""
    if math.isinf(value):
        return "not reached"
    return f"{value:,.0f}" if abs(value) >= 10 or value == round(value) else f"{value:.1f}"


def signed(write: Write) -> Write:
    """Write a difference with its sign; one of percentages in points."""

    def written(value: float) -> str:
        sign = "+" if value > 0 else "−" if value < 0 else ""
        return sign + write(abs(value)).removesuffix(" %") if math.isfinite(value) else write(value)

    return written


def bounds_text(estimate: Estimate, write: Write) -> str:
    """``77.5 to 82.5 %``; ``350 or more`` where there is no upper limit."""
    low, high = estimate.interval
    if math.isinf(low):
        return UNDECIDED if math.isinf(high) else f"{write(high)} or less"
    if math.isinf(high):
        return f"{write(low)} or more"
    return f"{write(low).removesuffix(' %')} to {write(high)}"


def estimate_text(estimate: Estimate, write: Write) -> str:
    """``80.1 (77.5 to 82.5 %)``; the value alone where there is no interval."""
    value, bounds = write(estimate.value), bounds_text(estimate, write)
    return value if bounds == UNDECIDED else f"{value.removesuffix(' %')} ({bounds})"


def p_text(p: float | None) -> str:
    """A p-value to three digits."""
    return UNDECIDED if p is None else "< 0.001" if p < 0.001 else f"{p:.3f}"
