"""Reads configurations: YAML files, and bundled ones by name."""

import codecs
import itertools
import re
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import yaml

from nn.config.locations import ConfigError, ConfigMistake, Places, Span, dotted
from nn.config.locations import Path as Keys
from nn.resources import bundled_folder
from nn.storage.opening import open_regular
from nn.validation import suggest

MAX_CONFIG_BYTES = 1 << 18
MAX_DEPTH = 32
MAX_VALUES = 5_000
"""Limits of a configuration file; one at all three limits is read in a second."""
ZIP_START = b"PK\x03\x04"
LINE_BREAK = re.compile("\r\n|[\n\r]")
FORBIDDEN = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u200d\u2010-\u2027\u202f-\u2065\u206a-\ud7ff\ue000-\ufefe\uff00-\ufffd"
    "\U00010000-\U0010ffff]"
)
"""Characters that are refused: control characters, unpaired surrogates, marks that change the direction of
text, and line breaks that editors do not show as such."""
MAX_INTEGER = 2**64 - 1
"""Larger whole numbers are read as floats; it is the largest seed."""
CORE = "tag:yaml.org,2002:"


class Loader(yaml.SafeLoader):
    """PyYAML's safe loader in pure Python, with YAML 1.2's scalars and without aliases.

    YAML 1.1 reads ``1e-3`` as text and ``no`` as false; 1.2's core schema reads a number and
    text. The loader in C can be crashed by deep nesting, so it is not used.
    """

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012  # as PyYAML has it
    depth = 0
    values = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Compose the next node; refuse whatever could make a small file a large value."""
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
        if node is not None and node.tag not in MAY_BE[type(node)]:
            tag = node.tag.replace(CORE, "!!")
            raise yaml.MarkedYAMLError(problem=f"the tag '{tag}' is not supported", problem_mark=mark)
        return node


YAML_INTEGER = re.compile(r"[-+]?[0-9]+$")
FLOAT = re.compile(
    r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$|[-+]?\.(inf|Inf|INF)$|\.(nan|NaN|NAN)$"
)
SCALARS = (
    (f"{CORE}null", re.compile(r"(~|null|Null|NULL|)$"), ["~", "n", "N", ""]),
    (f"{CORE}bool", re.compile(r"(true|True|TRUE|false|False|FALSE)$"), list("tTfF")),
    (f"{CORE}int", YAML_INTEGER, list("-+0123456789")),
    (f"{CORE}float", FLOAT, list("-+.0123456789")),
)
"""Scalars other than text: tag, pattern and possible first characters."""
MAY_BE = {
    yaml.ScalarNode: {f"{CORE}str", *(tag for tag, _, _ in SCALARS)},
    yaml.SequenceNode: {f"{CORE}seq"},
    yaml.MappingNode: {f"{CORE}map"},
}
"""The tags that are accepted for each type of node."""
for kind in SCALARS:
    Loader.add_implicit_resolver(*kind)


def config_names() -> list[str]:
    """The names of the bundled configurations."""
    return sorted(
        file.name.removesuffix(".yaml")
        for file in bundled_folder("configs").iterdir()
        if file.name.endswith(".yaml")
    )


def about(file: Path | Traversable) -> list[str]:
    """The paragraphs of the comment at the top of a configuration: a headline, then an explanation."""
    lines = file.read_text(encoding="utf-8-sig").splitlines()
    comment = itertools.takewhile(lambda line: line.startswith("#"), lines)
    text = "\n".join(line.removeprefix("#").strip() for line in comment if not line.startswith(MODELINE))
    return [" ".join(paragraph.split()) for paragraph in text.split("\n\n") if paragraph.strip()]


MODELINE = "# yaml-language-server:"
"""The beginning of the line that tells editors the schema of a file."""


def find_config(config: str) -> Path | Traversable:
    """Find the file of a configuration: a bundled one by name, any other by path (``./xor``)."""
    if config in config_names():
        return bundled_folder("configs") / f"{config}.yaml"
    path = Path(config)
    if not config:
        raise ConfigError("expected the name or the path of a configuration, got nothing")
    if path.is_dir():
        raise ConfigError(f"{config}: expected a configuration file, got a folder")
    if path.exists():
        return path
    if path.name == config and path.suffix not in (".yaml", ".yml"):
        raise ConfigError(f"unknown configuration '{config}'; {suggest(config, config_names())}")
    bundled = f"; a bundled configuration is called '{path.stem}'" if path.stem in config_names() else ""
    raise ConfigError(f"{config}: no such file{bundled}")


@dataclass
class ConfigSource:
    """The plain data (mappings, lists, scalars) of a configuration, its places, and the mistakes so far."""

    data: Any
    places: Places
    mistakes: list[ConfigMistake]


def read_source(file: Path | Traversable, name: str | None = None) -> ConfigSource:
    """Read a YAML file; ``name`` is what messages call it instead of its path."""
    name = name or str(file)
    try:
        with open_regular(file) if isinstance(file, Path) else file.open("rb") as stream:
            data = stream.read(MAX_CONFIG_BYTES + 1)
    except ValueError as error:
        raise ConfigError(str(error)) from None
    if data.startswith(ZIP_START):
        raise ConfigError(
            f"{name}: expected a configuration in YAML, got a zip file; a model file (.npz) "
            "has none, it is for nn predict, nn evaluate and nn export"
        )
    if len(data) > MAX_CONFIG_BYTES:
        raise ConfigError(f"{name}: larger than {MAX_CONFIG_BYTES >> 10} KiB")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise ConfigError(f"{name}: UTF-16 text; save it as UTF-8")
    try:
        return parse_yaml(data.decode("utf-8-sig"), name)
    except UnicodeDecodeError as error:
        problem = f"not UTF-8 text: byte 0x{data[error.start]:02X}; save it as UTF-8"
        span = after(data[: error.start].decode("utf-8-sig"), name)
        raise ConfigError(ConfigMistake((), problem, span=span)) from None


def parse_yaml(text: str, name: str) -> ConfigSource:
    """Parse a text of YAML; ``name`` is what messages call it."""
    if found := FORBIDDEN.search(text):
        problem = f"the character U+{ord(found[0]):04X} is not allowed"
        raise ConfigError(ConfigMistake((), problem, span=after(text[: found.start()], name, text)))
    lines, loader = LINE_BREAK.split(text), Loader(text)
    try:
        node = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        problem = ", ".join(filter(None, (error.context, error.problem)))
        mark = error.problem_mark or error.context_mark
    except (ValueError, OverflowError):  # "\UFFFFFFFF", %YAML 1.111…
        problem, mark = "expected the number of a character or of a version of YAML", loader.get_mark()
    else:
        reader = Reader(ConfigSource(None, Places(name), []), lines)
        if node is not None:
            reader.source.data = reader.plain(node, ())
        return reader.source
    row, column = (mark.line, mark.column) if mark else (0, 0)
    line = lines[row] if row < len(lines) else ""
    raise ConfigError(ConfigMistake((), problem, span=Span(name, row + 1, line, column, 1)))


def after(before: str, name: str, text: str = "") -> Span:
    """The place that follows the first part of a text."""
    lines = LINE_BREAK.split(before)
    row, column = len(lines) - 1, len(lines[-1])
    line = (LINE_BREAK.split(text) if text else lines)[row]
    return Span(name, row + 1, line, column, 1)


@dataclass
class Reader:
    """Turns nodes into plain data, and records their places."""

    source: ConfigSource
    lines: list[str]

    def span(self, node: yaml.Node) -> Span:
        """The characters of a node on its first line."""
        start, end, line = node.start_mark, node.end_mark, self.lines[node.start_mark.line]
        stop = end.column if end.line == start.line else len(line.rstrip())
        return Span(self.source.places.name, start.line + 1, line, start.column, stop - start.column)

    def plain(self, node: yaml.Node, path: Keys) -> Any:
        """Convert a node to a Python value; report duplicate keys, of which the first counts."""
        flow = getattr(node, "flow_style", True)  # a block is shown at its key
        if flow or path not in self.source.places.keys:
            self.source.places.values[path] = self.span(node)
        if isinstance(node, yaml.ScalarNode):
            if half := re.search("[\ud800-\udfff]", node.value):
                problem = f"the character U+{ord(half[0]):04X} is half of a surrogate pair"
                self.source.mistakes.append(ConfigMistake((), problem, span=self.span(node)))
            return scalar(node)
        if isinstance(node, yaml.SequenceNode):
            return [self.plain(item, (*path, place)) for place, item in enumerate(node.value)]
        data: dict[str, Any] = {}
        for key, value in node.value:
            span = self.span(key)
            if not isinstance(key, yaml.ScalarNode):
                self.source.mistakes.append(
                    ConfigMistake((), "expected a word as the key, got a list or a mapping", span=span)
                )
            elif key.value in data:
                problem = f"{dotted((*path, key.value))} is given twice"
                self.source.mistakes.append(ConfigMistake((), problem, span=span))
            else:
                self.source.places.keys[*path, key.value] = span
                data[key.value] = self.plain(value, (*path, key.value))
        return data


def scalar(node: yaml.ScalarNode) -> bool | int | float | str | None:
    """Convert a scalar by YAML 1.2's core schema; what fits no other type is text."""
    kind, text = node.tag.rpartition(":")[2], str(node.value)
    if kind == "null" and node.style is None:
        return None
    if kind == "bool" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    if kind == "int" and YAML_INTEGER.match(text) and len(text) < 1000 and abs(int(text)) <= MAX_INTEGER:
        return int(text)
    if kind in ("int", "float") and FLOAT.match(text):
        return float(re.sub(r"\.(?=[in])", "", text.lower()))
    return text
