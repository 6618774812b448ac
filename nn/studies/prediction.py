"""The columns that an ensemble's answers are written in."""

from functools import partial
from typing import Any

from nn.arrays import Array
from nn.data.labels import label_array
from nn.runs.answers import AnswerColumns, expect_classes, probability_columns
from nn.studies.coverage import DEFAULT_LEVEL, PredictionInterval
from nn.studies.ensemble import Ensemble


def ensemble_answers(
    ensemble: Ensemble, *, probabilities: bool = False, level: float | None = None
) -> tuple[AnswerColumns, list[str]]:
    """What answers rows, and what is to be said of it: which members these are, how good an interval is.

    Without a ``level`` there is an interval where there can be one, or else the reason why there is none.
    Raises ValueError for an interval that was asked for and cannot be, and for probabilities of numbers and
    of votes.
    """
    notes, interval = [*ensemble.notes], None
    if probabilities:
        expect_classes(ensemble.models[0])
        if ensemble.vote:
            raise ValueError("votes are no probabilities; leave one of the two out")
    if ensemble.classes is None or level is not None:
        try:
            interval = ensemble.interval(level or DEFAULT_LEVEL)
            notes.append(interval.text)
        except ValueError as error:
            if level is not None:
                raise
            notes.append(f"{str(error)[0].upper()}{str(error)[1:]}.")
    elif measured := ensemble.measured_accuracy():
        notes.append(measured)
    return partial(ensemble_columns, ensemble, probabilities=probabilities, interval=interval), notes


def ensemble_columns(
    ensemble: Ensemble,
    x: Array,
    *,
    probabilities: bool = False,
    interval: PredictionInterval | None = None,
) -> dict[str, list[Any]]:
    """The columns of answers to features ``(rows, features)``.

    Of a number: ``target``, ``target spread`` (empty for one member), and with an interval ``target low`` and
    ``target high``. Of a class: ``target``, with probabilities ``target=class``, and ``target agreement``.
    """
    found, targets = ensemble.combine(x), ensemble.targets
    if ensemble.classes is not None:
        (target,) = targets
        columns = {target: label_array(ensemble.classes)[found.answer[:, 0]].tolist()}
        if probabilities:
            columns |= probability_columns(ensemble.models[0], found.y)
        return columns | {f"{target} agreement": found.spread[:, 0].tolist()}
    numbers: dict[str, list[Any]] = {}
    low, high = interval.around(found.y) if interval else (None, None)
    for k, target in enumerate(targets):
        numbers[target] = found.y[:, k].tolist()
        spread = found.spread[:, k].tolist()
        numbers[f"{target} spread"] = spread if len(ensemble.members) > 1 else [""] * len(spread)
        if low is not None and high is not None:
            numbers |= {f"{target} low": low[:, k].tolist(), f"{target} high": high[:, k].tolist()}
    return numbers
