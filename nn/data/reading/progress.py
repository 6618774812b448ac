"""Who is told how far reading has come, without every function in between handing it on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

ReadingProgress = Callable[[int, int], None]
"""Is told how many bytes of how many have been read."""

follower: ContextVar[ReadingProgress | None] = ContextVar("follower", default=None)
"""Is told of every table that is read without a ``progress`` of its own."""


@contextmanager
def follow_reading(progress: ReadingProgress) -> Iterator[None]:
    r"""Tell of every table that is read in this context.

    >>> from nn.data.reading import read_table
    >>> with follow_reading(lambda done, total: print(f"{done} of {total}")):
    ...     table = read_table(b"a,b\n1,2\n")
    8 of 8
    """
    token = follower.set(progress)
    try:
        yield
    finally:
        follower.reset(token)
