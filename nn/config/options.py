"""Options as mappings in YAML: what every section accepts, and the objects that options describe."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from nn.initializers.base import Initializer
from nn.layers.base import Layer, every
from nn.layers.dense import Dense
from nn.validation import IncompatibleError


class Section(BaseModel):
    """A mapping with these keys and no others, each value of exactly the declared type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


PYTHON_NAMES = {"bias": "use_bias", "lambda": "lambda_"}
"""Options with another name in Python, where an attribute of a layer, an array, or a keyword has theirs."""


class Options(Section):
    """The options of a class or function: its parameters, with their types, ranges and defaults."""

    describes: ClassVar[Callable[..., Any] | None] = None
    takes: ClassVar[tuple[str, ...]] = ()
    """The fields that it is called with; further fields are handled by the caller."""

    def arguments(self) -> dict[str, Any]:
        """What the class or function is called with."""
        return {PYTHON_NAMES.get(name, name): build(getattr(self, name)) for name in self.takes}

    def make(self, **more: Any) -> Any:
        """The object that these options describe, or what the function returns for them."""
        assert self.describes is not None, "every class of options but the base describes a class or function"
        return self.describes(**self.arguments(), **more)

    @model_validator(mode="after")
    def check_together(self) -> Self:
        """Check what only the class can check, such as nesterov without momentum, by making an object."""
        if isinstance(self.describes, type):
            try:
                self.make()
            except IncompatibleError as error:
                raise error_at(error.argument, str(error), self) from None
        return self


def build(value: Any) -> Any:
    """The object or the layers that a value describes, or the value itself."""
    if isinstance(value, list) and all(isinstance(item, Options) for item in value):
        return list(make_layers(value))
    return value.make() if isinstance(value, Options) else value


def make_layers(layers: Iterable[Options], initializer: Initializer | None = None) -> Iterator[Layer]:
    """The layers of a network; a dense layer with an activation is two.

    ``initializer`` is that of dense layers that have none of their own.
    """
    for options in layers:
        made = options.make()
        for layer in every([made]):
            if isinstance(layer, Dense) and layer.initializer is None:
                layer.initializer = initializer
        yield made
        if activation := getattr(options, "activation", None):
            yield activation.make()


def error_at(key: str, message: str, value: Any) -> ValidationError:
    """The error that a mapping has a wrong value at this key."""
    mistake = PydanticCustomError("at_key", "{message}", {"message": message})
    return ValidationError.from_exception_data("", [InitErrorDetails(type=mistake, loc=(key,), input=value)])


def brief(value: Any) -> str:
    """A value as a message shows it, never longer than a line."""
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    if value is None or isinstance(value, bool):
        return "nothing" if value is None else str(value).lower()
    return shorten(repr(value))


def shorten(text: str) -> str:
    """A text, or the beginning of a long one."""
    return text if len(text) <= 60 else f"{text[:50]}… ({len(text):,} characters)"
