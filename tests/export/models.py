"""Models with untrained weights: every activation and layer, every kind of column, every decision rule."""

import numpy as np
import pytest

import nn
from nn import Preprocessing
from nn.data.columns.kinds import Boolean, Category, Date, Number, Ordinal
from nn.data.scaling import Scaling
from nn.export.exporting import export
from nn.layers import LAYERS
from nn.layers.base import Activation
from nn.model import Model

RNG = np.random.default_rng(1)
ROWS = 60
TABLE = {
    "length (mm)": RNG.normal(50, 20, ROWS).tolist(),
    "gap": [None if u < 0.2 else u * 1e-3 for u in RNG.random(ROWS).tolist()],
    "kind": [["a b", 'ü"\\', "*/ ??/", "7"][k] for k in RNG.integers(0, 4, ROWS)],
    "more": [None if k == 3 else f"l{k}" for k in RNG.integers(0, 4, ROWS)],
    "size": [["lo", "mid", "hi"][k] for k in RNG.integers(0, 3, ROWS)],
    "fit": [["yes", "No", "TRUE"][k] for k in RNG.integers(0, 3, ROWS)],
    "code": [-999.0 if u < 0.1 else u for u in RNG.random(ROWS).tolist()],
}
KINDS = {
    "length (mm)": Number(missing="mean"),
    "gap": Number(),
    "kind": Category(top=2),
    "more": Category(),
    "size": Ordinal(["lo", "mid", "hi"]),
    "fit": Boolean(),
    "code": Number(),
}
STRICT = {
    "length (mm)": Number(missing="error"),
    "more": Category(missing="l1", unknown="error"),
    "kind": Category(missing="error", top=3),
    "size": Ordinal(["lo", "mid", "hi"], missing="error"),
    "fit": Boolean(missing=0.5),
}
WORDS = {**{name: ["", "NA"] for name in TABLE}, "code": ["", "-999"]}
LENIENT = Preprocessing.fit(TABLE, KINDS, WORDS)
REFUSING = Preprocessing.fit({name: TABLE[name] for name in STRICT}, STRICT, scale=[-1, 1])
DATED = Preprocessing.fit(
    {"when": [f"20{10 + k % 10}-0{1 + k % 9}-1{k % 10}T0{k % 10}:30:00" for k in range(30)]},
    {"when": Date(["year", "month", "day", "weekday", "hour", "minute"])},
)
ACTIVATIONS = [kind for name, kind in LAYERS.items() if issubclass(kind, Activation) and name != "softmax"]


def network(layers, inputs, dtype="float64", seed=0):
    return nn.Sequential(layers, inputs=inputs, seed=seed, dtype=dtype)


def mixed(dtype="float64"):
    """Three classes from every kind of column, with nested layers."""
    layers = [nn.Dense(5), nn.GELU(), nn.LayerNorm(), nn.Shortcut([nn.Dense(3), nn.SiLU()]), nn.Dropout(0.3)]
    net = network([*layers, nn.Dense(3), nn.Softmax()], len(LENIENT.features), dtype)
    classes = ("a", 'b"\\', 3)
    return Model(net, nn.CategoricalCrossEntropy(), LENIENT.inputs, ("species",), classes, LENIENT)


def refusing():
    """Two classes, one output; rows with missing and unknown cells are refused."""
    net = network([nn.Dense(4), nn.ELU(), nn.Dense(1), nn.Sigmoid()], len(REFUSING.features))
    return Model(net, nn.BinaryCrossEntropy(), REFUSING.inputs, ("y",), ("no", "yes"), REFUSING)


def scores():
    """Two classes by the sign of a score, from plain numbers."""
    net = network([nn.Dense(3), nn.ReLU(), nn.Dense(1), nn.Tanh()], 2)
    return Model(net, nn.Hinge(), ("x1", "x2"), ("y",), (0, 1))


def regression():
    """Two scaled targets from dates."""
    net = network([nn.Dense(4), nn.Softplus(), nn.Dense(2)], len(DATED.features))
    scaling = Scaling(np.array([100.0, 0.1]), np.array([30.0, 1e-3]), np.array([0.0, 0.25]))
    return Model(net, nn.MeanSquaredError(), DATED.inputs, ("u", "v"), None, DATED, scaling)


def of_activation(kind, dtype="float64"):
    net = network([nn.Dense(4), kind(), nn.Dense(4), kind(), nn.Dense(1)], 3, dtype)
    return Model(net, nn.MeanSquaredError(), ("a", "b", "c"), ("y",))


ALL = {"mixed": mixed, "refusing": refusing, "scores": scores, "regression": regression}


def proved(model, to, *arguments, **options):
    """Export a model, where what runs its file is there."""
    exported = export(model, to, *arguments, **options)
    if exported.needed:
        pytest.skip(f"there is no {exported.needed}")
    assert exported.verdict
    return exported
