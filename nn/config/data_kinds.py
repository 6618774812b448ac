"""The choice between kinds of data: a bundled table, a generator with its options, or a file."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from annotated_types import doc

from nn.config.data import BundledTable, DataSection
from nn.config.data_file import DataFile
from nn.config.kinds import Kinds, options_model
from nn.config.options import Options, brief, error_at, shorten
from nn.data.bundled import table_names
from nn.data.toy import GENERATORS
from nn.validation import suggest

NOT_GENERATED: Mapping[str, type[DataSection]] = {"table": BundledTable, "file": DataFile}


class DataKinds(Kinds):
    """A bundled table, a generator or a file, distinguished by ``name`` and ``file``."""

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
