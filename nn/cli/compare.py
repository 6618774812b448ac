"""``nn compare``: compare runs in a table."""

from collections.abc import Mapping, Sequence

import click

from nn.cli.errors import UserError, user_errors
from nn.cli.study_options import is_study
from nn.cli.text import printable, table, width


@click.command("compare")
@click.argument("runs", metavar="RUN...", nargs=-1, required=True, type=click.Path())
def command(runs: tuple[str, ...]) -> None:
    """Compare runs: differing options, metrics, epochs and time.

    Metrics are those of the last row of metrics.csv and, after them, the best of all rows; those of a test
    share were measured with the weights that were kept. A run that was killed or still trains has no "ended".
    Studies among RUNS, as in runs/*, are left out.
    """
    from nn.runs.comparison import comparison_columns
    from nn.runs.reading import Run

    single = [name for name in runs if not is_study(name)]
    if not single:
        raise UserError(
            f"{printable(runs[0])} is a study: nn study {printable(runs[0])} compares its variants"
        )
    with user_errors():
        columns = comparison_columns([Run.of(name) for name in single])
    click.echo(laid_out({printable(name): list(map(printable, cells)) for name, cells in columns.items()}))


def laid_out(columns: Mapping[str, Sequence[str]]) -> str:
    """Lay out a row for each run or, if that is too wide, a column for each, as many as fit side by side."""
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
