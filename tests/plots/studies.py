"""Studies to draw, whose runs ended as a test says: nothing is trained."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from nn.plots.study import study_figure
from nn.studies.blocks import BlockResult, curve_epochs
from nn.studies.files import write_files
from nn.studies.folder import StudyFolder
from nn.studies.plan import Plan
from nn.studies.study import Study
from nn.studies.summary import summarize

DIVERGED = np.inf


def ended(*arguments: Any, **options: Any) -> Study:
    """A study whose runs ended as ``ends`` says."""
    return Study.of(*ends(*arguments, **options))


def ends(
    config: str,
    *reached: Sequence[float | None],
    vary: Mapping[str, Sequence[Any]] | None = None,
    losses: Sequence[float] | None = None,
    folds: int | None = None,
    repeats: int = 1,
) -> tuple[Plan, list[BlockResult]]:
    """Runs that reached their goal after so many epochs; None: not, DIVERGED: it diverged.

    There is a sequence for each variant. Final losses are 0.01 where the goal was reached and 0.125 where
    not, unless given for each variant.
    """
    seeds = None if folds or any(key.startswith("seed") for key in vary or {}) else len(reached[0])
    plan = Plan.of(config, seeds, vary or {}, folds=folds, repeats=repeats)
    results = []
    for place, (variant, fold) in enumerate(plan.cells):
        level = losses[variant.number] if losses else None
        shift = 0.01 * place if fold else 0.0
        results.append(result(variant.number, fold, reached[variant.number], plan.limit, level, shift))
    return plan, results


def ended_folder(folder: Path, *arguments: Any, **options: Any) -> Path:
    """The folder of such a study."""
    plan, results = ends(*arguments, **options)
    found = StudyFolder.begun(plan, "study", folder)
    with found.lock:
        for one in results:
            found.add(one)
        write_files(folder, Study.of(plan, results), {})
    return folder


def result(
    variant: int, fold: Any, reached: Sequence[float | None], limit: int, level: float | None, shift: float
) -> BlockResult:
    """What the runs of a block gave."""
    count, at = len(reached), curve_epochs(limit)
    solved = np.array([one is not None and one != DIVERGED for one in reached])
    diverged = np.array([one == DIVERGED for one in reached])
    epochs = np.array([one if one and one != DIVERGED else limit for one in reached])
    final = np.where(solved, 0.01, 0.125) if level is None else level + 0.001 * np.arange(count)
    final = np.where(diverged, np.nan, final + shift)
    losses = np.where(at >= epochs[:, None], final[:, None], 0.25)
    losses[diverged, 1:] = np.nan
    stopped = np.where(diverged, "diverged", np.where(solved, "stop_at", "epochs"))
    metrics = {"loss": final, "val_loss": final} if fold else {"loss": final}
    return BlockResult(
        variant=variant, fold=fold, seeds=np.arange(count), epochs=epochs, stopped=stopped, losses=losses,
        parameters=np.zeros((count, 2)), metrics=metrics, engine="native",
    )  # fmt: skip


def drawn(study: Study, title: str = "a study") -> Figure:
    """Its picture."""
    return study_figure(study, summarize(study), title)


def written(figure: Figure) -> str:
    """What is written in a figure, other than at its ticks."""
    return "\n".join(text.get_text() for one in (figure, *figure.axes) for text in one.texts)
