"""Text for people: tables and paragraphs that fit, characters that cannot command a terminal."""

from hypothesis import given
from hypothesis import strategies as st

from nn.cli.text import paragraph, printable, table


def test_columns_are_as_wide_as_their_cells():
    assert table([["name", "n"], ["a", "10"]], "<>") == "name   n\na     10"


def test_a_last_column_of_words_wraps_under_itself(monkeypatch):
    monkeypatch.setenv("COLUMNS", "30")
    assert (
        table([["key", "some words that do not fit in a line"]], "<<")
        == "key  some words that do not\n     fit in a line"
    )


def test_a_paragraph_is_as_wide_as_the_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "20")
    assert paragraph("# one two three\nfour five", indent="# ") == "# one two three four\n# five"


def test_lines_are_never_wider_than_is_easy_to_read(monkeypatch):
    monkeypatch.setenv("COLUMNS", "300")
    assert max(map(len, paragraph("word " * 100).splitlines())) <= 100


def test_control_characters_stand_as_escapes():
    assert printable("a\x1b[31m\n\x9b\u202eü") == r"a\x1b[31m\n\x9b\u202eü"
    assert printable("\udcff") == r"\udcff"


@given(st.text(st.characters()))
def test_nothing_printable_commands_a_terminal(text):
    shown = printable(text)
    assert shown.isprintable()
    assert all(character in shown for character in text if character.isprintable())
    shown.encode()
