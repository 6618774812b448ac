"""Reads configurations: YAML files, bundled ones by name, values set on the command line."""

import itertools
import re
from collections.abc import Iterable
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import yaml

from nn.bundled import folder
from nn.checks import suggest

MAX_BYTES = 1 << 20
MAX_DEPTH = 32


class ConfigError(ValueError):
    """A configuration that cannot be used: a message for each mistake, one a line."""

    def __init__(self, *mistakes: str) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


class Loader(yaml.SafeLoader):
    """PyYAML's safe loader in pure Python, with YAML 1.2's scalars and without aliases.

    YAML 1.1 reads ``1e-3`` as text and ``no`` as false; 1.2's core schema reads them as people
    mean them. The loader in C can be crashed by deep nesting, so it is not used.
    """

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012  # as PyYAML has it
    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """The node of the next event; refuses what could make a small file a large value."""
        mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
        if self.check_event(yaml.AliasEvent):
            raise yaml.MarkedYAMLError(problem="aliases are not supported", problem_mark=mark)
        if self.depth == MAX_DEPTH:
            raise yaml.MarkedYAMLError(problem=f"nested deeper than {MAX_DEPTH} levels", problem_mark=mark)
        self.depth += 1
        node: yaml.Node | None = super().compose_node(parent, index)
        self.depth -= 1
        return node


INTEGER = re.compile(r"[-+]?[0-9]+$")
FLOAT = re.compile(
    r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$|[-+]?\.(inf|Inf|INF)$|\.(nan|NaN|NAN)$"
)
SCALARS = (
    ("tag:yaml.org,2002:null", re.compile(r"(~|null|Null|NULL|)$"), ["~", "n", "N", ""]),
    ("tag:yaml.org,2002:bool", re.compile(r"(true|True|TRUE|false|False|FALSE)$"), list("tTfF")),
    ("tag:yaml.org,2002:int", INTEGER, list("-+0123456789")),
    ("tag:yaml.org,2002:float", FLOAT, list("-+.0123456789")),
)
"""What is not text: the tag, the pattern and the first characters that it may have."""
for kind in SCALARS:
    Loader.add_implicit_resolver(*kind)


def names() -> list[str]:
    """The bundled configurations."""
    return sorted(
        file.name.removesuffix(".yaml") for file in folder("configs").iterdir() if file.name.endswith(".yaml")
    )


def about(file: Path | Traversable) -> list[str]:
    """The paragraphs of the comment that a configuration begins with: a headline, then what it teaches."""
    lines = file.read_text(encoding="utf-8-sig").splitlines()
    comment = itertools.takewhile(lambda line: line.startswith("#"), lines)
    paragraphs = "\n".join(line.removeprefix("#").strip() for line in comment).split("\n\n")
    return [" ".join(paragraph.split()) for paragraph in paragraphs if paragraph.strip()]


def find(config: str) -> Path | Traversable:
    """The file of a configuration: a bundled one by its name, any other by its path (``./xor``)."""
    if config in names():
        return folder("configs") / f"{config}.yaml"
    path = Path(config)
    if not config:
        raise ConfigError("expected the name or the path of a configuration, got nothing")
    if path.is_dir():
        raise ConfigError(f"{config}: expected a configuration file, got a folder")
    if path.exists():
        return path
    if path.name == config and path.suffix not in (".yaml", ".yml"):
        raise ConfigError(f"unknown configuration '{config}'; {suggest(config, names())}")
    bundled = f"; a bundled configuration is called '{path.stem}'" if path.stem in names() else ""
    raise ConfigError(f"{config}: no such file{bundled}")


def read(file: Path | Traversable) -> Any:
    """The plain data (mappings, lists, scalars) in a YAML file."""
    try:
        with file.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise ConfigError(f"{file}: larger than {MAX_BYTES} bytes")
        return parse(data.decode("utf-8-sig"), str(file))
    except UnicodeDecodeError:
        raise ConfigError(f"{file}: not UTF-8 text") from None


def parse(text: str, name: str) -> Any:
    """The plain data in a text of YAML; ``name`` is what messages call it."""
    try:
        node = yaml.compose(text, Loader=Loader)
        return None if node is None else plain(node)
    except yaml.MarkedYAMLError as error:
        mark, problem = error.problem_mark, error.problem or str(error)
        place = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        place, problem = f":{line}", f"the character U+{ord(text[error.position]):04X} is not allowed"
    raise ConfigError(f"{name}{place}: {problem}")


def plain(node: yaml.Node) -> Any:
    """The Python value of a node; raises where a key stands twice."""
    if isinstance(node, yaml.SequenceNode):
        return [plain(item) for item in node.value]
    if isinstance(node, yaml.ScalarNode):
        return scalar(node)
    data: dict[str, Any] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode) or key.value in data:
            problem = (
                f"'{key.value}' is given twice"
                if isinstance(key, yaml.ScalarNode)
                else "a key must be a word"
            )
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=key.start_mark)
        data[key.value] = plain(value)
    return data


def scalar(node: yaml.ScalarNode) -> bool | int | float | str | None:
    """The value of a scalar by YAML 1.2's core schema; text where it fits no other type."""
    kind, text = node.tag.rpartition(":")[2], str(node.value)
    if kind == "null" and node.style is None:
        return None
    if kind == "bool" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    if kind == "int" and INTEGER.match(text) and len(text) < 20:
        return int(text)
    if kind in ("int", "float") and FLOAT.match(text):
        return float(re.sub(r"\.(?=[in])", "", text.lower()))
    return text


def override(data: Any, settings: Iterable[str]) -> Any:
    """The data with values set by ``a.b=value``, where the value is YAML and a list's keys are numbers."""
    root = {"config": data}
    for setting in settings:
        path, equals, text = setting.partition("=")
        if not equals or not all(path.split(".")):
            raise ConfigError(f"--set {setting}: expected KEY=VALUE, as in training.epochs=500")
        place: Any = root
        key: str | int = "config"
        for part in path.split("."):
            if isinstance(place[key], str):
                place[key] = {"type": place[key]}
            elif place[key] is None:
                place[key] = {}
            place, key = place[key], part
            if isinstance(place, list):
                if not part.isdecimal() or int(part) >= len(place):
                    raise ConfigError(f"--set {setting}: '{part}' is not a place in a list of {len(place)}")
                key = int(part)
            elif isinstance(place, dict):
                place.setdefault(part, None)
            else:
                raise ConfigError(
                    f"--set {setting}: '{part}' is under a value, expected under a mapping or list"
                )
        place[key] = parse(text, f"--set {path}")
    return root["config"]
