"""What BLAS alone takes: the products of a step, and nothing else."""

import math
from typing import Any, ClassVar

import numpy as np

from contenders.contender import Run, timed
from contenders.workloads import Array, Job


class Products:
    """x W, xᵀ dy and dy Wᵀ of each layer into arrays that are there already; nothing is trained.

    A bound for large layers. Of small ones NumPy's calls take most of the time.
    """

    differs: ClassVar[dict[str, str]] = {}

    def __init__(self, job: Job):
        self.job = job
        rng = np.random.default_rng(0)
        self.steps = {rows: self.products(rng, rows) for rows in {stop - start for start, stop in job.spans}}

    def products(self, rng: np.random.Generator, rows: int) -> list[tuple[Array, Array, Array]]:
        """The factors and the place of each product of a step with so many rows."""
        job, found = self.job, []
        stack = (job.stack,) if job.stack else ()

        def drawn(*shape: int) -> Array:
            return rng.random((*stack, *shape)).astype(job.dtype)

        for place, (inputs, units) in enumerate(zip(job.sizes, job.sizes[1:], strict=False)):
            x, w, y = drawn(rows, inputs), drawn(inputs, units), drawn(rows, units)
            found += [(x, w, y), (x.mT, y, w)]
            if place:  # nobody asks for the derivative by the data
                found.append((y, w.mT, x))
        return found

    def run(self, epochs: int) -> Run:
        """Multiply."""
        return timed(lambda: self.train(epochs))

    def train(self, epochs: int) -> Any:
        """There is no loss."""
        for _ in range(epochs):
            for start, stop in self.job.spans:
                for a, b, out in self.steps[stop - start]:
                    np.matmul(a, b, out=out)
        return math.nan
