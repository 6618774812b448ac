"""The ``data`` section: a bundled table, a generator with its options, or a file."""

import math
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from annotated_types import Gt, Lt, doc
from pydantic import BeforeValidator

from nn.config.kinds import Kinds, options_model
from nn.config.options import Options, brief, error_at, shorten
from nn.data.tables import table_names
from nn.data.toy import GENERATORS
from nn.validation import suggest

Share = Annotated[float, Gt(0), Lt(1)]


def check_scale(value: Any) -> Any:
    """Accept ``standard`` or the two ends of a range."""
    if value is None or value == "standard":
        return value
    numbers = isinstance(value, list) and all(isinstance(end, int | float) for end in value)
    if numbers and len(value) == 2 and -math.inf < value[0] < value[1] < math.inf:
        return value
    got = shorten(repr(value))
    raise ValueError(f"expected standard, or the two ends of a range as [low, high], got {got}")


def check_columns(value: Any) -> Any:
    """Accept the name of a column, or a list of names."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list) and value and all(isinstance(name, str) for name in value):
        return value
    raise ValueError(f"expected the name of a column, or a list of names, got {shorten(repr(value))}")


class DataSection(Options):
    """What all data has: the shares held out, the scaling of inputs, the meaning of targets."""

    validation: Annotated[Share | None, doc("The share of the samples held out to watch training by.")] = None
    test: Annotated[
        Share | None, doc("The share of the samples held out for the result, never looked at while training.")
    ] = None
    scale: Annotated[
        Literal["standard"] | list[float] | None,
        BeforeValidator(check_scale),
        doc("What inputs are scaled to: standard (mean 0, standard deviation 1) or a range [low, high]."),
    ] = None
    task: Annotated[
        Literal["classification", "regression"] | None,
        doc("Whether targets are classes or numbers, where that is not clear from data and loss."),
    ] = None


class BundledTable(DataSection):
    """A bundled table."""

    name: Annotated[str, doc("A bundled table or generator: nn datasets lists them.")]


class DataFile(DataSection):
    """The user's own data, CSV or NPZ."""

    file: Annotated[str, doc("A CSV or NPZ file; its path is relative to the folder of this file.")]
    target: Annotated[
        str | list[str] | None,
        BeforeValidator(check_columns),
        doc("The column to predict, or a list of columns of numbers."),
    ] = None
    weight: Annotated[str | None, doc("The column with the weight of each sample in training.")] = None


NOT_GENERATED: Mapping[str, type[DataSection]] = {"table": BundledTable, "file": DataFile}


class DataKinds(Kinds):
    """A bundled table, a generator or a file, told apart by ``name`` and ``file``."""

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.table, *NOT_GENERATED)

    def make_model(self, kind: str) -> type[Options]:
        if kind in NOT_GENERATED:
            return NOT_GENERATED[kind]
        name = (Annotated[Literal[kind], doc("The generator.")], ...)
        return options_model(kind, self.table[kind], base=DataSection, name=name)

    def model_of(self, value: Any) -> type[Options] | None:
        if not isinstance(value, dict) or ("name" in value) == ("file" in value):
            return None
        name = value.get("name")
        return self.model(
            "file" if "file" in value else name if isinstance(name, str) and name in self.table else "table"
        )

    def __call__(self, value: Any) -> Options:
        if isinstance(value, Options):
            return value
        model = self.model_of(value)
        if model is None:
            raise ValueError("expected either the 'name' of a bundled table or generator, or a 'file'")
        name, known = value.get("name"), [*self.table, *table_names()]
        if "name" in value and not isinstance(name, str):
            raise error_at("name", f"expected the name of data, got {brief(name)}", value)
        if "name" in value and name not in known:
            unknown = f"unknown data '{shorten(name)}'; {suggest(name[:60], known)}"
            raise error_at("name", unknown, value)
        return model.model_validate(value)


DATA_KINDS = DataKinds("data", GENERATORS)
DataConfig = Annotated[DataSection, DATA_KINDS]
