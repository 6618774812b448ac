import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn.data.reading import TableError, read_table
from nn.data.reading.blocks import NumberBlock
from nn.data.reading.dialect import Dialect
from nn.data.reading.numbers import parse_cell
from nn.data.reading.records import RecordReader

WRITTEN = ["", "0", "-0", "007", "1.5", "-2.25", "+4", "1e-5", "E", "--1", ".", "12,5", "3" * 25]
cells = st.sampled_from(WRITTEN)
rows = st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=40)


@given(rows, st.sampled_from([".", ","]))
def test_a_block_of_numbers_has_the_cells_and_numbers_of_its_lines(rows, decimal):
    text = "".join(";".join(row) + "\n" for row in rows)
    block = NumberBlock.of(text.encode(), b";", 3)
    for place in range(3):
        column = [row[place] for row in rows]
        assert block.cells(place) == column
        expected = [parse_cell(cell, decimal) for cell in column]
        np.testing.assert_array_equal(block.numbers(decimal)[place], expected)


@pytest.mark.parametrize("text", ["1;2\n3\n", "1;2;3\n4\n", "1;2\n\n3;4\n", "1;2\n3;4;\n"])
def test_lines_of_other_widths_are_no_block(text):
    assert NumberBlock.of(text.encode(), b";", 2) is None


def test_numbers_stay_as_written_beside_their_values():
    table = read_table(b"code,x\n007,1.50\n7,+2\n")
    assert table.column("code").texts.tolist() == ["007", "7"]
    assert table.column("code").levels()[1].tolist() == ["007", "7"]
    assert table.column("x").numbers.tolist() == [1.5, 2]


def test_a_row_of_numbers_that_is_short_is_told_with_its_line():
    with pytest.raises(TableError, match="3: expected 2 cells, got 1"):
        read_table(b"a,b\n1,2\n3\n4,5\n")


def test_the_rows_below_a_header_are_one_block_with_the_lines_on_which_they_begin():
    reader = RecordReader("table", ["a;b\n1;2\n3;4\n", "5;6\n"], Dialect(delimiter=";"))
    assert reader.record() == ["a", "b"]
    first, second = reader.batches(2)
    assert isinstance(first.cells, NumberBlock)
    assert first.lines.tolist() == [2, 3]
    assert second.lines.tolist() == [4]
