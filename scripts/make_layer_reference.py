"""Writes ``tests/reference/layers.json``: what PyTorch makes of dropout, norms, penalties and weights.

Run it with torch 2.13.0 installed: ``python scripts/make_layer_reference.py [FILE]``. It writes the
same content each time. The tests read the file and need no torch.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

import torch  # type: ignore[import-not-found,unused-ignore]
from torch.nn import functional as F  # type: ignore[import-not-found,unused-ignore]  # noqa: N812

FILE = Path(__file__).parents[1] / "tests" / "reference" / "layers.json"
STEPS, EVERY = 200, 20
X = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0], [0.5, -0.5]]
T = [[0.0], [1.0], [1.0], [0.0], [0.25]]
WEIGHTS = [1.0, 0.5, 2.0, 0.0, 1.5]
START = [0.5, -0.25, 1.0, -1.0, 0.75, 0.5, 0.0, 0.125, -0.125, 1.0, -0.5, -1.0, 0.25]
KINDS: dict[str, dict[str, Any]] = {
    "l1": {"l1": 0.01},
    "l2": {"l2": 0.01},
    "max_norm": {"max_norm": 0.8},
    "weights": {"weighted": True},
    "all": {"l1": 0.002, "l2": 0.005, "max_norm": 1.2, "weighted": True},
}


def dropout() -> dict[str, Any]:
    """Outputs and gradients of torch's own dropout, and which numbers it kept."""
    values: dict[str, Any] = {}
    for rate in (0.2, 0.5, 0.75):
        torch.manual_seed(0)
        x = torch.linspace(-2, 3, 24).view(4, 6).requires_grad_()
        dy = torch.linspace(1, -1, 24).view(4, 6)
        y = F.dropout(x, rate, training=True)
        (dx,) = torch.autograd.grad(y, x, dy)
        stays = (y != 0).int().tolist()
        values[str(rate)] = {
            "x": x.tolist(), "stays": stays, "y": y.tolist(), "dy": dy.tolist(), "dx": dx.tolist()
        }  # fmt: skip
    return values


def layer_norm() -> dict[str, Any]:
    """Outputs and gradients of torch's own layer normalisation, for small, usual and equal features."""
    values: dict[str, Any] = {}
    for scale, epsilon in ((1.0, 1e-5), (1e-3, 1e-5), (1e4, 1e-5), (0.0, 1e-5), (1.0, 0.25)):
        x = (100 * scale + scale * torch.sin(torch.arange(24.0)).view(4, 6)).requires_grad_()
        gain, bias = (torch.linspace(*ends, 6).requires_grad_() for ends in ((0.5, -2), (-1, 3)))
        dy = torch.cos(torch.arange(24.0)).view(4, 6)
        y = F.layer_norm(x, (6,), gain, bias, epsilon)
        dx, gain_grad, bias_grad = torch.autograd.grad(y, (x, gain, bias), dy)
        arrays = {
            "x": x, "gain": gain, "bias": bias, "y": y,
            "dy": dy, "dx": dx, "gain_grad": gain_grad, "bias_grad": bias_grad,
        }  # fmt: skip
        own = {name: array.tolist() for name, array in arrays.items()}
        values[f"scale {scale:g}, epsilon {epsilon:g}"] = {"epsilon": epsilon, **own}
    return values


def trajectory(
    l1: float = 0, l2: float = 0, max_norm: float | None = None, weighted: bool = False
) -> dict[str, Any]:
    """The loss before each step of a 2-3-1 network (tanh, sigmoid; cross-entropy), and some weights."""
    x, t, weights = torch.tensor(X), torch.tensor(T), torch.tensor(WEIGHTS)[:, None]
    parameters = torch.tensor(START).requires_grad_()
    optimizer, history, points = torch.optim.SGD([parameters], lr=0.3, momentum=0.5), [], []
    matrices = [(slice(0, 6), (2, 3)), (slice(9, 12), (3, 1))]
    for step in range(1, STEPS + 1):
        hidden = torch.tanh(x @ parameters[:6].view(2, 3) + parameters[6:9])
        z = hidden @ parameters[9:12].view(3, 1) + parameters[12]
        loss = F.binary_cross_entropy_with_logits(z, t, weight=weights if weighted else None)
        for part, _ in matrices:
            loss = loss + l1 * parameters[part].abs().sum() + l2 * parameters[part].square().sum()
        (parameters.grad,) = torch.autograd.grad(loss, parameters)
        optimizer.step()
        if max_norm:
            with torch.no_grad():
                for part, shape in matrices:
                    # As torch.renorm does, but that adds 1e-7 to the norm that it divides by.
                    matrix = parameters[part].view(shape)
                    lengths = torch.linalg.vector_norm(matrix, dim=0)
                    parameters[part] = (matrix * torch.clamp(max_norm / lengths, max=1)).ravel()
        history.append(loss.item())
        if step % EVERY == 0:
            points.append(parameters.tolist())
    return {"losses": history, "parameters": points}


def main(file: Path) -> None:
    """Write the reference."""
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    values: dict[str, Any] = {"x": X, "t": T, "weights": WEIGHTS, "start": START, "every": EVERY}
    values["dropout"] = dropout()
    values["layer_norm"] = layer_norm()
    values["trajectories"] = {
        name: {"options": options, **trajectory(**options)} for name, options in KINDS.items()
    }
    text = json.dumps({"torch": "2.13.0", **values}, indent=1)
    rows = re.sub(r"\[[^][]+\]", lambda row: " ".join(row[0].split()), text)
    file.write_text(rows + "\n", encoding="utf-8")
    print(f"{file}: {file.stat().st_size:,} bytes")


if __name__ == "__main__":
    if torch.__version__.split("+")[0] != "2.13.0":
        raise SystemExit(f"expected torch 2.13.0, got {torch.__version__}")
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FILE)
