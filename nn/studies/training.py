"""``nn.study``: trains a study without touching the disk."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any

from annotated_types import Ge

from nn.studies.endings import with_groups
from nn.studies.execution import processors, run_blocks
from nn.studies.plan import Plan
from nn.studies.study import Study
from nn.validation import check


def study(
    config: str | Path | Mapping[str, Any],
    seeds: int | Sequence[int] | None = None,
    vary: Mapping[str, Sequence[Any]] = MappingProxyType({}),
    *,
    folds: int | None = None,
    repeats: int = 1,
    jobs: int | None = None,
    groups: bool = False,
) -> Study:
    """Train a configuration with many seeds, and each with each combination of values; nothing is written.

    ``config`` is a YAML file, the name of a bundled configuration or a mapping with the same keys. Member k
    has the weights, the order and the noise of seed k, and the data and the split of the configuration's
    own seed. ``seeds`` is their count or a sequence, 100 unless given. ``vary`` has the values of keys by
    their full paths; those of ``seed.weights``, ``seed.order``, ``seed.noise``, ``seed.data`` and
    ``seed.split`` are seeds, and each kind of randomness is varied for itself. With ``folds`` the validation
    share is in turn each of K folds, drawn ``repeats`` times anew; then there is one seed unless given.

    Compiled steps run in as many threads as there are processors, or in ``jobs``; others one after the other,
    unless ``jobs`` asks for as many processes, which a script starts under ``if __name__ == "__main__":``.
    Results do not depend on it.

    With ``groups``, which may take as long as the training, the members that missed the goal are grouped by
    equal end points, up to symmetry: ``members.group`` numbers them, ``groups`` of the study describes each.

    Raises ConfigError (a ValueError) with every mistake.

    >>> rates = study("xor", seeds=2, vary={"optimizer.learning_rate": [0.1, 0.5]}).members
    >>> rates["optimizer.learning_rate"].tolist(), rates["seed"].tolist()
    ([0.1, 0.1, 0.5, 0.5], [0, 1, 0, 1])
    """
    check(jobs, Annotated[int, Ge(1)] | None, "study: jobs")
    plan = Plan.of(config, seeds, vary, folds=folds, repeats=repeats)
    most = processors() if jobs is None else jobs
    found = Study.of(plan, run_blocks([*plan.blocks(jobs=most)], most, processes=jobs is not None))
    return with_groups(found) if groups else found
