"""Encoders, imputation and scaling against scikit-learn; see scripts/make_encoder_reference.py."""

import json
from pathlib import Path

import numpy as np
import pytest

from nn import Preprocessing
from nn.data.columns.kinds import Category, Number, Ordinal
from nn.data.scaling import range_scaling, standard_scaling
from tests.judges import agree

REFERENCE = json.loads((Path(__file__).parents[2] / "reference" / "encoders.json").read_text())


def check(piece, ours, theirs):
    agree("preprocessing", piece, "scikit-learn", "values", ours, theirs, rtol=1e-12, atol=1e-24)


@pytest.mark.parametrize(("name", "kind"), [("all", Category()), ("top", Category(top=2))])
def test_levels_are_one_hot_as_there_also_those_that_training_never_saw(name, kind):
    case = REFERENCE["one_hot"]
    fitted = Preprocessing.fit({"color": case["words"]}, {"color": kind})
    for words, expected in zip((case["words"], case["later"]), case[name], strict=True):
        check(f"category {name}", fitted.transform({"color": words}), expected)


def test_levels_in_an_order_are_their_positions():
    case = REFERENCE["ordinal"]
    fitted = Preprocessing.fit({"class": case["words"]}, {"class": Ordinal(order=case["order"])}, scale=None)
    check("ordinal", fitted.transform({"class": case["words"]}), case["values"])


@pytest.mark.parametrize("missing", ["median", "mean", -1.5])
def test_missing_numbers_are_filled_in(missing):
    case = REFERENCE["imputed"]
    table = {"x": case["numbers"]}
    fitted = Preprocessing.fit(table, {"x": Number(missing)}, scale=None)
    check(f"imputed {missing}", fitted.transform(table), case[str(missing)])


def test_columns_are_scaled():
    case = REFERENCE["scaled"]
    x, weights = np.array(case["x"]), np.array(case["weights"])
    for name, scaling in (
        ("standard", standard_scaling(x)),
        ("weighted", standard_scaling(x, weights=weights)),
        ("range", range_scaling(x, -1, 2)),
    ):
        # Beside numbers near 0 to an absolute 1e-12: x − mean cancels digits.
        agree("preprocessing", name, "scikit-learn", "values", scaling(x), case[name], rtol=1e-12, atol=1e-12)
