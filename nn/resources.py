"""Finds the data files that ship with the package: the folders ``datasets`` and ``configs``."""

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path


def folder(name: str) -> Traversable:
    """The bundled folder of this name: inside an installed package, beside ``nn/`` in a checkout."""
    inside = files("nn") / name
    return inside if inside.is_dir() else Path(__file__).parents[1] / name
