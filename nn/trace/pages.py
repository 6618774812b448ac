"""Lays a worked step out as text that fits the terminal, and as Markdown with formulas."""

import re
import textwrap
from collections.abc import Iterator
from decimal import Decimal

from nn.trace.lesson import Equation, Lesson, LessonSection
from nn.trace.notation import Latex, Text

LEGEND = (
    "The inputs are x and the targets t. A layer's weighted sum is z, a hidden output h, the network's"
    " output y, what a shortcut hands on s, the loss L. The upper number is the layer; the lower ones"
    " are the unit and, of weights, the input before it.",
    "δ = ∂L/∂z; h′ = ∂h/∂z; Σ goes over the samples of the batch; ← replaces the value on its left.",
)


def as_text(lesson: Lesson, name: str, digits: int, width: int) -> Iterator[str]:
    """Lay the step out in lines of at most ``width``, as far as they can be broken before an operator."""
    yield from textwrap.wrap(title(lesson, name), width)
    for text in LEGEND:
        yield ""
        yield from textwrap.wrap(text, width)
    yield ""
    yield from wrap_formula(given_text(lesson, Text(digits)), width, "  ")
    for section in lesson.sections:
        yield from ("", section.title)
        for line, symbols, numbers, value in written_equations(section, Text, digits):
            quantity, sign = Text(digits).name(line.name), "←" if line.replaces else "="
            margin = " " * (len(quantity) + 3)
            result = f"{numbers} = {value}" if numbers != value else value
            if symbols:
                yield from wrap_formula(f"  {quantity} {sign} {symbols}", width, margin + "  ")
                yield from wrap_formula(f"{margin}= {result}", width, margin + "  ")
            else:
                yield from wrap_formula(f"  {quantity} {sign} {result}", width, margin + "  ")
        if section.left_out:
            yield f"  … and {section.left_out:,} more in the same way"


def title(lesson: Lesson, name: str) -> str:
    """Return the title of the page."""
    which = f"sample {lesson.sample + 1} of the {lesson.batch} in its batch"
    return f"The first training step of {name}, followed through with {which}"


def given_text(lesson: Lesson, style: Text) -> str:
    """Write the inputs and targets of the sample."""
    values = [f"{style.name(leaf.name)} = {style.number(leaf.value)}" for leaf in lesson.given if leaf.name]
    return f"Sample {lesson.sample + 1}: {', '.join(values)}"


def wrap_formula(text: str, width: int, indent: str) -> list[str]:
    """Break text into lines before plus, minus and equality signs."""
    glued = re.sub(r" (?=[·/:<>≥≤])|(?<=[·/:+−=←<>≥≤Σ,]) |(?<=\d) (?=more)|(?<=max) ", "\u00a0", text)
    margin = glued[: len(glued) - len(glued.lstrip(" "))]
    lines = textwrap.wrap(
        glued.strip(" "),
        width,
        initial_indent=margin,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    lines = [line.replace("\u00a0", " ") for line in lines]
    return [line[2:] if line.startswith(f"{indent}= ") else line for line in lines]


def as_markdown(lesson: Lesson, name: str, digits: int) -> Iterator[str]:
    """Lay the step out with a heading for each section and aligned formulas, as GitHub renders them."""
    yield f"# {title(lesson, name)}"
    for text in (*LEGEND, given_text(lesson, Text(digits))):
        yield from ("", text)
    for section in lesson.sections:
        blocks = []
        for line, symbols, numbers, value in written_equations(section, Latex, digits):
            quantity, sign = Latex(digits).name(line.name), r"\leftarrow" if line.replaces else "="
            result = f"{numbers} = {value}" if numbers != value else value
            rows = [symbols, f"= {result}"] if symbols else [result]
            blocks.append(f"{quantity} &{sign} " + " \\\\\n&".join(rows))
        yield from ("", f"### {section.title}", "", "```math", r"\begin{aligned}")
        yield " \\\\[6pt]\n".join(blocks)
        yield from (r"\end{aligned}", "```")
        if section.left_out:
            yield from ("", f"… and {section.left_out:,} more in the same way.")


def written_equations(
    section: LessonSection, notation: type[Text], digits: int
) -> Iterator[tuple[Equation, str, str, str]]:
    """Yield each line with its right side in symbols and in numbers, and its value.

    Symbols are left out if they equal the numbers, or those of the parameters before.
    """
    said = set()
    for line in section.lines:
        style = notation(digits, places(line, digits))
        symbols, numbers = (style.write(line.expression, kind)[0] for kind in (True, False))
        known = (line.name.letter, line.name.slope, line.name.remembered)
        again = section.title == "Update" and known in said
        said.add(known)
        yield (
            line,
            "" if again or symbols == numbers else symbols,
            numbers,
            style.number(line.expression.value),
        )


def places(line: Equation, digits: int) -> int:
    """Return the decimal places that show the change of a quantity to ``digits`` digits; else 0."""
    old = [leaf.value for leaf in line.expression.leaves() if leaf.name == line.name]
    change = line.expression.value - old[0] if old else 0
    small = old and 0 < abs(change) < abs(old[0])
    return max(0, digits - 1 - Decimal(change).adjusted()) if small else 0
