"""JAX as one writes it by hand for many small networks: seeds on the last axis, products written out.

The vectors of the processor then run along the seeds, and no product of tiny matrices is left.
"""

from typing import Any, ClassVar

import jax  # type: ignore[import-not-found,unused-ignore]
import jax.numpy as jnp  # type: ignore[import-not-found,unused-ignore]
import numpy as np

from contenders.contender import Run, UnfitError, timed
from contenders.workloads import Job

jax.config.update("jax_enable_x64", True)


class SeedsLast:
    """``lax.scan`` over steps whose every array is ``(seeds,)``."""

    differs: ClassVar[dict[str, str]] = {}

    def __init__(self, job: Job):
        if not job.stack:
            raise UnfitError("trains many seeds at once, of which this workload has one")
        if (job.loss, job.optimizer, job.whole) != ("mse", "sgd", True):
            raise UnfitError("writes out mean squared error, SGD and full batches only")
        self.job = job
        self.program = jax.jit(lambda p: jax.lax.scan(self.step, p, length=job.epochs), donate_argnums=0)

    def loss(self, parameters: Any) -> Any:
        """The sum of the networks' losses."""
        total = jnp.zeros(self.job.stack, self.job.dtype)
        for x, t in zip(self.job.x, self.job.t, strict=True):
            y: Any = list(x)
            for weight, bias in parameters:
                y = [
                    jax.nn.sigmoid(
                        bias[unit] + sum(value * weight[place, unit] for place, value in enumerate(y))
                    )
                    for unit in range(len(bias))
                ]
            total += sum((one - target) ** 2 for one, target in zip(y, t, strict=True))
        return jnp.sum(total) / self.job.t.size

    def step(self, parameters: Any, _: None) -> Any:
        """Forward, backward, update."""
        loss, gradients = jax.value_and_grad(self.loss)(parameters)
        return jax.tree.map(lambda p, g: p - self.job.rate * g, parameters, gradients), loss

    def run(self, epochs: int) -> Run:
        """Train; weights are ``(inputs, units, seeds)``, biases ``(units, seeds)``."""
        parameters: Any = [
            (jnp.asarray(np.moveaxis(weight, 0, -1)), jnp.asarray(np.moveaxis(bias[:, 0], 0, -1)))
            for weight, bias in self.job.weights()
        ]
        jax.block_until_ready(parameters)
        return timed(lambda: self.train(parameters, epochs))

    def train(self, parameters: Any, epochs: int) -> Any:
        """The loss of the last epoch; the program is called once for every ``job.epochs``."""
        for _ in range(epochs // self.job.epochs):
            parameters, losses = self.program(parameters)
        return losses[-1] / self.job.stack
