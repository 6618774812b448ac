"""Writes ``tests/reference/optimizers.json``: what others make of our optimisers and schedules.

PyTorch is the judge where it has the method, else the rules of the paper, written out for one number at a
time. Run it with torch 2.13.0 installed: ``python scripts/make_optimizer_reference.py [FILE]``. It writes
the same content each time. The tests read the file and need no torch.
"""

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch  # type: ignore[import-not-found,unused-ignore]
from torch import optim
from torch.nn import functional as F  # type: ignore[import-not-found,unused-ignore]  # noqa: N812
from torch.nn.utils import clip_grad_value_  # type: ignore[import-not-found,unused-ignore]
from torch.optim import lr_scheduler as schedules  # type: ignore[import-not-found,unused-ignore]

FILE = Path(__file__).parents[1] / "tests" / "reference" / "optimizers.json"
STEPS, EVERY, SIGNED = 200, 20, 30

OPTIMIZERS: dict[str, Callable[..., Any]] = {
    "sgd": lambda p: optim.SGD(p, lr=0.5),
    "momentum": lambda p: optim.SGD(p, lr=0.1, momentum=0.9),
    "nesterov": lambda p: optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True),
    "adagrad": lambda p: optim.Adagrad(p, lr=0.1),
    "adadelta": lambda p: optim.Adadelta(p, lr=1.0),
    "rmsprop": lambda p: optim.RMSprop(p, lr=0.01),
    "rmsprop_momentum": lambda p: optim.RMSprop(p, lr=0.002, alpha=0.95, momentum=0.8),
    "adam": lambda p: optim.Adam(p, lr=0.05),
    "amsgrad": lambda p: optim.Adam(p, lr=0.05, betas=(0.9, 0.9), amsgrad=True),
    "adamw": lambda p: optim.AdamW(p, lr=0.05, weight_decay=0.1),
    "nadam": lambda p: optim.NAdam(p, lr=0.02),
}
# Their schedulers count their own calls, one after each step.
SCHEDULES: dict[str, tuple[float, Callable[..., Any]]] = {
    "warmup": (0.5, lambda o: schedules.LinearLR(o, start_factor=1 / 21, total_iters=20)),
    "step": (0.5, lambda o: schedules.StepLR(o, step_size=30, gamma=0.5)),
    "exponential": (0.5, lambda o: schedules.ExponentialLR(o, gamma=0.99)),
    "cosine": (0.5, lambda o: schedules.CosineAnnealingLR(o, T_max=STEPS, eta_min=0.01)),
    "cosine_warmup": (
        0.5,
        lambda o: schedules.SequentialLR(
            o,
            [
                schedules.LinearLR(o, start_factor=1 / 21, total_iters=20),
                schedules.CosineAnnealingLR(o, T_max=STEPS - 20),
            ],
            milestones=[20],
        ),
    ),
    "one_cycle": (
        0.5,
        lambda o: schedules.OneCycleLR(o, max_lr=0.5, total_steps=STEPS, cycle_momentum=False),
    ),
    "reduce_on_plateau": (
        30.0,
        # Its patience of 1 is the first epoch without improvement beyond which it reduces.
        lambda o: schedules.ReduceLROnPlateau(
            o, factor=0.5, patience=1, threshold=1e-4, threshold_mode="abs", min_lr=1.0
        ),
    ),
}


class Task:
    """A 2-3-1 network (tanh, sigmoid; mse) and five samples, as a function of the parameters."""

    def __init__(self) -> None:
        self.x = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0], [0.5, -0.5]])
        self.t = torch.tensor([[0.0], [1.0], [1.0], [0.0], [0.25]])
        self.start = torch.tensor(
            [0.5, -0.25, 1.0, -1.0, 0.75, 0.5, 0.0, 0.125, -0.125, 1.0, -0.5, -1.0, 0.25]
        )

    def loss(self, parameters: Any) -> Any:
        """Its gradient is left in ``parameters.grad``."""
        hidden = torch.tanh(self.x @ parameters[:6].view(2, 3) + parameters[6:9])
        y = torch.sigmoid(hidden @ parameters[9:12].view(3, 1) + parameters[12])
        loss = F.mse_loss(y, self.t)
        (parameters.grad,) = torch.autograd.grad(loss, parameters)
        return loss.item()


def trajectory(
    task: Task,
    make: Callable[..., Any],
    schedule: Callable[..., Any] | None = None,
    clip: Callable[[Any], None] | None = None,
) -> dict[str, Any]:
    """The loss before each step of training, the rate of each, and some parameters."""
    parameters = task.start.clone().requires_grad_()
    optimizer = make([parameters])
    scheduler = schedule(optimizer) if schedule else None
    losses, rates, points = [], [], []
    for step in range(1, STEPS + 1):
        losses.append(task.loss(parameters))
        rates.append(float(optimizer.param_groups[0]["lr"]))
        if clip:
            clip(parameters)
        optimizer.step()
        if isinstance(scheduler, schedules.ReduceLROnPlateau):
            scheduler.step(losses[-1])
        elif scheduler:
            scheduler.step()
        if step % EVERY == 0:
            points.append(parameters.tolist())
    return {"losses": losses, "parameters": points} | ({"rates": rates} if schedule else {})


def clip_norm(parameters: Any) -> None:
    """g · min(1, c/‖g‖); torch's clip_grad_norm_ adds 1e-6 to the norm."""
    parameters.grad *= torch.clamp(0.02 / torch.linalg.vector_norm(parameters.grad), max=1)


def trajectories(task: Task) -> dict[str, Any]:
    """Training with each optimiser, with each schedule, and with clipped gradients."""
    values = {name: trajectory(task, make) for name, make in OPTIMIZERS.items()}
    sgd = OPTIMIZERS["sgd"]
    values["clip_norm"] = trajectory(task, sgd, clip=clip_norm)
    values["clip_value"] = trajectory(task, sgd, clip=lambda p: clip_grad_value_([p], 0.01))
    for name, (rate, schedule) in SCHEDULES.items():
        values[name] = trajectory(task, lambda p, rate=rate: optim.SGD(p, lr=rate), schedule)
    return values


def rprop_plus(g: float, state: dict[str, float]) -> float:
    """The change of one weight: Riedmiller & Braun (1993)."""
    if g * state["slope"] > 0:
        state["size"] = min(state["size"] * 1.2, 50)
        state["moved"] = -state["size"] if g > 0 else state["size"] if g < 0 else 0
        state["slope"] = g
    elif g * state["slope"] < 0:
        state["size"] = max(state["size"] * 0.5, 1e-6)
        state["moved"] = -state["moved"]
        state["slope"] = 0
    else:
        state["moved"] = -state["size"] if g > 0 else state["size"] if g < 0 else 0
        state["slope"] = g
    return state["moved"]


def quickprop(g: float, state: dict[str, float], rate: float = 2.0, growth: float = 1.75) -> float:
    """The change of one weight: Fahlman (1988), as cases by the last change's sign."""
    shrink = growth / (1 + growth)
    before, moved, step = state["slope"], state["moved"], 0.0
    if moved < 0:
        if g > 0:
            step -= rate * g
        step += growth * moved if g >= shrink * before else moved * g / (before - g)
    elif moved > 0:
        if g < 0:
            step -= rate * g
        step += growth * moved if g <= shrink * before else moved * g / (before - g)
    else:
        step -= rate * g
    state["slope"], state["moved"] = g, step
    return step


def by_paper(task: Task, rule: Callable[..., float], start: dict[str, float]) -> list[dict[str, Any]]:
    """Parameters, gradient and state before each step, and the parameters after the last."""
    parameters = task.start.clone().requires_grad_()
    states = [dict(start) for _ in parameters]
    steps = []
    for _ in range(SIGNED):
        task.loss(parameters)
        state = {name: [one[name] for one in states] for name in start}
        steps.append(
            {"parameters": parameters.tolist(), "gradient": parameters.grad.tolist(), "state": state}
        )
        change = [rule(g, one) for g, one in zip(parameters.grad.tolist(), states, strict=True)]
        parameters = (parameters.detach() + torch.tensor(change)).requires_grad_()
    return [*steps, {"parameters": parameters.tolist()}]


def by_torch(task: Task) -> list[dict[str, Any]]:
    """The same of PyTorch's Rprop, which is iRprop−."""
    parameters = task.start.clone().requires_grad_()
    optimizer = optim.Rprop([parameters], lr=0.1)
    steps = []
    for _ in range(SIGNED):
        task.loss(parameters)
        kept = optimizer.state[parameters]
        slope = kept["prev"] if kept else torch.zeros_like(parameters)
        size = kept["step_size"] if kept else torch.full_like(parameters, 0.1)
        state = {"slope": slope.tolist(), "size": size.tolist()}
        steps.append(
            {"parameters": parameters.tolist(), "gradient": parameters.grad.tolist(), "state": state}
        )
        optimizer.step()
    return [*steps, {"parameters": parameters.tolist()}]


def main(file: Path) -> None:
    """Write the reference."""
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    task = Task()
    values = {
        "task": {"x": task.x.tolist(), "t": task.t.tolist(), "start": task.start.tolist(), "every": EVERY},
        "trajectories": trajectories(task),
        "steps": {
            "irprop_minus": by_torch(task),
            "rprop_plus": by_paper(task, rprop_plus, {"slope": 0.0, "size": 0.1, "moved": 0.0}),
            "quickprop": by_paper(task, quickprop, {"slope": 0.0, "moved": 0.0}),
        },
    }
    text = json.dumps({"torch": "2.13.0", **values}, indent=1)
    rows = re.sub(r"\[[^][]+\]", lambda row: " ".join(row[0].split()), text)
    file.write_text(rows + "\n", encoding="utf-8")
    print(f"{file}: {file.stat().st_size:,} bytes")


if __name__ == "__main__":
    if torch.__version__.split("+")[0] != "2.13.0":
        raise SystemExit(f"expected torch 2.13.0, got {torch.__version__}")
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FILE)
