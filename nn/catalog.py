"""Finds the public subclasses of a class, by their names in configurations."""

import re
from functools import cache
from importlib import import_module
from importlib.resources import files
from typing import TypeVar

T = TypeVar("T")


@cache
def homes() -> dict[str, str]:
    """Return the module of each public name, as imported in nn/__init__.py, sorted by name."""
    source = (files("nn") / "__init__.py").read_text("utf-8")
    imports = re.findall(r"from ([\w.]+) import[\s(]+(\w+) as \2\b", source)
    return {name: module for module, name in sorted(imports, key=lambda found: found[1])}


def public_kinds(base: type[T], package: str) -> dict[str, type[T]]:
    """Return the public subclasses of ``base`` in a package, by their types in a configuration.

    A type is the name of its class in snake_case, unless the class has a ``type_name``.
    """
    found = {}
    for name, module in homes().items():
        if f"{module}.".startswith(f"{package}."):
            kind = getattr(import_module(module), name)
            if isinstance(kind, type) and issubclass(kind, base) and kind is not base:
                found[vars(kind).get("type_name") or snake_case(name)] = kind
    return dict(sorted(found.items()))


def snake_case(name: str) -> str:
    """``leaky_relu`` for ``LeakyReLU``.

    >>> [snake_case(name) for name in ("LayerNorm", "LeakyReLU", "SiLU", "RMSprop", "LBFGS")]
    ['layer_norm', 'leaky_relu', 'silu', 'rmsprop', 'lbfgs']
    """
    return re.sub(r"(?<=[a-z])(?=[A-Z][a-z])", "_", name).lower()
