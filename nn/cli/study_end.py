"""The end of ``nn study``: files that are derived from the blocks, the picture, and what is told."""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from nn.cli.errors import user_errors
from nn.cli.interrupts import Interrupts
from nn.cli.text import paragraph, printable
from nn.display import counted

if TYPE_CHECKING:
    from nn.studies.folder import StudyFolder
    from nn.studies.study import Study
    from nn.studies.summary import Summary

SHOWN_GROUPS = 6
"""Of more groups of end points, the largest are listed."""


class Shown(NamedTuple):
    """What the end of a study shows."""

    quiet: bool
    plot: bool
    explain: int | None
    """The seed whose end is explained."""


def finish(
    folder: "StudyFolder", interrupts: Interrupts, shown: Shown, *, interrupted: bool
) -> tuple[str, bool]:
    """Write the files that are derived from the blocks.

    Returns the summary, and whether all was done, as an interrupt leaves out what takes a while: why members
    ended where they did, and the picture.
    """
    from nn.studies.endings import with_groups
    from nn.studies.files import write_files
    from nn.studies.study import Study
    from nn.studies.summary import summarize

    done, members = len(folder.done), len(folder.plan)
    count = "" if done == members else f"{done:,} of {counted(members, 'member')} finished."
    if not folder.results:
        return count, True
    study, whole = Study.of(folder.plan, folder.results), False
    if not interrupted:
        with suppress(KeyboardInterrupt), interrupts.welcome():
            study, whole = with_groups(study), True
    summary = summarize(study)
    write_files(folder.path, study, summary, {"stopped": "interrupted"} if interrupted else {})
    if whole and shown.plot:
        whole = draw_study(folder, study, summary, interrupts)
    files = sorted(file.name for file in folder.path.iterdir())
    parts = [
        count,
        summary_text(study, summary),
        f"{printable(str(folder.path))}/  {'  '.join(files)}",
        "" if shown.explain is None else "\n" + explained(study, shown.explain),
    ]
    return "\n".join(filter(None, parts)), whole or interrupted


def draw_study(folder: "StudyFolder", study: "Study", summary: "Summary", interrupts: Interrupts) -> bool:
    """Draw the picture of a study; returns False if interrupted."""
    from nn.plots import style
    from nn.plots.study.figure import study_figure

    style.reset()
    (*groups,) = study.groups.get(0, ()) if len(study.plan.variants) == 1 else ()
    try:
        with interrupts.welcome():
            figure = study_figure(
                study,
                summary,
                title=printable(folder.path.resolve().name),
                groups=[group.as_json() for group in groups],
            )
            style.save(figure, folder.path / "study.png")
    except KeyboardInterrupt:
        return False
    return True


def summary_text(study: "Study", summary: "Summary") -> str:
    """The tables of a study under its ruler, and where its members ended that missed the goal."""
    from nn.studies.tables import study_text

    lines = study_text(summary).split("\n")
    for number, groups in study.groups.items():
        label = study.plan.variants[number].label
        lines += ["", f"Missed the goal{' with ' * bool(label)}{label}:"]
        told = [paragraph(printable(f"- {group.text}"), indent="  ") for group in groups[:SHOWN_GROUPS]]
        lines += [line for text in told for line in text.split("\n")]
        if len(groups) > SHOWN_GROUPS:
            others = sum(group.count for group in groups[SHOWN_GROUPS:])
            lines.append(
                f"- {counted(others, 'run')} in {counted(len(groups) - SHOWN_GROUPS, 'smaller group')}"
            )
    return "\n".join(map(printable, lines))


def explained_in(path: Path, seed: int) -> str:
    """Why the members of a seed ended where they did, of a study that has trained already."""
    from nn.studies.endings import with_groups
    from nn.studies.study import Study

    with user_errors("--explain"):
        study = Study.open(path)
    return explained(with_groups(study), seed)


def explained(study: "Study", seed: int) -> str:
    """Why the members of a seed ended where they did."""
    from nn.studies.endings import explain_seed

    with user_errors("--explain"):
        return "\n".join(
            paragraph(printable(line), indent="  ") for line in explain_seed(study, seed).split("\n")
        )
