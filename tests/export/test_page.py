"""docs/export.md names every target, and what it shows of a file is true."""

from pathlib import Path

from nn.export.exporting import TARGETS
from nn.export.formula import MAX_LENGTH
from nn.export.proof import SLACK
from nn.export.rows import MAX_KNOWN_ROWS, RANDOM_ROWS
from nn.export.terms import MAX_NAMES

PAGE = (Path(__file__).parents[2] / "docs" / "export.md").read_text(encoding="utf-8")


def test_every_target_is_named():
    assert all(f"`{to}`" in PAGE for to in TARGETS if to != "numpy")
    assert "`python --numpy`" in PAGE


def test_limits_are_those_of_the_code():
    limits = (
        f"{MAX_KNOWN_ROWS:,}",
        f"{RANDOM_ROWS:,} random rows",
        f"{SLACK} u B",
        f"{MAX_LENGTH:,}",
        f"{MAX_NAMES}",
    )
    assert all(limit in PAGE for limit in limits)
