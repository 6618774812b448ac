"""Where a table comes from, and from which bytes its text is made."""

import gzip
import io
import os
import threading

import pytest

from nn.data.reading import read_table, text
from nn.storage import opening

CSV = "name,size\nMüller,1\nŁódź,2\n"


def piped(path, data: bytes) -> threading.Thread:
    """A pipe with a writer that waits for a reader."""

    def write():
        with path.open("wb") as pipe:
            pipe.write(data)

    os.mkfifo(path)
    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    return writer


def test_a_table_comes_from_a_file_a_pipe_open_text_or_bytes(tmp_path):
    (tmp_path / "my.csv").write_text(CSV, encoding="utf-8")
    writer = piped(tmp_path / "pipe", CSV.encode())
    sources = [
        tmp_path / "my.csv",
        str(tmp_path / "my.csv"),
        tmp_path / "pipe",
        io.StringIO(CSV),
        CSV.encode(),
    ]
    for source in sources:
        assert read_table(source).column("name").texts.tolist() == ["Müller", "Łódź"]
    writer.join()


def test_no_more_comes_down_a_pipe_than_was_agreed(tmp_path, monkeypatch):
    monkeypatch.setattr(opening, "MAX_PIPED", 1 << 20)
    writer = piped(tmp_path / "pipe", bytes((1 << 20) + 1))
    with pytest.raises(ValueError, match=r"pipe: expected at most 1 MiB from a pipe, got more"):
        read_table(tmp_path / "pipe")
    writer.join()


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_unicode_is_known_by_its_byte_order_mark(encoding, pack):
    table = read_table(pack(CSV.encode(encoding)))
    assert table.column("name").texts.tolist() == ["Müller", "Łódź"]
    assert table.notes == (() if "8" in encoding else (f"Read in the encoding {encoding}.",))


def test_text_that_is_not_utf_8_is_that_of_windows_and_that_is_said():
    table = read_table("name,price\nMüller,5 €\n".encode("cp1252"))
    assert table.column("price").texts.tolist() == ["5 €"]
    assert table.notes == ("Read in the encoding cp1252, as the text is not UTF-8.",)
    assert table.dialect.encoding == "cp1252"


def test_an_encoding_that_is_given_is_taken():
    table = read_table("name,x\nŁódź,1\n".encode("iso8859-2"), encoding="iso8859-2")
    assert table.column("name").texts.tolist() == ["Łódź"]
    assert table.notes == ()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_in_any_of_the_three_ways(end):
    table = read_table(f'a,b{end}1,"x{end}y"{end}2,z'.encode())
    assert table.column("b").texts.tolist() == ["x\ny", "z"]
    assert list(table.lines) == [2, 4]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"a,b\n1,\x81\n", "<bytes>: expected text in utf-8 or cp1252, got the byte 0x81"),
        (b"a,b\n1,\x1b[31m\n", "<bytes>:2: expected plain text, got the control character '\\x1b'"),
        ("a,b\n1,\x85\n".encode(), "<bytes>:2: expected plain text, got the control character '\\x85'"),
        (b"a,b\n1,2\0\n", "<bytes>:2: expected plain text, got the control character '\\x00'"),
        (
            gzip.compress(CSV.encode(), mtime=0)[:-9],
            "<bytes>: this gzip file is damaged: Compressed file ended",
        ),
        (b"\x1f\x8bno", "<bytes>: this gzip file is damaged: "),
        (
            "a,b\n1,2\n".encode("utf-16-le"),
            "<bytes>:1: expected plain text, got the control character '\\x00'; "
            "for UTF-16 without a mark write data.encoding: utf-16-le",
        ),
        (b"\xff\xfea", "<bytes>: expected text in utf-16, got the byte 0x61"),
    ],
)
def test_what_is_no_text_is_refused(data, message):
    with pytest.raises(ValueError) as error:  # noqa: PT011  # the whole message is compared
        read_table(data)
    assert str(error.value).startswith(message)


def test_what_unpacks_to_too_much_is_refused_before_it_fills_the_memory(monkeypatch):
    monkeypatch.setattr(text, "MAX_TABLE_BYTES", 1 << 22)
    with pytest.raises(ValueError, match="expected at most 4,194,304 characters, unpacked"):
        read_table(gzip.compress(b"a,b\n" + b"1,2\n" * (1 << 21)))


def test_a_line_that_never_ends_is_refused(monkeypatch):
    monkeypatch.setattr(text, "MAX_LINE_LENGTH", 1 << 21)
    with pytest.raises(ValueError, match="<bytes>:1: expected at most 2,097,152 characters in a line"):
        read_table(b"x" * (1 << 23))


def test_progress_is_told_in_bytes():
    told = []
    read_table(b"a,b\n" + b"1,2\n" * 500_000, progress=lambda *counts: told.append(counts))
    assert told[-1] == (2_000_004, 2_000_004)
    assert told == sorted(told)
    assert len(told) > 2
