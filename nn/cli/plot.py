"""``nn plot``: draw runs, or an activation."""

import sys
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from nn.cli.errors import UserError, user_errors
from nn.cli.study_options import is_study
from nn.cli.text import printable, table


def complete_kind(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete a kind of picture."""
    from nn.cli.arguments import completions
    from nn.plots.pictures import all_pictures

    return completions(all_pictures(), incomplete)


def list_kinds(ctx: click.Context, parameter: click.Parameter, given: bool) -> None:
    """Print the kinds of pictures and exit."""
    if given and not ctx.resilient_parsing:
        from nn.plots.pictures import all_pictures

        click.echo(table([(name, picture.about) for name, picture in all_pictures().items()], "<<"))
        ctx.exit()


@click.command("plot")
@click.argument("runs", metavar="RUN...", nargs=-1, required=True)
@click.option(
    "--what", default="loss", metavar="KIND", shell_complete=complete_kind, help="The picture (see: --list)."
)
@click.option(
    "--list", is_flag=True, is_eager=True, expose_value=False, callback=list_kinds,
    help="List the kinds of pictures.",
)  # fmt: skip
@click.option("--metric", metavar="NAME", help="A column of metrics.csv instead of the loss.")
@click.option(
    "--x", "along", type=click.Choice(["epochs", "seconds"]), default="epochs", show_default=True,
    help="The horizontal axis of a metric.",
)  # fmt: skip
@click.option(
    "--smooth", type=click.IntRange(min=1), metavar="N", default=1,
    help="Draw the mean of N rows of metrics.csv around each, the rows faint behind it.",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(path_type=Path),
    help="The picture: a .png, .svg or .pdf file. For one run KIND.png in its folder, if not given.",
)  # fmt: skip
@click.option(
    "--movie", type=click.Path(path_type=Path), metavar="FILE",
    help="Write a movie of the outputs during training, a .gif or .mp4; of one run with snapshots.",
)  # fmt: skip
@click.option("--show", is_flag=True, help="Open the picture, where there is a display.")
def command(
    runs: tuple[str, ...], what: str, metric: str | None, along: str, smooth: int,
    out: Path | None, movie: Path | None, show: bool,
) -> None:  # fmt: skip
    """Draw runs: their loss over the epochs, or another KIND of picture of one run; or draw a study.

    Several runs are overlaid and labelled by the options that differ between them. The name of an activation
    (nn plot sigmoid) draws it and its derivative; a folder of such a name is ./sigmoid.
    """
    from nn.plots import style

    if movie:
        make_movie(runs, movie)
        return
    with user_errors():
        if out:
            style.picture_format(out)
        elif len(runs) > 1:
            raise UserError("several runs make one picture; name its file: --out FILE")
        style.reset()
        file = draw_picture(runs, what, metric, along, smooth, out)
    click.echo(printable(str(file)))
    if show:
        open_picture(file)


def make_movie(runs: tuple[str, ...], file: Path) -> None:
    """Write the movie of one run."""
    from nn.plots import style
    from nn.plots.movie import frames, movie_format, write_movie
    from nn.runs.reading import Run

    with user_errors():
        movie_format(file)
        if len(runs) > 1:
            raise ValueError(f"--movie shows one run, got {len(runs)}")
        style.reset()
        write_movie(list(frames(Run.of(runs[0]))), file)
    click.echo(printable(str(file)))


def draw_picture(
    runs: tuple[str, ...], what: str, metric: str | None, along: str, smooth: int, out: Path | None
) -> Path:
    """Write the picture; returns its file."""
    from difflib import get_close_matches

    from nn.layers import ACTIVATIONS
    from nn.plots.activation import draw_activation
    from nn.plots.curves import draw_runs
    from nn.plots.pictures import all_pictures
    from nn.plots.study import figure_of_folder
    from nn.plots.style import save
    from nn.runs.reading import Run
    from nn.validation import suggest

    if studies := [name for name in runs if is_study(name)]:
        if len(runs) > 1:
            raise ValueError(f"{studies[0]} is a study, which is drawn alone")
        if what != "loss" or metric or along != "epochs" or smooth != 1:
            raise ValueError(f"{runs[0]} is a study, which has one picture: give no --what and no --metric")
        return save(figure_of_folder(Path(runs[0])), out or Path(runs[0]) / "study.png")
    pictures = all_pictures()
    if what not in pictures:
        raise ValueError(f"--what: unknown kind '{what}'; {suggest(what, pictures)}")
    chosen = {"--metric": metric is not None, "--x": along != "epochs", "--smooth": smooth != 1}
    curve_only = next((option for option, given in chosen.items() if given), "")
    if len(runs) == 1 and runs[0] in ACTIVATIONS:
        if what != "loss" or curve_only:
            raise ValueError(f"{curve_only or '--what'} is for runs; a folder of that name is ./{runs[0]}")
        return save(draw_activation(runs[0]), out or Path(f"{runs[0]}.png"))
    for name in {*runs} & ACTIVATIONS.keys():
        raise ValueError(f"{name}: expected runs, got an activation; a folder of that name is ./{name}")
    for name in runs:
        if get_close_matches(name, ACTIVATIONS) and not Path(name).exists():
            raise ValueError(f"{name}: expected a run or an activation; {suggest(name, ACTIVATIONS)}")
    first, *more = found = [Run.of(name) for name in runs]
    if what == "loss":
        picture = draw_runs(found, metric or "loss", along, smooth)
    elif curve_only:
        raise ValueError(f"{curve_only} is for curves, not for --what {what}")
    elif more:
        raise ValueError(f"--what {what} draws one run, got {len(runs)}")
    else:
        picture = pictures[what].draw(first)
    return save(picture, out or first.folder / f"{metric or what}.png")


def open_picture(file: Path) -> None:
    """Open a picture in the viewer of the desktop; fails if there is none."""
    import os

    display = sys.platform in ("win32", "darwin") or {"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys()
    if not display or click.launch(str(file)) != 0:
        raise UserError(f"--show needs a display with a viewer of pictures; look at {printable(str(file))}")
