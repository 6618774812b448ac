"""The results of a study: a table of its members, their curves and their weights."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from nn.arrays import Array
from nn.data.folds import Fold
from nn.display import counted
from nn.endpoints.groups import Group
from nn.studies.blocks import BlockResult, below_each_other, curve_epochs, experiment_of
from nn.studies.ensemble import Ensemble
from nn.studies.folder import stored_plan, stored_results
from nn.studies.plan import Plan
from nn.studies.variants import column_of, follows_of, is_seed, setting_cell

MAX_NAMED = 20
"""The most variants that an error names."""


@dataclass(frozen=True, eq=False)
class Study:
    """One configuration trained many times.

    >>> import nn
    >>> study = nn.study("xor", seeds=range(3))
    >>> study.members[["seed", "solved", "epochs"]].tolist()
    [(0, True, 188), (1, True, 273), (2, True, 178)]
    """

    plan: Plan
    members: Array
    """A record for each member, ``(members,)``.

    ``variant``, with folds ``repeat`` and ``fold``, ``seed``, a field for each varied key by its full path,
    ``solved``, ``epochs`` (the limit where unsolved), ``stopped``; ``loss``, ``accuracy``, ``val_loss``, … of
    the weights that it keeps, measured on all samples without noise; ``group`` (-1: none).
    """
    epochs: Array
    """The epochs of the curves, ``(E,)``, evenly spaced on a logarithmic scale."""
    losses: Array
    """The loss of each member at those epochs, ``(members, E)``: NaN after a divergence, the last value
    after its end."""
    parameters: tuple[Array, ...]
    """The weights that members keep, ``(members of the variant, n)`` for each variant.

    Where folds have networks of different sizes, NaN stand behind the weights of the smaller ones."""
    engine: str
    groups: Mapping[int, tuple[Group, ...]] = field(default_factory=dict)
    """Of each variant, the groups of equal end points of members that missed the goal, where described."""

    @classmethod
    def of(cls, plan: Plan, results: Iterable[BlockResult]) -> "Study":
        """Put together what blocks gave, in the order of variants, folds and seeds."""
        found = sorted(results, key=lambda one: (one.variant, one.fold or Fold(0, 0), one.seeds[0]))
        if not found:
            raise ValueError("no member of the study has finished")
        members = table_of([member_columns(plan, one) for one in found])
        keys = ["seed", *(["fold", "repeat"] if plan.folds else []), "variant"]
        order = np.lexsort([members[key] for key in keys])
        ends = np.cumsum([len(one.seeds) for one in found])
        rows_of = np.split(np.argsort(order), ends[:-1])
        losses = np.empty((len(members), found[0].losses.shape[1]))
        for rows, one in zip(rows_of, found, strict=True):
            losses[rows] = one.losses
        parameters = []
        for variant in plan.variants:
            own = [
                (rows, one.parameters)
                for rows, one in zip(rows_of, found, strict=True)
                if one.variant == variant.number
            ]
            rows = np.concatenate([[], *(rows for rows, _ in own)])
            arrays = below_each_other([array for _, array in own]) if own else np.empty((0, 0))
            parameters.append(arrays[np.argsort(rows)])
        engines = dict.fromkeys(one.engine for one in found)
        return cls(
            plan,
            members[order].view(np.recarray),
            curve_epochs(plan.limit),
            losses,
            tuple(parameters),
            ", ".join(engines),
        )

    @classmethod
    def open(cls, folder: str | Path) -> "Study":
        """Read the members of a study that have finished; ValueError where the folder is none."""
        path = Path(folder)
        plan = stored_plan(path)
        return cls.of(plan, stored_results(path, plan))

    @property
    def criterion(self) -> str | None:
        """What solved means, in words: ``loss ≤ 0.01``; None without a ``stop_at``."""
        return self.plan.criterion

    @property
    def limit(self) -> int:
        """``training.epochs``."""
        return self.plan.limit

    def ensemble(
        self, best: int | None = None, *, variant: int | None = None, vote: bool = False
    ) -> Ensemble:
        """All members of a variant as one model, or so many, the best on validation.

        vote: let each member vote for a class, in place of the mean of their probabilities

        Raises ValueError for several variants of which none is named.
        """
        number = self.chosen_variant(variant)
        rows = np.flatnonzero(self.members["variant"] == number)
        chosen, trained = self.plan.variants[number], self.parameters[number]
        if not len(rows):
            raise ValueError(f"no member of variant {number} has finished")
        self.expect_same_data()
        found = Ensemble.of(chosen, self.members[rows], trained, self.plan.folds, best=best, vote=vote)
        planned = len(chosen.seeds) * len(self.plan.fold_list)
        if len(rows) == planned:
            return found
        missing = f"{planned - len(rows):,} of {counted(planned, 'member')} have not finished."
        return replace(found, notes=(*found.notes, missing))

    def expect_same_data(self) -> None:
        """Raise ValueError where the data have changed, from which the inputs of networks are computed."""
        shares = experiment_of(*self.plan.first).shares
        if {name: share.digest for name, share in shares.items()} != self.plan.data:
            raise ValueError("the data of the study have changed since it was trained; run it again")

    def chosen_variant(self, number: int | None) -> int:
        """The number of a variant, which may be left out if there is only one."""
        count = len(self.plan.variants)
        if number is None and count == 1:
            return 0
        if number is None or not 0 <= number < count:
            labels = [
                f"{one.number} ({one.label})" if one.label else f"{one.number}"
                for one in self.plan.variants[:MAX_NAMED]
            ]
            more = f" and {count - MAX_NAMED:,} more" if count > MAX_NAMED else ""
            got = "" if number is None else f", got {number}"
            raise ValueError(f"variant: expected one of {', '.join(labels)}{more}{got}")
        return number

    def to_pandas(self) -> Any:
        """The members as a DataFrame; ImportError where pandas is missing."""
        import pandas  # type: ignore[import-untyped]

        return pandas.DataFrame({name: self.members[name] for name in self.members.dtype.names or ()})


def member_columns(plan: Plan, result: BlockResult) -> dict[str, Array]:
    """The columns of the members of a block, each ``(members,)``."""
    variant, count = plan.variants[result.variant], len(result.seeds)
    columns: dict[str, Any] = {"variant": variant.number}
    if result.fold:
        columns |= {"repeat": result.fold.repeat, "fold": result.fold.number}
    columns["seed"] = seeds = whole_numbers(result.seeds.tolist())
    for key, values in plan.vary.items():
        if is_seed(key) and key != "seed":
            (stream,) = follows_of(key)
            given = getattr(variant.seed_section(0), stream)
            other = whole_numbers([-1 if given is None else given])
            columns[key] = seeds if stream in variant.follows else other
        elif key != "seed":
            value = variant.settings[key]
            place = next(
                place for place, one in enumerate(values) if one == value and type(one) is type(value)
            )
            columns[column_of(key)] = setting_column(values)[place]
    columns |= {"solved": result.solved, "epochs": result.epochs, "stopped": result.stopped}
    columns |= result.metrics | {"group": -1}
    return {name: np.broadcast_to(np.asarray(column), count) for name, column in columns.items()}


def setting_column(values: Sequence[Any]) -> Array:
    """Values of a key as a column: of numbers, of truth values or of words."""
    kinds = {type(value) for value in values}
    plain = kinds <= {bool} or kinds <= {int, float}
    return np.array([*values] if plain else [str(setting_cell(value)) for value in values])


def table_of(parts: Sequence[Mapping[str, Array]]) -> Array:
    """One table of all columns of the parts, NaN where a part lacks one."""
    names = dict.fromkeys(name for part in parts for name in part)
    lengths = [len(part["variant"]) for part in parts]
    columns = {
        name: end_to_end(
            [part.get(name, np.full(length, np.nan)) for part, length in zip(parts, lengths, strict=True)]
        )
        for name in names
    }
    table = np.empty(sum(lengths), [(name, column.dtype) for name, column in columns.items()])
    for name, column in columns.items():
        table[name] = column
    return table


def end_to_end(columns: Sequence[Array]) -> Array:
    """Columns as one; of seeds no digit is lost, as NumPy makes floats of int64 beside uint64."""
    if {column.dtype.kind for column in columns} == {"i", "u"}:
        return whole_numbers([number for column in columns for number in column.tolist()])
    return np.concatenate(columns)


def whole_numbers(values: Sequence[int]) -> Array:
    """Whole numbers as int64 where they fit, else as uint64, else as Python's: -1 beside 2**63."""
    numbers = np.array(values, dtype=object)
    for kind in (np.int64, np.uint64):
        limits = np.iinfo(kind)
        if limits.min <= min(values) and max(values) <= limits.max:
            return numbers.astype(kind)
    return numbers
