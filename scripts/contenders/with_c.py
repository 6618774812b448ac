"""C programs written by hand for one workload each: the limit that the others are held to."""

import ctypes
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import ClassVar

import numpy as np

from contenders.contender import Run, UnfitError, timed
from contenders.workloads import Array, Job

# -ffast-math breaks NaN, which a limit does not need.
FLAGS = ("-O3", "-march=native", "-ffast-math", "-fopenmp-simd", "-std=gnu11", "-fPIC", "-shared")
PROGRAMS = {
    ((2, 2, 1), 0): "xor",
    ((2, 2, 1), 1000): "xors",
    ((2, 16, 16, 1), 0): "moons",
    ((64, 32, 10), 0): "digits",
    ((784, 30, 10), 0): "rows",
    ((784, 100, 10), 0): "rows_wide",
}
CHUNK = 1 << 20
"""As many numbers of rows are drawn before a call."""


class HandWritten:
    """``begin`` takes weights, ``run`` trains and returns the loss of its last epoch."""

    differs: ClassVar[dict[str, str]] = {}

    def __init__(self, job: Job):
        self.job = job
        name = PROGRAMS.get((job.sizes, job.stack))
        if not name:
            raise UnfitError("no program is written for it")
        compiler = shutil.which("cc")
        if not compiler:
            raise OSError("no C compiler cc")
        source = Path(__file__).with_name(f"{name}.c")
        with tempfile.TemporaryDirectory() as folder:
            library = Path(folder) / f"{name}.so"
            subprocess.run([compiler, *FLAGS, source, "-o", library, "-lm"], check=True)
            self.library = ctypes.CDLL(str(library))
        self.library.run.restype = ctypes.c_double

    def run(self, epochs: int) -> Run:
        """Train."""
        arrays = [array for layer in self.job.weights() for array in layer]
        self.library.begin(*(ctypes.c_void_p(array.ctypes.data) for array in arrays))
        return timed(lambda: self.train(epochs))

    def call(self, epochs: int, order: Array | None) -> float:
        """One call."""
        addresses = [a.ctypes.data if a is not None else None for a in (self.job.x, self.job.t, order)]
        return float(self.library.run(*map(ctypes.c_void_p, addresses), ctypes.c_long(epochs)))

    def train(self, epochs: int) -> float:
        """The loss of the last epoch."""
        if self.job.whole:
            return self.call(epochs, None)
        orders, ahead = self.job.orders(epochs), max(1, CHUNK // len(self.job.x))
        for start in range(0, epochs, ahead):
            count = min(ahead, epochs - start)
            loss = self.call(count, np.array([next(orders) for _ in range(count)]))
        return loss
