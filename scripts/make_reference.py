"""Writes ``tests/reference/torch.json``: PyTorch's activations, losses and initialisers.

Run it with torch 2.13.0 installed: ``python scripts/make_reference.py [FILE]``. It writes the same
content each time. The tests read the file and need no torch.
"""

import json
import math
import re
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import torch  # type: ignore[import-not-found,unused-ignore]
from torch.nn import functional as F  # type: ignore[import-not-found,unused-ignore]  # noqa: N812

FILE = Path(__file__).parents[1] / "tests" / "reference" / "torch.json"

ACTIVATIONS: dict[str, Callable[..., Any]] = {
    "linear": lambda x: x,
    "sigmoid": torch.sigmoid,
    "hard_sigmoid": lambda x: F.relu6(x + 3) / 6,  # F.hardsigmoid takes its slope in single precision
    "tanh": torch.tanh,
    "softsign": F.softsign,
    "relu": torch.relu,
    "leaky_relu": F.leaky_relu,
    "leaky_relu slope 0.25": lambda x: F.leaky_relu(x, 0.25),
    "elu": F.elu,
    "elu alpha 0.5": lambda x: F.elu(x, 0.5),
    "selu": F.selu,
    "softplus": F.softplus,
    "silu": F.silu,
    "gelu": lambda x: F.gelu(x, approximate="tanh"),
    "softmax": lambda x: torch.softmax(x, dim=-1),
}
Rows = list[list[float]]
NUMBERS: Rows = [[1, 0, -2], [0.5, 0.25, -0.375], [-1000, 0, 7]]
SHARES: Rows = [[1, 0, 1], [0.5, 0.25, 0], [0, 1, 0.125]]
PROBABILITIES: Rows = [[0, 0, 1], [0.5, 0.25, 0.25], [0, 1, 0]]
CLASSES: Rows = [[0, 1, 1], [0, 1, 0], [0, 1, 0]]


def log_cosh(y: Any, t: Any, reduction: str) -> Any:
    """log cosh d = |d| + log(1 + e^−2|d|) − log 2: PyTorch has the loss in parts only."""
    d = torch.abs(y - t)
    return d + torch.log1p(torch.exp(-2 * d)) - math.log(2)


def hinge(y: Any, t: Any, reduction: str) -> Any:
    """PyTorch's hinge takes the class of a distance, max(0, 1 − distance) where it is −1."""
    return F.hinge_embedding_loss((2 * t - 1) * y, -torch.ones_like(y), reduction=reduction)


LOSSES: dict[str, tuple[Callable[..., Any], Rows]] = {
    "mse": (F.mse_loss, NUMBERS),
    "mae": (F.l1_loss, NUMBERS),
    "huber": (F.huber_loss, NUMBERS),
    "huber delta 0.5": (partial(F.huber_loss, delta=0.5), NUMBERS),
    "log_cosh": (log_cosh, NUMBERS),
    "binary_crossentropy": (F.binary_cross_entropy_with_logits, SHARES),
    "categorical_crossentropy": (F.cross_entropy, PROBABILITIES),
    "categorical_crossentropy label_smoothing 0.25": (
        partial(F.cross_entropy, label_smoothing=0.25),
        PROBABILITIES,
    ),
    "hinge": (hinge, CLASSES),
}
SAMPLE_WEIGHTS = [0.5, 2.0, 0.25]
INPUTS, UNITS = 200, 300
INITIALIZERS: dict[str, Callable[..., Any]] = {
    "zeros": torch.nn.init.zeros_,
    "uniform": lambda w: torch.nn.init.uniform_(w, -0.3, 0.3),
    "normal": lambda w: torch.nn.init.normal_(w, 0, 0.3),
    "glorot_uniform": torch.nn.init.xavier_uniform_,
    "glorot_normal": torch.nn.init.xavier_normal_,
    "he_uniform": lambda w: torch.nn.init.kaiming_uniform_(w, nonlinearity="relu"),
    "he_normal": lambda w: torch.nn.init.kaiming_normal_(w, nonlinearity="relu"),
    "lecun_uniform": lambda w: torch.nn.init.kaiming_uniform_(w, nonlinearity="linear"),
    "lecun_normal": lambda w: torch.nn.init.kaiming_normal_(w, nonlinearity="linear"),
    "orthogonal": lambda w: torch.nn.init.orthogonal_(w, gain=1.5),
}


def activations() -> dict[str, Any]:
    """Outputs y for inputs x, ordinary and far out, and the gradient dx for a gradient dy."""
    rows = [[-2.0, -0.5, 0.25, 1.5], [1000.0, -1000.0, 40.0, -40.0], [0.125, 3.0, 20.0, -20.0]]
    dy = torch.tensor([[1.0, -0.5, 2.0, 0.25], [-1.0, 1.5, 0.75, -3.0], [0.5, 1.0, -1.0, 2.0]])
    values: dict[str, Any] = {"x": rows, "dy": dy.tolist()}
    for name, function in ACTIVATIONS.items():
        x = torch.tensor(rows, requires_grad=True)
        y = function(x)
        (dx,) = torch.autograd.grad(y, x, dy)
        values[name] = {"y": y.tolist(), "dx": dx.tolist()}
    return values


def losses() -> dict[str, Any]:
    """The loss of outputs (or logits) y for targets t, and the gradient dy; also with sample weights."""
    rows = [[0.5, -1.0, 2.0], [1.5, 0.0, -0.75], [-1000.0, 1000.0, 30.0]]
    values: dict[str, Any] = {"y": rows, "weights": SAMPLE_WEIGHTS}
    for name, (function, targets) in LOSSES.items():
        y, t = torch.tensor(rows, requires_grad=True), torch.tensor(targets, dtype=torch.float64)
        losses = function(y, t, reduction="none").reshape(len(rows), -1)
        values[name] = {"t": t.tolist()}
        for key, loss in (
            ("plain", losses.mean()),
            ("weighted", (torch.tensor(SAMPLE_WEIGHTS)[:, None] * losses).mean()),
            ("sum", losses.sum()),
            ("weighted sum", (torch.tensor(SAMPLE_WEIGHTS)[:, None] * losses).sum()),
        ):
            (dy,) = torch.autograd.grad(loss, y, retain_graph=True)
            values[name][key] = {"loss": loss.item(), "dy": dy.tolist()}
    return values


def initializers() -> dict[str, Any]:
    """Moments of the weights of a layer, and the largest of them."""
    values: dict[str, Any] = {"inputs": INPUTS, "units": UNITS}
    for name, fill in INITIALIZERS.items():
        torch.manual_seed(0)
        weight = torch.empty(UNITS, INPUTS)
        fill(weight)
        values[name] = {
            "mean": weight.mean().item(),
            "square": (weight**2).mean().item(),
            "fourth": (weight**4).mean().item(),
            "largest": weight.abs().max().item(),
        }
    return values


def main(file: Path) -> None:
    """Write the reference."""
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    values = {
        "activations": activations(),
        "losses": losses(),
        "initializers": initializers(),
    }
    text = json.dumps({"torch": "2.13.0", **values}, indent=1)
    rows = re.sub(r"\[[^][]+\]", lambda row: " ".join(row[0].split()), text)
    file.write_text(rows + "\n", encoding="utf-8")
    print(f"{file}: {file.stat().st_size:,} bytes")


if __name__ == "__main__":
    if torch.__version__.split("+")[0] != "2.13.0":
        raise SystemExit(f"expected torch 2.13.0, got {torch.__version__}")
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FILE)
