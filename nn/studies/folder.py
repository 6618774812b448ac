"""The folder of a study: the blocks that have finished, from which its other files are derived."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from nn.config.load import dump
from nn.data.folds import Fold
from nn.runs.differences import config_differences, setting_text
from nn.runs.directory import create
from nn.runs.lock import Lock
from nn.storage.archive import load_archive, save_archive
from nn.storage.opening import read_regular
from nn.storage.writing import write_whole
from nn.studies.blocks import BlockResult
from nn.studies.plan import Member, Plan
from nn.studies.plan_facts import PLAN_FORMAT, plan_facts, plan_of

BLOCKS = "blocks"
PLAN = f"{BLOCKS}/plan.json"
"""What is to be trained; a folder that has it is a study."""
METRIC = "metrics."
MAX_PLAN_BYTES = 1 << 28


class StudyFolder:
    """A study on disk, locked for this process, with all that has finished.

    ``blocks/plan.json`` says what is to be trained, ``blocks/*.npz`` what members gave; each is whole at any
    instant, so that a study that was killed has lost what was running then, and nothing else.
    """

    def __init__(self, path: Path, plan: Plan, lock: Lock):
        self.path, self.plan, self.lock = path, plan, lock
        self.results = [*stored_results(path, plan)]
        self.done = {member for result in self.results for member in members_of(result)}

    @classmethod
    def opened(cls, path: Path) -> "StudyFolder":
        """Open a study to go on with; ValueError where the folder is none, or another process has it."""
        expect_study(path)
        lock = Lock(path, "config.yaml", "study")
        for torn in (*path.glob(".*.tmp"), *(path / BLOCKS).glob(".*.tmp")):
            torn.unlink()
        return cls(path, stored_plan(path), lock)

    @classmethod
    def begun(cls, plan: Plan, name: str, out: Path | None) -> "StudyFolder":
        """Begin a study, in ``runs/NAME-study-001`` with the next free number or in ``out``.

        A study that is there already goes on, and gets what seeds are new. Raises ValueError, with what
        differs, if it is of another configuration or varies something else.
        """
        if out is not None and (out / PLAN).exists():
            found = cls.opened(out)
            try:
                found.extend(plan)
            except BaseException:
                found.lock.release()
                raise
            return found
        if out is None:
            out = create(f"{name}-study", None)
        elif out.is_dir():
            strangers = {file.name for file in out.iterdir()} - {"config.yaml", BLOCKS, ".config.yaml.tmp"}
            if strangers or (out / "metrics.csv").exists():
                raise ValueError(f"{out}: already exists and is no study; write to another folder")
        else:
            create(name, out)
        (out / BLOCKS).mkdir(exist_ok=True)
        write_whole(out / "config.yaml", dump(plan.config).encode())
        lock = Lock(out, "config.yaml", "study")
        write_plan(out, plan)
        return cls(out, plan, lock)

    def extend(self, plan: Plan) -> None:
        """Add the seeds of a plan that is otherwise the same; ValueError, with what differs, if it is not."""
        if different := plan_differences(self.plan, plan):
            raise ValueError(
                f"{self.path}: a study of something else: {'; '.join(different)}; write to another folder"
            )
        variants = [
            replace(one, seeds=tuple(sorted({*one.seeds, *other.seeds})))
            for one, other in zip(self.plan.variants, plan.variants, strict=True)
        ]
        vary = {
            key: tuple(sorted({*values, *plan.vary[key]})) if key.split(".")[0] == "seed" else values
            for key, values in self.plan.vary.items()
        }
        extended = replace(self.plan, variants=tuple(variants), vary=vary)
        if plan_facts(extended) != plan_facts(self.plan):
            write_plan(self.path, extended)
            self.plan = extended

    def add(self, result: BlockResult) -> None:
        """Keep what members gave, on disk when this returns."""
        fold: dict[str, Any] = {} if result.fold is None else {"fold": [*result.fold]}
        arrays = {
            "seeds": result.seeds,
            "epochs": result.epochs,
            "stopped": result.stopped,
            "losses": result.losses,
            "parameters": result.parameters,
            **{METRIC + name: array for name, array in result.metrics.items()},
        }
        facts: dict[str, Any] = {"variant": result.variant, "engine": result.engine, **fold}
        save_archive(self.path / BLOCKS / f"{result.name}.npz", arrays, facts)
        self.results.append(result)
        self.done.update(members_of(result))


def expect_study(path: Path) -> None:
    """Raise ValueError unless the folder is a study."""
    if not (path / PLAN).exists():
        raise ValueError(f"{path}: expected the folder of a study, got no {PLAN} in it")


def members_of(result: BlockResult) -> Iterator[Member]:
    """The members of a block."""
    return ((result.variant, result.fold, seed) for seed in result.seeds.tolist())


def write_plan(path: Path, plan: Plan) -> None:
    """Write what is to be trained."""
    write_whole(path / PLAN, (json.dumps(plan_facts(plan)) + "\n").encode())


def stored_plan(path: Path) -> Plan:
    """Read what is to be trained; ValueError if the file is missing, damaged or of a newer version."""
    expect_study(path)
    file = path / PLAN
    try:
        facts = json.loads(read_regular(file, MAX_PLAN_BYTES))
        if facts["format"] > PLAN_FORMAT:
            raise ValueError("written by a newer tiny-nn; install that version")
        return plan_of(facts)
    except (KeyError, TypeError, AttributeError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ValueError(f"{file}: damaged: {error}") from error
    except ValueError as error:
        raise ValueError(f"{file}: {error}") from error


def stored_results(path: Path, plan: Plan) -> Iterator[BlockResult]:
    """Read all blocks of a plan that have finished; ValueError for one that is damaged or of another plan."""
    cells = {(variant.number, fold) for variant, fold in plan.cells}
    for file in sorted((path / BLOCKS).glob("*.npz")):
        try:
            arrays, facts = load_archive(file)
            result = result_of(arrays, facts)
            if (result.variant, result.fold) not in cells:
                raise ValueError(f"{file}: a block of another study")
            yield result
        except (ValueError, KeyError, TypeError) as error:
            text = str(error) if str(file) in str(error) else f"{file}: damaged: {error!r}"
            raise ValueError(f"{text}; remove this file, and its members are trained again") from error


def result_of(arrays: Mapping[str, Any], facts: Mapping[str, Any]) -> BlockResult:
    """The result that a file holds."""
    metrics = {name.removeprefix(METRIC): array for name, array in arrays.items() if name.startswith(METRIC)}
    names = ("seeds", "epochs", "stopped", "losses", "parameters")
    return BlockResult(
        variant=facts["variant"],
        fold=Fold(*facts["fold"]) if "fold" in facts else None,
        metrics=metrics,
        engine=facts["engine"],
        **{name: arrays[name] for name in names},
    )


def plan_differences(one: Plan, other: Plan) -> list[str]:
    """What sets two plans apart, other than their seeds, one sentence each."""
    configs = [plan.config.model_dump(exclude_none=True) for plan in (one, other)]
    found = [
        f"its {setting_text(key, then)}, now {setting_text(key, now)}"
        for key, (then, now) in config_differences(configs).items()
    ]
    for key in dict.fromkeys([*one.vary, *other.vary]):
        then, now = one.vary.get(key), other.vary.get(key)
        if key.split(".")[0] == "seed":
            then, now = then and ("seeds",), now and ("seeds",)
        if then != now:
            found.append(f"it varies {varied_text(key, then)}, now {varied_text(key, now)}")
    if [*one.vary] != [*other.vary] and not found:
        found.append(f"it varies {', '.join(one.vary)} in this order, now {', '.join(other.vary)}")
    for name in ("folds", "repeats"):
        then, now = getattr(one, name), getattr(other, name)
        if then != now:
            found.append(f"its {name} were {then or 'none'}, now {now or 'none'}")
    if one.data != other.data and not found:
        found.append("its data have changed since it began")
    return found


def varied_text(key: str, values: Iterable[Any] | None) -> str:
    """A varied key with its values."""
    return f"no {key}" if values is None else f"{key} over {', '.join(map(str, values))}"


def cut(result: BlockResult, rows: Any) -> BlockResult:
    """Some members of a block, by a mask or places ``(members,)``."""
    arrays = {name: array[rows] for name, array in vars(result).items() if isinstance(array, np.ndarray)}
    return replace(result, **arrays, metrics={name: array[rows] for name, array in result.metrics.items()})


def merged_plan(folders: Sequence[Path]) -> Plan:
    """The plan of the first of several studies; ValueError where another is of something else."""
    first = stored_plan(folders[0])
    for folder in folders[1:]:
        if different := plan_differences(first, stored_plan(folder)):
            what = "; ".join(different)
            raise ValueError(f"{folder}: a study of something else than {folders[0]}: {what}; leave one out")
    return first


def merge(folders: Iterable[Path], into: StudyFolder) -> None:
    """Add what other studies have of the same plan.

    Raises ValueError where a member is in two of them with other results.
    """
    for folder in folders:
        plan = stored_plan(folder)
        into.extend(plan)
        for result in stored_results(folder, plan):
            members = [*members_of(result)]
            known = np.array([member in into.done for member in members])
            if known.any():
                expect_same_weights(result, into.results, folder)
            if not known.all():
                into.add(cut(result, ~known))


def expect_same_weights(result: BlockResult, others: Iterable[BlockResult], folder: Path) -> None:
    """Raise ValueError where members that are known already have other weights."""
    for other in others:
        if (other.variant, other.fold) == (result.variant, result.fold):
            _, mine, theirs = np.intersect1d(result.seeds, other.seeds, return_indices=True)
            one, two = result.parameters[mine], other.parameters[theirs]
            differs = ((one != two) & ~(np.isnan(one) & np.isnan(two))).any(axis=1)
            if differs.any():
                seed = result.seeds[mine][differs][0]
                raise ValueError(
                    f"{folder}: seed {seed} has other weights than in another folder: one was trained by "
                    "another version or on another processor; leave one of them out"
                )
