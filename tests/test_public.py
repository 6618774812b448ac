"""The public names: what type checkers see is what there is, each documented, with examples that run."""

import ast
import doctest
import inspect
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest

import nn

MODULES = ["nn", *(module.name for module in walk_packages(nn.__path__, "nn."))]
BASES = {"Layer", "Initializer", "Loss", "Optimizer", "Schedule"}  # they have nothing to run


def names_for_type_checkers() -> dict[str, str]:
    """Each name under ``if TYPE_CHECKING:`` in nn/__init__.py, with the module that it comes from."""
    (block,) = [node for node in ast.parse(Path(nn.__file__).read_text()).body if isinstance(node, ast.If)]
    found = {}
    for node in block.body:
        assert isinstance(node, ast.ImportFrom)
        for alias in node.names:
            assert alias.name == alias.asname, "only `import X as X` is public to type checkers"
            assert alias.name not in found, f"{alias.name} is written twice"
            found[alias.name] = node.module
    return found


def test_a_public_name_is_what_its_module_defines():
    homes = names_for_type_checkers()
    version = homes.pop("__version__")
    assert nn.__version__ is import_module(version).__version__
    for name, module in homes.items():
        thing = getattr(nn, name)
        assert thing is getattr(import_module(module), name)
        assert (thing.__name__, thing.__module__) == (name, module)


def test_all_and_dir_list_the_names_that_type_checkers_see_sorted():
    assert nn.__all__ == dir(nn) == sorted(names_for_type_checkers())


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match=r"^module 'nn' has no attribute 'Dence'$"):
        nn.Dence  # noqa: B018
    assert not hasattr(nn, "Dence")


def test_every_public_name_is_documented_with_an_example():
    things = {name: getattr(nn, name) for name in nn.__all__ if name != "__version__"}
    assert [name for name, thing in things.items() if not thing.__doc__] == []
    examples = doctest.DocTestParser()
    assert {
        name
        for name, thing in things.items()
        if inspect.isclass(thing) and not examples.get_examples(thing.__doc__)
    } == BASES


def test_examples_in_docstrings_run():
    results = {
        name: doctest.testmod(import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE)
        for name in MODULES
    }
    assert {name: result for name, result in results.items() if result.failed} == {}
    assert sum(result.attempted for result in results.values()) > 100
