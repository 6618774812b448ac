"""Prints the lowest versions that ``pyproject.toml`` allows, as constraints for pip.

``python scripts/lowest_versions.py > lowest.txt && pip install -e ".[dev]" -c lowest.txt``
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path


def lowest(requirement: str) -> str:
    """``numpy>=2.2`` as ``numpy==2.2``; empty for what has no bound.

    >>> lowest("numpy>=2.2"), lowest("types-PyYAML")
    ('numpy==2.2', '')
    """
    name, bound, version = re.split(r"(>=|==|$)", requirement, maxsplit=1)
    return f"{name}=={version}" if bound else ""


def expanded(requirements: Iterable[str], extras: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield requirements, with those of the extras in place of the project's own name.

    >>> [*expanded(["build", "tiny-nn-trainer[tables]"], {"tables": ["pandas>=2.2"]})]
    ['build', 'pandas>=2.2']
    """
    for requirement in requirements:
        own = re.fullmatch(r"tiny-nn-trainer\[(\w+)\]", requirement)
        yield from expanded(extras[own[1]], extras) if own else [requirement]


def main() -> None:
    """Print a line for each dependency that has a lower bound, those for development too."""
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    requirements = [*project["project"]["dependencies"], "tiny-nn-trainer[dev]"]
    found = expanded(requirements, project["project"]["optional-dependencies"])
    print("\n".join(filter(None, map(lowest, found))))


if __name__ == "__main__":
    main()
