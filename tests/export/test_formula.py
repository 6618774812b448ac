"""Formulas: a table that any spreadsheet with LET evaluates, and tests."""

import csv
import io
import math
import re
import shutil
import subprocess

import numpy as np
import pytest

import nn
from nn.export.exporting import ExportError, export
from nn.export.sheet import Parser, SheetError, evaluate_rows
from nn.export.terms import number_text
from nn.model import Model
from scripts.measure_formulas import recalculated
from tests.export import models


def table(model, stem="m"):
    exported = export(model, "formula", stem)
    assert exported.verdict
    return [*csv.reader(io.StringIO(exported.files[f"{stem}.csv"].decode()))]


def small(classes=("no", "yes")):
    columns = ("size", "more", "length (mm)")
    preprocessing = nn.Preprocessing.fit(
        {name: models.TABLE[name] for name in columns}, {name: models.KINDS[name] for name in columns}
    )
    net = models.network([nn.Dense(2), nn.Tanh(), nn.Dense(1), nn.Sigmoid()], len(preprocessing.features))
    return Model(net, nn.BinaryCrossEntropy(), columns, ("=y",), classes, preprocessing)


@pytest.fixture(scope="module")
def small_table():
    return table(small())


def test_a_row_holds_cells_formulas_the_answers_of_the_model_and_a_test(small_table):
    header, first, *rest = small_table
    assert header[:3] == ["size", "more", "length (mm)"]
    assert header[3:] == ["probability of =y = yes", "label", "expected probability of =y = yes", "test"]
    assert first[0] in ("lo", "mid", "hi")
    assert first[3].startswith("=LET(")
    assert first[-1].startswith("=IF(AND(")
    assert "A3" in rest[0][3]


def test_its_formulas_are_the_model_on_cells_as_the_table_has_them(small_table):
    model, (_, first, *_) = small(), small_table
    columns = {name: models.TABLE[name] for name in model.inputs}
    rows = [["" if cell is None else cell for cell in row] for row in zip(*columns.values(), strict=True)]
    found = np.array(evaluate_rows(first[3:5], rows))
    np.testing.assert_allclose(found[:, 0], model.forward(columns)[:, 0], rtol=1e-12)
    assert [model.classes[int(label)] for label in found[:, 1]] == model.predict(columns).tolist()


def test_a_name_that_looks_like_a_formula_is_a_text():
    model = models.scores()
    model = Model(model.network, model.loss, ("=1+1", "@x"), ("y",), (0, 1))
    assert table(model)[0][:2] == ['="=1+1"', '="@x"']


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("=1 + 2*3 - 4/2", 5),
        ("=-(2)", -2),
        ("=IF(1 > 2, 1/0, 7)", 7),
        ("=LET(v_1, 2, v_2, v_1*v_1, v_2 + 1)", 5),
        ("=IF(ISNA(NA()), 1, 0)", 1),
        ("=IF(ISNA(1/0), 1, 0)", 0),
        ("=IFERROR(NA() = 1, FALSE)", 0),
        ('=IF(EXACT("a""b", "a""b"), 1, 0)', 1),
        ("=IF(AND(TRUE, NOT(FALSE)), MAX(1, 3, 2), 0)", 3),
        ("=EXP(1)", math.e),
        ("=IF(ISBLANK(A2), 1, 0)", 1),
    ],
)
def test_the_reader_of_formulas_reads_what_spreadsheets_do(formula, value):
    assert Parser(formula).formula({"A2": None}) == pytest.approx(value)


@pytest.mark.parametrize("formula", ["=EXP(1000)", "=LN(0)", "=1/0", "=NA() + 1", '="a" + 1'])
def test_what_has_no_value_is_an_error(formula):
    with pytest.raises(SheetError):
        Parser(formula).formula({})


def test_what_no_spreadsheet_says_is_refused_by_name():
    with pytest.raises(ExportError, match=r"a spreadsheet has no np\.log1p"):
        export(models.of_activation(nn.Softplus), "formula")
    with pytest.raises(ExportError, match="column 'when': a formula takes no dates"):
        export(models.regression(), "formula")


def test_large_networks_are_refused_with_the_limit():
    net = models.network([nn.Dense(30), nn.Tanh(), nn.Dense(30), nn.Tanh(), nn.Dense(1)], 2)
    with pytest.raises(ExportError, match=r"names in LET|some 200 weights"):
        export(Model(net, nn.MeanSquaredError(), ("a", "b"), ("y",)), "formula")


def spreadsheet():
    """The version of LibreOffice; (0,) if there is none."""
    if not shutil.which("soffice"):
        return (0,)
    said = subprocess.run(["soffice", "--version"], capture_output=True, text=True, check=False).stdout
    return tuple(int(part) for part in re.findall(r"\d+", said)[:2])


@pytest.mark.skipif(spreadsheet() < (24, 8), reason="there is no LibreOffice 24.8, the first with LET")
def test_a_spreadsheet_says_that_the_table_is_right(tmp_path):
    file = tmp_path / "m.csv"
    file.write_bytes(export(small(), "formula", "m").files["m.csv"])
    header, *rows = recalculated(file, tmp_path)
    tests = [row[header.index("test")] for row in rows if any(row[1:])]
    assert tests == ["ok"] * 8


def test_constants_lose_no_bit_where_fifteen_digits_are_read():
    rng = np.random.default_rng(0)
    for number in [
        *rng.normal(size=500),
        *10 ** rng.uniform(-200, 200, 500),
        0.1,
        1 / 3,
        -2.0,
        1e22,
        2.0**53 - 1,
    ]:
        text = number_text(number)
        assert all(
            len(digits.replace(".", "").lstrip("0")) <= 15 for digits in re.findall(r"[\d.]+(?=E|\b)", text)
        )
        assert Parser(f"={text}").formula({}) == number
