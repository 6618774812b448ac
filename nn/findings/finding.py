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


def three_digits(value: float) -> str:
    """A number in three digits, as in a finding.

    >>> three_digits(0.012345), three_digits(1234567.0)
    ('0.0123', '1.23e+06')
    """
    return f"{value:.3g}"


def whole_percent(share: float) -> str:
    """A share in whole percent, 0 and 100 only if they are exact.

    >>> whole_percent(0.958), whole_percent(0.9999), whole_percent(1.0)
    ('96 %', '99.99 %', '100 %')
    """
    whole = f"{100 * share:.0f}"
    return f"{100 * share:.4g} %" if whole in ("0", "100") else f"{whole} %"


def of_all(count: int, total: int, noun: str) -> str:
    """So many of all: ``8 of 8 hidden units are``, ``the only hidden unit is``."""
    return f"the only {noun} is" if count == total == 1 else f"{count} of {total} {noun}s are"
