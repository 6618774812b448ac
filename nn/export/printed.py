"""A program printed in a language with loops: what the files of all such languages have in common."""

import json
import subprocess
from abc import ABC, abstractmethod
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nn.arrays import Array, Floats
from nn.engine.program import base
from nn.export.document import Document
from nn.export.layout import filled, plain_comment
from nn.export.recording import ANSWERS, LABEL, ROW, Exportable, ExportError
from nn.export.scalar import ScalarWriter, Syntax


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

    def described(self, indent: str) -> list[str]:
        """Describe the cells of a row and the answers, as lines of a comment."""
        document = self.document
        return [
            f"{indent}{self.columns} cells of a row, as numbers:",
            *(f"{indent}{place:3} {plain_comment(line)}" for place, line in enumerate(document.columns)),
            f"{indent}{self.outputs} answers:" if self.outputs > 1 else f"{indent}The answer:",
            *(f"{indent}{place:3} {plain_comment(line)}" for place, line in enumerate(document.answers)),
        ]

    @property
    def constants(self) -> dict[str, Array]:
        """The constants of the program, each flat, in their order."""
        return {name: base(array).reshape(-1) for name, array in self.writer.constants.items()}

    @property
    def statements(self) -> list[str]:
        """The body of the function."""
        lines = self.writer.lines
        return lines[1:] if lines[:1] == [""] else lines

    def test_tables(self, begin: str, end: str) -> list[str]:
        """Write the rows, answers and bounds of the self-test as lists of lists; ``{}`` is their name."""
        test = self.document.test
        lines = []
        for name, rows in (
            () if test is None else (("rows", test.rows), ("answers", test.answers), ("bounds", test.bounds))
        ):
            lines += [begin.format(name)]
            for row in rows.tolist():
                lines += ["    [", *filled(map(self.syntax.number, row), "        "), "    ],"]
            lines += [end]
        return lines

    @property
    def words(self) -> list[tuple[int, str, float]]:
        """Columns, words and the numbers that stand for them, for a test: unknown and missing ones too."""
        codes = [
            (place, word, code)
            for place, known in self.document.words.items()
            for word, code in [*known.items(), ("no such word", -1.0)]
        ]
        gaps = [
            (place, word, float("nan")) for place, known in self.document.missing.items() for word in known
        ]
        return codes + gaps

    def run_with_json(self, command: list[str], raw: Floats) -> tuple[Floats, NDArray[np.int64]]:
        """Run a harness that reads rows and words as JSON, with the words NaN and Infinity as Python has."""
        given = {"rows": raw.tolist(), "words": [[place, word] for place, word, _ in self.words]}
        text = json.dumps(given).encode()
        result = subprocess.run(command, input=text, capture_output=True, check=False)
        if result.returncode:
            lines = result.stderr.decode(errors="replace").strip().splitlines()
            raise ExportError(f"the file fails: {' '.join(lines[-3:])}")
        found = json.loads(result.stdout)
        for (place, word, code), own in zip(self.words, found["codes"], strict=True):
            if own != code and not (own != own and code != code):
                raise ExportError(f"column {place}: expected {code:g} for the word {word!r}, got {own:g}")
        answers = np.array([row for row, _ in found["results"]], np.float64)
        labels = np.array([label for _, label in found["results"]], np.int64)
        return answers.reshape(len(raw), self.outputs), labels
