"""A program printed in a language with loops: what the files of all such languages have in common."""

from abc import ABC, abstractmethod
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nn.arrays import Array, Floats
from nn.engine.program import base
from nn.export.document import Document
from nn.export.recording import ANSWERS, LABEL, ROW, Exportable
from nn.export.scalar import ScalarWriter
from nn.export.syntax import Syntax


class Printed(ABC):
    """The files of a model in one language."""

    def __init__(self, exportable: Exportable, document: Document, dtype: str):
        """Write the program for one row; ExportError for what the language cannot say."""
        program = exportable.program(1)
        parameters = {name: program.inputs[name] for name in exportable.constants}
        self.document, self.name, self.dtype = document, document.name, np.dtype(dtype)
        self.syntax = self.syntax_of(dtype)
        stored = {ANSWERS: program.outputs[ANSWERS]}
        self.writer = ScalarWriter(program, self.syntax, parameters, stored, program.outputs[LABEL])
        self.columns = program.inputs[ROW].shape[-1]
        self.outputs = program.outputs[ANSWERS].shape[-1]

    @staticmethod
    @abstractmethod
    def syntax_of(dtype: str) -> Syntax:
        """Return the syntax of the language, with real numbers of a type."""

    @property
    @abstractmethod
    def files(self) -> dict[str, str]:
        """The texts by the names of their files, the main one first."""

    @staticmethod
    @abstractmethod
    def needed() -> str | None:
        """Return what is needed to run it and not at hand, if anything."""

    @abstractmethod
    def run(self, folder: Path, raw: Floats) -> tuple[Floats, NDArray[np.int64]]:
        """Run the files in a folder on raw rows, in a new process; returns answers and labels.

        Raises ExportError where they do not run, and where words have other codes than in the model.
        """

    @abstractmethod
    def test(self, folder: Path) -> None:
        """Run the self-test of the files in a folder; ExportError where it fails."""

    @property
    def flat_constants(self) -> dict[str, Array]:
        """The constants of the program, each flat, in their order."""
        return {name: base(array).reshape(-1) for name, array in self.writer.expressions.constants.items()}

    @property
    def statements(self) -> list[str]:
        """The body of the function."""
        lines = self.writer.lines
        return lines[1:] if lines[:1] == [""] else lines
