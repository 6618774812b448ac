"""Numbers in cells: bit for bit what Python reads, whichever way they are read."""

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nn.data.reading import decimals, numbers
from nn.data.reading.column import Column, Packed, piece_of
from nn.data.reading.numbers import parse_cell, parse_packed

finite = st.floats(allow_nan=False, allow_infinity=False)
digits = st.integers(0, 10**25).map(str)
spelled = st.one_of(
    finite.map(repr),
    st.floats(-1e6, 1e6).map(repr),
    st.integers(-(10**20), 10**20).map(str),
    st.builds("{}{}.{}".format, st.sampled_from(["", "-", "+"]), digits, digits),
    st.builds("{:.{}f}".format, st.floats(-1e4, 1e4), st.integers(0, 30)),
    st.sampled_from(["-0", "-0.00", "+.5", "5.", "0" * 40, "1e999", "-1e-999", "inf", "9007199254740992.5"]),
)
doubtful = st.sampled_from(
    ["", "", ".", "-", "+-1", "1.2.3", ".-5", "1-2", "2024-01-31", "12:30", "1_000", "NA", "nan", "e", "1e",
     "x1", "0x10", "1 2", "Infinity", "é", "1,5", "1,234", "--1", "1+"]
)  # fmt: skip


def packed(cells: list[str]) -> bytes:
    return decimals.BREAK.decode().join(cells).encode()


def same(ones: np.ndarray, others: list[float]) -> bool:
    """Whether numbers are the same bit for bit, but for what kind of NaN they are."""
    missing = np.isnan(others)
    expected = np.array(others)
    return bool(
        np.array_equal(np.isnan(ones), missing)
        and np.array_equal(ones[~missing].view(np.int64), expected[~missing].view(np.int64))
    )


@given(st.lists(spelled, min_size=1, max_size=40))
@example(["0.5000000000000001110223024625156540423631668090820312", "9007199254740993", "4503599627370496.5"])
def test_decimals_are_rounded_as_python_rounds_them(cells):
    assert same(parse_packed(packed(cells)), [float(cell) for cell in cells])


@given(st.lists(st.one_of(spelled, doubtful), min_size=1, max_size=40))
def test_many_cells_are_read_as_each_alone_is(cells):
    assert same(parse_packed(packed(cells)), [parse_cell(cell) for cell in cells])
    swapped = [cell.translate(numbers.SWAP) for cell in cells]
    assert same(parse_packed(packed(swapped), ","), [parse_cell(cell) for cell in cells])


def test_machines_without_extended_precision_read_the_same(monkeypatch):
    rng = np.random.default_rng(0)
    cells = [repr(x) for x in rng.standard_normal(500).tolist()] + [
        f"{x:.3f}" for x in rng.standard_normal(500)
    ]
    monkeypatch.setattr(decimals, "EXTENDED", False)
    assert same(parse_packed(packed(cells)), [float(cell) for cell in cells])


@pytest.mark.parametrize(
    ("cell", "decimal", "number"),
    [
        ("1,234.5", ".", 1234.5),
        ("-1,234", ".", -1234),
        ("12,34", ".", math.nan),
        ("0,123", ".", math.nan),
        ("39,1", ",", 39.1),
        ("1.234,5", ",", 1234.5),
        ("39.1", ",", math.nan),
        ("1_000", ".", math.nan),
        ("nan", ".", math.nan),
        ("Infinity", ".", math.inf),
        ("1e400", ".", math.inf),
        ("", ".", math.nan),
    ],
)
def test_a_number_is_what_its_decimal_mark_makes_of_it(cell, decimal, number):
    assert parse_cell(cell, decimal) == number or (
        math.isnan(parse_cell(cell, decimal)) and math.isnan(number)
    )


texts = st.lists(st.one_of(spelled, st.sampled_from(["a", "b", "007", "7", ""])), min_size=1, max_size=300)


@given(texts, st.integers(1, 300), st.booleans())
def test_a_column_is_the_same_in_whatever_pieces_it_is_kept(cells, size, as_packed):
    parts = [cells[start : start + size] for start in range(0, len(cells), size)]
    pieces = [Packed(len(part), packed(part)) if as_packed else piece_of(part) for part in parts]
    column = Column(pieces)
    assert column.texts.tolist() == cells
    assert same(column.numbers, [parse_cell(cell) for cell in cells])
    codes, levels = column.levels()
    assert levels[codes].tolist() == cells
    assert levels.tolist() == [*dict.fromkeys(cells)]
    rows = np.arange(len(cells))[::-2]
    assert column.take(rows).texts.tolist() == cells[::-2]
    assert same(column.take(rows).numbers, [parse_cell(cell) for cell in cells[::-2]])
    codes, levels = column.take(rows).levels()
    assert levels[codes].tolist() == cells[::-2]
