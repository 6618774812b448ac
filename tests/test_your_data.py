"""docs/your-data.md is true: its commands run as they stand, and print what it shows."""

import re
from pathlib import Path

import pytest
from click.testing import Result

from nn.experiments import defaults
from tests.lines import run_line

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "your-data.md").read_text(encoding="utf-8")
FENCED = re.compile(r"^```(sh|yaml)\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    """What each command of the page prints, one after the other in one folder."""
    found = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("page"))
        for language, text in FENCED.findall(PAGE):
            if language == "yaml":
                Path(text.split()[1]).write_text(text, encoding="utf-8")
                continue
            for line in text.splitlines():
                found[line] = run_line(line)
    return found


def shown(results: dict[str, Result], line: str) -> str:
    return " ".join((results[line].stderr + results[line].stdout).split())


def test_every_command_runs(results: dict[str, Result]) -> None:
    assert len(results) == 9
    assert {line: result.stderr for line, result in results.items() if result.exit_code} == {}


def test_what_the_page_shows_of_them_is_what_they_print(results: dict[str, Result]) -> None:
    outputs = " ".join(shown(results, line) for line in results)
    pieces = re.findall(r"(?:^    \S.*\n(?:^ *\n(?=    ))?)+", FENCED.sub("", PAGE), re.MULTILINE)
    assert len(pieces) == 3
    for piece in pieces:
        assert " ".join(piece.replace("…\n", "").split()) in outputs


def test_the_default_network_is_the_one_described() -> None:
    network = (
        f"One layer of {defaults.UNITS} tanh units, Adam with a learning rate of {defaults.LEARNING_RATE}"
    )
    stopping = f"({defaults.PATIENCE} epochs without a lower loss there"
    text = " ".join(PAGE.split())
    assert network in text
    assert f"batches of {defaults.BATCH_SIZE} rows, up to {defaults.EPOCHS:,} epochs" in text
    assert stopping in text
