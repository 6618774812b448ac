"""PyTorch: the usual loop over batches, eager, and with its step compiled."""

import os
from typing import Any, ClassVar

import torch  # type: ignore[import-not-found,unused-ignore]
from torch.nn import functional as F  # type: ignore[import-not-found,unused-ignore]  # noqa: N812

from contenders.contender import Run, UnfitError, timed
from contenders.workloads import Job

torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", torch.get_num_threads())))


class Eager:
    """Autograd and ``torch.optim``; a stack of networks is a batched product."""

    differs: ClassVar[dict[str, str]] = {}
    compiled = False

    def __init__(self, job: Job):
        self.job = job
        self.x, self.t = torch.from_numpy(job.x), torch.from_numpy(job.t)
        self.losses = {
            "mse": lambda z, t: (torch.sigmoid(z) - t).square().mean((-2, -1)).sum(),
            "bce": F.binary_cross_entropy_with_logits,
            "softmax": F.cross_entropy,
        }
        self.measure = torch.compile(self.loss, dynamic=False) if self.compiled else self.loss

    def loss(self, parameters: list[Any], x: Any, t: Any) -> Any:
        """The loss of a batch."""
        for number in range(0, len(parameters), 2):
            z = x @ parameters[number] + parameters[number + 1]
            x = torch.sigmoid(z)
        return self.losses[self.job.loss](z, t)

    def run(self, epochs: int) -> Run:
        """Train."""
        arrays = [array for layer in self.job.weights() for array in layer]
        self.parameters = [torch.from_numpy(array).requires_grad_() for array in arrays]
        self.optimizer = self.start(self.parameters)
        return timed(lambda: self.train(epochs))

    def start(self, parameters: list[Any]) -> Any:
        """The optimiser with its defaults."""
        kind = torch.optim.SGD if self.job.optimizer == "sgd" else torch.optim.Adam
        return kind(parameters, lr=self.job.rate)

    def step(self, x: Any, t: Any) -> Any:
        """Forward, backward, update."""
        loss = self.measure(self.parameters, x, t)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss.detach()

    def train(self, epochs: int) -> Any:
        """The loss of the last epoch."""
        if self.job.whole:
            for _ in range(epochs):
                loss = self.step(self.x, self.t)
            return loss / (self.job.stack or 1)
        for batches in self.job.batches(epochs):
            total = 0.0
            for rows, share in batches:
                index = torch.from_numpy(rows)
                total += share * self.step(self.x[index], self.t[index])
        return total


class FusedAdam(Eager):
    """The same, with all of Adam's update in one kernel."""

    def __init__(self, job: Job):
        if job.optimizer != "adam":
            raise UnfitError("has no Adam to fuse")
        super().__init__(job)

    def start(self, parameters: list[Any]) -> Any:
        """Adam, fused."""
        return torch.optim.Adam(parameters, lr=self.job.rate, fused=True)


class Compiled(Eager):
    """The same, with ``torch.compile`` around the loss; autograd compiles its backward pass too."""

    compiled = True

    def __init__(self, job: Job):
        super().__init__(job)
        try:
            self.run(1)
        except Exception as error:
            raise UnfitError(f"torch.compile failed: {type(error).__name__}") from error
