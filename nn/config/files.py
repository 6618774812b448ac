"""A configuration file: read, checked, resolved, written."""

from collections.abc import Sequence
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from nn.config import source
from nn.config.messages import explain
from nn.config.schema import Config, File
from nn.config.source import ConfigError

MAX_REPORTS = 10_000


def load(config: str, settings: Sequence[str] = ()) -> Config:
    """The configuration in a file, or of a bundled name, with values set over it (``a.b=v``).

    Raises ConfigError with a line for each mistake; OSError where the file cannot be read.
    """
    file = source.find(config)
    data = source.override(source.read(file), settings)
    try:
        checked = Config.model_validate(data)
    except ValidationError as error:
        raise ConfigError("\n".join(f"{config}: {line}" for line in explain(error, Config))) from None
    return resolve(checked, file)


def resolve(config: Config, file: Path | Traversable) -> Config:
    """The same experiment wherever its configuration stands: with absolute paths, nothing implied."""
    update: dict[str, Any] = {}
    if isinstance(config.data, File) and isinstance(file, Path):
        path = file.parent / Path(config.data.file).expanduser()
        update["data"] = config.data.model_copy(update={"file": str(path.absolute())})
    training: Any = config.training
    if "report_every" not in training.model_fields_set:
        every = 1 if training.early_stopping else -(-training.epochs // MAX_REPORTS)
        update["training"] = training.model_copy(update={"report_every": every})
    return config.model_copy(update=update)


def dump(config: Config) -> str:
    """The configuration as YAML that reads back the same."""
    data = {key: tidy(value) for key, value in config.model_dump(exclude_none=True).items()}
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True, default_flow_style=None, width=100)


def tidy(value: Any) -> Any:
    """Mappings with what they are of first; a bare word for a kind that has no options."""
    if isinstance(value, list):
        return [tidy(item) for item in value]
    if not isinstance(value, dict):
        return value
    if list(value) == ["type"]:
        return value["type"]
    first = [key for key in ("type", "name", "file", "units") if key in value]
    return {key: tidy(value[key]) for key in dict.fromkeys([*first, *value])}
