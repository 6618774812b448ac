"""Prints a program as C99: one file and its header, which are valid C++ and an Arduino library too."""

import shutil
import subprocess
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nn.arrays import Array, Floats
from nn.engine.compiler import compiler, run_compiler
from nn.export.layout import filled, fnv, plain_comment, text_of
from nn.export.printed import Printed
from nn.export.recording import ExportError, in_type
from nn.export.syntax import NumberKind, Syntax

C_TYPES: dict[NumberKind, str] = {"f": "real", "i": "int", "b": "int"}
C_HELPERS = {
    "maximum": "static real maximum(real a, real b) { return a >= b || a != a ? a : b; }",
    "minimum": "static real minimum(real a, real b) { return a <= b || a != a ? a : b; }",
    "sign": "static real sign(real a) { return a != a ? a : (real)((a > 0) - (a < 0)); }",
}


class CSyntax(Syntax):
    """C99 that is also C++."""

    language = "c"
    infinity, nan = "(real)INFINITY", "(real)NAN"

    def __init__(self, dtype: str):
        self.dtype = np.dtype(dtype)
        self.suffix = "f" if dtype == "float32" else ""

    def number(self, value: float) -> str:
        if not np.isfinite(value):
            return self.nan if value != value else self.infinity if value > 0 else f"-{self.infinity}"
        return f"{in_type(np.array(value), self.dtype)!s}{self.suffix}"

    def converted(self, text: str, source: NumberKind, target: NumberKind) -> str:
        if source == target or ({source, target} <= {"b", "i"} and (target == "i" or text in ("0", "1"))):
            return text
        if target == "b":
            return f"({text} != 0)"
        return f"({C_TYPES[target]}){text if text.isidentifier() or text.startswith('(') else f'({text})'}"

    def loop(self, index: str, start: int, stop: int) -> str:
        return f"for (int {index} = {start}; {index} < {stop}; {index}++) {{"

    def condition(self, text: str) -> str:
        return f"if ({text}) {{"

    def constant(self, name: str, kind: NumberKind, text: str) -> str:
        return f"const {C_TYPES[kind]} {name} = {text};"

    def variable(self, name: str, kind: NumberKind, text: str) -> str:
        return f"{C_TYPES[kind]} {name} = {text};"

    def array(self, name: str, kind: NumberKind, size: int) -> str:
        return f"{C_TYPES[kind]} {name}[{size}];"

    def assignment(self, target: str, text: str) -> str:
        return f"{target} = {text};"

    def comment(self, text: str) -> str:
        return f"/* {plain_comment(text)} */"


def c_string(text: str) -> str:
    """Write a text as a literal: neither trigraphs nor escapes can arise from it."""
    shown = (
        letter
        if letter.isprintable() and letter not in '"\\?'
        else f"\\{letter}"
        if letter in '"\\?'
        else "".join(f"\\{byte:03o}" for byte in letter.encode("utf-8", "surrogatepass"))
        for letter in text
    )
    return '"' + "".join(shown) + '"'


class CFile(Printed):
    """The two files of a model."""

    @staticmethod
    def syntax_of(dtype: str) -> Syntax:
        return CSyntax(dtype)

    @cached_property
    def constants(self) -> dict[str, Array]:
        return {
            name: in_type(array, self.dtype) if array.dtype.kind == "f" else array
            for name, array in self.flat_constants.items()
        }

    @property
    def files(self) -> dict[str, str]:
        return {f"{self.document.stem}.c": self.source, f"{self.document.stem}.h": self.header}

    @staticmethod
    def needed() -> str | None:
        return None if compiler() and shutil.which(compiler()[0]) else "a C compiler"

    @property
    def header(self) -> str:
        """The text of the header."""
        document, name, stem = self.document, self.name, self.document.stem
        guard = f"{name.upper()}_H"
        tables = [f"extern const char *const {name}_columns[{self.columns}];"]
        if document.classes:
            tables.append(f"extern const char *const {name}_classes[{len(document.classes)}];")
        cell = [
            "/* The number that stands for a word, as the table spells it, in a column from 0: its code,",
            "   or NAN for a word that means a missing cell. Any other word is -1; in a column of numbers",
            "   INFINITY, which is refused (numbers are not read here). */",
            f"{name}_real {name}_cell(int column, const char *word);",
            "",
        ]
        label = "the number of the class, from 0" if document.classes else "0"
        return "\n".join(
            [
                f"/* {name}.h: {plain_comment(document.title)}.",
                "",
                *(f"   {plain_comment(line)}" for line in document.origin),
                "",
                *document.described("   "),
                "*/",
                f"#ifndef {guard}",
                f"#define {guard}",
                "",
                "#ifdef __cplusplus",
                'extern "C" {',
                "#endif",
                "",
                f"#define {name.upper()}_CHECKSUM {fnv([self.source.encode()])}u /* FNV-1a of {stem}.c */",
                f"typedef {'float' if self.dtype == np.float32 else 'double'} {name}_real;",
                "",
                f"/* Fills the answers for a row, and returns {label};",
                "   -1, and answers that are NAN, for a row that cannot be used. */",
                f"int {name}_predict(const {name}_real row[{self.columns}], "
                f"{name}_real answers[{self.outputs}]);",
                "",
                *(cell if document.words else []),
                "/* The names of the columns of a row"
                + ("; of the classes. */" if document.classes else ". */"),
                *tables,
                "",
                "#ifdef __cplusplus",
                "}",
                "#endif",
                "#endif",
                "",
            ]
        )

    @cached_property
    def source(self) -> str:
        """The text of the C file."""
        document, name = self.document, self.name
        numbers = sum(array.size for array in self.constants.values())
        classes = [f"const char *const {name}_classes[{len(document.classes)}] = {{"]
        classes += [*filled(map(c_string, document.classes)), "};"]
        used = [text for key, text in C_HELPERS.items() if any(key in one for one in self.writer.spellings)]
        return "\n".join(
            [
                f"/* {name}.c: {plain_comment(document.title)}. See {name}.h.",
                "",
                *(f"   {plain_comment(line)}" for line in document.origin),
                "",
                f"   {numbers} numbers are constants; of memory it uses the stack alone. Compile it with",
                f"   -DNN_SELF_TEST for a program that tests it: cc -DNN_SELF_TEST {name}.c -lm && ./a.out",
                "*/",
                f'#include "{document.stem}.h"',
                "",
                "#include <math.h>",
                "",
                f"typedef {name}_real real;",
                "",
                f"const char *const {name}_columns[{self.columns}] = {{",
                *filled(map(c_string, document.model.inputs)),
                "};",
                *(classes if document.classes else []),
                "",
                *self.tables,
                *used,
                *([""] if used else []),
                f"int {name}_predict(const real row[{self.columns}], real answers[{self.outputs}]) {{",
                *self.statements,
                f"    return {self.writer.result};",
                "}",
                *(self.cell if document.words else []),
                *(self.self_test if document.test else []),
                "",
            ]
        )

    @property
    def tables(self) -> list[str]:
        """The constants of the program."""
        lines = []
        for name, array in self.constants.items():
            kind = "real" if array.dtype.kind == "f" else "int"
            lines += [f"static const {kind} {name}[{array.size}] = {{", *filled(self.texts(array)), "};"]
        return [*lines, ""] if lines else []

    def texts(self, array: Array) -> Iterable[str]:
        """Write the numbers of a constant."""
        if array.dtype.kind != "f":
            return map(str, array.astype(int))
        if not np.isfinite(array).all():
            return map(self.syntax.number, array.tolist())
        return (f"{number!s}{self.syntax.suffix}" for number in array)

    @property
    def cell(self) -> list[str]:
        """The function that finds the number for a word."""
        document = self.document
        lines, cases = ["", "typedef struct { const char *text; int code; } spelled;"], []
        gaps: dict[tuple[str, ...], str] = {}
        for place, words in document.missing.items():
            if words not in gaps:
                gaps[words] = f"missing_{len(gaps)}"
                texts = (f"{{{c_string(word)}, 0}}" for word in words)
                lines += [f"static const spelled {gaps[words]}[{len(words)}] = {{", *filled(texts), "};"]
            codes = document.words.get(place, {})
            if codes:
                texts = (f"{{{c_string(word)}, {code:g}}}" for word, code in codes.items())
                lines += [f"static const spelled words_{place}[{len(codes)}] = {{", *filled(texts), "};"]
            table = f"words_{place}, {len(codes)}, word, {int(place in document.folded)}"
            known = f"find({table})" if codes else "INFINITY"
            gap = f"find({gaps[words]}, {len(words)}, word, 0) == 0"
            cases += [f"    case {place}:", f"        return {gap} ? (real)NAN : (real){known};"]
        return [
            *lines,
            "",
            *text_of("words.c").splitlines(),
            "",
            f"{self.name}_real {self.name}_cell(int column, const char *word) {{",
            "    switch (column) {",
            *cases,
            "    default:",
            "        return -1;",
            "    }",
            "}",
        ]

    @property
    def self_test(self) -> list[str]:
        """The program that tests the file where it is used."""
        test = self.document.test
        assert test is not None
        tables = []
        for what, array in (("rows", test.rows), ("answers", test.answers), ("bounds", test.bounds)):
            texts = map(self.syntax.number, array.reshape(-1).tolist())
            tables += [f"static const real test_{what}[{array.size}] = {{", *filled(texts), "};"]
        sums = [f"    sum = added(sum, {name}, {array.size});" for name, array in self.real_constants.items()]
        return [
            "",
            "#ifdef NN_SELF_TEST",
            *(f"#include <{header}.h>" for header in ("stdint", "stdio", "string")),
            "",
            "/* Rows, the model's answers, and how far they may be off in units of the type's rounding. */",
            *tables,
            f"static const int test_labels[{len(test.rows)}] = {{",
            *filled(map(str, test.labels.tolist())),
            "};",
            "",
            *text_of(
                "self_test.c",
                BITS=8 * self.dtype.itemsize,
                GUARD=self.name.upper(),
                SUMS="\n".join(sums),
                SUM=fnv(array.tobytes() for array in self.real_constants.values()),
                TESTS=len(test.rows),
                **self.sizes,
            ).splitlines(),
        ]

    @property
    def sizes(self) -> dict[str, Any]:
        """What the texts of C are filled in with."""
        return {"NAME": self.name, "COLUMNS": self.columns, "OUTPUTS": self.outputs}

    def run(self, folder: Path, raw: Floats) -> tuple[Floats, NDArray[np.int64]]:
        """Compile and run the files; ExportError too where a constant has other bits then."""
        # Beside the file, as an include is looked for there first, not in the working folder.
        harness = folder / f"_{self.document.stem}.c"
        harness.write_text(self.harness, encoding="utf-8")
        program = harness.with_suffix(".exe")
        code, messages = run_compiler(
            [*compiler(), "-std=c99", "-O1", str(harness), "-o", str(program), "-lm"], ""
        )
        if code:
            raise ExportError(f"the C compiler refuses the file: {messages.strip()}")
        given = np.array(len(raw), np.int64).tobytes() + raw.astype(self.dtype).tobytes()
        result = subprocess.run([str(program)], input=given, capture_output=True, check=False)
        if result.returncode:
            raise ExportError(f"the program fails: {result.stderr.decode(errors='replace').strip()}")
        itemsize, answers = self.dtype.itemsize, len(raw) * self.outputs
        numbers = np.frombuffer(result.stdout, self.dtype, answers).astype(np.float64)
        labels = np.frombuffer(result.stdout, np.int32, len(raw), answers * itemsize)
        rest = result.stdout[answers * itemsize + 4 * len(raw) :]
        if rest != b"".join(array.tobytes() for array in self.real_constants.values()):
            raise ExportError("a constant has other bits after it was compiled")
        return numbers.reshape(len(raw), self.outputs), labels.astype(np.int64)

    @property
    def real_constants(self) -> dict[str, Array]:
        """The constants that are real numbers."""
        return {name: array for name, array in self.constants.items() if array.dtype.kind == "f"}

    @property
    def harness(self) -> str:
        """A program that runs the file on rows from standard input, and looks up all words."""
        document = self.document
        checks = [
            f"    check({place}, {c_string(word)}, {'(real)NAN' if code != code else f'{code:g}'});"
            for place, word, code in (document.test_words if document.words else ())
        ]
        constants = [f"    fwrite({name}, sizeof {name}, 1, stdout);" for name in self.real_constants]
        return text_of(
            "proof.c",
            STEM=document.stem,
            FOUND=f"{self.name}_cell(column, word)" if document.words else "expected",
            CHECKS="\n".join(checks),
            CONSTANTS="\n".join(constants),
            **self.sizes,
        )
