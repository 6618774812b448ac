"""The configuration for a table of which only the target is known."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from nn.config.data_file import DataFile
from nn.config.load import load_config
from nn.config.locations import ConfigError, ConfigMistake, Places
from nn.config.schema import Config
from nn.config.source import ConfigSource
from nn.data.columns.advice import first_few
from nn.data.columns.content import Content
from nn.data.columns.rules import amounts
from nn.data.columns.task import guess_task
from nn.data.labels import Task
from nn.data.reading import Table, TableError
from nn.data.reading.mistakes import one_mistake
from nn.display import counted
from nn.experiments.experiment import Experiment
from nn.experiments.roles import find_roles
from nn.experiments.tables import read_file

UNITS, LEARNING_RATE, BATCH_SIZE, EPOCHS, PATIENCE, HELD_OUT = 32, 0.01, 32, 1000, 60, 0.2
"""The default network and its training, chosen by the mean score of test rows that training never saw.

The score is the accuracy, or R² where that is above −1; the mean is over 40 published tables (R's packages
MASS, datasets, car, Ecdat and others, up to 600 rows of each) with 3 seeds each, a fifth of the rows for
the test and a fifth of the rest for early stopping. scripts/choose_defaults.py measures such scores.

    one layer of 32 tanh units, patience 60, up to 1,000 epochs     .581
    the same with patience 30, up to 500 epochs                     .572
    64 units .577, 16 units .563, two layers of 16 .575, of 32 .565, 32 relu units .553  (patience 30)
    scikit-learn's MLP (100 relu units, up to 500 epochs, no early stopping)              .597
    the mean of the training rows, or their most frequent class                           .201
"""
MIN_ROWS_TO_SPLIT = 10
"""With fewer rows none is held out: a fifth would be a single one."""
PLACE = re.compile(r"[-+]?[1-9][0-9]{0,8}", re.ASCII)


class Purpose(NamedTuple):
    """What a table is to be learnt for."""

    task: Task
    outputs: int
    """The number of classes, or of columns of numbers."""
    rows: int
    """How many rows have a target."""
    note: str
    """Why it is this task, a sentence; empty where that was given."""

    @property
    def holds_out(self) -> bool:
        """Whether rows can be held out, and leave two of each class on average to train on."""
        left = self.rows * (1 - 2 * HELD_OUT)
        return self.rows >= MIN_ROWS_TO_SPLIT and (self.task == "regression" or left >= 2 * self.outputs)

    @property
    def notes(self) -> list[str]:
        """What was decided, a sentence each."""
        classes = f" of {self.outputs:,} classes" if self.task == "classification" else ""
        few = (
            f"Held out none of {counted(self.rows, 'row')}{classes}, too few: results are of rows trained on."
        )
        return [*filter(None, [self.note]), *([] if self.holds_out else [few])]


def default_config(file: str, target: Any, purpose: Purpose) -> dict[str, Any]:
    """The configuration that trains the default network on a table.

    Two classes have one sigmoid, more have a softmax, numbers have linear outputs.
    """
    last: dict[str, Any] = {"type": "dense", "units": purpose.outputs}
    loss = "mse"
    if purpose.task == "classification":
        two = purpose.outputs == 2
        last = {"type": "dense", "units": 1 if two else purpose.outputs}
        last["activation"] = "sigmoid" if two else "softmax"
        loss = "binary_crossentropy" if two else "categorical_crossentropy"
    shares = {"validation": HELD_OUT, "test": HELD_OUT} if purpose.holds_out else {}
    stopping = {"early_stopping": {"patience": PATIENCE}} if purpose.holds_out else {}
    return {
        "seed": 0,
        "data": {"file": file, "target": target, "task": purpose.task, **shares},
        "model": {"layers": [{"type": "dense", "units": UNITS, "activation": "tanh"}, last]},
        "loss": loss,
        "optimizer": {"type": "adam", "learning_rate": LEARNING_RATE},
        "training": {"epochs": EPOCHS, "batch_size": BATCH_SIZE, **stopping},
    }


class TableOfFile(NamedTuple):
    """A table that was read as settings say, and its options, with the target that they name."""

    table: Table
    data: DataFile

    @classmethod
    def read(
        cls,
        file: str,
        target: str | None,
        task: Task | None = None,
        settings: Sequence[str] = (),
        piped: TextIO | None = None,
    ) -> "TableOfFile":
        """Read a table, as settings (``data.header=false``) of its configuration say.

        ``piped`` is an open pipe to read it from.

        Raises TableError or ConfigError with every mistake, OSError if the file cannot be read.
        """
        plain = default_config(file, target, Purpose(task or "regression", 1, MIN_ROWS_TO_SPLIT, ""))
        data = without_lines({**plain, "data": {**plain["data"], "task": task}}, settings).data
        if not isinstance(data, DataFile):
            raise ValueError("data: expected a table; a configuration of other data is a file of its own")
        source = file if Path(file).absolute() == Path(data.file) else data.file
        table = read_file(source if piped is None else piped, data)
        return cls(table, data.model_copy(update={"target": by_name_or_place(table, data.target)}))

    @property
    def targets(self) -> tuple[str, ...]:
        """The target columns; TableError where there are none."""
        if self.data.target is None:
            names = ", ".join(map(repr, self.table.columns))
            raise one_mistake(self.table.name, f"name the column to predict, of {names}", key="target")
        return find_roles(self.table, self.data).targets

    @property
    def purpose(self) -> Purpose:
        """What the table is to be learnt for; the task of a single target is guessed unless given.

        Raises TableError where there is no such target, or most of its classes would have a single row.
        """
        contents = [Content.of(self.table, name, self.data.missing_values) for name in self.targets]
        rows = min(content.present for content in contents)
        if len(contents) > 1:
            return Purpose(self.data.task or "regression", len(contents), rows, "")
        (content,) = contents
        task, note = (self.data.task, "") if self.data.task else guess_task(content)
        if task == "regression":
            if rows > 1 and content.distinct == 1 and not content.words.any():
                text = f"target {content.name!r} is the same number in all {rows:,} rows: nothing to learn"
                raise one_mistake(self.table.name, text)
            return Purpose(task, 1, rows, note)
        classes = len(content.levels[1])
        if not self.data.task and content.words.any() and (judged := amounts(content)):
            raise TableError(self.table.name, judged.mistakes)
        if not self.data.task and rows >= MIN_ROWS_TO_SPLIT and 2 * classes > rows:
            text = f"target {content.name!r} holds {classes:,} different words in {rows:,} rows"
            advice = "too many to be classes; name another target, or write plain numbers in the file"
            shown = first_few(content.levels[1])
            raise one_mistake(self.table.name, f"{text} ({shown}), {advice}")
        return Purpose(task, max(classes, 2), rows, note)


def experiment_of_table(
    file: str,
    target: str | None,
    task: Task | None = None,
    settings: Sequence[str] = (),
    piped: TextIO | None = None,
) -> Experiment:
    """The default experiment on a table, with settings (``a.b=v``) that override its configuration.

    target: the name of the column to predict, or its place (-1 is the last)
    task: guessed from the target's cells where it is not given
    piped: an open pipe to read the table from

    Raises TableError or ConfigError with every mistake, OSError if the file cannot be read.
    """
    given = TableOfFile.read(file, target, task, settings, piped)
    purpose = given.purpose
    config = without_lines(default_config(file, given.data.target, purpose), settings)
    try:
        experiment = Experiment.of(config, given.table)
    except ConfigError as error:
        raise of_settings(error, config.places or Places()) from None
    return replace(experiment, notes=(*experiment.notes, *purpose.notes))


def of_settings(error: ConfigError, places: Places) -> ConfigError:
    """The error with only those mistakes at a setting that are in a value which that setting gave."""

    def placed(one: ConfigMistake) -> ConfigMistake:
        given = any(one.path[: len(key)] == key for key in places.keys)
        return one._replace(path=one.path if given else (), problem=one.problem.removeprefix("data: "))

    found = ConfigError(*map(placed, error.mistakes), places=places)
    found.mistakes = error.mistakes
    return found


def without_lines(config: dict[str, Any], settings: Sequence[str]) -> Config:
    """The checked configuration; mistakes have no line in it, as nobody wrote it, but one in a setting."""
    return load_config(ConfigSource(config, Places(), []), settings)


def by_name_or_place(table: Table, target: Any) -> Any:
    """The number that a target on the command line is, unless a column has that name."""
    is_place = isinstance(target, str) and target not in table.columns and PLACE.fullmatch(target)
    return int(target) if is_place else target
