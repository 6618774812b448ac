"""Proves that an exported file computes what its model does, before it is handed over."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nn.arrays import Floats
from nn.export.bounds import Bounds
from nn.export.document import SelfTest
from nn.export.recording import ANSWERS, LABEL, ROW, Exportable, ExportError
from nn.export.rows import ProofRows

SLACK = 16
"""Answers may differ by this many times their first-order bound."""
BLOCK = 512
"""How many rows have their bounds are computed together."""
TESTS = 8
U64 = 2.0**-53
GOALS = {"float64": 1e-14, "float32": 2e-6}
"""The aim for the rows of the run's own table, relative to the largest answer."""

FileRunner = Callable[[Floats], tuple[Floats, NDArray[np.int64]]]
"""Runs an exported file in a process of its own: raw rows to answers and labels."""


@dataclass(frozen=True, eq=False)
class Expected:
    """The model's answers to rows, and how far those of a file may be off."""

    rows: ProofRows
    bounds: Floats
    """(rows, outputs), in units of the rounding."""
    certain: NDArray[np.bool_]
    """Which labels rounding does not decide, (rows,)."""
    u: float
    """The rounding of the coarser of the two types."""

    @classmethod
    def of(cls, exportable: Exportable, rows: ProofRows, dtype: str) -> "Expected":
        """Compute the bounds of all rows for a file with numbers of a type."""
        coarser = "float32" if "float32" in (dtype, exportable.model.network.dtype.name) else "float64"
        raw = rows.raw
        block = min(BLOCK, len(raw))
        program = exportable.program(block)
        bounds, doubts = [], []
        for start in range(0, len(raw), block):
            part = raw[start : start + block]
            program.inputs[ROW][...] = raw[:block]
            program.inputs[ROW][: len(part)] = part
            found = Bounds(program, np.dtype(coarser).type).run()
            bounds.append(found[ANSWERS][: len(part)])
            doubts.append(found[LABEL][: len(part)])
        u = float(np.finfo(coarser).eps) / 2
        return cls(rows, np.concatenate(bounds), np.concatenate(doubts) == 0, u)

    @property
    def goal(self) -> float:
        """How far the answers to the run's own rows should be off at most, relative to the largest."""
        return GOALS["float32" if self.u > U64 else "float64"]

    @property
    def allowed(self) -> Floats:
        """How far each answer may be off, (rows, outputs)."""
        return SLACK * self.u * self.bounds

    @property
    def compared(self) -> NDArray[np.bool_]:
        """Which rows are compared: not those where numbers of the type overflow, (rows,)."""
        refused = ~self.rows.usable
        too_large = refused & np.isfinite(self.rows.features).all(axis=1)
        return (refused | np.isfinite(self.bounds).all(axis=1)) & ~too_large

    def test(self, coarse: "Expected") -> SelfTest:
        """Choose rows for the self-test of a file: some of the table's, random ones, and corners.

        coarse: the bounds for float32, which hold where a file's double has 32 bits too
        """
        usable = self.compared & coarse.compared & self.certain & coarse.certain
        good = np.flatnonzero(usable & self.rows.usable)
        bad = np.flatnonzero(usable & ~self.rows.usable)[:1]
        # The last row has missing cells wherever there may be any.
        number = min(len(good), TESTS - len(bad))
        chosen = [*good[np.linspace(0, len(good) - 1, number).astype(int)], *bad]
        rows = self.rows
        bounds = np.where(np.isnan(rows.answers), 0, coarse.bounds)
        return SelfTest(rows.raw[chosen], rows.answers[chosen], bounds[chosen], rows.labels[chosen], self.u)


@dataclass(frozen=True)
class ProofResult:
    """What a comparison of all rows found."""

    rows: int
    skipped: int
    """Rows whose numbers overflow."""
    share: float
    """The largest |Δ| relative to what is allowed there."""
    difference: float
    """The largest |Δ|."""
    allowed: float
    """What is allowed there."""
    known: int
    """How many rows of the run's own table are among them."""
    table: int
    """How many it has."""
    goal: float
    """What ``relative`` should be at most."""
    relative: float
    """The largest |Δ| among the rows of the run's own table, relative to the largest answer."""

    def __str__(self) -> str:
        skipped = f" ({self.skipped} more overflow)" if self.skipped else ""
        part = f"{self.known:,} of " if self.known < self.table else ""
        known = f", in {part}the run's own {self.table:,} rows by {self.relative:.1e} of the largest"
        known += f", more than the {self.goal:g} aimed at" if self.relative > self.goal else ""
        return (
            f"{self.rows:,} rows{skipped}, all labels equal; answers differ by at most "
            f"{self.difference:.1e} (allowed there {self.allowed:.1e}), by up to {self.share:.2g} of what is "
            f"allowed{known if self.known else ''}"
        )


def prove(expected: Expected, run: FileRunner) -> ProofResult:
    """Compare a file with its model on all rows; ExportError with the first row in which they differ."""
    rows, allowed, compared = expected.rows, expected.allowed, expected.compared
    if not np.any(compared & rows.usable):
        raise ExportError("no row could be compared: its numbers overflow")
    answers, labels = run(rows.raw)
    if answers.shape != rows.answers.shape or labels.shape != rows.labels.shape:
        raise ExportError(f"expected answers of shape {rows.answers.shape}, got {answers.shape}")
    with np.errstate(all="ignore"):
        difference = np.abs(answers - rows.answers)
        both = np.isnan(answers) & np.isnan(rows.answers)
        difference[both | (answers == rows.answers)] = 0
        wrong = ~(difference <= allowed) & ~both & compared[:, None]
        different = (labels != rows.labels) & expected.certain & compared
        share = np.where(compared[:, None], np.where(allowed > 0, difference / allowed, 0), 0)
    if np.any(wrong) or np.any(different):
        row = int(np.argmax(np.any(wrong, axis=1) | different))
        raise ExportError(
            f"row {row} {rows.raw[row].tolist()}: expected {rows.answers[row].tolist()} and label "
            f"{rows.labels[row]}, got {answers[row].tolist()} and label {labels[row]}; allowed are "
            f"differences of {allowed[row].tolist()}"
        )
    sizes = np.where(compared[:, None], np.nan_to_num(difference), 0)
    place = np.unravel_index(int(np.argmax(sizes)), sizes.shape)
    known = slice(0, rows.known)
    size = np.max(np.abs(rows.answers[known]), initial=0, where=np.isfinite(rows.answers[known]))
    off = np.max(difference[known], initial=0, where=compared[known, None])
    return ProofResult(
        int(compared.sum()),
        int((~compared).sum()),
        float(share.max()),
        float(sizes[place]),
        float(allowed[place]),
        rows.known,
        rows.table,
        expected.goal,
        float(off / size) if size else 0.0,
    )
