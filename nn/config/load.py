"""Loads a configuration (reads, checks and resolves it), and writes a resolved one."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml
from pydantic import ValidationError

from nn.config.data import DataSection
from nn.config.data_file import DataFile
from nn.config.kinds import KEY_ALIASES
from nn.config.locations import ConfigError, ConfigMistake
from nn.config.locations import Path as Keys
from nn.config.messages import explain
from nn.config.overrides import override
from nn.config.schema import FORMAT, Config
from nn.config.source import SCALARS, ConfigSource, config_names, find_config, parse_yaml, read_source
from nn.schedules.plateau import ReduceOnPlateau

MAX_REPORTS = 10_000
FIRST = ("type", "name", "file", "target", "units")


class Dumper(yaml.SafeDumper):
    """Quotes text that YAML 1.1 (as most tools read it) or 1.2 (as we do) takes for another type."""


for kind in SCALARS:
    Dumper.add_implicit_resolver(*kind)


def load_config(
    config: str | Mapping[str, Any] | ConfigSource,
    settings: Sequence[str] = (),
    *,
    varied: Sequence[str] = (),
    unnumbered: int = FORMAT,
) -> Config:
    """Load a configuration: a file, a bundled name, a mapping or a source, with settings over it.

    A setting (``a.b=v``) overrides a value. The path of a data file is relative to the folder of the
    configuration; one given by a setting, to the working folder. ``varied`` are further settings, of one
    variant of a study. ``unnumbered`` is the format of a
    configuration that names none: 1 for that of an old run.
    Raises ConfigError with every mistake and its place, OSError if the file cannot be read.
    """
    folder, found = read_config(config)
    override(found, settings)
    override(found, varied, "--vary")
    here = {setting.partition("=")[0] for setting in (*settings, *varied)} & {"data", "data.file"}
    found.places.aliases = {standard: word for word, standard in KEY_ALIASES.items()}
    try:
        checked = Config.model_validate(found.data)
    except ValidationError as error:
        raise ConfigError(*found.mistakes, *explain(error, Config, found.data), places=found.places) from None
    if found.mistakes:
        raise ConfigError(*found.mistakes, places=found.places)
    checked.remember_places(found.places)
    try:
        return resolve(checked, Path.cwd() if here else folder, checked.format or unnumbered)
    except RuntimeError as error:  # no such user: ~nobody
        raise ConfigError(
            ConfigMistake(("data", "file"), f"data.file: {error}"), places=found.places
        ) from None


def read_config(config: str | Mapping[str, Any] | ConfigSource) -> tuple[Path, ConfigSource]:
    """Read a configuration; returns the folder that its paths are relative to, and the source."""
    if isinstance(config, ConfigSource):
        return Path.cwd(), config
    if not isinstance(config, str):
        text = json.dumps(config, indent=2, ensure_ascii=False, default=os.fspath)
        return Path.cwd(), parse_yaml(text, "configuration")
    file = find_config(config)
    name = f"{config}.yaml" if config in config_names() else config
    return Path(str(file)).parent, read_source(file, name)


def resolve(config: Config, folder: Path, number: int) -> Config:
    """Make a configuration independent of its folder and of defaults: absolute paths, all values given."""
    data = config.data
    update: dict[str, Any] = {"format": FORMAT}
    scales = isinstance(data, DataFile) and number > 1
    given: dict[str, Any] = {} if data.scale else {"scale": "standard" if scales else "none"}
    if isinstance(data, DataFile):
        paths = {name: getattr(data, name) for name in ("file", "validation", "test")}
        given |= {
            name: str((folder / Path(path).expanduser()).absolute())
            for name, path in paths.items()
            if isinstance(path, str)
        }
        if not scales and data.scale_target is None:
            given["scale_target"] = "none"
    update["data"] = data.model_copy(update=given)
    training: Any = config.training
    if "report_every" not in training.model_fields_set:
        watches = training.early_stopping or reduces_on_plateau(config)
        every = 1 if watches else -(-training.epochs // MAX_REPORTS)
        update["training"] = training.model_copy(update={"report_every": every})
    return config.model_copy(update=update)


def reduces_on_plateau(config: Config) -> bool:
    """Whether the learning rate is reduced on a plateau, and so depends on reports."""
    return isinstance(config.optimizer.make().schedule, ReduceOnPlateau)


def dump(config: Config, instead: Mapping[Keys, Any] = MappingProxyType({})) -> str:
    """Write the configuration as YAML that reads back the same; with other values ``instead``, by path."""
    facts = config.model_dump(exclude_none=True)
    for path, value in instead.items():
        place: Any = facts
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value
    data = {key: tidy_config(value) for key, value in facts.items()}
    return yaml.dump(
        data, Dumper=Dumper, sort_keys=False, allow_unicode=True, default_flow_style=None, width=90
    )


def tidy_config(value: Any) -> Any:
    """Put ``type`` and the like first and shares last; write a kind without options as a bare word."""
    if isinstance(value, list):
        return [tidy_config(item) for item in value]
    if not isinstance(value, dict):
        return value
    if list(value) == ["type"]:
        return value["type"]
    keys = sorted(value, key=lambda key: (key in DataSection.model_fields) - (key in FIRST))
    return {key: tidy_config(value[key]) for key in keys}
