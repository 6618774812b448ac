"""The lesson as text that fits the terminal, and as Markdown with formulas."""

import textwrap
from collections.abc import Iterable, Iterator

from nn.trace.lesson import Line, Section
from nn.trace.notation import Latex, Text


def as_text(sections: Iterable[Section], digits: int, width: int) -> Iterator[str]:
    """The lines of the lesson, none longer than ``width`` where it can be broken before a sign."""
    style = Text(digits)
    for section in sections:
        yield from ("", section.title)
        for line in section.lines:
            yield from text_of(line, style, width)
        if section.left_out:
            yield f"  … and {section.left_out:,} more in the same way"


def text_of(line: Line, style: Text, width: int) -> Iterator[str]:
    """``name = symbols``, below it ``= numbers = value``."""
    symbols, numbers, value = written(line, style)
    name, equals = style.name(line.name), "←" if line.new else "="
    margin = " " * (len(name) + 3)
    if symbols != numbers:
        yield from broken(f"  {name} {equals} {symbols}", width, margin + "    ")
        yield from broken(
            f"{margin}= {numbers}" + (f" = {value}" if numbers != value else ""), width, margin + "    "
        )
    else:
        yield from broken(f"  {name} {equals} {numbers}", width, margin + "    ")


def broken(text: str, width: int, indent: str) -> list[str]:
    """Text in lines that end before a sign of plus, minus or equality."""
    for sign in ("·", "/", "more:"):
        text = text.replace(f" {sign} ", f"\u00a0{sign}\u00a0")
    for sign in ("+", "−", "=", "←"):
        text = text.replace(f" {sign} ", f" {sign}\u00a0")
    text = text.replace(" more:", "\u00a0more:").replace("max ", "max\u00a0")
    lead = text[: len(text) - len(text.lstrip())]
    lines = textwrap.wrap(
        text.strip(),
        width,
        initial_indent=lead,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace("\u00a0", " ") for line in lines]


def as_markdown(sections: Iterable[Section], digits: int) -> Iterator[str]:
    """The lesson with a heading for each section and its formulas aligned, as GitHub renders them."""
    style = Latex(digits)
    for section in sections:
        yield from ("", f"### {section.title}", "", "```math", r"\begin{aligned}")
        for number, line in enumerate(section.lines):
            symbols, numbers, value = written(line, style)
            sign = r"\leftarrow" if line.new else "="
            rows = [f"{style.name(line.name)} &{sign} {symbols}"]
            if symbols != numbers:
                rows.append(f"&= {numbers}" + (f" = {value}" if numbers != value else ""))
            end = "" if number == len(section.lines) - 1 else r" \\[4pt]"
            yield " \\\\\n".join(rows) + end
        yield from (r"\end{aligned}", "```")
        if section.left_out:
            yield from ("", f"… and {section.left_out:,} more in the same way.")


def written(line: Line, style: Text) -> tuple[str, str, str]:
    """The right side in symbols and in numbers, and its value."""
    of = line.expression
    return style.write(of, True)[0], style.write(of, False)[0], style.number(of.value)
