"""Turns errors of data, network and training into mistakes of a configuration, each with its place."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from nn.config.locations import ConfigError, ConfigMistake, Path, dotted
from nn.config.schema import Config
from nn.data.reading import TableError
from nn.training.state import StateError
from nn.validation import IncompatibleError

ARGUMENTS: dict[str, Path] = {
    "network": ("model", "layers"),
    "loss": ("loss",),
    "optimizer": ("optimizer",),
    "x": ("data",),
    "y": ("data",),
    "sample_weight": ("data",),
}
"""Where a configuration says what train() takes; everything else stands under ``training``."""


class Mistakes:
    """The mistakes of a configuration, found in parts that can be checked one without the other."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.found: list[ConfigMistake] = []

    @contextmanager
    def within(self, *path: str) -> Iterator[None]:
        """Note what the block raises, and go on after the block.

        An IncompatibleError stands at its argument, any other error at this part of the configuration.
        """
        try:
            with part(*path):
                yield
        except IncompatibleError as error:
            self.add(error)
        except ConfigError as error:
            self.found += error.mistakes

    def add(self, *errors: IncompatibleError) -> None:
        """Note these errors, each at its argument."""
        self.found += [mistake(one, self.config) for error in errors for one in error.each()]

    def tell(self) -> None:
        """Raise ConfigError with all mistakes, each with its line in the file, where there are any."""
        if self.found:
            raise ConfigError(*self.found, places=self.config.places)


@contextmanager
def part(*path: str) -> Iterator[None]:
    """Turn what the block raises into a ConfigError at this part, but for an IncompatibleError.

    A StateError passes too: a state is no part of a configuration.
    """
    name = dotted(path)
    try:
        yield
    except (ConfigError, IncompatibleError, StateError):
        raise
    except TableError as error:
        raise ConfigError(*of_table(error, path)) from error
    except OSError as error:
        problem = f"{name}: {error.filename}: {str(error.strerror).lower()}"
        raise ConfigError(ConfigMistake((*path, "file"), problem)) from error
    except MemoryError as error:
        raise ConfigError(ConfigMistake(path, f"{name}: more than fits into memory: {error}")) from error
    except ValueError as error:
        raise ConfigError(ConfigMistake(path, f"{name}: {error}")) from error


def of_table(error: TableError, path: Path) -> Iterator[ConfigMistake]:
    """Convert the mistakes of a table to those of a configuration, each at the option that fixes it."""
    for one, line in zip(error.mistakes, str(error).splitlines(), strict=True):
        key = () if one.key is None else tuple(one.key.split(".", 1))
        yield ConfigMistake((*path, *key), f"{dotted(path)}: {line}")


def mistake(error: IncompatibleError, config: Config) -> ConfigMistake:
    """Convert an error of train() to a mistake of a configuration."""
    argument, *options = error.argument.split(".")
    section = ARGUMENTS.get(argument, ("training",))
    place: Path = section if argument in ARGUMENTS else (*section, argument)
    if argument == "network" and options:
        place = layer(options.pop(0), config)
    return ConfigMistake((*place, *options), f"{dotted(section)}: {error.message}")


def layer(place: str, config: Config) -> Path:
    """Where the layer at a place of the network stands, or the number of ``outputs``."""
    layers: list[Any] = config.model.layers
    if place == "outputs":
        last = [number for number, one in enumerate(layers) if "units" in type(one).model_fields]
        return ("model", "layers", last[-1], "units") if last else ("model", "layers")
    # A dense layer with an activation is two layers of the network.
    owners = [number for number, one in enumerate(layers) for _ in range(1 + bool(activation_of(one)))]
    return ("model", "layers", owners[int(place)])


def activation_of(options: Any) -> Any:
    """The activation that the options of a layer bring along, or None."""
    return getattr(options, "activation", None)
