"""Lays out the text of exported files: filled lines, harmless comments, checksums."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files

LINE_WIDTH = 100
FNV_START, FNV_PRIME = 2166136261, 16777619


def filled(texts: Iterable[str], indent: str = "    ") -> Iterator[str]:
    """Yield indented lines of texts with commas, as many to a line as fit."""
    line = indent
    for text in texts:
        if len(line) + len(text) > LINE_WIDTH and line != indent:
            yield line.rstrip()
            line = indent
        line += f"{text}, "
    if line != indent:
        yield line.rstrip()


def plain_comment(text: str) -> str:
    """Return a text that ends no comment and no line."""
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return shown.replace("*/", "* /").replace("/*", "/ *").replace("??", "? ?").replace("\\", "/")


def fnv(parts: Iterable[bytes]) -> int:
    """Return the 32-bit FNV-1a hash of bytes."""
    sum_ = FNV_START
    for part in parts:
        for byte in part:
            sum_ = (sum_ ^ byte) * FNV_PRIME & 0xFFFFFFFF
    return sum_


def with_checksum(text: str, line: str) -> str:
    """Fill in the line of a text that tells the checksum of all its other lines."""
    lines = text.split("\n")
    if line not in lines:
        return text
    others = "\n".join(one for one in lines if one != line).rstrip("\n")
    return text.replace(line, line.format(fnv([others.encode()])), 1)


def identifier(text: str) -> str:
    """Return a text as a name in any language: ASCII letters, digits and underscores."""
    name = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
    return f"x_{name}" if name[:1].isdigit() else name


def letters(number: int) -> str:
    """Return a, b, …, z, aa, ab, …."""
    head, last = divmod(number, 26)
    return (letters(head - 1) if head else "") + chr(ord("a") + last)


@cache
def template(name: str, package: str = "nn.export") -> str:
    """Return a text of the folder ``texts`` of a package."""
    return (files(package) / "texts" / f"{name}.in").read_text(encoding="utf-8")


def text_of(name: str, package: str = "nn.export", **values: object) -> str:
    """Return a text with values in place of their names, ``@NAME@``."""
    return re.sub(r"@(\w+)@", lambda match: str(values.get(match[1], match[0])), template(name, package))
