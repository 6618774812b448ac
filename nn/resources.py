"""What ships with the package: its version, and the data files of ``datasets`` and ``configs``."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

__version__ = "0.1.0"


def bundled_folder(name: str) -> "Traversable":
    """The bundled folder of this name: inside an installed package, beside ``nn/`` in a checkout."""
    from importlib.resources import files  # who asks for the version alone, as nn --help does, does not wait
    from pathlib import Path

    inside = files("nn") / name
    return inside if inside.is_dir() else Path(__file__).parents[1] / name
