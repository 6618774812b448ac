"""Writes a program as the nodes of an ONNX graph (opset 13)."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from nn.arrays import Array
from nn.engine.operations import Elementwise, Reduction
from nn.engine.program import Program
from nn.export.recording import ROW, ExportError, in_type
from nn.export.syntax import NumberKind
from nn.export.vectors import VectorWriter

REDUCTION_NODES = {"sum": "ReduceSum", "max": "ReduceMax", "min": "ReduceMin"}
TRUTHS = {"and": "And", "or": "Or", "xor": "Xor"}


class OnnxWriter(VectorWriter):
    """The nodes of a graph."""

    def __init__(self, programs: tuple[Program, Program], parameters: Sequence[str], dtype: Any):
        self.helper: Any
        from onnx import TensorProto, helper, numpy_helper

        self.helper, self.from_array = helper, numpy_helper.from_array
        self.dtype = np.dtype(dtype)
        self.types = {
            "f": TensorProto.FLOAT if self.dtype == np.float32 else TensorProto.DOUBLE,
            "i": TensorProto.INT64,
            "b": TensorProto.BOOL,
        }
        self.nodes: list[Any] = []
        self.tensors: dict[str, Any] = {}
        super().__init__(programs, {ROW: ROW})
        for name in parameters:
            self.values[id(self.program.inputs[name])] = self.constant(self.program.inputs[name], name)

    def node(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """Add a node with one result; returns its name."""
        name = f"t{len(self.nodes)}"
        node = self.helper.make_node(kind, [*inputs], [name], name=f"n{len(self.nodes)}", **attributes)
        node.doc_string = self.label
        self.nodes.append(node)
        return name

    def integers(self, values: Sequence[int]) -> str:
        """Return a constant vector of integers."""
        return self.constant(np.array(values, np.int64))

    def constant(self, array: Array, name: str | None = None) -> str:
        if array.dtype.kind == "f":
            array = in_type(array, self.dtype)
        array = np.ascontiguousarray(array).reshape(array.shape)
        key = name or f"c_{array.dtype.name}_{'x'.join(map(str, array.shape))}_{array.tobytes().hex()}"
        if key not in self.tensors:
            self.tensors[key] = self.from_array(array, name or f"c{len(self.tensors)}")
        found: str = self.tensors[key].name
        return found

    def elementwise(self, operation: Elementwise, operands: Sequence[str], kind: NumberKind) -> str:
        spelling = operation.spelling
        if kind == "b" and spelling.truth:
            return self.node(TRUTHS[spelling.truth], *operands)
        if kind == "b" and operation.numpy is np.where:
            raise ExportError("onnx has no np.where of truth values")
        if spelling.onnx:
            return self.node(spelling.onnx, *operands)
        match operation.name, *operands:
            case "square", x:
                return self.node("Mul", x, x)
            case "not_equal", x, y:
                return self.node("Not", self.node("Equal", x, y))
            case "log1p", x:
                return self.log1p(x)
            case "expm1", x:
                return self.expm1(x)
        raise ExportError(f"onnx has no np.{operation.name}")

    def log1p(self, x: str) -> str:
        """log(1 + x) = log(u) x/(u − 1) with u = 1 + x rounded (Kahan); x where u = 1."""
        one = self.constant(np.array(1.0))
        u = self.node("Add", x, one)
        d = self.node("Sub", u, one)
        factor = self.node("Where", self.node("Equal", d, x), one, self.node("Div", x, d))
        none = self.node("Equal", d, self.constant(np.array(0.0)))
        return self.node("Where", none, x, self.node("Mul", self.node("Log", u), factor))

    def expm1(self, x: str) -> str:
        """e^x − 1 = (u − 1) x/log(u) with u = e^x rounded (Kahan); u − 1 for |x| > 1, x where u = 1."""
        one = self.constant(np.array(1.0))
        u = self.node("Exp", x)
        d = self.node("Sub", u, one)
        near = self.node("Mul", d, self.node("Div", x, self.node("Log", u)))
        none = self.node("Equal", d, self.constant(np.array(0.0)))
        far = self.node("Greater", self.node("Abs", x), one)
        return self.node("Where", far, d, self.node("Where", none, x, near))

    def cast(self, value: str, kind: NumberKind) -> str:
        return self.node("Cast", value, to=self.types[kind])

    def reduce(self, operation: Reduction, value: str, axes: Sequence[int], kind: NumberKind) -> str:
        if operation.adds:
            return self.node("ReduceSum", value, self.integers(axes), keepdims=1)
        name = REDUCTION_NODES[operation.name]
        if kind != "b":
            return self.node(name, value, axes=[*axes], keepdims=1)
        number = self.cast(value, "f")
        return self.cast(self.node(name, number, axes=[*axes], keepdims=1), "b")

    def argmax(self, value: str, axis: int) -> str:
        return self.node("ArgMax", value, axis=axis, keepdims=1, select_last_index=0)

    def matmul(self, a: str, b: str) -> str:
        return self.node("MatMul", a, b)

    def cut(self, value: str, ranges: Mapping[int, tuple[int, int, int]]) -> str:
        far = np.iinfo(np.int64)
        starts, ends, steps = [], [], []
        for start, count, step in ranges.values():
            end = start + step * count
            starts.append(start)
            ends.append(end if end >= 0 else far.min)
            steps.append(step)
        parts = [self.integers(values) for values in (starts, ends, [*ranges], steps)]
        return self.node("Slice", value, *parts)

    def transpose(self, value: str, order: Sequence[int]) -> str:
        return self.node("Transpose", value, perm=[*order])

    def reshape(self, value: str, shape: Sequence[int]) -> str:
        return self.node("Reshape", value, self.integers(shape))

    def expand(self, value: str, shape: Sequence[int]) -> str:
        if -1 not in shape:
            return self.node("Expand", value, self.integers(shape))
        place = [*shape].index(-1)
        rows = self.node("Slice", self.node("Shape", ROW), self.integers([0]), self.integers([1]))
        before, after = self.integers(shape[:place]), self.integers(shape[place + 1 :])
        return self.node("Expand", value, self.node("Concat", before, rows, after, axis=0))

    def concatenate(self, values: Sequence[str], axis: int) -> str:
        return values[0] if len(values) == 1 else self.node("Concat", *values, axis=axis)

    def output(self, name: str, value: str, kind: NumberKind, outputs: Sequence[int | str]) -> Any:
        """Give a value the name of an output; returns its description."""
        node = self.helper.make_node("Identity", [value], [name], name=name)
        self.nodes.append(node)
        return self.helper.make_tensor_value_info(name, self.types[kind], [*outputs])
