"""Prints a program as a JavaScript module."""

import json
import shutil
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nn.arrays import Floats
from nn.export.harness import run_self_test, run_with_json
from nn.export.layout import filled, plain_comment, text_of, with_checksum
from nn.export.printed import Printed
from nn.export.syntax import NumberKind, Syntax


class JavaScriptSyntax(Syntax):
    """JavaScript with ``Math``."""

    language = "javascript"
    infinity, nan = "Infinity", "NaN"

    def number(self, value: float) -> str:
        if not np.isfinite(value):
            return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
        return repr(float(value)).removesuffix(".0")

    def converted(self, text: str, source: NumberKind, target: NumberKind) -> str:
        if source == target or {source, target} == {"f", "i"}:
            return text
        if text in ("0", "1"):
            return "true" if text == "1" else "false"
        return f"({text} !== 0)" if target == "b" else f"({text} ? 1 : 0)"

    def loop(self, index: str, start: int, stop: int) -> str:
        return f"for (let {index} = {start}; {index} < {stop}; {index}++) {{"

    def condition(self, text: str) -> str:
        return f"if ({text}) {{"

    def constant(self, name: str, kind: NumberKind, text: str) -> str:
        return f"const {name} = {text};"

    def variable(self, name: str, kind: NumberKind, text: str) -> str:
        return f"let {name} = {text};"

    def array(self, name: str, kind: NumberKind, size: int) -> str:
        made = f"new Array({size}).fill(false)" if kind == "b" else f"new Float64Array({size})"
        return f"const {name} = {made};"

    def assignment(self, target: str, text: str) -> str:
        return f"{target} = {text};"

    def comment(self, text: str) -> str:
        return f"/* {plain_comment(text)} */"


class JavaScriptFile(Printed):
    """The module of a model."""

    @staticmethod
    def syntax_of(dtype: str) -> Syntax:
        return JavaScriptSyntax()

    @property
    def files(self) -> dict[str, str]:
        return {f"{self.document.stem}.mjs": with_checksum("\n".join(self.lines), "const checksum = {};")}

    @staticmethod
    def needed() -> str | None:
        return None if shutil.which("node") else "node"

    def run(self, folder: Path, raw: Floats) -> tuple[Floats, NDArray[np.int64]]:
        harness = folder / f"_{self.document.stem}.mjs"
        harness.write_text(text_of("proof.mjs"), encoding="utf-8")
        command = ["node", str(harness), str(folder / f"{self.document.stem}.mjs")]
        return run_with_json(command, self.document, raw)

    def test(self, folder: Path) -> None:
        run_self_test(["node", str(folder / f"{self.document.stem}.mjs"), "--self-test"])

    @property
    def lines(self) -> list[str]:
        """The lines of the module."""
        document = self.document
        classes = document.model.classes
        tables = [
            *names("export const columns", document.model.inputs),
            *(names("export const classes", classes) if classes else []),
            "const words = new Map([",
            *(
                f"    [{place}, new Map({json_literal([*one.items()])})],"
                for place, one in document.words.items()
            ),
            "]);",
            "const missing = [",
            *(f"    {json_literal([*gaps])}," for gaps in document.missing.values()),
            "];",
            f"const folded = {document.folded};",
            "",
        ]
        for name, array in self.flat_constants.items():
            texts = map(self.syntax.number, array.tolist())
            tables += [f"const {name} = new Float64Array([", *filled(texts), "]);"]
        return [
            f"/* {self.name}: {plain_comment(document.title)}.",
            "",
            *(f"   {plain_comment(line)}" for line in document.origin),
            "",
            *document.described("   "),
            "",
            "   answers(cells) and predict(cells) take cells as the table has them.",
            "   Test it: node FILE --self-test",
            "*/",
            *tables,
            "",
            "/** The answers for a row of numbers, and the number of the class; -1 if it cannot be used. */",
            "export function run(row) {",
            f"    const answers = new Float64Array({self.outputs});",
            *self.writer.lines,
            f"    return [answers, {self.writer.result}];",
            "}",
            "",
            *text_of("cells.mjs").splitlines(),
            *(["", *text_of("predict.mjs").splitlines()] if classes else []),
            *self.tests,
            "",
        ]

    @property
    def tests(self) -> list[str]:
        """The self-test."""
        test = self.document.test
        if test is None:
            return []
        labels = [f"const test_labels = {test.labels.tolist()};", "const checksum = {};"]
        return [
            "",
            *self.document.test_tables("const test_{} = [", "];", self.syntax.number),
            *labels,
            "",
            *text_of("self_test.mjs", ROUNDING=self.document.rounding_exponent).splitlines(),
        ]


def json_literal(value: object) -> str:
    """Write words and numbers; escapes leave nothing that HTML around it could take for markup."""
    return json.dumps(value).replace("<", "\\u003c")


def names(declared: str, texts: Iterable[object]) -> list[str]:
    """Write an array of names or labels."""
    return [f"{declared} = [", *filled(map(json_literal, texts)), "];"]
