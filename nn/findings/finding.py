"""Finding: one reason why a network does not learn."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Finding:
    """A reason why a network does not learn.

    id: its kind, such as ``saturated``
    text: what was measured, in words
    setting: what helps, as one writes it in a configuration
    measured: the numbers in the text, by name

    >>> print(Finding("constant_inputs", "the only input, 'x', is the same in all rows", "drop: [x]"))
    the only input, 'x', is the same in all rows: drop: [x]
    """

    id: str
    text: str
    setting: str
    measured: Mapping[str, float] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.text}: {self.setting}"
