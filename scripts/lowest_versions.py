"""Prints the lowest versions that ``pyproject.toml`` allows, as constraints for pip.

``python scripts/lowest_versions.py > lowest.txt && pip install -e ".[dev]" -c lowest.txt``
"""

import re
import tomllib
from pathlib import Path


def lowest(requirement: str) -> str:
    """``numpy>=2.2`` as ``numpy==2.2``; empty for what has no bound.

    >>> lowest("numpy>=2.2"), lowest("types-PyYAML")
    ('numpy==2.2', '')
    """
    name, bound, version = re.split(r"(>=|==|$)", requirement, maxsplit=1)
    return f"{name}=={version}" if bound else ""


def main() -> None:
    """Print a line for each dependency that has a lower bound, those for development too."""
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    requirements = [
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["dev"],
    ]
    print("\n".join(filter(None, map(lowest, requirements))))


if __name__ == "__main__":
    main()
