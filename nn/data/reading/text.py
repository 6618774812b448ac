"""From the bytes of a file to its text, in blocks of whole lines: unpacked, decoded, of bounded size."""

import codecs
import gzip
import io
import re
import stat
import zlib
from collections.abc import Iterator
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import IO, TextIO, cast

from nn.data.reading.mistakes import one_mistake
from nn.data.reading.progress import ReadingProgress
from nn.storage.opening import open_regular, read_piped

TableSource = str | Path | Traversable | TextIO | bytes

MAX_TABLE_BYTES = 1 << 30
"""A larger table would not fit into memory."""
MAX_LINE_LENGTH = 1 << 26
"""A longer line, in characters, is no line of a table."""
FIRST_BLOCK = 1 << 20
"""Bytes of the first block, from which it is inferred how a table is written."""
NEXT_BLOCK = 1 << 18
"""Bytes that are read at a time, few for the cache; more where lines are long: ``BLOCK_ROWS`` of them."""
BLOCK_ROWS = 256
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")  # all but tab and line ends
ASCII_CONTROL = bytes(code for code in range(128) if CONTROL.match(chr(code)))
MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, whose mark it begins with
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def open_source(source: TableSource) -> tuple[str, IO[bytes]]:
    """Return the name of a source and its bytes, which can be read again from the start."""
    if isinstance(source, bytes):
        return "<bytes>", io.BytesIO(source)
    if isinstance(source, str):
        source = Path(source)
    if isinstance(source, Path):
        if not stat.S_ISFIFO(source.stat().st_mode):
            return str(source), open_regular(source, MAX_TABLE_BYTES)
        with source.open("rb") as pipe:
            return str(source), io.BytesIO(read_piped(pipe, str(source)))
    if isinstance(source, Traversable):
        return str(source), io.BytesIO(source.read_bytes())
    name = str(getattr(source, "name", "<text>"))
    try:
        # Standard input may smuggle undecodable bytes through as lone surrogates.
        return name, io.BytesIO(source.read().encode("utf-8", "surrogateescape"))
    except UnicodeError as error:
        raise one_mistake(name, "expected text in UTF-8", key="encoding") from error


def unpacked(file: IO[bytes]) -> IO[bytes]:
    """Return the bytes of a file from its start, unpacked where it is a gzip file."""
    file.seek(0)
    packed = file.read(2) == b"\x1f\x8b"
    file.seek(0)
    return cast(IO[bytes], gzip.GzipFile(fileobj=file)) if packed else file


def read_bytes(name: str, file: IO[bytes], count: int) -> bytes:
    """Read the next bytes of a file; TableError where it is a damaged gzip file."""
    try:
        return file.read(count)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise one_mistake(name, f"this gzip file is damaged: {error}") from error


def marked_encoding(head: bytes) -> str | None:
    """Return the encoding that a byte order mark names."""
    return next((encoding for mark, encoding in MARKS.items() if head.startswith(mark)), None)


class TextBlocks(Iterator[str]):
    r"""The text of a file in blocks of whole lines, each of which ends in \n, whatever ends it in the file.

    Raises UnicodeDecodeError where the text is not in this encoding; TableError, with the line, for
    control characters, a line that is too long, and a file that is damaged or unpacks to too much.
    """

    def __init__(self, name: str, file: IO[bytes], encoding: str, progress: ReadingProgress | None = None):
        self.name = name
        self._encoding = encoding
        self._file = file
        self._progress = progress
        self._total = file.seek(0, io.SEEK_END)
        self._bytes = unpacked(file)
        codec = codecs.getincrementaldecoder(
            "utf-8-sig" if codecs.lookup(encoding).name == "utf-8" else encoding
        )
        self._decoder = io.IncrementalNewlineDecoder(codec(), translate=True)
        self._size = FIRST_BLOCK
        self._rest = ""
        self._characters = self._lines = 0

    def __next__(self) -> str:
        block = self._whole_lines()
        if not block:
            raise StopIteration
        if not self._lines:
            self._size = min(max(NEXT_BLOCK, BLOCK_ROWS * block.index("\n")), 16 * FIRST_BLOCK)
        self._expect_plain(block)
        self._lines += block.count("\n")
        if self._progress is not None:
            self._progress(self._file.tell(), self._total)
        return block

    def _whole_lines(self) -> str:
        """Read up to the end of a line, or of the file."""
        text = self._rest
        while True:
            more, last = self._decoded()
            end = more.rfind("\n") + 1
            text, self._rest = (text + more[:end], more[end:]) if end else (text + more, "")
            if last:
                return f"{text}\n" if text and not text.endswith("\n") else text
            if end:
                return text
            if len(text) > MAX_LINE_LENGTH:
                line = self._lines + 1
                raise one_mistake(
                    self.name, f"expected at most {MAX_LINE_LENGTH:,} characters in a line", line
                )

    def _decoded(self) -> tuple[str, bool]:
        """Read more text, and tell whether it is the last."""
        data = read_bytes(self.name, self._bytes, self._size)
        text = self._decoder.decode(data, final=not data)
        self._characters += len(text)
        if self._characters > MAX_TABLE_BYTES:
            raise one_mistake(self.name, f"expected at most {MAX_TABLE_BYTES:,} characters, unpacked")
        return text, not data

    def _expect_plain(self, block: str) -> None:
        """Raise TableError at the first control character."""
        if block.isascii():  # a hundred times as fast as a search
            data = block.encode("ascii")
            if len(data.translate(None, ASCII_CONTROL)) == len(data):
                return
        odd = CONTROL.search(block)
        if odd:
            line = self._lines + block.count("\n", 0, odd.start()) + 1
            text = f"expected plain text, got the control character {odd.group()!r}"
            if odd.group() == "\0" and self._encoding == "utf-8":
                text += "; for UTF-16 without a mark write data.encoding: utf-16-le"
            raise one_mistake(self.name, text, line)
