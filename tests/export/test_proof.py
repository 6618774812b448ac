"""Proofs: an exported file that answers other than its model is never handed over."""

import re
from dataclasses import replace

import numpy as np
import pytest

from nn.data.reading import Table
from nn.export import exporting
from nn.export.c import CFile
from nn.export.exporting import ProofError, export
from nn.export.proof import Expected, prove
from nn.export.python import PythonFile
from nn.export.recording import Exportable, ExportError
from nn.export.rows import MAX_KNOWN_ROWS, MIN_KNOWN_ROWS, rows_for
from tests.export import models


@pytest.fixture(scope="module")
def expected():
    exportable = Exportable.of(models.mixed())
    return Expected.of(exportable, rows_for(exportable.model, None, "float64"), "float64")


def answered(expected, answers=None, labels=None):
    rows = expected.rows
    return lambda _: (
        rows.answers.copy() if answers is None else answers,
        rows.labels.copy() if labels is None else labels,
    )


def test_the_rows_are_random_ones_and_corners_and_their_answers_those_of_the_model(expected):
    rows = expected.rows
    assert len(rows.raw) > 1000
    for column, encoder in zip(rows.raw.T, models.LENIENT.encoders, strict=True):
        assert np.isnan(column).any()
        for code in encoder.words.values():
            assert code in column
        if not encoder.words:
            assert 1e150 in column
    usable = np.flatnonzero(rows.usable)
    features = models.LENIENT.formula(rows.raw[usable])
    np.testing.assert_allclose(rows.answers[usable], models.mixed().answer(features), rtol=1e-12)


def test_the_model_s_own_answers_pass(expected):
    verdict = prove(expected, answered(expected))
    assert (verdict.share, verdict.difference) == (0, 0)
    assert verdict.rows + verdict.skipped == len(expected.rows.raw)


def test_an_answer_off_by_more_than_rounding_allows_is_found(expected):
    row = int(np.flatnonzero(expected.compared & expected.rows.usable)[100])
    answers = expected.rows.answers.copy()
    answers[row, 1] += 0.9 * expected.allowed[row, 1]
    assert prove(expected, answered(expected, answers)).share == pytest.approx(0.9, abs=1e-3)
    answers[row, 1] += 0.2 * expected.allowed[row, 1]
    with pytest.raises(ExportError, match=f"row {row} "):
        prove(expected, answered(expected, answers))


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_an_answer_that_is_no_number_is_found(expected, wrong):
    answers = expected.rows.answers.copy()
    answers[3, 0] = wrong
    with pytest.raises(ExportError, match="row 3 "):
        prove(expected, answered(expected, answers))


def test_an_answer_to_a_row_that_the_model_refuses_is_found(expected):
    row = int(np.flatnonzero(~expected.rows.usable)[0])
    answers = expected.rows.answers.copy()
    answers[row] = 0.5
    with pytest.raises(ExportError, match=f"row {row} "):
        prove(expected, answered(expected, answers))


def test_another_label_is_found_where_rounding_does_not_decide_it(expected):
    labels = expected.rows.labels.copy()
    row = int(np.flatnonzero(expected.certain & expected.compared)[7])
    labels[row] = (labels[row] + 1) % 3
    with pytest.raises(ExportError, match=f"row {row} "):
        prove(expected, answered(expected, labels=labels))


def test_a_proof_without_a_row_to_compare_is_none():
    model = models.scores()
    model.network.parameters[...] = 1e308
    with pytest.raises(ProofError, match="no row could be compared"):
        export(model, "python")


@pytest.mark.parametrize("file", [PythonFile, CFile])
def test_a_wrong_digit_in_a_print_is_not_handed_over(monkeypatch, file):
    printed = file.files.fget

    def misprinted(self):
        files = printed(self)
        name = next(iter(files))
        return files | {name: re.sub(r"(weight_1\w*)\[(?=i|\d+ \* i)", r"\1[1 + ", files[name])}

    if needed := file.needed():
        pytest.skip(f"there is no {needed}")
    monkeypatch.setattr(file, "files", property(misprinted))
    with pytest.raises(ProofError, match=r"row \d+|the file fails"):
        export(models.mixed(), "python" if file is PythonFile else "c")


@pytest.mark.parametrize("to", exporting.TARGETS)
def test_without_a_runtime_the_file_says_that_it_is_not_verified(monkeypatch, to):
    file = exporting.TARGETS[to].file
    monkeypatch.setattr(file, "needed", staticmethod(lambda: "a machine"))
    exported = export(models.scores(), to)
    assert (exported.verdict, exported.needed) == (None, "a machine")
    assert b"NOT VERIFIED" in next(iter(exported.files.values()))


def test_fewer_rows_of_the_table_are_compared_where_that_takes_long():
    model, python = models.scores(), exporting.TARGETS["python"]
    weights = model.network.parameters.size
    assert replace(python, products=3000 * weights).most_known(model) == 3000
    assert replace(python, products=3 * weights).most_known(model) == MIN_KNOWN_ROWS
    assert exporting.TARGETS["c"].most_known(model) == MAX_KNOWN_ROWS


def test_how_many_rows_of_the_table_were_compared_is_said(monkeypatch):
    table = Table.of({"x1": np.arange(50.0), "x2": np.ones(50)})
    monkeypatch.setattr("nn.export.rows.known_table", lambda *_: table)
    exportable = Exportable.of(models.scores())
    verdicts = []
    for most in (20, 50):
        expected = Expected.of(exportable, rows_for(exportable.model, None, "float64", most), "float64")
        verdicts.append(str(prove(expected, answered(expected))))
    assert ", in 20 of the run's own 50 rows by" in verdicts[0]
    assert ", in the run's own 50 rows by" in verdicts[1]


@pytest.mark.parametrize("to", ["c", "python", "numpy", "javascript"])
def test_the_self_test_of_a_network_in_single_precision_passes_in_double_precision(to):
    models.proved(models.mixed("float32"), to, dtype="float64")


@pytest.mark.parametrize("to", ["c", "python", "javascript"])
def test_a_file_whose_self_test_fails_is_not_handed_over(monkeypatch, to):
    chosen = Expected.test

    def other(self, coarse):
        test = chosen(self, coarse)
        return replace(test, answers=test.answers + 1)

    if needed := exporting.TARGETS[to].file.needed():
        pytest.skip(f"there is no {needed}")
    monkeypatch.setattr(Expected, "test", other)
    with pytest.raises(ProofError, match="its self-test fails"):
        export(models.scores(), to)
