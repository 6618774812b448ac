"""Arithmetic as a tree, and the names of what stands in it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Name:
    """A quantity as textbooks write it: a letter, its layer above, its units below.

    The lower numbers of a weight are those of its input and of its unit.
    """

    letter: str
    layer: int | None = None
    units: tuple[int, ...] = ()
    slope: bool = False
    """Whether it is the derivative of the loss in this quantity."""
    remembered: str = ""
    """The word for what the optimiser remembers of this quantity."""


@dataclass(frozen=True, eq=False)
class Expression:
    """An operation on parts, and its value; without parts a quantity or a number."""

    value: float
    operation: str = ""
    parts: tuple["Expression", ...] = ()
    name: Name | None = None
    left_out: int = 0
    """The number is the sum of so many further terms."""

    def leaves(self) -> Iterator["Expression"]:
        """The quantities and numbers in it, from left to right."""
        if not self.parts:
            yield self
        for part in self.parts:
            yield from part.leaves()

    def without(self, name: Name) -> "Expression | None":
        """What a product multiplies the one factor of this name with; None where it is no such product."""
        factors = list(self.factors())
        places = [place for place, factor in enumerate(factors) if factor.name == name]
        if len(places) != 1 or len(factors) < 2:
            return None
        rest = [factor for place, factor in enumerate(factors) if place != places[0]]
        if any(leaf.name == name for factor in rest for leaf in factor.leaves()):
            return None
        product = rest[0]
        for factor in rest[1:]:
            product = Expression(product.value * factor.value, "multiply", (product, factor))
        return product

    def factors(self) -> Iterator["Expression"]:
        """The factors of a product, those of its products too; else the expression itself."""
        if self.operation != "multiply":
            yield self
        else:
            for part in self.parts:
                yield from part.factors()


def number(value: float) -> Expression:
    """A number without a name."""
    return Expression(float(value))


def total(terms: list[Expression], value: float, left_out: int) -> Expression:
    """Terms and, in one number, those left out."""
    if left_out:
        rest = value - sum(term.value for term in terms)
        terms = [*terms, replace(number(rest), left_out=left_out)]
    return terms[0] if len(terms) == 1 else Expression(value, "sum", tuple(terms))
