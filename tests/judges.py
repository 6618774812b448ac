"""What others compute, and a book of what was held against them.

The values of other programs are stored in ``tests/reference`` by ``scripts/make_*reference.py``.
``scripts/write_verification.py`` runs the tests and makes ``docs/verification.md`` of the book.
"""

import json
from pathlib import Path
from typing import NamedTuple

import numpy as np

TORCH = json.loads((Path(__file__).parent / "reference" / "torch.json").read_text(encoding="utf-8"))


class Verdict(NamedTuple):
    """That a judge looked at a piece of mathematics, and how far apart the two were."""

    kind: str
    """activation, loss, initializer, schedule, optimizer, layer, second order, metric, preprocessing, …"""
    piece: str
    judge: str
    compared: str
    found: float
    allowed: float


BOOK: list[Verdict] = []


def made(table, words):
    """What a name with its options describes: ``elu alpha 0.5`` is ``ELU(alpha=0.5)``."""
    name, *options = words.split()
    return table[name](**dict(zip(options[::2], map(float, options[1::2]), strict=True)))


def judge(kind, piece, judge, compared, found, allowed):
    """What was found is at most what is allowed."""
    BOOK.append(Verdict(kind, piece, judge, compared, float(found), allowed))
    assert found <= allowed, f"{kind} {piece}: {compared} differ from {judge}'s by {found:.1e}"


def agree(kind, piece, by, compared, ours, theirs, rtol=1e-10, atol=0.0):
    """Numbers are equal to ``rtol``, relative to each of theirs (and to ``atol / rtol`` more)."""
    ours, theirs = np.asarray(ours), np.asarray(theirs)
    assert ours.shape == theirs.shape
    size, difference = np.abs(theirs) + atol / rtol, np.abs(ours - theirs)
    found = np.divide(difference, size, out=np.where(difference == 0, 0.0, np.inf), where=size > 0)
    judge(kind, piece, by, compared, np.max(found, initial=0), rtol)
