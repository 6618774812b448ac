"""A curve of one line shows the course, the spikes and the gaps of the loss."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn.cli.sparkline import LEVELS, sparkline


@pytest.mark.parametrize(
    ("values", "drawn"),
    [
        ([], ""),
        ([0.5], "0.5 ▅ 0.5"),
        ([1, 2, 3, 4, 5, 6, 7, 8], "1 ▁▂▃▄▅▆▇█ 8"),
        ([8, 1], "8 █▁ 1"),
        ([1, 10, 100], "1 ▁▅█ 100 (log scale)"),
        ([0, 100], "0 ▁█ 100"),
        ([2, float("nan"), 1], "2 █×▁ 1"),
        ([float("inf")] * 2, "inf ×× inf"),
    ],
)
def test_a_bar_for_each_value(values, drawn):
    assert sparkline(values, "utf-8") == drawn


def test_without_bars_in_the_encoding_there_are_plain_characters():
    assert sparkline([8, float("nan"), 1], "ascii") == "8 #x_ 1"


@given(st.lists(st.floats(0.1, 1), min_size=1, max_size=300), st.integers(1, 80))
def test_the_highest_value_is_seen_at_any_width(values, columns):
    bars = sparkline(values, "utf-8", columns).split()[1]
    assert len(bars) == min(columns, len(values))
    assert LEVELS[-1] in bars or max(values) == min(values)


@pytest.mark.parametrize("columns", [40, 80])
def test_training_ends_with_the_curve_where_it_is_asked_for(nn, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    last = nn("train", "xor", "--no-plot", "--sparkline").stdout.splitlines()[-1]
    assert last.startswith("loss 0.25")
    assert "█" in last
    assert {"▁", "▂"} & set(last)
    assert len(last) <= columns
    assert "█" not in nn("train", "xor", "--no-plot").stdout
    assert nn("train", "xor", "--no-plot", "--sparkline", "--quiet").stdout == ""
