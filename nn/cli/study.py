"""``nn study``: train a configuration with many seeds and values, and tell how often it learns."""

from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, closing, nullcontext, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nn.cli.arguments import config_argument, set_option
from nn.cli.errors import Failure, UserError, failures, message, user_errors
from nn.cli.interrupts import Interrupts
from nn.cli.study_end import Shown, explained_in, finish
from nn.cli.study_options import (
    PartOption,
    extended,
    is_study,
    only_goal,
    parse_option,
    refuse_with_study,
    too_many,
    varied,
)
from nn.cli.text import paragraph, printable

if TYPE_CHECKING:
    from nn.cli.progress import StudyProgress
    from nn.studies.blocks import Block, BlockResult
    from nn.studies.cluster import Cluster
    from nn.studies.folder import StudyFolder

MERGE = "merge"
"""The first argument that merges studies."""
MAX_RUNS = 10_000
"""More are trained only where --yes says so."""


@click.command("study")
@config_argument
@click.argument("folders", metavar="[DIR]...", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--seeds", metavar="N|A:B", help="So many seeds, or half-open ranges such as 0:1000 or 0:10,20:30."
)
@set_option
@click.option(
    "--vary",
    metavar="KEY=VALUES",
    multiple=True,
    help="Train with each value: 0.1,0.5,2 or 0.001..1 log 7. Several keys make a grid; seed.order=20 and "
    "the like vary each kind of randomness for itself.",
)
@click.option("--folds", type=click.IntRange(min=2), metavar="K", help="Validate on each of K folds in turn.")
@click.option(
    "--repeats", type=click.IntRange(min=1), metavar="R", default=1, help="Draw the folds so many times."
)
@click.option(
    "--criterion",
    type=click.Choice(["loss", "accuracy", "tolerance"]),
    help="Which goal of training.stop_at counts, where it has several.",
)
@click.option(
    "--out", type=click.Path(path_type=Path), help="Write here instead of runs/NAME-study-001, or go on."
)
@click.option("--engine", type=click.Choice(["auto", "numpy", "native"]), help="What runs the steps.")
@click.option(
    "--jobs", type=click.IntRange(min=1), metavar="N", help="Use so many processors; all unless given."
)
@click.option(
    "--block",
    "part",
    type=PartOption(),
    metavar="I/N",
    help="Train the I-th of N parts, for batch schedulers.",
)
@click.option("--backend", type=click.Choice(["dask"]), help="Train on a cluster.")
@click.option("--scheduler", metavar="ADDRESS", help="The address of dask's scheduler: tcp://host:8786.")
@click.option("--yes", is_flag=True, help="Train more than 10,000 runs without asking.")
@click.option(
    "--explain",
    type=click.IntRange(min=0),
    metavar="SEED",
    help="Say why this seed ended where it did; of the folder of a study, that alone.",
)
@click.option("--no-plot", is_flag=True, help="Draw no picture.")
@click.option("--quiet", "-q", is_flag=True, help="Show errors only.")
def command(
    config: str,
    folders: tuple[Path, ...],
    seeds: str | None,
    settings: tuple[str, ...],
    vary: tuple[str, ...],
    folds: int | None,
    repeats: int,
    criterion: str | None,
    out: Path | None,
    engine: str | None,
    jobs: int | None,
    part: tuple[int, int] | None,
    backend: str | None,
    scheduler: str | None,
    yes: bool,
    explain: int | None,
    no_plot: bool,
    quiet: bool,
) -> None:
    """Train CONFIG with many seeds and keep how each ended.

    Member k of a study is the run with the weights, the order and the noise of seed k, and the data and the
    split of the configuration. In place of CONFIG, the folder of a study goes on with it, and so does the
    same command with the same --out. nn study merge DIR... --out DIR puts parts together that --block has
    trained.
    """
    from nn.studies.execution import processors, run_blocks
    from nn.studies.folder import StudyFolder
    from nn.studies.plan import Plan
    from nn.studies.values import parse_seeds

    shown = Shown(quiet=quiet, plot=not no_plot, explain=explain)
    if config == MERGE:
        merge_folders(folders, out, shown)
        return
    if folders:
        raise UserError(
            f"unexpected '{printable(str(folders[0]))}'; only nn study merge takes several folders"
        )
    jobs = jobs or processors()
    if is_study(config):
        given = {"--set": settings, "--vary": vary, "--folds": folds, "--criterion": criterion, "--out": out}
        refuse_with_study([name for name, value in {**given, "--engine": engine}.items() if value], config)
        with user_errors():
            plan, out = extended(Path(config), seeds), Path(config)
    else:
        with user_errors():
            goals = only_goal(config, settings, criterion) if criterion else []
            chosen = [f"training.engine={engine}"] if engine else []
            given_seeds = None if seeds is None else parse_option("--seeds", seeds, parse_seeds)
            plan = Plan.of(
                config, given_seeds, varied(vary), [*settings, *goals, *chosen], folds=folds, repeats=repeats
            )
    if is_study(config) and explain is not None and seeds is None:
        click.echo(explained_in(Path(config), explain))
        return
    agreed = yes or (is_study(config) and seeds is None)
    if len(plan) // (part or (1, 1))[1] > MAX_RUNS and not agreed:
        raise UserError(too_many(plan, jobs))
    for note in () if quiet else plan.notes:
        click.echo(paragraph(printable(note)), err=True)
    with ExitStack() as opened:
        run: Any = partial(run_blocks, jobs=jobs)
        if backend or scheduler:
            with user_errors("--scheduler"):
                cluster = opened.enter_context(connected(scheduler))
            run, jobs = cluster.run, cluster.processors
        interrupts = opened.enter_context(Interrupts())
        with user_errors():
            folder = StudyFolder.begun(plan, Path(config).stem, out)
        opened.enter_context(folder.lock)
        blocks = [*folder.plan.blocks(folder.done, part or (1, 1), jobs)]
        carry_on(folder, blocks, run, interrupts, shown)


def connected(scheduler: str | None) -> "Cluster":
    """Connect to the scheduler of a cluster."""
    from nn.studies.cluster import Cluster

    if scheduler is None:
        raise ValueError("--backend dask needs the address of its scheduler, such as tcp://host:8786")
    return Cluster(scheduler)


def carry_on(
    folder: "StudyFolder",
    blocks: "Sequence[Block]",
    run: "Callable[[Sequence[Block]], Generator[BlockResult]]",
    interrupts: Interrupts,
    shown: Shown,
) -> None:
    """Train what is missing, keep it and summarize all; exits if interrupted, or where a block failed."""
    from nn.cli.progress import StudyProgress

    with failures():
        progress = StudyProgress(len(folder.done), blocks, folder.plan.criterion is not None, shown.quiet)
        error = follow_blocks(folder, run(blocks), progress, interrupts)
        interrupted = isinstance(error, KeyboardInterrupt)
        text, whole = finish(folder, interrupts, shown, interrupted=interrupted)
    if not shown.quiet:
        # A closed terminal, which interrupted the study, takes no output.
        with suppress(OSError) if interrupted else nullcontext():
            click.echo(text)
    if isinstance(error, Exception):
        raise Failure(message(error))
    if interrupted or not whole:
        raise SystemExit(interrupts.exit_code)


def follow_blocks(
    folder: "StudyFolder",
    results: "Generator[BlockResult]",
    progress: "StudyProgress",
    interrupts: Interrupts,
) -> BaseException | None:
    """Keep what blocks give as they finish; returns what ended that before its end."""
    from nn.studies.blocks import WorkerError

    try:
        with closing(results):
            while True:
                with interrupts.welcome():
                    result = next(results, None)
                if result is None:
                    return None
                folder.add(result)
                progress.add(result)
    except (KeyboardInterrupt, WorkerError, ArithmeticError, ValueError) as error:
        return error
    finally:
        progress.clear()


def merge_folders(folders: Sequence[Path], out: Path | None, shown: Shown) -> None:
    """Put the parts of a study together."""
    from nn.studies.execution import run_blocks
    from nn.studies.folder import StudyFolder, merge, merged_plan

    if not folders or out is None:
        raise UserError("nn study merge DIR... --out DIR: expected the folders to merge, and where to")
    with Interrupts() as interrupts:
        with user_errors():
            whole = StudyFolder.begun(merged_plan(folders), "merged", out)
            with whole.lock:
                merge(folders, whole)
        carry_on(whole, [], partial(run_blocks, jobs=1), interrupts, shown)
