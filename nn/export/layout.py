"""Lays out the text of exported files: filled lines, harmless comments, checksums."""

from collections.abc import Iterable, Iterator

WIDTH = 100
FNV_START, FNV_PRIME = 2166136261, 16777619


def filled(texts: Iterable[str], indent: str = "    ") -> Iterator[str]:
    """Yield indented lines of texts with commas, as many to a line as fit."""
    line = indent
    for text in texts:
        if len(line) + len(text) > WIDTH and line != indent:
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
