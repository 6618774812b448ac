"""Reads configurations: YAML files, and bundled ones by name."""

import itertools
import re
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import yaml

from nn.bundled import folder
from nn.checks import suggest
from nn.config.places import ConfigError, Mistake, Places, Span, dotted
from nn.config.places import Path as Keys

MAX_BYTES = 1 << 18
MAX_DEPTH = 32
MAX_VALUES = 10_000
"""A file with the largest of all these is read in a second."""
LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")


class Loader(yaml.SafeLoader):
    """PyYAML's safe loader in pure Python, with YAML 1.2's scalars and without aliases.

    YAML 1.1 reads ``1e-3`` as text and ``no`` as false; 1.2's core schema reads them as people
    mean them. The loader in C can be crashed by deep nesting, so it is not used.
    """

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012  # as PyYAML has it
    depth = 0
    values = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """The node of the next event; refuses what could make a small file a large value."""
        mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
        if self.check_event(yaml.AliasEvent):
            raise yaml.MarkedYAMLError(problem="aliases are not supported", problem_mark=mark)
        if self.depth == MAX_DEPTH:
            raise yaml.MarkedYAMLError(problem=f"nested deeper than {MAX_DEPTH} levels", problem_mark=mark)
        if self.values == MAX_VALUES:
            raise yaml.MarkedYAMLError(problem=f"more than {MAX_VALUES:,} values", problem_mark=mark)
        self.depth, self.values = self.depth + 1, self.values + 1
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
    text = "\n".join(line.removeprefix("#").strip() for line in comment if not line.startswith(MODELINE))
    return [" ".join(paragraph.split()) for paragraph in text.split("\n\n") if paragraph.strip()]


MODELINE = "# yaml-language-server:"
"""How the line begins that tells editors which schema a file has."""


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


@dataclass
class Source:
    """The plain data (mappings, lists, scalars) of a configuration, where each stands, what is wrong."""

    data: Any
    places: Places
    mistakes: list[Mistake]


def read(file: Path | Traversable, name: str | None = None) -> Source:
    """What stands in a YAML file, which messages call by this name, else by its own."""
    name = name or str(file)
    with file.open("rb") as stream:
        data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ConfigError(f"{name}: larger than {MAX_BYTES >> 10} KiB")
    try:
        return parse(data.decode("utf-8-sig"), name)
    except UnicodeDecodeError:
        raise ConfigError(f"{name}: not UTF-8 text") from None


def parse(text: str, name: str) -> Source:
    """What stands in a text of YAML, which messages call by this name."""
    lines = LINE_BREAK.split(text)
    try:
        node = yaml.compose(text, Loader=Loader)
    except yaml.MarkedYAMLError as error:
        problem, mark = str(error.problem), error.problem_mark
        if problem.startswith("but "):
            problem = f"{error.context}, {problem}"
        row, column = (mark.line, mark.column) if mark else (0, 0)
    except yaml.reader.ReaderError as error:
        before = LINE_BREAK.split(text[: error.position])
        row, column = len(before) - 1, len(before[-1])
        problem = f"the character U+{ord(text[error.position]):04X} is not allowed"
    else:
        reader = Reader(Source(None, Places(name), []), lines)
        if node is not None:
            reader.source.data = reader.plain(node, ())
        return reader.source
    line = lines[row] if row < len(lines) else ""
    raise ConfigError(Mistake((), problem, span=Span(name, row + 1, line, column, 1)))


@dataclass
class Reader:
    """Turns nodes into plain data, and keeps where they stand."""

    source: Source
    lines: list[str]

    def span(self, node: yaml.Node) -> Span:
        """The characters of a node, on its first line."""
        start, end, line = node.start_mark, node.end_mark, self.lines[node.start_mark.line]
        stop = end.column if end.line == start.line else len(line.rstrip())
        return Span(self.source.places.name, start.line + 1, line, start.column, stop - start.column)

    def plain(self, node: yaml.Node, path: Keys) -> Any:
        """The Python value of a node; notes doubled keys, of which the first counts."""
        flow = getattr(node, "flow_style", True)  # a block has its place at its key
        if flow or path not in self.source.places.keys:
            self.source.places.values[path] = self.span(node)
        if isinstance(node, yaml.ScalarNode):
            return scalar(node)
        if isinstance(node, yaml.SequenceNode):
            return [self.plain(item, (*path, place)) for place, item in enumerate(node.value)]
        data: dict[str, Any] = {}
        for key, value in node.value:
            span = self.span(key)
            if not isinstance(key, yaml.ScalarNode):
                self.source.mistakes.append(Mistake((), "a key must be a word", span=span))
            elif key.value in data:
                problem = f"{dotted((*path, key.value))} is given twice"
                self.source.mistakes.append(Mistake((), problem, span=span))
            else:
                self.source.places.keys[*path, key.value] = span
                data[key.value] = self.plain(value, (*path, key.value))
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
