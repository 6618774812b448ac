"""JAX: the step jitted and called for each batch; the whole loop in ``lax.scan``. A stack is ``vmap``."""

from typing import Any, ClassVar

import jax  # type: ignore[import-not-found,unused-ignore]
import jax.numpy as jnp  # type: ignore[import-not-found,unused-ignore]
import numpy as np

from contenders.contender import Run, timed
from contenders.workloads import Job

jax.config.update("jax_enable_x64", True)


class Step:
    """A jitted step for each batch."""

    differs: ClassVar[dict[str, str]] = {}

    def __init__(self, job: Job):
        self.job = job
        self.x, self.t = jnp.asarray(job.x), jnp.asarray(job.t)
        step: Any = self.step
        self.jitted = jax.jit(jax.vmap(step, in_axes=(0, None)) if job.stack else step, donate_argnums=0)

    def start(self) -> Any:
        """Parameters, the two means of Adam, and the count of steps."""
        parameters = jax.tree.map(jnp.asarray, self.job.weights())
        zeros = jax.tree.map(jnp.zeros_like, parameters)
        count = jnp.zeros(self.job.stack or (), self.job.dtype)
        return jax.block_until_ready((parameters, zeros, jax.tree.map(jnp.copy, zeros), count))

    def loss(self, parameters: Any, x: Any, t: Any) -> Any:
        """The loss of a batch."""
        for w, b in parameters:
            z = x @ w + b
            x = jax.nn.sigmoid(z)
        if self.job.loss == "mse":
            return jnp.mean((x - t) ** 2)
        if self.job.loss == "bce":
            return jnp.mean(jnp.logaddexp(0, z) - t * z)
        return -jnp.mean(jnp.sum(t * jax.nn.log_softmax(z), axis=-1))

    def step(self, carry: Any, rows: Any) -> Any:
        """Forward, backward, update; ``rows`` None is all samples."""
        parameters, m, v, count = carry
        x, t = (self.x, self.t) if rows is None else (self.x[rows], self.t[rows])
        loss, gradients = jax.value_and_grad(self.loss)(parameters, x, t)
        if self.job.optimizer == "sgd":
            parameters = jax.tree.map(lambda p, g: p - self.job.rate * g, parameters, gradients)
            return (parameters, m, v, count), loss
        count = count + 1
        m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, gradients)
        v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g**2, v, gradients)

        def move(p: Any, m: Any, v: Any) -> Any:
            return p - self.job.rate * (m / (1 - 0.9**count)) / (jnp.sqrt(v / (1 - 0.999**count)) + 1e-8)

        return (jax.tree.map(move, parameters, m, v), m, v, count), loss

    def run(self, epochs: int) -> Run:
        """Train."""
        carry = self.start()
        return timed(lambda: self.train(carry, epochs))

    def train(self, carry: Any, epochs: int) -> Any:
        """The loss of the last epoch."""
        if self.job.whole:
            for _ in range(epochs):
                carry, loss = self.jitted(carry, None)
            return jnp.mean(loss)
        for batches in self.job.batches(epochs):
            total = 0.0
            for rows, share in batches:
                carry, loss = self.jitted(carry, rows)
                total += share * loss
        return total


class Scan(Step):
    """The loop over the job's epochs and their batches is one compiled program."""

    unroll: ClassVar[int] = 1
    """How many steps the body of the loop holds."""

    def __init__(self, job: Job):
        super().__init__(job)
        program: Any = self.full if job.whole else self.batched
        axes = (0, None)
        self.program = jax.jit(jax.vmap(program, in_axes=axes) if job.stack else program, donate_argnums=0)

    def full(self, carry: Any, _: None) -> Any:
        """Epochs of the whole set."""
        carry, losses = jax.lax.scan(
            lambda c, _: self.step(c, None), carry, length=self.job.epochs, unroll=self.unroll
        )
        return carry, losses[-1]

    def batched(self, carry: Any, orders: Any) -> Any:
        """Epochs of batches, and of a short last one."""
        return jax.lax.scan(self.epoch, carry, orders)

    def epoch(self, carry: Any, order: Any) -> Any:
        """One epoch; returns its loss."""
        size, count = self.job.batch, len(self.job.x) // self.job.batch
        full = order[: size * count].reshape(count, size)
        carry, losses = jax.lax.scan(self.step, carry, full, unroll=self.unroll)
        total = size / len(order) * jnp.sum(losses)
        if len(order) > size * count:
            carry, loss = self.step(carry, order[size * count :])
            total += (len(order) - size * count) / len(order) * loss
        return carry, total

    def train(self, carry: Any, epochs: int) -> Any:
        """The loss of the last epoch; the program is called once for every ``job.epochs``."""
        orders = self.job.orders(epochs)
        for _ in range(epochs // self.job.epochs):
            given = (
                None if self.job.whole else np.array([next(orders) for _ in range(self.job.epochs)], np.int32)
            )
            carry, losses = self.program(carry, given)
        return jnp.mean(losses) if self.job.whole else losses[-1]


class Unrolled(Scan):
    """Eight steps at once, which saves JAX's loop where a step is short."""

    unroll = 8
