"""A layer of one's own leaves as any other: exporters know programs, not layers."""

import numpy as np
import pytest

import nn
from nn.export.exporting import ExportError, export
from nn.layers.base import Activation
from nn.model import Model
from tests.export import models

FORMULAS = {
    "powers": lambda x: np.sqrt(np.abs(x)) + np.square(x) + np.power(np.abs(x) + 1, 1.5),
    "waves": lambda x: np.sin(x) + np.cos(x) * np.sign(x) + np.floor(x),
    "logarithms": lambda x: np.log(np.abs(x) + 1) + np.log1p(np.abs(x)) + np.expm1(np.minimum(x, 3)),
    "spread": lambda x: (
        x / (1 + np.std(x, axis=-1, keepdims=True)) + np.linalg.norm(x, axis=-1, keepdims=True)
    ),
    "order": lambda x: np.concatenate([np.flip(x, -1)[..., ::2], x[..., 1:3]], axis=-1),
    "truths": lambda x: x * (x > 0) * (x < 2) + np.where((x > 1) | ~(x > -1), x, 0.5),
    "counts": lambda x: (
        x + np.argmax(x, axis=-1, keepdims=True) + np.count_nonzero(x > 0, axis=-1, keepdims=True)
    ),
    "products": lambda x: (x.reshape(-1, 2, 2) @ np.swapaxes(x.reshape(-1, 2, 2), -1, -2)).reshape(-1, 4),
}


class Own(Activation):
    """Any formula."""

    def __init__(self, formula):
        self.formula_of = formula

    def forward(self, x):
        return self.formula_of(x)


def model_of(formula):
    net = models.network([nn.Dense(4), Own(formula), nn.Dense(1)], 3)
    return Model(net, nn.MeanSquaredError(), ("a", "b", "c"), ("y",))


@pytest.mark.parametrize("to", ["c", "python", "numpy", "onnx"])
@pytest.mark.parametrize("name", FORMULAS)
def test_a_formula_of_ones_own_is_proved(name, to):
    models.proved(model_of(FORMULAS[name]), to)


def test_where_the_runtime_has_no_double_precision_the_file_is_in_single_and_says_so():
    exported = export(model_of(np.arctan), "onnx")
    assert exported.note.startswith("Numbers are float32, as onnx has no float64 for all of it")
    assert exported.verdict
    with pytest.raises(ExportError, match="onnx cannot run in float64"):
        export(model_of(np.arctan), "onnx", dtype="float64")


def test_arithmetic_of_integers_is_refused_by_name():
    with pytest.raises(ExportError, match=r"python has no np\.multiply of integers"):
        export(model_of(lambda x: x + 2 * np.argmax(x, axis=-1, keepdims=True)), "python")


def test_onnx_says_what_to_install(monkeypatch):
    monkeypatch.setattr("nn.export.onnx.find_spec", lambda _: None)
    with pytest.raises(ExportError, match=r"pip install 'tiny-nn-trainer\[onnx\]'"):
        export(models.scores(), "onnx")
