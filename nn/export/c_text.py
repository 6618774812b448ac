"""Prints a program as C99: one file and its header, which are valid C++ and an Arduino library too."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

import numpy as np

from nn.arrays import Array
from nn.export.c_syntax import C_HELPERS, CSyntax, c_string
from nn.export.layout import filled, fnv, plain_comment, text_of
from nn.export.printed import Printed
from nn.export.recording import in_type
from nn.export.syntax import Syntax


class CText(Printed):
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
        stem, guard = self.document.stem, self.name.upper()
        line = f"#define {guard}_CHECKSUM {fnv([self.source.encode()])}u\n"
        return {f"{stem}.c": self.source, f"{stem}.h": self.header + line}

    @cached_property
    def header(self) -> str:
        """The text of the header, but for its last line."""
        document, name = self.document, self.name
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
                "/* The FNV hash of the C file, which holds that of this one above here. */",
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
        used = [
            text
            for key, text in C_HELPERS.items()
            if any(key in one for one in self.writer.expressions.spellings)
        ]
        return "\n".join(
            [
                f"/* {name}.c: {plain_comment(document.title)}. See {name}.h.",
                "",
                *(f"   {plain_comment(line)}" for line in document.origin),
                "",
                f"   {numbers} numbers are constants; of memory it uses the stack alone. Compile it with",
                f"   -DNN_SELF_TEST for a program that tests it: cc -DNN_SELF_TEST {name}.c -lm && ./a.out",
                "   (and with -DNN_NO_FILES for a board that has no fopen).",
                "*/",
                f'#include "{document.stem}.h"',
                "",
                "#include <math.h>",
                "",
                "#ifdef __FAST_MATH__",
                '#error "compile it without -ffast-math, which takes NaN, a missing cell, for a number"',
                "#endif",
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
        document, test = self.document, self.document.test
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
                HEADER_SIZE=len(self.header.encode()),
                HEADER_SUM=fnv([self.header.encode()]),
                SUMS="\n".join(sums),
                SUM=fnv(array.tobytes() for array in self.real_constants.values()),
                TESTS=len(test.rows),
                ROUNDING=document.rounding_exponent,
                **self.sizes,
            ).splitlines(),
        ]

    @property
    def sizes(self) -> dict[str, Any]:
        """What the texts of C are filled in with."""
        return {"NAME": self.name, "COLUMNS": self.columns, "OUTPUTS": self.outputs}

    @property
    def real_constants(self) -> dict[str, Array]:
        """The constants that are real numbers."""
        return {name: array for name, array in self.constants.items() if array.dtype.kind == "f"}
