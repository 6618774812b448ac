"""Delimited text: how it is written is inferred, and every cell reads back as it was written."""

import csv
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn.data.labels import parse_number
from nn.data.reading import TableError, read_table, text


def read(written: str, **options):
    return read_table(written.encode(), **options)


def rows(table) -> list[list[str]]:
    return [list(row) for row in zip(*(column.texts for column in table.columns.values()), strict=True)]


@pytest.mark.parametrize(
    ("mark", "note"),
    [(",", None), (";", "semicolons"), ("\t", "tabs"), ("|", "bars"), (" ", "blanks"), ("  ", "blanks")],
)
def test_the_delimiter_is_what_splits_all_lines_alike(mark, note):
    table = read("\n".join(mark.join(row) for row in (["name", "b"], ["x", "1"], ["y", "2"])))
    assert rows(table) == [["x", "1"], ["y", "2"]]
    assert table.notes == ((f"Read cells as separated by {note}.",) if note else ())
    assert table.dialect.delimiter == mark[0]


def test_blanks_and_tabs_in_runs_separate_cells_whatever_their_number():
    assert rows(read("  a   b\t c \n 1 2   3\n4\t5 6\t\n")) == [["1", "2", "3"], ["4", "5", "6"]]


def test_any_character_may_be_given_as_delimiter():
    assert rows(read("a^b\n1^2\n", delimiter="^")) == [["1", "2"]]
    assert rows(read("a\tb c\n1\t2 3\n", delimiter="tab")) == [["1", "2 3"]]
    assert [*read("a b\n1 2\n", delimiter=",").columns] == ["a b"]


@pytest.mark.parametrize(
    "options",
    [{"delimiter": "ab"}, {"delimiter": "a"}, {"decimal": ";"}, {"encoding": "utf-9"}, {"comment": ""}],
)
def test_an_option_that_cannot_be_is_refused(options):
    with pytest.raises(ValueError, match="expected"):
        read("a,b\n1,2\n", **options)


@pytest.mark.parametrize(
    ("written", "decimal", "numbers"),
    [
        ("a;b\n39,1;x\n1;y\n", ",", [39.1, 1]),
        ("a\tb\n0,125\tx\n1.234,5\ty\n", ",", [0.125, 1234.5]),
        ("a;b\n39,1;1.234\n40;5.678\n", ",", [39.1, 40]),
        ("a;b\n39.1;x\n1,234;y\n", ".", [39.1, 1234]),
        ('a,b\n"1,234",x\n"1,234,567.5",y\n', ".", [1234, 1234567.5]),
        ('a,b\n"39,1",x\n2,y\n', ".", [np.nan, 2]),
        ("a;b\n-1,5e-3;x\n2;y\n", ",", [-0.0015, 2]),
    ],
)
def test_the_decimal_mark_is_what_the_numbers_tell(written, decimal, numbers):
    table = read(written)
    assert table.dialect.decimal == decimal
    np.testing.assert_array_equal(table.column("a").numbers, numbers)


def test_separators_of_thousands_are_said():
    assert read('a,b\n1,"3,750"\n').notes == ("Read '3,750' as 3750: commas separate thousands.",)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("a;b\n1,234;x\n2,345;y\n", "column 'a': '1,234' may be a decimal or thousands"),
        ("a;b\n1,5;2.5\n", "there are '1,5' and '2.5': which mark is decimal?"),
    ],
)
def test_an_ambiguous_mark_is_refused_until_it_is_given(written, message):
    with pytest.raises(TableError, match=r"data\.decimal") as error:
        read(written)
    assert message in str(error.value)
    assert error.value.mistakes[0].key == "decimal"
    assert read(written, decimal=",").column("a").numbers[0] in (1.234, 1.5)


@pytest.mark.parametrize(
    "written",
    [
        "6,148,a\n1,85,b\n",
        "p,x,s\np,x,s\ne,x,s\n",
        "red\nblue\nred\n",
        "1,5;2,5\n3,5;4,5\n",
        "5.1 3.5\n4.9 3.0\n",
    ],
)
def test_a_first_line_that_looks_like_data_is_never_lost(written):
    with pytest.raises(
        TableError, match=r"<bytes>:1: the first line looks like data .*data.header: false"
    ) as error:
        read(written)
    assert error.value.mistakes[0].key == "header"
    without, with_names = read(written, header=False), read(written, header=True)
    assert [*without.columns] == [str(n + 1) for n in range(len(without.columns))]
    assert len(without) == len(with_names) + 1
    assert without.lines[0] == 1


def test_names_that_come_again_below_once_are_still_names():
    assert len(read("a,b,y\n0.5,1.5,x\n0.25,1,y\n")) == 2


@pytest.mark.parametrize(
    "written",
    [
        '"","a","b"\n"1",5,6\n"2",7,8\n',
        ",a,b\n0,5,6\n9,7,8\n",
        '"a" "b"\n"1" 5 6\n"2" 7 8\n',
        "a b\n1 5 6\n2 7 8\n",
    ],
)
def test_row_names_are_left_out_and_that_is_said(written):
    table = read(written)
    assert rows(table) == [["5", "6"], ["7", "8"]]
    assert "Left out the first column, which has no name: it holds row names." in table.notes


def test_a_header_that_is_too_short_for_anything_else_is_a_mistake():
    with pytest.raises(TableError, match="<bytes>:2: expected 2 cells, got 3"):
        read("a,b\n5,6,7\n8,9,1\n")


def test_comment_lines_are_left_out_and_counted():
    table = read("# exported\n# by hand\na,b\n1,2\n# half\n3,4\n")
    assert rows(table) == [["1", "2"], ["3", "4"]]
    assert list(table.lines) == [4, 6]
    assert table.notes == ("Left out 3 comment lines with '#' at the beginning.",)
    assert rows(read("a,b\n%,1\n%x\n2,3\n", comment="%")) == [["2", "3"]]
    assert rows(read("a,b\n#1,2\n")) == [["#1", "2"]]


def test_single_quotes_count_where_all_of_them_are_closed():
    assert rows(read("'a b' 'c'\n'x y' 1\n")) == [["x y", "1"]]
    assert rows(read("a,b\n'tis,1\nO'Neil,2\n")) == [["'tis", "1"], ["O'Neil", "2"]]


def test_a_quoted_cell_may_go_on_over_lines_and_blocks(monkeypatch):
    monkeypatch.setattr(text, "FIRST_BLOCK", 8)
    monkeypatch.setattr(text, "NEXT_BLOCK", 8)
    monkeypatch.setattr(text, "BLOCK_ROWS", 1)
    table = read('a,b\n1,"x\ny\n\nz"\n2,w\n3,"v"\n')
    assert rows(table) == [["1", "x\ny\n\nz"], ["2", "w"], ["3", "v"]]
    assert list(table.lines) == [2, 6, 7]


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("", "<bytes>: expected a header line and rows, got an empty file"),
        ("# alone\n", "<bytes>: expected a header line and rows, got only comments"),
        ("a,b\n", "<bytes>: expected rows below the header, got none"),
        ("a,,a\n1,2,3\n1,2\n", "<bytes>:1: column 2 has no name: give it one\n"
         "<bytes>:1: column 'a' is there twice: give each its own name\n"
         "<bytes>:3: expected 3 cells, got 2"),
        ("a,b\n1\n2,3\n\n4,5,6\n", "<bytes>:2: expected 2 cells, got 1\n<bytes>:4: expected 2 cells, got 0\n"
         "<bytes>:5: expected 2 cells, got 3"),
        ("a b c\n1 2 3\n4 5\n", "<bytes>:3: expected 3 cells, got 2"),
        ('a,b\n1,"2\n', "<bytes>:2: not well-formed CSV: unexpected end of data"),
    ],
)  # fmt: skip
def test_all_mistakes_of_a_text_are_told_at_once(written, message):
    with pytest.raises(TableError) as error:
        read(written)
    assert str(error.value) == message


def test_of_many_mistakes_the_first_are_told():
    with pytest.raises(TableError) as error:
        read("a,b\n1,2\n" + "1\n" * 100_000)
    assert len(error.value.mistakes) == 21
    assert str(error.value).endswith("and maybe more below")


names = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=5).filter(
    lambda name: parse_number(name) is None and name[0] not in "#'\"" and not set(",;|\"'") & {*name}
)
cell = st.text(st.characters(codec="utf-8", exclude_categories=["C"], include_characters="\n"), max_size=6)
DIALECTS = [
    *((mark, '"', quoting) for mark in ",;\t|" for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_ALL)),
    *((mark, "'", csv.QUOTE_ALL) for mark in ",;\t| "),  # known where they are seen
]


@given(st.data(), st.sampled_from(DIALECTS), st.sampled_from(["\n", "\r\n"]))
def test_whatever_csv_writes_reads_back_cell_for_cell(data, dialect, end):
    mark, quote, quoting = dialect
    # Single quotes are inferred, from cells without what may stand between cells.
    cells = cell.map(str.strip).filter(lambda one: quote == '"' or not set("\"'\n,;|\t ") & {*one})
    header = data.draw(st.lists(names, min_size=2, max_size=4, unique=True))
    body = data.draw(st.lists(st.tuples(*[cells] * len(header)), min_size=1, max_size=6))
    file = io.StringIO()
    writer = csv.writer(file, delimiter=mark, quotechar=quote, quoting=quoting, lineterminator=end)
    writer.writerows([header, *body])
    table = read(file.getvalue(), header=True, delimiter=mark, decimal=".")
    assert [*table.columns] == header
    assert rows(table) == [list(row) for row in body]


plain = st.text("abcxyz0123456789-:/éß", min_size=1, max_size=6)


@given(st.data(), st.sampled_from(",;\t| "))
def test_a_delimiter_that_cells_have_not_is_found(data, mark):
    width = data.draw(st.integers(2, 4))
    body = data.draw(st.lists(st.lists(plain, min_size=width, max_size=width), min_size=1, max_size=6))
    written = "".join(f"{mark.join(row)}\n" for row in ([f"column{n}" for n in range(width)], *body))
    table = read(written, header=True)
    assert table.dialect.delimiter == mark
    assert rows(table) == body


def test_empty_columns_without_a_name_are_left_out_and_said():
    table = read_table(b"a,b,,\n1,2,,\n3,4,,\n")
    assert [*table.columns] == ["a", "b"]
    assert table.notes == ("Left out 2 columns, without a name or a cell that holds anything.",)


def test_a_column_without_a_name_that_holds_something_is_refused():
    with pytest.raises(TableError, match="column 3 has no name: give it one"):
        read_table(b"a,b,\n1,2,5\n3,4,\n")


def test_a_title_above_the_names_is_told_once():
    message = (
        "^<bytes>:1: the first line has 1 cell, and the lines below have 3 each: delete what stands above"
    )
    with pytest.raises(TableError, match=message):
        read_table(b"Sales 2024\n\na,b,c\n1,2,3\n4,5,6\n")


def test_a_double_quote_within_single_quotes_is_a_part_of_the_cell():
    table = read_table(b"'size'|'word'\n'5\" pipe'|'a'\n'3'|'b'\n")
    assert table.column("size").texts.tolist() == ['5" pipe', "3"]
