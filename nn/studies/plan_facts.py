"""A plan as plain values, as the folder of a study keeps it."""

from collections.abc import Mapping
from typing import Any

from nn.config.load import dump, load_config
from nn.config.schema import Config
from nn.config.source import parse_yaml
from nn.studies.plan import Plan
from nn.studies.values import seed_ranges, seeds_in
from nn.studies.variants import Variant, is_seed

PLAN_FORMAT = 1


def plan_facts(plan: Plan) -> dict[str, Any]:
    """All of a plan, as plain values."""
    return {
        "format": PLAN_FORMAT,
        "config": dump(plan.config),
        "vary": {
            key: seed_ranges(values) if is_seed(key) else [*values] for key, values in plan.vary.items()
        },
        "folds": plan.folds,
        "repeats": plan.repeats,
        "data": {**plan.data},
        "variants": [
            {
                "settings": {**variant.settings},
                "follows": [*variant.follows],
                "seeds": seed_ranges(variant.seeds),
                "engine": variant.engine,
                "config": dump(variant.config),
            }
            for variant in plan.variants
        ],
    }


def plan_of(facts: Mapping[str, Any]) -> Plan:
    """The plan that such values describe."""
    variants = [
        Variant(
            number,
            one["settings"],
            config_of_text(one["config"]),
            seeds_in(one["seeds"]),
            tuple(one["follows"]),
            one["engine"],
        )
        for number, one in enumerate(facts["variants"])
    ]
    if not variants:
        raise ValueError("expected at least one variant, got none")
    vary = {key: seeds_in(values) if is_seed(key) else tuple(values) for key, values in facts["vary"].items()}
    shared = facts["folds"], facts["repeats"], facts["data"]
    return Plan(config_of_text(facts["config"]), vary, tuple(variants), *shared)


def config_of_text(text: str) -> Config:
    """Load a resolved configuration."""
    return load_config(parse_yaml(text, "configuration"))
