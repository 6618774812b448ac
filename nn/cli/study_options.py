"""The options of ``nn study``: what they say of the plan, and what is wrong with them."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from nn.cli.errors import UserError, user_errors
from nn.cli.text import printable
from nn.config.locations import ConfigError

if TYPE_CHECKING:
    from nn.studies.plan import Plan

T = TypeVar("T")
PART = re.compile(r"(\d{1,9})/(\d{1,9})", re.ASCII)
MAX_ECHOED = 40
"""Longer texts are not repeated in an error."""


class PartOption(click.ParamType[Any]):
    """``i/n``: the i-th of n parts."""

    name = "part"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        """Read two whole numbers, the first from 1 to the second."""
        found = PART.fullmatch(str(value))
        number, of = map(int, found.groups()) if found else (0, 0)
        if not 1 <= number <= of:
            got = repr(value) if len(str(value)) <= MAX_ECHOED else f"{len(str(value)):,} characters"
            self.fail(f"expected a part such as 3/16, of 1/16 to 16/16, got {got}", param, ctx)
        return number, of


def is_study(config: str) -> bool:
    """Whether an argument is the folder of a study."""
    return (Path(config) / "blocks" / "plan.json").exists()


def refuse_with_study(options: Sequence[str], folder: str) -> None:
    """Raise UserError for options that would make another study of one."""
    if options:
        raise UserError(
            f"{printable(folder)} is a study, and goes on as it is: leave {' and '.join(options)} out; "
            "more --seeds extend it"
        )


def extended(path: Path, seeds: str | None) -> "Plan":
    """The plan of a study with more seeds; ValueError where its data have changed."""
    from nn.studies.folder import plan_differences, stored_plan
    from nn.studies.values import parse_seeds

    plan = stored_plan(path)
    now = plan.checked()
    if different := plan_differences(plan, now):
        raise ValueError(f"{path}: {'; '.join(different)}; begin another study")
    return now if seeds is None else now.with_seeds(parse_option("--seeds", seeds, parse_seeds))


def parse_option(name: str, text: str, parse: Callable[[str], T]) -> T:
    """Parse the text of an option, whose name begins the message of a ValueError."""
    try:
        return parse(text)
    except ValueError as error:
        raise ValueError(f"{name} {text}: {error}") from None


def varied(options: Sequence[str]) -> dict[str, Sequence[Any]]:
    """The values of each varied key; ValueError with every mistake."""
    from nn.studies.values import parse_seeds, parse_values
    from nn.studies.variants import is_seed

    found: dict[str, Sequence[Any]] = {}
    mistakes = []
    for option in options:
        key, equals, text = option.partition("=")
        try:
            if not (key and equals):
                raise ValueError("expected KEY=VALUES, as in optimizer.learning_rate=0.1,0.5")
            if key in found:
                raise ValueError(f"{key} is varied twice; write all its values together")
            found[key] = parse_seeds(text) if is_seed(key) else parse_values(text)
        except ValueError as error:
            mistakes.append(f"--vary {option}: {error}")
    if mistakes:
        raise ConfigError(*mistakes)
    return found


def only_goal(config: str, settings: Sequence[str], criterion: str) -> list[str]:
    """The setting that leaves one goal of ``training.stop_at``; ValueError where there is no such goal."""
    from nn.config.load import load_config

    goal = load_config(config, settings).training.arguments()["stop_at"]
    value = getattr(goal, criterion, None)
    if value is None:
        has = f"has only {goal.text}" if goal else "is not given"
        write = {"loss": "0.01", "accuracy": "1.0", "tolerance": "0.4"}[criterion]
        raise ValueError(
            f"--criterion {criterion}: training.stop_at {has}; add --set training.stop_at.{criterion}={write}"
        )
    beyond = f", overshoot: {goal.overshoot}" if criterion == "tolerance" and goal.overshoot else ""
    return [f"training.stop_at={{{criterion}: {value!r}{beyond}}}"]


def too_many(plan: "Plan", jobs: int) -> str:
    """Say how long so many runs take, and how large they are."""
    from nn.display import counted
    from nn.runs.metrics import duration
    from nn.studies.estimate import estimate

    with user_errors():
        cost = estimate(plan, jobs)
    return (
        f"{len(plan):,} runs take up to about {duration(cost.seconds)} on {counted(jobs, 'processor')}, and "
        f"{max(cost.bytes / 1e6, 1):,.0f} MB; add --yes to train them"
    )
