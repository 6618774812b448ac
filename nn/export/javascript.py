"""Prints a program as a JavaScript module."""

import json
import shutil
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nn.arrays import Floats
from nn.export.harness import run_with_json
from nn.export.layout import filled, plain_comment, with_checksum
from nn.export.printed import Printed
from nn.export.scalar import NumberKind, Syntax

JAVASCRIPT_CELLS = """
/** The number that stands for a cell in a column, counted from 0. */
export function number(column, cell) {
    if (cell === null || cell === undefined || cell !== cell) return NaN;
    let text = String(cell).trim();
    if (missing[column].includes(text)) return NaN;
    if (!words.has(column)) return value(text);
    if (folded.includes(column)) text = text.toLowerCase();
    const codes = words.get(column);
    if (codes.has(text)) return codes.get(text);
    const own = value(text), found = [];
    for (const [word, code] of codes) if (own < Infinity && value(word) === own) found.push(code);
    return found.length === 1 ? found[0] : -1; // 7.0 is the level 7
}

/* The number that a text spells; Infinity, which is refused, if none. */
function value(text) {
    return /^[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)(e[-+]?[0-9]+)?$/i.test(text) ? Number(text) : Infinity;
}

/* The numbers of cells: an array in the order of the columns, or an object by their names. */
function numbers(cells) {
    return columns.map((name, column) => number(column, Array.isArray(cells) ? cells[column] : cells[name]));
}

/** The answers for the cells of a row. */
export function answers(cells) {
    return Array.from(run(numbers(cells))[0]);
}
"""
JAVASCRIPT_CLASSIFIES = """
/** The class of a row of cells; null for a row that cannot be used. */
export function predict(cells) {
    const label = run(numbers(cells))[1];
    return label < 0 ? null : classes[label];
}
"""
JAVASCRIPT_SELF_TEST = """
/** Compares with the answers of the model; returns how many rows are wrong. */
export async function selfTest() {
    const { readFileSync } = await import("node:fs");
    const lines = readFileSync(new URL(import.meta.url), "utf8").split(/\\r?\\n/);
    const text = lines.filter((line) => !line.startsWith("const checksum")).join("\\n").trimEnd();
    let sum = 2166136261; // of the file, to find a digit that was changed
    for (const byte of new TextEncoder().encode(text)) sum = Math.imul(sum ^ byte, 16777619) >>> 0;
    let wrong = sum === checksum ? 0 : 1;
    if (wrong) console.log("the file has changed");
    test_rows.forEach((row, test) => {
        const [found, label] = run(row);
        let right = label === test_labels[test];
        test_answers[test].forEach((t, i) => {
            const bound = 16 * 2 ** -53 * test_bounds[test][i];
            right = right && (t !== t ? found[i] !== found[i] : Math.abs(found[i] - t) <= bound);
        });
        if (!right) console.log("wrong:", row);
        wrong += right ? 0 : 1;
    });
    console.log(wrong ? "FAILED" : `${test_rows.length} rows: passed`);
    return wrong;
}

if (typeof process !== "undefined" && process.argv[2] === "--self-test") {
    process.exitCode = (await selfTest()) ? 1 : 0;
}
"""
JAVASCRIPT_HARNESS = """
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
const module = await import(pathToFileURL(process.argv[2]));
const words = { NaN, Infinity, "-Infinity": -Infinity };
const bare = readFileSync(0, "utf8");
const number = (x) => (x[0] === '"' ? x : `{"n":"${x}"}`);
const spelled = bare.replace(/"(?:[^"\\\\]|\\\\.)*"|-?(?:NaN|Infinity)/g, number);
const given = JSON.parse(spelled, (_, one) => (one && one.n !== undefined ? words[one.n] : one));
const json = (x) => (Number.isFinite(x) ? String(Object.is(x, -0) ? "-0.0" : x) : String(x));
const codes = given.words.map(([column, word]) => json(module.number(column, word)));
const results = given.rows.map((row) => {
    const [answers, label] = module.run(row);
    return `[[${Array.from(answers, json).join()}],${json(label)}]`;
});
process.stdout.write(`{"codes":[${codes.join()}],"results":[${results.join()}]}`);
"""


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
        harness = folder / "proof.mjs"
        harness.write_text(JAVASCRIPT_HARNESS, encoding="utf-8")
        command = ["node", str(harness), str(folder / f"{self.document.stem}.mjs")]
        return run_with_json(command, self.document, raw)

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
            *JAVASCRIPT_CELLS.splitlines(),
            *(JAVASCRIPT_CLASSIFIES.splitlines() if classes else []),
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
            *JAVASCRIPT_SELF_TEST.splitlines(),
        ]


def json_literal(value: object) -> str:
    """Write words and numbers; escapes leave nothing that HTML around it could take for markup."""
    return json.dumps(value).replace("<", "\\u003c")


def names(declared: str, texts: Iterable[object]) -> list[str]:
    """Write an array of names or labels."""
    return [f"{declared} = [", *filled(map(json_literal, texts)), "];"]
