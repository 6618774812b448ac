"""Tables and paragraphs as text: no wider than the terminal; as markup: escaped, whole."""

import pytest

from nn.markup import Sheet, latex, markdown, terminal_text

WIDE = Sheet("Wide", ("name", "a" * 30, "b" * 30, "c" * 30), [("x", "1", "2", "3")])


@pytest.fixture
def narrow(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")


@pytest.mark.usefixtures("narrow")
def test_columns_that_do_not_fit_follow_beneath_after_their_names():
    title, first, second = terminal_text([WIDE]).split("\n", 1)[0], *terminal_text([WIDE]).split("\n\n")
    assert title == "Wide"
    assert first.split("\n")[1].split() == ["name", "a" * 30, "b" * 30]
    assert second.split("\n")[0].split() == ["name", "c" * 30]
    assert second.split("\n")[1].split() == ["x", "3"]


@pytest.mark.usefixtures("narrow")
def test_titles_and_paragraphs_are_wrapped():
    text = terminal_text([Sheet("word " * 30, ("a", "b"), [("1", "2")]), "other " * 30, ""])
    assert max(map(len, text.split("\n"))) <= 80
    assert text.split("\n\n")[-1].split() == ["other"] * 30


def test_markup_is_escaped_everywhere():
    passages = [Sheet("50 %", ("a_b",), [("x & y",)]), "c|d"]
    assert latex(passages).split("\n")[0] == r"\textbf{50 \%}"
    assert r"a\_b \\" in latex(passages)
    assert r"x \& y \\" in latex(passages)
    assert markdown(passages).endswith(r"c\|d")
