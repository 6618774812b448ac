"""Mistakes found while an experiment is put together: which part is to blame, and where that stands."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from nn.checks import MisfitError
from nn.config import places
from nn.config.kinds import Described
from nn.config.places import ConfigError, Mistake, dotted
from nn.config.schema import Config
from nn.state import StateError

ARGUMENTS: dict[str, places.Path] = {
    "network": ("model", "layers"),
    "loss": ("loss",),
    "optimizer": ("optimizer",),
    "x": ("data",),
    "y": ("data",),
}
"""Where a configuration says what train() takes; the rest under ``training``."""


@contextmanager
def part(*path: str, at: places.Path | None = None) -> Iterator[None]:
    """What is found wrong in here names this part of the configuration, or the argument that is to blame.

    It is pointed ``at`` another place than the whole part where one is given.
    """
    name = dotted(path)
    try:
        yield
    except (ConfigError, StateError):  # no part is to blame for a state
        raise
    except OSError as error:
        problem = f"{name}: {error.filename}: {str(error.strerror).lower()}"
        raise ConfigError(Mistake((*path, "file"), problem)) from error
    except MemoryError as error:
        raise ConfigError(Mistake(path, f"{name}: more than fits into memory: {error}")) from error
    except MisfitError as error:
        raise ConfigError(misfit(error)) from error
    except ValueError as error:
        raise ConfigError(Mistake(at or path, f"{name}: {error}")) from error


def misfit(error: MisfitError, layers: Sequence[Described] = ()) -> Mistake:
    """The mistake that an objection of train() is, at the argument that is to blame."""
    first, *rest = error.argument.split(".")
    place: places.Path = (*ARGUMENTS.get(first, ("training", first)), *rest)
    if first == "network" and rest and layers:  # a dense layer with an activation is two
        owners = [
            n for n, one in enumerate(layers) for _ in range(1 + bool(getattr(one, "activation", None)))
        ]
        place = (*ARGUMENTS[first], owners[int(rest[0])], *rest[1:])
    return Mistake(place, f"{dotted(place[:1])}: {error}")


class Findings:
    """Mistakes in parts that can be checked one without the other, told together."""

    def __init__(self) -> None:
        self.mistakes: list[Mistake | str] = []

    @contextmanager
    def part(self, *path: str, at: places.Path | None = None) -> Iterator[None]:
        """Go on after what is found wrong in here."""
        try:
            with part(*path, at=at):
                yield
        except ConfigError as error:
            self.mistakes += error.mistakes

    def tell(self) -> None:
        """Raise ConfigError where anything was found."""
        if self.mistakes:
            raise ConfigError(*self.mistakes)


@contextmanager
def pointed(config: Config) -> Iterator[None]:
    """Mistakes are shown where they stand in the file of the configuration."""
    try:
        yield
    except ConfigError as error:
        raise error.within(config.places) from error
