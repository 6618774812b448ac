import pickle
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
import pytest
from annotated_types import Ge, Gt, Le, Lt

from nn.validation import (
    Checked,
    IncompatibleError,
    annotation_text,
    blame,
    check,
    checked,
    collect,
    raise_together,
    suggest,
)

Share = Annotated[float, Gt(0), Lt(1)]


@pytest.mark.parametrize(
    ("value", "annotation"),
    [
        (3, int),
        (np.int64(3), int),
        (3, float),
        (np.float32(0.5), float),
        (0.5, Share),
        (1, Annotated[int, Ge(1)]),
        (1.0, Annotated[float, Le(1)]),
        (None, int | None),
        (None, Annotated[int | None, Ge(1)]),
        ("a", Literal["a", "b"]),
        ((1, 2), tuple[int, int] | None),
    ],
)
def test_a_value_of_the_declared_type_and_range_passes(value, annotation):
    check(value, annotation, "thing")


@pytest.mark.parametrize(
    ("value", "annotation", "message"),
    [
        (1.0, int, r"thing must be a whole number, got 1\.0"),
        (True, int, "thing must be a whole number, got True"),
        (True, float, "thing must be a number, got True"),
        (1, bool, "thing must be true or false, got 1"),
        ("1", float | None, "thing must be a number or nothing, got '1'"),
        (None, Annotated[float, Gt(0)], "thing must be a number, got None"),
        ("c", Literal["a", "b"], "thing must be one of 'a', 'b', got 'c'"),
        (1j, float, "thing must be a number, got 1j"),
    ],
)
def test_a_wrong_type_is_named_with_what_was_expected_and_what_came(value, annotation, message):
    with pytest.raises(TypeError, match=f"^{message}$"):
        check(value, annotation, "thing")


@pytest.mark.parametrize(
    ("value", "annotation", "message"),
    [
        (0, Annotated[int, Ge(1)], "thing must be at least 1, got 0"),
        (0.0, Share, "thing must be greater than 0, got 0.0"),
        (1, Share, "thing must be less than 1, got 1"),
        (2, Annotated[float | None, Le(1)], "thing must be at most 1, got 2"),
        (float("nan"), float, "thing must be finite, got nan"),
        (float("nan"), Share, "thing must be finite, got nan"),
        (float("inf"), float | None, "thing must be finite, got inf"),
    ],
)
def test_a_value_out_of_range_is_named_with_the_limit(value, annotation, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        check(value, annotation, "thing")


def test_a_checked_dataclass_checks_each_field_when_made():
    @dataclass
    class Coin(Checked):
        heads: Share = 0.5

    assert Coin().heads == 0.5
    with pytest.raises(ValueError, match=r"^Coin\.heads must be less than 1, got 2$"):
        Coin(heads=2)


def test_a_checked_function_checks_the_arguments_it_is_given():
    @checked
    def toss(times: Annotated[int, Ge(1)], *, heads: Share = 0.5) -> float:
        """Toss."""
        return times * heads

    assert toss(2) == 1
    assert (toss.__name__, toss.__doc__) == ("toss", "Toss.")
    with pytest.raises(ValueError, match=r"^toss: times must be at least 1, got 0$"):
        toss(0)
    with pytest.raises(TypeError, match=r"^toss: heads must be a number, got 'all'$"):
        toss(1, heads="all")


def test_types_are_described_in_words():
    assert annotation_text(Annotated[int | None, Ge(1)]) == "a whole number or nothing"
    assert (annotation_text(np.ndarray), annotation_text(Checked)) == ("a ndarray", "a Checked")
    assert annotation_text(OSError) == "an OSError"


def test_an_unknown_word_brings_the_nearest_known_one_or_all_of_them():
    assert suggest("sigmod", ["tanh", "sigmoid"]) == "did you mean 'sigmoid'?"
    assert suggest("zzz", ["tanh", "sigmoid"]) == "there are: sigmoid, tanh"


def test_errors_of_arguments_are_raised_together_and_survive_a_pickle():
    errors = [IncompatibleError("x", "x is too short"), IncompatibleError("y", "y is too long")]
    with pytest.raises(IncompatibleError, match=r"^x is too short\ny is too long$") as caught:
        raise_together(errors)
    copied = pickle.loads(pickle.dumps(caught.value))
    assert [(one.argument, one.message) for one in copied.each()] == [
        ("x", "x is too short"), ("y", "y is too long"),
    ]  # fmt: skip
    raise_together([])


def test_an_error_is_blamed_on_an_argument_unless_it_names_one():
    errors: list[IncompatibleError] = []
    for error in (ValueError("too short"), IncompatibleError("y", "too long")):
        with collect(errors), blame("x"):
            raise error
    assert [(one.argument, one.message) for one in errors] == [("x", "too short"), ("y", "too long")]
