"""What is known of contenders after their rounds."""

import math
import os
import statistics
from dataclasses import dataclass, field


@dataclass
class Result:
    """What is known of a contender at a workload; ``values`` are in the workload's unit, one a round."""

    name: str
    values: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    """Processor seconds of each round, in the workload's unit."""
    wall: list[float] = field(default_factory=list)
    """Seconds of each round by the clock on the wall, in the workload's unit."""
    loads: list[float] = field(default_factory=list)
    """The machine's load, over the minute before the end of each round."""
    setup: float = 0.0
    peak: int = 0
    busy: float = 0.0
    loss: float = float("nan")
    tolerance: float = 0.0
    differs: str = ""
    absent: str = ""
    """Why there are no values."""

    def add(self, value: float, cpu: float, wall: float, peak: int) -> None:
        """Note a round that has just ended."""
        self.values.append(value)
        self.cpu.append(cpu)
        self.wall.append(wall)
        self.loads.append(os.getloadavg()[0])
        self.peak = max(self.peak, peak)

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
