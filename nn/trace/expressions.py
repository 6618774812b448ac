"""Expression trees, and the names of the quantities in them."""

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
    """Whether it is the derivative of the loss with respect to this quantity."""
    remembered: str = ""
    """The name of an optimiser's state of this quantity."""


@dataclass(frozen=True, eq=False)
class Expression:
    """An operation on parts, with its value; without parts it is a quantity or a number."""

    value: float
    operation: str = ""
    parts: tuple["Expression", ...] = ()
    name: Name | None = None
    left_out: int = 0
    """If not 0, this number is the sum of this many terms, which are not shown."""

    def leaves(self) -> Iterator["Expression"]:
        """Return the quantities and numbers in it, from left to right."""
        if not self.parts:
            yield self
        for part in self.parts:
            yield from part.leaves()

    def without(self, name: Name) -> "Expression | None":
        """Return a product without its one factor of this name; None if it is no such product."""
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
        """Return all factors of nested products; of another expression, itself."""
        if self.operation != "multiply":
            yield self
        else:
            for part in self.parts:
                yield from part.factors()


def unnamed_number(value: float) -> Expression:
    """Make a number without a name."""
    return Expression(float(value))


def sum_of_terms(terms: list[Expression], value: float, left_out: int) -> Expression:
    """Sum terms, with the sum of those left out as one number."""
    if left_out:
        rest = value - sum(term.value for term in terms)
        terms = [*terms, replace(unnamed_number(rest), left_out=left_out)]
    return terms[0] if len(terms) == 1 else Expression(value, "sum", tuple(terms))
