"""Exports a model: prints it, proves the print, and only then hands it over."""

import math
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from nn.arrays import Floats
from nn.data.columns.preprocessing import Preprocessing
from nn.export.c import CFile
from nn.export.document import Document
from nn.export.formula import FormulaFile
from nn.export.javascript import JavaScriptFile
from nn.export.onnx import MissingKernelError, OnnxFile
from nn.export.proof import Expected, ProofResult, prove
from nn.export.python import PythonFile
from nn.export.recording import Exportable, ExportError
from nn.export.rows import MAX_KNOWN_ROWS, MIN_KNOWN_ROWS, rows_for
from nn.export.vectorized import VectorizedFile
from nn.model import Model


class File(Protocol):
    """The files of a model for one target."""

    @property
    def files(self) -> Mapping[str, str | bytes]:
        """Their contents, by their names, the main one first."""

    def needed(self) -> str | None:
        """Return what is needed to run them and not at hand, if anything."""

    def run(self, folder: Path, raw: Floats) -> tuple[Floats, NDArray[np.int64]]:
        """Run the files in a folder on raw rows, in a new process; returns answers and labels."""

    def test(self, folder: Path) -> None:
        """Run the self-test of the files, if it can run; ExportError where it fails."""


@dataclass(frozen=True)
class Target:
    """Where a model can be exported to."""

    file: Callable[[Exportable, Document, str], File]
    """Writes a model for it; ExportError for what it cannot say."""
    ending: str
    dtypes: tuple[str, ...] = ("float64",)
    """The types of numbers that it computes with."""
    products: float = math.inf
    """About how many products it computes in ten seconds."""
    note: str = ""
    """What a user should know of its proof."""

    def most_known(self, model: Model) -> int:
        """Return how many rows of a run's table a file is proved on: what takes ten seconds, if not few."""
        return int(np.clip(self.products / model.network.parameters.size, MIN_KNOWN_ROWS, MAX_KNOWN_ROWS))


TARGETS: Mapping[str, Target] = {
    "c": Target(CFile, ".c", ("float64", "float32")),
    "python": Target(PythonFile, ".py", products=1e8),
    "numpy": Target(VectorizedFile, ".py"),
    "javascript": Target(JavaScriptFile, ".mjs"),
    "onnx": Target(OnnxFile, ".onnx", ("float64", "float32")),
    "formula": Target(
        FormulaFile,
        ".csv",
        products=1e6,
        note="Formulas are proved by a reader of our own, not in a spreadsheet: look at their column 'test'.",
    ),
}


@dataclass(frozen=True, eq=False)
class Exported:
    """The files of a model."""

    files: dict[str, bytes]
    """By their names, the main one first."""
    verdict: ProofResult | None
    """What the proof found; None where nothing was at hand to run the files."""
    needed: str | None
    """What was not at hand."""
    note: str = ""
    """What a user should know besides: why numbers are of another type than the model's."""


class ProofError(Exception):
    """The exported file does not compute what the model does."""


def export(
    model: Model, to: str, stem: str = "model", *, run: Path | None = None, dtype: str | None = None
) -> Exported:
    """Export a model to one of the ``TARGETS``, proved.

    stem: the name of the file, without its ending
    run: the run directory, on whose own table the file is proved too
    dtype: the type of its numbers; by default that of the model, where the target has it

    Raises ExportError for what the target cannot say, ProofError where the file answers other than the model.
    """
    target, exportable = TARGETS[to], Exportable.of(model)
    chosen = dtype or usual_dtype(target, model)
    if chosen not in target.dtypes:
        raise ExportError(f"{to} computes with {' or '.join(target.dtypes)}, not {chosen}: leave dtype out")
    try:
        return proved(target, exportable, stem, run, chosen)
    except MissingKernelError as error:
        if dtype or "float32" not in target.dtypes:
            raise ExportError(f"{to} cannot run in {chosen}: {error}") from error
        coarser = proved(target, exportable, stem, run, "float32")
        return replace(coarser, note=f"Numbers are float32, as {to} has no float64 for all of it: {error}")


def proved(target: Target, exportable: Exportable, stem: str, run: Path | None, dtype: str) -> Exported:
    """Write the files for a target and prove them."""
    check_cells(exportable.preprocessing, dtype)
    document = Document(exportable.model, stem, verified=False)
    first = target.file(exportable, document, dtype)
    needed, _ = first.needed(), first.files  # refuses what it cannot say before any proof
    rows = rows_for(exportable.model, run, dtype, target.most_known(exportable.model))
    expected = Expected.of(exportable, rows, dtype)
    test = expected.test(Expected.of(exportable, rows, "float32"))
    made = target.file(exportable, replace(document, verified=not needed, test=test), dtype)
    files = {name: text.encode() if isinstance(text, str) else text for name, text in made.files.items()}
    if needed:
        return Exported(files, None, needed)
    with tempfile.TemporaryDirectory(prefix="tiny-nn-") as scratch:
        folder = Path(scratch)
        for name, data in files.items():
            (folder / name).write_bytes(data)
        try:
            verdict = prove(expected, lambda raw: made.run(folder, raw))
            made.test(folder)
        except MissingKernelError:
            raise
        except ExportError as error:
            raise ProofError(f"the file is not what the model is: {error}") from error
    return Exported(files, verdict, None, target.note)


def usual_dtype(target: Target, model: Model) -> str:
    """Return the model's type, where the target has it; float64 where there are dates."""
    encoders = () if model.preprocessing is None else model.preprocessing.encoders
    own = model.network.dtype.name
    fits = own in target.dtypes and not any(encoder.kind == "date" for encoder in encoders)
    return own if fits else "float64"


def check_cells(preprocessing: Preprocessing, dtype: str) -> None:
    """Raise ExportError for columns whose cells a type of numbers cannot hold."""
    for encoder in preprocessing.encoders:
        if encoder.kind == "date" and dtype == "float32":
            raise ExportError(
                f"column {encoder.column!r}: float32 is too coarse for a date, the seconds since 1970: "
                "it takes float64"
            )
