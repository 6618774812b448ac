"""What is known of contenders after their rounds."""

import math
import statistics
from dataclasses import dataclass, field


@dataclass
class Result:
    """What is known of a contender at a workload; ``values`` are in the workload's unit, one a round."""

    name: str
    values: list[float] = field(default_factory=list)
    setup: float = 0.0
    peak: int = 0
    busy: float = 0.0
    loss: float = float("nan")
    tolerance: float = 0.0
    differs: str = ""
    absent: str = ""
    """Why there are no values."""

    @property
    def median(self) -> float:
        """The median of the rounds."""
        return statistics.median(self.values)

    def agreement(self, reference: "Result | None") -> str:
        """Whether the final loss is that of our formulas; if not, why."""
        if reference is None or reference is self or math.isnan(self.loss):
            return ""
        if abs(self.loss - reference.loss) <= self.tolerance * abs(reference.loss):
            return "equal"
        return f"differs: {self.differs or 'unexpected'}"


@dataclass
class Table:
    """The results of one workload."""

    key: str
    title: str
    unit: str
    results: list[Result]
    one_thread: bool = True

    def result(self, name: str) -> Result | None:
        """The result of a contender, if it has values."""
        return next((result for result in self.results if result.name == name and result.values), None)
