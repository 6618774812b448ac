"""Lines of a program in a language with blocks: see ``Syntax``."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager

from nn.export.syntax import Syntax


class IndentedLines:
    """Lines, each indented by the blocks that it stands in."""

    def __init__(self, syntax: Syntax, depth: int = 1):
        self.syntax, self.depth = syntax, depth
        self.lines: list[str] = []

    def add(self, line: str) -> None:
        """Add a line to the current block."""
        self.lines.append("    " * self.depth + line)

    @contextmanager
    def block(self, first: str) -> Iterator[None]:
        """A block that a line begins."""
        self.add(first)
        self.depth += 1
        yield
        self.depth -= 1
        if self.syntax.end:
            self.add(self.syntax.end)

    @contextmanager
    def loops(self, indices: Iterable[tuple[str, int]]) -> Iterator[None]:
        """Loops inside each other: the name of each index, from 0, and how many times it goes round."""
        with ExitStack() as stack:
            for index, length in indices:
                stack.enter_context(self.block(self.syntax.loop(index, 0, length)))
            yield
