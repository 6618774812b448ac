"""A configuration's YAML: what numbers and words mean, what is refused and where, what is set over it."""

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn import Dense, Sequential
from nn.config.locations import MAX_SHOWN_MISTAKES, ConfigError
from nn.config.source import (
    MAX_CONFIG_BYTES,
    MAX_DEPTH,
    about,
    config_names,
    find_config,
    parse_yaml,
    read_source,
)


def refused(text: str) -> str:
    """The first line that is said of a text."""
    try:
        found = parse_yaml(text, "my.yaml")
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
        ("18446744073709551615", 2**64 - 1),
        ("-18446744073709551615", -(2**64) + 1),
        ("00000000000000000000007", 7),
        ("18446744073709551616", 18446744073709551616.0),
        ("9" * 5000, math.inf),
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
    found = parse_yaml(f"key: {text}", "my.yaml").data["key"]
    assert (found, type(found)) == (value, type(value))


def test_nan_is_a_number():
    assert math.isnan(parse_yaml("key: .nan", "my.yaml").data["key"])


@pytest.mark.parametrize(
    "text",
    ["yes", "no", "on", "off", "Y", "1_000", "0x10", "0b1", "1:30", "2024-01-01", "e5", ".", "-", "1e", "<<"],
)
def test_what_only_yaml_1_1_takes_for_something_else_is_text(text):
    if text == "-":
        text = "'-'"
    assert parse_yaml(f"key: {text}", "my.yaml").data["key"] == text.strip("'")


@pytest.mark.parametrize("text", ["'1'", '"true"', "'null'", '"1e-3"', "|-\n  1", "!!str 1"])
def test_quoted_is_text(text):
    assert isinstance(parse_yaml(f"key: {text}", "my.yaml").data["key"], str)


def test_mappings_and_lists():
    text = "a: {b: [1, two, {c: 3}]}\nd:\n  - e\n  - f: null\n"
    assert parse_yaml(text, "").data == {"a": {"b": [1, "two", {"c": 3}]}, "d": ["e", {"f": None}]}


def test_keys_are_words_whatever_they_look_like():
    assert parse_yaml("1: a\ntrue: b\n", "").data == {"1": "a", "true": "b"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("seed: 0\nseed: 1\n", "my.yaml:2:1: seed is given twice"),
        ("a:\n  b: {c: 1, c: 2}\n", "my.yaml:2:13: a.b.c is given twice"),
        ("? [a]\n: 1\n", "my.yaml:1:3: expected a word as the key, got a list or a mapping"),
        ("a: &x 1\nb: *x\n", "my.yaml:2:4: aliases are not supported"),
        ("a: [1, 2\nb: 3\n", "my.yaml:2:2: while parsing a flow sequence, expected ',' or ']', but got ':'"),
        (
            "a: 1\n\tb: 2\n",
            "my.yaml:2:1: while scanning for the next token, "
            "found character '\\t' that cannot start any token",
        ),
        (
            "a: 1\n---\nb: 2\n",
            "my.yaml:2:1: expected a single document in the stream, but found another document",
        ),
        ("a: 'b\n", "my.yaml:2:1: while scanning a quoted scalar, found unexpected end of stream"),
        ("a: 1\nb: \x1b[31m\n", "my.yaml:2:4: the character U+001B is not allowed"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_column(text, message):
    assert refused(text) == message


def test_depth_is_limited():
    assert parse_yaml("[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1), "") is not None
    assert refused("[" * 100_000) == f"my.yaml:1:{MAX_DEPTH + 1}: nested deeper than {MAX_DEPTH} levels"


def test_tags_of_other_types_are_refused():
    tag = "!!python/object/apply:os.system"
    assert refused(f"a: {tag} ['false']").startswith(f"my.yaml:1:4: the tag '{tag}' is not supported")
    assert refused("a: !!set {b}").startswith("my.yaml:1:4: the tag '!!set' is not supported")
    assert parse_yaml("a: !!int 3", "").data == {"a": 3}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('a: "\\UFFFFFFFF"', "my.yaml:1:7: expected the number of a character or of a version of YAML"),
        (f"%YAML 1.{'1' * 5000}\n---\na: 1", "my.yaml:1:9: expected the number of a"),
        ("a: 1\nb: \u202ec", "my.yaml:2:4: the character U+202E is not allowed"),
        ("a: 1 # \u2028b: 2", "my.yaml:1:8: the character U+2028 is not allowed"),
        ("a: \0", "my.yaml:1:4: the character U+0000 is not allowed"),
    ],
)
def test_characters_that_mean_harm_are_refused_in_their_place(text, message):
    assert refused(text).startswith(message)


def test_half_a_character_is_a_mistake_at_its_value():
    (mistake,) = parse_yaml('a: "\\ud800"', "").mistakes
    assert (mistake.problem, mistake.span.column) == ("the character U+D800 is half of a surrogate pair", 3)


def test_of_many_mistakes_the_first_are_shown():
    found = parse_yaml("a: 1\n" * 100, "my.yaml")
    shown = ConfigError(*found.mistakes, places=found.places).shown
    assert (len(shown), shown[-1]) == (MAX_SHOWN_MISTAKES + 1, f"and {99 - MAX_SHOWN_MISTAKES} more")


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_by_name(text):
    message = "my.yaml"
    try:
        parse_yaml(text, "my.yaml")
    except ConfigError as error:
        message = str(error)
    assert message.startswith("my.yaml")


def test_size_is_limited(tmp_path: Path):
    (tmp_path / "large.yaml").write_text("# " + "x" * MAX_CONFIG_BYTES)
    with pytest.raises(ConfigError, match="larger than 256 KiB"):
        read_source(tmp_path / "large.yaml")


def test_text_is_utf8_with_or_without_a_mark(tmp_path: Path):
    (tmp_path / "marked.yaml").write_bytes(b"\xef\xbb\xbfname: \xc3\xbc\n")
    assert read_source(tmp_path / "marked.yaml").data == {"name": "ü"}
    (tmp_path / "latin.yaml").write_bytes(b"name: \xfc\n")
    with pytest.raises(ConfigError, match=r"latin\.yaml:1:7: not UTF-8 text: byte 0xFC; save it as UTF-8"):
        read_source(tmp_path / "latin.yaml")
    (tmp_path / "wide.yaml").write_bytes("name: x\n".encode("utf-16"))
    with pytest.raises(ConfigError, match=r"wide\.yaml: UTF-16 text; save it as UTF-8"):
        read_source(tmp_path / "wide.yaml")


def test_a_model_file_is_no_configuration(tmp_path: Path):
    Sequential([Dense(1)], inputs=2).save(tmp_path / "model.npz")
    with pytest.raises(ConfigError, match=r"a zip file.* for nn predict, nn evaluate and nn export"):
        read_source(tmp_path / "model.npz")


def test_bundled_configurations_are_found_by_name_and_say_what_they_teach():
    assert "xor" in config_names()
    for name in config_names():
        assert read_source(find_config(name)).data["seed"] == 0
        headline, *_ = about(find_config(name))
        assert len(headline) > 20


def test_what_a_configuration_says_of_itself_are_the_paragraphs_of_its_first_comment(tmp_path: Path):
    (tmp_path / "my.yaml").write_text("# One\n#\n# Two\n# three\nseed: 0  # no\n# nor this\n")
    assert about(tmp_path / "my.yaml") == ["One", "Two three"]
    (tmp_path / "mute.yaml").write_text("seed: 0\n")
    assert about(tmp_path / "mute.yaml") == []
