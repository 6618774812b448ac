"""tiny-nn itself, with each of its engines."""

from typing import Any, ClassVar

from contenders.contender import Run
from contenders.workloads import Job
from nn import SGD, Adam, BinaryCrossEntropy, CategoricalCrossEntropy, MeanSquaredError, train
from nn.losses.base import Loss

LOSSES: dict[str, type[Loss]] = {
    "mse": MeanSquaredError,
    "bce": BinaryCrossEntropy,
    "softmax": CategoricalCrossEntropy,
}


class Ours:
    """``nn.train``, timed by its own reports: recording and compiling are setup."""

    engine: ClassVar[Any]
    differs: ClassVar[dict[str, str]] = {}

    def __init__(self, job: Job):
        self.job = job

    def run(self, epochs: int) -> Run:
        """Train, with a report now and then; it keeps the loss of each epoch."""
        job = self.job
        reports = train(
            job.network(),
            LOSSES[job.loss](),
            SGD(job.rate) if job.optimizer == "sgd" else Adam(job.rate),
            job.x,
            job.t,
            epochs=epochs,
            batch_size=job.batch,
            classification=False,
            report_every=min(epochs, 1_000 if job.stack else 100_000),
            engine=self.engine,
        )
        for report in reports:
            last = report
        return Run(last.seconds, float(last.loss.mean()))


class Formulas(Ours):
    """The formulas as they stand."""

    engine = "formulas"


class Replay(Ours):
    """The recorded step, replayed with NumPy."""

    engine = "numpy"


class Native(Ours):
    """The recorded step as compiled C."""

    engine = "native"
