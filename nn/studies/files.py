"""The files of a study that are derived from its blocks: the table of members, curves, facts."""

import csv
import io
import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from nn.arrays import Array
from nn.runs.environment import environment
from nn.storage.archive import save_archive
from nn.storage.writing import write_whole
from nn.studies.blocks import experiment_of
from nn.studies.plan import Plan
from nn.studies.study import Study
from nn.studies.summary import Summary, summarize
from nn.studies.values import seed_ranges
from nn.studies.variants import is_seed

CURVE_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
NONE_GIVEN = {"group", "seed.split"}
"""Columns in which -1 means that there is none."""


def write_files(
    folder: Path, study: Study, summary: Summary | None = None, more: Mapping[str, Any] = MappingProxyType({})
) -> None:
    """Write ``study.csv``, ``curves.npz`` and ``study.json``, each whole at any instant."""
    write_whole(folder / "study.csv", csv_text(study).encode())
    save_archive(folder / "curves.npz", curves(study), {"criterion": study.criterion})
    facts = {**study_facts(study.plan, study), "summary": (summary or summarize(study)).as_json(), **more}
    write_whole(folder / "study.json", (json.dumps(facts, indent=2) + "\n").encode())


def csv_text(study: Study) -> str:
    """The table of members, one line each; empty where a value does not exist."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    names = study.members.dtype.names or ()
    writer.writerow(names)
    goals = [variant.goal for variant in study.plan.variants]
    for record in study.members:
        values = dict(zip(names, record.tolist(), strict=True))
        if goals[values["variant"]] is None:
            values |= {"solved": "", "epochs": ""}
        writer.writerow([cell_text(name, value) for name, value in values.items()])
    return stream.getvalue()


def cell_text(name: str, value: Any) -> str:
    """A cell of the table: numbers as Python reads them back to the last bit."""
    if isinstance(value, bool):
        return str(value).lower()
    if (isinstance(value, float) and not math.isfinite(value)) or (name in NONE_GIVEN and value == -1):
        return ""
    return str(value)


def curves(study: Study) -> dict[str, Array]:
    """The quantiles of the loss of each variant's members at each epoch.

    ``epochs (E,)``, ``quantiles (Q,)``, ``losses (variants, Q, E)``. A member that has diverged counts as
    infinite. Quantiles are values of members (the inverse of the distribution function), so that none is
    interpolated to infinity.
    """
    losses = np.where(np.isnan(study.losses), np.inf, study.losses)
    rows = [losses[study.members["variant"] == variant.number] for variant in study.plan.variants]
    shape = len(CURVE_QUANTILES), len(study.epochs)
    found = [
        np.quantile(of_variant, CURVE_QUANTILES, axis=0, method="inverted_cdf")
        if len(of_variant)
        else np.full(shape, np.nan)
        for of_variant in rows
    ]
    return {"epochs": study.epochs, "quantiles": np.array(CURVE_QUANTILES), "losses": np.array(found)}


def study_facts(plan: Plan, study: Study | None = None) -> dict[str, Any]:
    """What a study is and how far it has come, as plain values."""
    finished = 0 if study is None else len(study.members)
    text, fold = plan.first
    experiment = experiment_of(text, fold)
    facts: dict[str, Any] = {
        "stopped": "done" if finished == len(plan) else None,
        "members": len(plan),
        "finished": finished,
        "solved": None if study is None or plan.criterion is None else int(study.members["solved"].sum()),
        "criterion": plan.criterion,
        "limit": plan.limit,
        "vary": {
            key: seed_ranges(values) if is_seed(key) else [*values] for key, values in plan.vary.items()
        },
        "folds": plan.folds,
        "repeats": plan.repeats,
        "seeds": seed_ranges(plan.seeds),
        "variants": [*variant_facts(plan, study)],
        "notes": [*plan.notes],
    }
    return facts | environment(experiment, study.engine if study else None)


def variant_facts(plan: Plan, study: Study | None) -> Iterator[dict[str, Any]]:
    """The settings and the randomness of each variant, and where its members ended that missed the goal."""
    for variant in plan.variants:
        groups = study.groups.get(variant.number, ()) if study else ()
        yield {
            "label": variant.label,
            "settings": {**variant.settings},
            "follows": [*variant.follows],
            "groups": [group.as_json() for group in groups],
        }
