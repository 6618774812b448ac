"""Compiles and runs the C of a model."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nn.arrays import Floats
from nn.engine.compiler import compiler, run_compiler
from nn.export.c_syntax import c_string
from nn.export.c_text import CText
from nn.export.harness import run_self_test
from nn.export.layout import text_of
from nn.export.recording import ExportError


class CFile(CText):
    """The two files of a model, which a C compiler proves."""

    @staticmethod
    def needed() -> str | None:
        return None if compiler() and shutil.which(compiler()[0]) else "a C compiler"

    @staticmethod
    def compiling() -> list[str]:
        """Return the command that compiles it, but for names of files."""
        return [*compiler(), "-std=c99", "-O1"]

    def run(self, folder: Path, raw: Floats) -> tuple[Floats, NDArray[np.int64]]:
        """Compile and run the files; ExportError too where a constant has other bits then."""
        # Beside the file, as an include is looked for there first, not in the working folder.
        harness = folder / f"_{self.document.stem}.c"
        harness.write_text(self.harness, encoding="utf-8")
        program = self.compiled(harness)
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

    def test(self, folder: Path) -> None:
        run_self_test([str(self.compiled(folder / f"{self.document.stem}.c", "-DNN_SELF_TEST"))])

    def compiled(self, file: Path, *options: str) -> Path:
        """Compile a file to a program beside it; ExportError where the compiler refuses it."""
        program = file.with_suffix(".exe")
        command = [*self.compiling(), *options, str(file), "-o", str(program), "-lm"]
        code, messages = run_compiler(command, "")
        if code:
            raise ExportError(f"the C compiler refuses the file: {messages.strip()}")
        return program

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
