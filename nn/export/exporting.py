"""Exports a model: prints it, proves the print, and only then hands it over."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from nn.export.c import CFile
from nn.export.document import Document
from nn.export.javascript import JavaScriptFile
from nn.export.printed import Printed
from nn.export.proof import Expected, Verdict, prove
from nn.export.python import PythonFile
from nn.export.recording import ROW, Exportable, ExportError
from nn.export.rows import rows_for
from nn.model import Model


@dataclass(frozen=True)
class Target:
    """Where a model can be exported to."""

    file: type[Printed]
    ending: str
    dtypes: tuple[str, ...] = ("float64",)
    """The types of numbers that it computes with."""


TARGETS: Mapping[str, Target] = {
    "c": Target(CFile, ".c", ("float64", "float32")),
    "python": Target(PythonFile, ".py"),
    "javascript": Target(JavaScriptFile, ".mjs"),
}


@dataclass(frozen=True, eq=False)
class Exported:
    """The files of a model."""

    files: dict[str, bytes]
    """By their names, the main one first."""
    verdict: Verdict | None
    """What the proof found; None where nothing was at hand to run the files."""
    needed: str | None
    """What was not at hand."""


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
    target = TARGETS[to]
    dtype = dtype or next((one for one in target.dtypes if one == model.network.dtype.name), target.dtypes[0])
    if dtype not in target.dtypes:
        raise ExportError(f"{to} computes with {' or '.join(target.dtypes)}, not {dtype}")
    check_columns(model, dtype)
    exportable = Exportable.of(model)
    program = exportable.program(np.zeros((1, len(model.inputs))))
    parameters = {name: array for name, array in program.inputs.items() if name != ROW}
    document = Document(model, stem, verified=False)
    target.file(program, parameters, document, dtype)  # refuses what it cannot say before any proof
    needed = target.file.needed()
    rows = rows_for(model, run, dtype)
    expected = Expected.of(exportable, rows, dtype)
    test = expected.test(Expected.of(exportable, rows, "float32"))
    printed = target.file(program, parameters, replace(document, verified=not needed, test=test), dtype)
    files = {name: text.encode() for name, text in printed.files.items()}
    if needed:
        return Exported(files, None, needed)
    with tempfile.TemporaryDirectory(prefix="tiny-nn-") as scratch:
        folder = Path(scratch)
        for name, data in files.items():
            (folder / name).write_bytes(data)
        try:
            verdict = prove(expected, lambda raw: printed.run(folder, raw))
        except ExportError as error:
            raise ProofError(f"the {to} file is not what the model is: {error}") from error
    return Exported(files, verdict, None)


def check_columns(model: Model, dtype: str) -> None:
    """Raise ExportError for columns whose cells a type of numbers cannot hold."""
    encoders = () if model.preprocessing is None else model.preprocessing.encoders
    for encoder in encoders:
        if encoder.kind == "date" and dtype == "float32":
            raise ExportError(
                f"column {encoder.column!r}: float32 is too coarse for a date, the seconds since 1970"
            )
