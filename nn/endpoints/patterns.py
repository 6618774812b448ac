"""Which rows a network answers wrongly, and how that is put in words."""

import numpy as np

from nn.arrays import Array, Floats
from nn.display import counted

TOLERANCE = 0.4
"""An answer is wrong if it is this part of the targets' range off, as with 40-20-40 (Fahlman 1988)."""
SHOWN_ROWS = 4
"""The number of rows that a text names, with up to SHOWN_INPUTS inputs each."""
SHOWN_INPUTS = 6


def wrong_rows(y: Array, t: Array) -> Array:
    """Whether each row is answered wrongly, ``(rows,)``, by outputs y for targets t ``(rows, outputs)``.

    Of one output for each class, the largest decides. Else an answer within TOLERANCE is right, and one
    beyond the outermost targets too.
    """
    y = np.nan_to_num(y, nan=np.inf)
    if stand_for_classes(t):
        return np.argmax(y, axis=-1) != np.argmax(t, axis=-1)
    inside = np.clip(y, np.min(t), np.max(t))
    return np.any(np.abs(np.where(np.isfinite(y), inside, np.inf) - t) >= tolerated(t), axis=-1)


def stand_for_classes(t: Array) -> bool:
    """Whether there is an output for each class: one target of a row is 1, the others are 0."""
    return t.shape[1] > 1 and bool(np.all(np.sort(t, axis=-1) == np.eye(t.shape[1])[-1]))


def tolerated(t: Array) -> float:
    """From how far off on an answer is wrong."""
    return TOLERANCE * (float(np.ptp(t)) or 1.0)


def wrong_text(x: Array, t: Array, y: Floats, wrong: Array) -> str:
    """The rows answered wrongly, ``2 of 4 rows 0.4 or more off: …``; those of few inputs by name."""
    count, rows, classes = int(np.sum(wrong)), counted(len(wrong), "row"), stand_for_classes(t)
    if not count:
        return f"all {rows} {'rightly' if classes else f'less than {tolerated(t):.2g} off'}"
    text = f"{count:,} of {rows} {'wrongly' if classes else f'{tolerated(t):.2g} or more off'}"
    if x.shape[1] > SHOWN_INPUTS or t.shape[1] > 1:
        return text
    shown = np.flatnonzero(wrong)[:SHOWN_ROWS]
    parts = [
        f"({', '.join(f'{v:.3g}' for v in x[row])}) with {y[row, 0]:.2f} for {t[row, 0]:.3g}" for row in shown
    ]
    return f"{text}: {', '.join(parts)}{', …' if count > len(shown) else ''}"
