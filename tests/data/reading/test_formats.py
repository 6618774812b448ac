"""Formats other than delimited text, known by their content."""

import builtins
import gzip
import io
import zipfile

import pandas as pd
import pytest

from nn.data.reading import TableError, read_table

ARFF = """% a comment
@RELATION weather

@attribute outlook {sunny, 'very rainy'}
@attribute 'wind speed' numeric
@attribute play {yes, no}

@DATA
% another
sunny, 85, no

'very rainy', ?, yes
"""


def cells(data: bytes, **options) -> dict[str, list[str]]:
    return {name: column.texts.tolist() for name, column in read_table(data, **options).columns.items()}


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_arff_has_its_names_in_attributes_and_question_marks_for_missing_cells(pack):
    table = read_table(pack(ARFF.encode()))
    assert cells(ARFF.encode()) == {
        "outlook": ["sunny", "very rainy"],
        "wind speed": ["85", ""],
        "play": ["no", "yes"],
    }
    assert list(table.lines) == [10, 12]
    assert table.notes == ("Read as ARFF.",)


def test_fann_has_counts_and_then_inputs_and_outputs():
    assert cells(b"2 2 1\n-1 -1\n-1\n-1 1.50\n1\n") == {
        "x1": ["-1", "-1"],
        "x2": ["-1", "1.50"],
        "y": ["-1", "1"],
    }
    assert [*cells(b"1 1 2\n5\n6 7\n")] == ["x1", "y1", "y2"]
    assert list(read_table(b"2 2 1\n-1 -1\n-1\n-1 1\n1\n").lines) == [2, 4]


def test_json_lines_have_their_names_in_keys_and_numbers_as_they_are_written():
    assert cells(b'{"a": 1.50, "b": "x"}\n\n{"b": null, "c": true, "a": 12345678901234567890}\n') == {
        "a": ["1.50", "12345678901234567890"],
        "b": ["x", ""],
        "c": ["", "True"],
    }


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"@relation x\n@attribute a numeric\n@data\n1,2\n", "<bytes>:4: expected 1 cells, got 2"),
        (
            b"@relation x\n@attribute a numeric\n@data\n{0 1}\n",
            "<bytes>:4: expected a cell for each attribute",
        ),
        (b"@relation x\n@attribute a numeric\n", "<bytes>: expected @attribute for each column, then @data"),
        (
            b"@relation x\n@attribute\n@data\n",
            "<bytes>:2: expected @attribute NAME TYPE, or @data, got '@attribute'",
        ),
        (b"@relation x\n@attribute a numeric\n@data\n", "<bytes>: expected rows, got none"),
        (b"3 2 1\n-1 -1\n-1\n", "<bytes>: expected 3 · (2 + 1) values below the first line, got 3"),
        (b'{"a": [1]}\n', "<bytes>:1: expected a JSON object of plain values: 'a' holds several values"),
        (b'{"a": 1, "a": 2}\n', "<bytes>:1: expected a JSON object of plain values: 'a' is there twice"),
        (b'[{"a": 1}]\n', "<bytes>:1: expected a JSON object of plain values: got ["),
        (b'{"a": \n', "<bytes>:1: expected a JSON object of plain values: "),
        (b"%PDF-1.7 ...", "<bytes>: expected a table, got a PDF document; save its table as CSV"),
        (b"<!DOCTYPE html><html>", "<bytes>: expected a table, got a web page (HTML); save its table as CSV"),
        (
            b"\xd0\xcf\x11\xe0...",
            "<bytes>: expected a table, got an old Excel workbook; save it as",
        ),
        (b"PK\x03\x04 broken", "<bytes>: this file is damaged: "),
        (b"PAR1 broken", "<bytes>: cannot be read as a Parquet file: "),
        (bytes(range(256)), "<bytes>: expected text in utf-8 or cp1252, got the byte 0x81"),
    ],
)
def test_what_is_no_table_in_its_format_is_told_by_what_it_is(data, message):
    with pytest.raises(TableError) as error:
        read_table(data)
    assert str(error.value).startswith(message)


@pytest.fixture(scope="module")
def workbook() -> bytes:
    file = io.BytesIO()
    with pd.ExcelWriter(file) as writer:
        frame = pd.DataFrame(
            {"age": [22, 38.5, None], "name": ["Ann", None, "Bo"], "ok": [True, False, True]}
        )
        frame.to_excel(writer, sheet_name="people")
        frame.to_excel(writer, sheet_name="more")
    return file.getvalue()


def test_an_excel_workbook_is_its_first_sheet(workbook):
    assert cells(workbook) == {
        "age": ["22", "38.5", ""],
        "name": ["Ann", "", "Bo"],
        "ok": ["True", "False", "True"],
    }
    table = read_table(workbook)
    assert list(table.lines) == [2, 3, 4]
    assert table.notes[0] == "Read the sheet 'people' of an Excel workbook, the first of 2."
    assert "row names" in table.notes[1]


def test_a_first_row_of_a_sheet_that_looks_like_data_is_never_lost():
    file = io.BytesIO()
    pd.DataFrame([[1.5, "a"], [2.5, "b"]]).to_excel(file, header=False, index=False)
    with pytest.raises(TableError, match=":1: the first line looks like data"):
        read_table(file.getvalue())
    assert cells(file.getvalue(), header=False) == {"1": ["1.5", "2.5"], "2": ["a", "b"]}


def test_parquet_keeps_whole_numbers_beside_missing_ones(tmp_path):
    pd.DataFrame({"n": pd.array([2**60 + 1, None], dtype="Int64"), "w": ["a", None]}).to_parquet(
        tmp_path / "t"
    )
    table = read_table(tmp_path / "t")
    assert table.column("n").texts.tolist() == [str(2**60 + 1), ""]
    assert table.column("w").texts.tolist() == ["a", ""]


def test_without_pandas_the_command_that_helps_is_named(workbook, monkeypatch):
    def without(name, *args):
        if name == "pandas":
            raise ImportError(name)
        return importing(name, *args)

    importing = builtins.__import__
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(TableError, match=r'an Excel workbook: .* pip install "tiny-nn-trainer\[tables\]"$'):
        read_table(workbook)


def test_a_zip_archive_is_none_and_no_bomb_is_unpacked():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", "a,b\n1,2\n")
    with pytest.raises(TableError, match="got a zip archive; unpack it first"):
        read_table(file.getvalue())


def test_a_brace_begins_a_name_where_the_delimiter_is_given():
    assert [*read_table(b"{,b\n1,2\n", delimiter=",").columns] == ["{", "b"]
