"""What Python modules of a model have in common, of one row or of many: head, tables, self-test."""

import sys
from abc import ABC, abstractmethod
from collections.abc import Iterable
from pathlib import Path

from nn.export.document import Document
from nn.export.harness import run_self_test
from nn.export.layout import filled, plain_comment, text_of, with_checksum
from nn.export.python_syntax import PythonSyntax


class PythonModule(ABC):
    """One file with a checksum, which the Python that runs now can run."""

    document: Document

    @property
    @abstractmethod
    def lines(self) -> list[str]:
        """The lines of the module."""

    @property
    def files(self) -> dict[str, str]:
        """The text of the module, by the name of its file."""
        return {f"{self.document.stem}.py": with_checksum("\n".join(self.lines), "CHECKSUM = {}")}

    @staticmethod
    def needed() -> str | None:
        """Return what is needed to run it and not at hand, if anything."""
        return None

    def test(self, folder: Path) -> None:
        """Run its self-test in a new process; ExportError where it fails."""
        run_self_test([sys.executable, "-P", str(folder / f"{self.document.stem}.py"), "--self-test"])


def python_tuple(name: str, texts: Iterable[str]) -> list[str]:
    """Write a tuple of values under a name."""
    return [f"{name} = (", *filled(texts), ")"]


def python_head(document: Document) -> list[str]:
    """Write the head of a module as comments."""
    return [
        "#!/usr/bin/env python3",
        "# -*- coding: utf-8 -*-",  # what stands below cannot say another
        f"# {document.name}: {plain_comment(document.title)}.",
        "#",
        *(f"# {plain_comment(line)}" for line in document.origin),
        "#",
        *document.described("# "),
        "#",
    ]


def python_tables(document: Document) -> list[str]:
    """Write the names of columns and classes, and the words of cells."""
    classes = document.model.classes
    return [
        *python_tuple("COLUMNS", map(repr, document.model.inputs)),
        *(python_tuple("CLASSES", map(repr, classes)) if classes else []),
        f"WORDS = {document.words!r}",
        f"MISSING = {document.missing!r}",
        f"FOLDED = {document.folded!r}",
        "",
    ]


def python_tests(document: Document, name: str) -> list[str]:
    """Write the rows of the self-test, and the function of that name that goes through them."""
    if document.test is None:
        return []
    function = text_of(name, ROUNDING=document.rounding_exponent)
    rows = document.test_tables("test_{} = [", "]", PythonSyntax().number)
    labels = [f"test_labels = {document.test.labels.tolist()}", "CHECKSUM = {}"]
    return ["", "", *rows, *labels, "", "", *function.splitlines()]
