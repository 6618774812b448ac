"""The array type of every formula."""

from typing import Any, TypeAlias

from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]
"""Real numbers, or complex ones for gradients by the complex step; any leading ``stack`` axes."""
