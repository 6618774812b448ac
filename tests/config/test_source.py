"""A configuration's YAML: what numbers and words mean, what is refused and where, what is set over it."""

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn.config.places import ConfigError
from nn.config.source import MAX_BYTES, MAX_DEPTH, about, find, names, parse, read


def refused(text: str) -> str:
    """The first line that is said of a text."""
    try:
        found = parse(text, "my.yaml")
    except ConfigError as error:
        return error.shown[0].splitlines()[0]
    return ConfigError(*found.mistakes, places=found.places).shown[0].splitlines()[0]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-3", 0.001),
        ("1E3", 1000.0),
        ("-2.5e+1", -25.0),
        (".5", 0.5),
        ("5.", 5.0),
        ("+7", 7),
        ("-0", 0),
        ("007", 7),
        ("12345678901234567890", 1.2345678901234567e19),
        (".inf", math.inf),
        ("-.INF", -math.inf),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
    ],
)
def test_numbers_and_truth_are_as_in_yaml_1_2(text, value):
    found = parse(f"key: {text}", "my.yaml").data["key"]
    assert (found, type(found)) == (value, type(value))


def test_nan_is_a_number():
    assert math.isnan(parse("key: .nan", "my.yaml").data["key"])


@pytest.mark.parametrize(
    "text",
    ["yes", "no", "on", "off", "Y", "1_000", "0x10", "0b1", "1:30", "2024-01-01", "e5", ".", "-", "1e", "<<"],
)
def test_what_only_yaml_1_1_takes_for_something_else_is_text(text):
    if text == "-":
        text = "'-'"
    assert parse(f"key: {text}", "my.yaml").data["key"] == text.strip("'")


@pytest.mark.parametrize("text", ["'1'", '"true"', "'null'", '"1e-3"', "|-\n  1", "!!str 1"])
def test_quoted_is_text(text):
    assert isinstance(parse(f"key: {text}", "my.yaml").data["key"], str)


def test_mappings_and_lists():
    text = "a: {b: [1, two, {c: 3}]}\nd:\n  - e\n  - f: null\n"
    assert parse(text, "").data == {"a": {"b": [1, "two", {"c": 3}]}, "d": ["e", {"f": None}]}


def test_keys_are_words_whatever_they_look_like():
    assert parse("1: a\ntrue: b\n", "").data == {"1": "a", "true": "b"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("seed: 0\nseed: 1\n", "my.yaml:2:1: seed is given twice"),
        ("a:\n  b: {c: 1, c: 2}\n", "my.yaml:2:13: a.b.c is given twice"),
        ("? [a]\n: 1\n", "my.yaml:1:3: a key must be a word"),
        ("a: &x 1\nb: *x\n", "my.yaml:2:4: aliases are not supported"),
        ("a: [1, 2\nb: 3\n", "my.yaml:2:2: expected ',' or ']', but got ':'"),
        ("a: 1\n\tb: 2\n", "my.yaml:2:1: found character '\\t' that cannot start any token"),
        (
            "a: 1\n---\nb: 2\n",
            "my.yaml:2:1: expected a single document in the stream, but found another document",
        ),
        ("a: 'b\n", "my.yaml:2:1: found unexpected end of stream"),
        ("a: 1\nb: \x1b[31m\n", "my.yaml:2:4: the character U+001B is not allowed"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_column(text, message):
    assert refused(text) == message


def test_depth_is_limited():
    assert parse("[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1), "") is not None
    assert refused("[" * 100_000) == f"my.yaml:1:{MAX_DEPTH + 1}: nested deeper than {MAX_DEPTH} levels"


def test_nothing_is_executed():
    assert parse("!!python/object/apply:os.system ['false']", "").data == ["false"]


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_by_name(text):
    message = "my.yaml"
    try:
        parse(text, "my.yaml")
    except ConfigError as error:
        message = str(error)
    assert message.startswith("my.yaml")


def test_size_is_limited(tmp_path: Path):
    (tmp_path / "large.yaml").write_text("# " + "x" * MAX_BYTES)
    with pytest.raises(ConfigError, match="larger than 256 KiB"):
        read(tmp_path / "large.yaml")


def test_text_is_utf8_with_or_without_a_mark(tmp_path: Path):
    (tmp_path / "marked.yaml").write_bytes(b"\xef\xbb\xbfname: \xc3\xbc\n")
    assert read(tmp_path / "marked.yaml").data == {"name": "ü"}
    (tmp_path / "latin.yaml").write_bytes(b"name: \xfc\n")
    with pytest.raises(ConfigError, match=r"latin\.yaml: not UTF-8 text"):
        read(tmp_path / "latin.yaml")


def test_bundled_configurations_are_found_by_name_and_say_what_they_teach():
    assert "xor" in names()
    for name in names():
        assert read(find(name)).data["seed"] == 0
        headline, *_ = about(find(name))
        assert len(headline) > 20


def test_what_a_configuration_says_of_itself_are_the_paragraphs_of_its_first_comment(tmp_path: Path):
    (tmp_path / "my.yaml").write_text("# One\n#\n# Two\n# three\nseed: 0  # no\n# nor this\n")
    assert about(tmp_path / "my.yaml") == ["One", "Two three"]
    (tmp_path / "mute.yaml").write_text("seed: 0\n")
    assert about(tmp_path / "mute.yaml") == []
