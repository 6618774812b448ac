import ast
import doctest
import inspect
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest

import nn

MODULES = ["nn", *(module.name for module in walk_packages(nn.__path__, "nn."))]
CLASSES = [name for name in nn.__all__ if inspect.isclass(getattr(nn, name))]
BASES = {"Layer", "Initializer", "Loss", "Optimizer", "Schedule"}  # they have nothing to run


def names_for_type_checkers() -> dict[str, str]:
    """Each name under ``if TYPE_CHECKING:`` in nn/__init__.py, with the module that it comes from."""
    (block,) = [node for node in ast.parse(Path(nn.__file__).read_text()).body if isinstance(node, ast.If)]
    found = {}
    for node in block.body:
        assert isinstance(node, ast.ImportFrom)
        for alias in node.names:
            assert alias.name == alias.asname, "only `import X as X` is public to type checkers"
            found[alias.name] = node.module
    return found


def test_type_checkers_see_the_names_that_there_are_at_run_time():
    assert names_for_type_checkers() == nn._HOME


@pytest.mark.parametrize("name", nn.__all__)
def test_a_public_name_is_what_its_module_defines(name):
    thing = getattr(nn, name)
    assert thing is getattr(import_module(nn._HOME[name]), name)
    assert (thing.__name__, thing.__module__) == (name, nn._HOME[name])
    assert thing.__doc__


def test_all_and_dir_list_the_public_names_once_and_sorted():
    assert nn.__all__ == sorted(set(names_for_type_checkers())) == dir(nn)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match=r"^module 'nn' has no attribute 'Dence'$"):
        nn.Dence  # noqa: B018
    assert not hasattr(nn, "Dence")


@pytest.mark.parametrize("module", MODULES)
def test_examples_in_docstrings_run(module):
    failed, _ = doctest.testmod(import_module(module), optionflags=doctest.NORMALIZE_WHITESPACE)
    assert failed == 0


@pytest.mark.parametrize("name", sorted(set(CLASSES) - BASES))
def test_every_public_class_has_an_example(name):
    assert doctest.DocTestParser().get_examples(getattr(nn, name).__doc__)
