"""How seeds and values are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn.studies.values import parse_seeds, parse_values, seed_ranges, seeds_in


@pytest.mark.parametrize(
    ("text", "seeds"),
    [
        ("3", [0, 1, 2]),
        ("5:7", [5, 6]),
        ("20:22, 0:2", [0, 1, 20, 21]),
        (f"{2**64 - 1}:{2**64}", [2**64 - 1]),
    ],
)
def test_seeds_are_a_count_or_half_open_ranges(text, seeds):
    assert parse_seeds(text) == tuple(seeds)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0", "at least one seed, got 0"),
        ("10:0", "10:0 is reversed; write 0:10"),
        ("3:3", "write 3:4"),
        ("0:10,5:15", "the range 5:15 overlaps"),
        ("1,2", "a count such as 1000, or ranges such as 0:10,20:30, got '1,2'"),
        ("-3", "a count such as"),
        ("", "a count such as"),
        ("1000000000000", "at most 10,000,000 seeds, got 1,000,000,000,000"),
        (f"{2**64}:{2**64 + 1}", "seeds below 2"),
    ],
)
def test_other_seeds_are_refused(text, message):
    with pytest.raises(ValueError, match=message):
        parse_seeds(text)


@given(st.sets(st.integers(0, 40), min_size=1))
def test_ranges_are_those_of_the_seeds(seeds):
    assert seeds_in(seed_ranges(sorted(seeds))) == tuple(sorted(seeds))


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("0.1,0.5,2", (0.1, 0.5, 2)),
        ("1e-3", (0.001,)),
        ("sgd, {type: adam}", ("sgd", {"type": "adam"})),
        ("[1, 2], [3]", ([1, 2], [3])),
        ("true, 1", (True, 1)),
        ("0.001..1 log 7", (0.001, 0.00316228, 0.01, 0.0316228, 0.1, 0.316228, 1.0)),
        ("0..1 lin 5", (0.0, 0.25, 0.5, 0.75, 1.0)),
        ("1 .. 8 log 4", (1, 2, 4, 8)),
    ],
)
def test_values_are_a_list_or_evenly_spaced(text, values):
    assert parse_values(text) == values
    assert [*map(type, parse_values(text))] == [*map(type, values)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected values such as 0.1,0.5,2, got none"),
        ("0.1, 1, 1.0", "the value 1.0 is given twice"),
        ("a]", "expected '<document start>'"),
        ("0.1..1", "a range such as 0.001..1 log 7"),
        ("1..1 lin 3", "two different numbers"),
        ("0..1 log 3", "a logarithmic scale is of numbers above 0, got 0..1; write lin"),
        ("1..2 lin 1", "at least 2 values"),
        ("1..b lin 3", r"two numbers, got 1\.\.b"),
        ("1..1e400 log 3", r"two numbers, got 1\.\.1e400"),
        ("-1e308..1e308 lin 3", r"two numbers, got -1e308\.\.1e308"),
        ("0..nan lin 3", r"two numbers, got 0\.\.nan"),
    ],
)
def test_other_values_are_refused(text, message):
    with pytest.raises(ValueError, match=message):
        parse_values(text)
