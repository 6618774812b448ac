"""The results of a study, and ``nn.study``, which trains one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from nn.arrays import Array
from nn.studies.blocks import BlockResult, curve_epochs, run_block
from nn.studies.plan import Plan


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

    ``variant``, ``seed``, a field for each varied key by its full path, ``solved``, ``epochs`` (the limit
    where unsolved), ``stopped``; ``loss``, ``accuracy``, ``val_loss``, … of the weights that it keeps,
    measured on all samples without noise; ``group`` (-1: none)."""
    epochs: Array
    """The epochs of the curves, ``(E,)``, evenly spaced on a logarithmic scale."""
    losses: Array
    """The loss of each member at those epochs, ``(members, E)``: NaN after a divergence, the last value
    after its end."""
    parameters: tuple[Array, ...]
    """The weights that members keep, ``(members of the variant, n)`` for each variant."""
    engine: str

    @classmethod
    def of(cls, plan: Plan, results: Iterable[BlockResult]) -> "Study":
        """Put together what blocks gave."""
        found = sorted(results, key=lambda one: (one.block.variant, one.block.seeds))
        return cls(
            plan=plan,
            members=np.concatenate([records(plan, one) for one in found]).view(np.recarray),
            epochs=curve_epochs(plan.limit),
            losses=np.concatenate([one.losses for one in found]),
            parameters=tuple(
                np.concatenate([one.parameters for one in found if one.block.variant == variant.number])
                for variant in plan.variants
            ),
            engine=found[0].engine,
        )

    @property
    def criterion(self) -> str | None:
        """What solved means, in words: ``loss ≤ 0.01``; None without a ``stop_at``."""
        return self.plan.goal.text if self.plan.goal else None

    @property
    def limit(self) -> int:
        """``training.epochs``."""
        return self.plan.limit

    def to_pandas(self) -> Any:
        """The members as a DataFrame; ImportError where pandas is missing."""
        import pandas  # type: ignore[import-untyped]

        return pandas.DataFrame({name: self.members[name] for name in self.members.dtype.names or ()})


def records(plan: Plan, result: BlockResult) -> Array:
    """The records of the members of a block."""
    settings = plan.variants[result.block.variant].settings
    columns: dict[str, Any] = {"variant": result.block.variant, "seed": result.block.seeds}
    columns |= {key: settings[key] for key in plan.vary}
    columns |= {"solved": result.stopped == "stop_at", "epochs": result.epochs, "stopped": result.stopped}
    columns |= result.metrics | {"group": -1}
    types = {key: np.array(values).dtype for key, values in plan.vary.items()}
    fields = [(name, types.get(name, np.asarray(column).dtype)) for name, column in columns.items()]
    found = np.empty(len(result.block.seeds), fields)
    for name, column in columns.items():
        found[name] = column
    return found


def study(
    config: str | Path | Mapping[str, Any],
    seeds: Sequence[int] = range(100),
    vary: Mapping[str, Sequence[Any]] = MappingProxyType({}),
) -> Study:
    """Train a configuration with many seeds, and each with each combination of values; nothing is written.

    ``config`` is a YAML file, the name of a bundled configuration or a mapping with the same keys. Member k
    has the weights, the order and the noise of seed k, and the data and the split of the configuration's
    own seed. ``vary`` has the values of keys by their full paths.

    Raises ConfigError (a ValueError) with every mistake.

    >>> rates = study("xor", seeds=range(2), vary={"optimizer.learning_rate": [0.1, 0.5]}).members
    >>> rates["optimizer.learning_rate"].tolist(), rates["seed"].tolist()
    ([0.1, 0.1, 0.5, 0.5], [0, 1, 0, 1])
    """
    plan = Plan.of(config, seeds, vary)
    return Study.of(plan, map(run_block, plan.blocks))
