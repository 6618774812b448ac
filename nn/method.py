"""Method: what every way to train is, step by step or by second derivatives."""

from dataclasses import dataclass
from typing import ClassVar

from nn.checks import Checked
from nn.initializers import Initializer


@dataclass(frozen=True)
class Method(Checked):
    """The options of a way to make a loss small."""

    suits: ClassVar[Initializer | None] = None
    """How dense layers start in a configuration with this method, unless they say; None leaves it to them."""
