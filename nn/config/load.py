"""A configuration file: read, checked, resolved, written."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from nn.config import source
from nn.config.data import DataFile, DataSection
from nn.config.kinds import KEY_ALIASES
from nn.config.locations import ConfigError, Mistake
from nn.config.messages import explain
from nn.config.overrides import override
from nn.config.schema import Config
from nn.schedules.plateau import ReduceOnPlateau

MAX_REPORTS = 10_000
FIRST = ("type", "name", "file", "target", "units")


class Dumper(yaml.SafeDumper):
    """Quotes all text that YAML 1.1 (as most tools read it) or 1.2 (as we do) takes for something else."""


for kind in source.SCALARS:
    Dumper.add_implicit_resolver(*kind)


def load(config: str | Mapping[str, Any], settings: Sequence[str] = ()) -> Config:
    """The configuration in a file, of a bundled name or in a mapping, with values set over it (``a.b=v``).

    A data file's path is relative to the configuration's folder, one that is set to the working folder.
    Raises ConfigError with all mistakes, each shown in its place; OSError where the file cannot be read.
    """
    folder, found = find(config)
    override(found, settings)
    here = {setting.partition("=")[0] for setting in settings} & {"data", "data.file"}
    found.places.aliases = {standard: word for word, standard in KEY_ALIASES.items()}
    try:
        checked = Config.model_validate(found.data)
    except ValidationError as error:
        raise ConfigError(*found.mistakes, *explain(error, Config, found.data), places=found.places) from None
    if found.mistakes:
        raise ConfigError(*found.mistakes, places=found.places)
    checked.remember_places(found.places)
    try:
        return resolve(checked, Path.cwd() if here else folder)
    except RuntimeError as error:  # ~nobody
        raise ConfigError(Mistake(("data", "file"), f"data.file: {error}"), places=found.places) from None


def find(config: str | Mapping[str, Any]) -> tuple[Path, source.Source]:
    """What a configuration says, and the folder that its paths start from."""
    if not isinstance(config, str):
        text = json.dumps(config, indent=2, ensure_ascii=False, default=os.fspath)
        return Path.cwd(), source.parse(text, "configuration")
    file = source.find(config)
    name = f"{config}.yaml" if config in source.names() else config
    return Path(str(file)).parent, source.read(file, name)


def resolve(config: Config, folder: Path) -> Config:
    """The same experiment wherever its configuration stands: with absolute paths, nothing implied."""
    update: dict[str, Any] = {}
    if isinstance(config.data, DataFile):
        path = folder / Path(config.data.file).expanduser()
        update["data"] = config.data.model_copy(update={"file": str(path.absolute())})
    training: Any = config.training
    if "report_every" not in training.model_fields_set:
        watches = training.early_stopping or reduces_on_plateau(config)
        every = 1 if watches else -(-training.epochs // MAX_REPORTS)
        update["training"] = training.model_copy(update={"report_every": every})
    return config.model_copy(update=update)


def reduces_on_plateau(config: Config) -> bool:
    """Whether the learning rate depends on what is reported."""
    return isinstance(config.optimizer.make().schedule, ReduceOnPlateau)


def dump(config: Config) -> str:
    """The configuration as YAML that reads back the same."""
    data = {key: tidy(value) for key, value in config.model_dump(exclude_none=True).items()}
    return yaml.dump(
        data, Dumper=Dumper, sort_keys=False, allow_unicode=True, default_flow_style=None, width=90
    )


def tidy(value: Any) -> Any:
    """Mappings with what they are of first, shares last; a bare word for a kind that has no options."""
    if isinstance(value, list):
        return [tidy(item) for item in value]
    if not isinstance(value, dict):
        return value
    if list(value) == ["type"]:
        return value["type"]
    keys = sorted(value, key=lambda key: (key in DataSection.model_fields) - (key in FIRST))
    return {key: tidy(value[key]) for key in keys}
