"""Writes ``tests/reference/torch.json``: what PyTorch makes of our activations and losses.

Run it with torch 2.13.0 installed: ``python scripts/make_reference.py [FILE]``. It writes the same
content each time. The tests read the file and need no torch.
"""

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch  # type: ignore[import-not-found,unused-ignore]
from torch.nn import functional as F  # type: ignore[import-not-found,unused-ignore]  # noqa: N812

FILE = Path(__file__).parents[1] / "tests" / "reference" / "torch.json"

ACTIVATIONS: dict[str, Callable[..., Any]] = {
    "linear": lambda x: x,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "softmax": lambda x: torch.softmax(x, dim=-1),
}
LOSSES: dict[str, tuple[Callable[..., Any], list[list[float]]]] = {
    "mse": (F.mse_loss, [[1, 0, -2], [0.5, 0.25, 3], [-1000, 0, 7]]),
    "binary_crossentropy": (F.binary_cross_entropy_with_logits, [[1, 0, 1], [0.5, 0.25, 0], [0, 1, 0.125]]),
    "categorical_crossentropy": (F.cross_entropy, [[0, 0, 1], [0.5, 0.25, 0.25], [0, 1, 0]]),
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
    """The loss of outputs (or logits) y for targets t, and the gradient dy."""
    rows = [[0.5, -1.0, 2.0], [1.5, 0.0, -0.75], [-1000.0, 1000.0, 30.0]]
    values: dict[str, Any] = {"y": rows}
    for name, (function, targets) in LOSSES.items():
        y, t = torch.tensor(rows, requires_grad=True), torch.tensor(targets)
        loss = function(y, t)
        (dy,) = torch.autograd.grad(loss, y)
        values[name] = {"t": t.tolist(), "loss": loss.item(), "dy": dy.tolist()}
    return values


def main(file: Path) -> None:
    """Write the reference."""
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    values = {"activations": activations(), "losses": losses()}
    text = json.dumps({"torch": "2.13.0", **values}, indent=1)
    rows = re.sub(r"\[[^][]+\]", lambda row: " ".join(row[0].split()), text)
    file.write_text(rows + "\n", encoding="utf-8")
    print(f"{file}: {file.stat().st_size:,} bytes")


if __name__ == "__main__":
    if torch.__version__.split("+")[0] != "2.13.0":
        raise SystemExit(f"expected torch 2.13.0, got {torch.__version__}")
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FILE)
