"""The ONNX file of a model, and how onnxruntime runs it."""

import io
import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nn.arrays import Floats
from nn.export.document import Document
from nn.export.layout import text_of
from nn.export.onnx_graph import OnnxWriter
from nn.export.recording import ANSWERS, LABEL, ROW, Exportable, ExportError
from nn.resources import __version__

OPSET, IR_VERSION = 13, 8
NEEDED = "onnx and onnxruntime; pip install 'tiny-nn-trainer[onnx]'"


class OnnxFile:
    """The model file of a model."""

    def __init__(self, exportable: Exportable, document: Document, dtype: str):
        """Write the graph; ExportError for what ONNX cannot say."""
        if not find_spec("onnx"):
            raise ExportError(f"--to onnx needs {NEEDED}")
        self.document, self.dtype = document, np.dtype(dtype)
        programs = exportable.program(2), exportable.program(3)
        self.writer = OnnxWriter(programs, [*exportable.constants], dtype)
        values = self.writer.write()
        outputs = programs[0].outputs[ANSWERS].shape[-1]
        self.outputs = [
            self.writer.output(ANSWERS, values[ANSWERS], "f", ["batch", outputs]),
            self.writer.output(LABEL, values[LABEL], "i", ["batch"]),
        ]

    @staticmethod
    def needed() -> str | None:
        """Return what is needed to run it and not at hand, if anything."""
        return None if find_spec("onnxruntime") else "onnxruntime; pip install 'tiny-nn-trainer[onnx]'"

    @property
    def files(self) -> dict[str, bytes]:
        """The bytes of the file, by its name."""
        from onnx import checker, helper

        document, writer = self.document, self.writer
        columns = len(document.model.inputs)
        row = helper.make_tensor_value_info(ROW, writer.types["f"], ["batch", columns])
        graph = helper.make_graph(
            writer.nodes, document.name, [row], self.outputs, [*writer.tensors.values()]
        )
        model = helper.make_model(
            graph,
            opset_imports=[helper.make_opsetid("", OPSET)],
            ir_version=IR_VERSION,
            producer_name="tiny-nn",
            producer_version=__version__,
            doc_string="\n".join([document.title, *document.origin]),
        )
        helper.set_model_props(model, self.metadata)
        checker.check_model(model, full_check=True)
        return {f"{document.stem}.onnx": model.SerializeToString(deterministic=True)}

    @property
    def metadata(self) -> dict[str, str]:
        """What the file says of columns, words, classes, and its self-test, as JSON."""
        document = self.document
        facts: dict[str, Any] = {
            "columns": [*document.model.inputs],
            "cells": document.columns,
            "words": {document.model.inputs[place]: codes for place, codes in document.words.items()},
            "missing": {document.model.inputs[place]: words for place, words in document.missing.items()},
            "answers": document.answers,
            "classes": document.classes,
        }
        if document.test:
            facts["self_test"] = {
                "rows": document.test.rows.tolist(),
                "answers": document.test.answers.tolist(),
                "bounds": document.test.bounds.tolist(),
                "labels": document.test.labels.tolist(),
                "rounding": document.test.rounding,
            }
        return {name: json.dumps(value) for name, value in facts.items()}

    def run(self, folder: Path, raw: Floats) -> tuple[Floats, NDArray[np.int64]]:
        """Run the file with onnxruntime in a new process; returns answers and labels.

        Raises MissingKernelError where onnxruntime lacks an operation for the type, ExportError where it
        fails.
        """
        given = io.BytesIO()
        with np.errstate(over="ignore"):
            np.save(given, raw.astype(self.dtype))
        command = [
            sys.executable,
            "-P",
            "-c",
            text_of("proof_of_onnx.py"),
            str(folder / f"{self.document.stem}.onnx"),
        ]
        result = subprocess.run(command, input=given.getvalue(), capture_output=True, check=False)
        if result.returncode:
            text = result.stderr.decode(errors="replace").strip()
            if "NOT_IMPLEMENTED" in text:
                raise MissingKernelError(text.splitlines()[0])
            raise ExportError(f"onnxruntime fails: {text.splitlines()[-1] if text else result.returncode}")
        found = io.BytesIO(result.stdout)
        return np.load(found).astype(np.float64), np.load(found)

    def test(self, folder: Path) -> None:
        """Do nothing: the rows of the self-test are data, which others run."""


class MissingKernelError(ExportError):
    """onnxruntime has an operation for another type of numbers only."""
