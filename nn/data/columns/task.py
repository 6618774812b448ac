"""Guesses the task of a target column, classification or regression, from its cells."""

import numpy as np

from nn.data.columns.advice import first_few
from nn.data.columns.category import sort_levels
from nn.data.columns.content import Content
from nn.data.labels import Task

MAX_GUESSED_CLASSES, MIN_CLASS_ROWS = 10, 10
"""The maximum number of consecutive integers that are guessed to be classes, and the minimum rows of each."""


def guess_task(content: Content) -> tuple[Task, str]:
    """Guess the task of a target, and say why in a sentence.

    Words, truth values, codes such as 01123 and two different whole numbers are classes; so are 3 to 10
    consecutive whole numbers from 0 or 1 with at least ten rows of each. All else are numbers.
    """
    target = f"Target {content.name!r}"
    words = int(np.count_nonzero(content.words))
    if 2 * words >= content.present or content.zero_padded:
        levels = sort_levels(content.levels[1])
        return "classification", f"{target}: {len(levels)} classes ({first_few(levels)})."
    numbers = content.numbers[~content.missing & ~content.words]
    values, counts = np.unique(numbers, return_counts=True)
    whole = words == 0 and bool(np.all(values == np.round(values)))
    many = len(values) if whole else 0
    rising = many >= 3 and values[0] in (0, 1) and np.all(np.diff(values) == 1)
    if many == 2 or (rising and many <= MAX_GUESSED_CLASSES and counts.min() >= MIN_CLASS_ROWS):
        shown = first_few([f"{value:.0f}" for value in values], MAX_GUESSED_CLASSES)
        return (
            "classification",
            f"{target}: {many} classes ({shown}); task: regression takes them as numbers.",
        )
    return "regression", f"{target}: numbers; task: classification takes them as classes."
