"""``nn compare``: runs side by side in a table."""

from collections.abc import Mapping, Sequence

import click

from nn.cli.errors import user_errors
from nn.cli.text import printable, table, width


@click.command("compare")
@click.argument("runs", metavar="RUN...", nargs=-1, required=True, type=click.Path())
def command(runs: tuple[str, ...]) -> None:
    """Compare runs: what differs between their configurations, how far they came, what it cost.

    Metrics are those of the last row of metrics.csv and, after them, the best of any row; those of a test
    share are of the weights that were kept. A run that was killed or goes on still has not "ended".
    """
    from nn.runs.comparison import compared
    from nn.runs.reading import Run

    with user_errors():
        columns = compared([Run.of(name) for name in runs])
    click.echo(laid_out({printable(name): list(map(printable, cells)) for name, cells in columns.items()}))


def laid_out(columns: Mapping[str, Sequence[str]]) -> str:
    """A row for each run; where that is too wide, a column for each, as many beside each other as fit."""
    names, cells = list(columns), list(columns.values())
    rows = [names, *map(list, zip(*cells, strict=True))]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    if sum(widths) + 2 * len(widths) - 2 <= width():
        return table(rows, "<" + ">" * (len(names) - 1))
    header, *runs = rows
    blocks, shown = [], 0
    while shown < len(runs):
        count, used = 0, max(map(len, header))
        while shown + count < len(runs):
            used += 2 + max(map(len, runs[shown + count]))
            if count and used > width():
                break
            count += 1
        part = [header, *runs[shown : shown + count]]
        blocks.append(table(list(zip(*part, strict=True)), "<" + ">" * count))
        shown += count
    return "\n\n".join(blocks)
