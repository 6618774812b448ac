"""The lesson of a page: its texts, and what the buttons of its steps do, checked against what there is."""

import re
from collections.abc import Mapping
from typing import Any

from nn.config.lesson import LessonConfig, SetUp
from nn.config.locations import ConfigError, ConfigMistake, Path, dotted
from nn.config.seeds import seeds_of
from nn.export.layout import identifier
from nn.playground.sections import PageSection
from nn.playground.settings import ranges
from nn.playground.starts import STARTS
from nn.playground.steps import TrainingSteps
from nn.training.hyperparameters import hyperparameters_of
from nn.validation import suggest


def lesson_section(lesson: LessonConfig) -> PageSection:
    """Return the section of a lesson."""
    return PageSection("lesson", data=lambda steps: lesson_data(lesson, steps))


def lesson_data(lesson: LessonConfig, steps: TrainingSteps) -> dict[str, Any]:
    """Return what the section shows, to be written as JSON.

    Raises ConfigError, with the places, for hyperparameters and seeds that the page does not have.
    """
    mistakes: list[ConfigMistake] = []
    found = [
        {
            "title": step.title,
            "text": paragraphs(step.text),
            "setup": step.setup and actions(step.setup, steps, ("steps", number, "setup"), mistakes),
        }
        for number, step in enumerate(lesson.steps)
    ]
    if mistakes:
        raise ConfigError(*mistakes, places=lesson.places)
    return {"about": paragraphs(lesson.text), "steps": found}


def paragraphs(text: str) -> list[str]:
    """Split a text at its empty lines; other line breaks are spaces."""
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n", text) if part.strip()]


def seeds(steps: TrainingSteps) -> range:
    """The seeds of the starts that a page may have."""
    first = seeds_of(steps.experiment.config.seed).weights
    return range(first, first + STARTS)


def starts_of(lesson: LessonConfig, steps: TrainingSteps) -> int:
    """Return how many starts a page must have for a lesson."""
    first = seeds(steps)[0]
    wanted = [step.setup.seed for step in lesson.steps if step.setup and step.setup.seed is not None]
    return max(wanted, default=first) - first + 1


def actions(setup: SetUp, steps: TrainingSteps, path: Path, mistakes: list[ConfigMistake]) -> dict[str, Any]:
    """Return what a button does, with the page's names of hyperparameters; add mistakes to the list."""
    found, there = setup.model_dump(exclude_none=True), seeds(steps)
    if setup.seed is not None and setup.seed not in there:
        problem = f"the page has the starts of the seeds {there[0]} to {there[-1]}, got {setup.seed}"
        mistakes.append(ConfigMistake((*path, "seed"), f"{dotted((*path, 'seed'))}: {problem}"))
    found["set"] = {}
    for word, number in setup.set.items():
        names, place = inputs_named(word, steps), (*path, "set", word)
        if not names:
            words = {name.rpartition(".")[2] for name in own_names(steps)}
            problem = f"the page has no hyperparameter '{word}'; {suggest(word, words)}"
            mistakes.append(ConfigMistake(place, problem, at_key=True))
        limits = [ranges(steps)[name] for name in names]
        if expected := next((in_words(one) for one in limits if not takes(one, number)), None):
            mistakes.append(ConfigMistake(place, f"{dotted(place)}: expected {expected}, got {number:g}"))
        found["set"] |= dict.fromkeys(names, number)
    return found


def takes(limits: Mapping[str, Any], number: float) -> bool:
    """Whether a page takes a number for a hyperparameter with these limits."""
    low, high = limits["low"], limits["high"]
    return (
        (number != 0 or limits["zero"])
        and (low is None or (number > low if limits["above"] else number >= low))
        and (high is None or (number < high if limits["below"] else number <= high))
        and (not limits["whole"] or number == int(number))
    )


def in_words(limits: Mapping[str, Any]) -> str:
    """What a page takes, as messages have it."""
    low, high = limits["low"], limits["high"]
    bounds = (
        []
        if low is None
        else [f"above {low}" if limits["above"] or low == limits["zero"] == 0 else f"of at least {low}"]
    )
    bounds += [] if high is None else [f"below {high}" if limits["below"] else f"of at most {high}"]
    words = f"a {'whole ' if limits['whole'] else ''}number {' and '.join(bounds)}".strip()
    return words if bounds or limits["zero"] else f"{words} other than 0"


def own_names(steps: TrainingSteps) -> dict[str, str]:
    """The page's names of hyperparameters, by those of their objects: ``SGD.learning_rate``."""
    names = hyperparameters_of(steps.step.parts)
    return {name: identifier(name) for name in names if identifier(name) in steps.hyperparameters}


def inputs_named(word: str, steps: TrainingSteps) -> list[str]:
    """The page's names of hyperparameters, of one (``SGD.learning_rate``) or of all (``learning_rate``)."""
    return [name for own, name in own_names(steps).items() if word in (own, own.rpartition(".")[2])]
