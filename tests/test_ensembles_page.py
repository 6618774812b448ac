"""docs/ensembles.md is true: its commands run as they stand, with fewer seeds."""

import re
from pathlib import Path

from click.testing import CliRunner

from nn.cli.group import commands

PAGE = (Path(__file__).parents[1] / "docs" / "ensembles.md").read_text(encoding="utf-8")


def test_its_commands_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (block,) = re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    for line in block.replace("--seeds 20", "--seeds 2 --no-plot").splitlines():
        words, _, into = line.partition("#")[0].partition(">")
        result = CliRunner().invoke(commands, words.split()[1:], catch_exceptions=False)
        assert result.exit_code == 0, f"{line}: {result.stderr}"
        if into:
            Path(into.strip()).write_text(result.stdout)
    header, *rows = (tmp_path / "prices.csv").read_text().splitlines()
    assert (header, len(rows)) == ("price,price spread,price low,price high", 205)
