"""The recorded program of a model: a raw row in, answers and label out."""

import numpy as np
import pytest

import nn
from nn.engine.replay import Replay
from nn.export.recording import ANSWERS, LABEL, ROW, Exportable, ExportError
from nn.model import Model
from tests.export import models


def outcome(model, raw):
    program = Exportable.of(model).program(len(raw))
    program.inputs[ROW][...] = raw
    with np.errstate(all="ignore"):
        found = Replay(program)()
    return found[ANSWERS], found[LABEL]


DATES = {"when": ["2020-02-29T23:59:00", "1969-07-20", "2100-03-01"]}


@pytest.mark.parametrize("name", models.ALL)
def test_answers_are_those_of_the_model_to_the_last_bits(name):
    model = models.ALL[name]()
    columns = DATES if name == "regression" else {one: models.TABLE.get(one) for one in model.inputs}
    if model.preprocessing is None:
        columns = dict(zip(model.inputs, models.RNG.normal(size=(2, 20)).tolist(), strict=True))
        raw = np.array([*columns.values()]).T
    else:
        raw = model.preprocessing.raw(columns)
    answers, labels = outcome(model, raw)
    usable = np.flatnonzero(~np.isnan(answers).any(axis=1))
    given = {one: [cells[row] for row in usable] for one, cells in columns.items()}
    np.testing.assert_allclose(answers[usable], model.forward(given), rtol=1e-12)
    if model.classes:
        assert [model.classes[label] for label in labels[usable]] == model.predict(given).tolist()
    assert np.all(np.delete(labels, usable) == -1)


def test_a_row_that_predict_refuses_has_no_answer_and_the_label_minus_one():
    raw = np.array(
        [
            [50.0, 1, 0, 1, 1],
            [np.nan, 1, 0, 1, 1],  # a number that may not be missing
            [np.inf, 1, 0, 1, 1],
            [50.0, -1, 0, 1, 1],  # a level that may not be unknown
            [50.0, np.nan, 0, 1, np.nan],  # filled in
            [50.0, 1, np.nan, 1, 1],
            [50.0, 1, 0, 3, 1],  # not in the order
            [50.0, 1, 0, 1, 0.5],  # neither true nor false
        ]
    )
    answers, labels = outcome(models.refusing(), raw)
    assert np.isnan(answers[:, 0]).tolist() == [False, True, True, True, False, True, True, True]
    assert (labels == -1).tolist() == np.isnan(answers[:, 0]).tolist()


def test_a_number_that_means_a_missing_cell_is_one():
    raw = models.LENIENT.raw({name: cells[:1] for name, cells in models.TABLE.items()})
    coded, missing = raw.copy(), raw.copy()
    coded[0, -1], missing[0, -1] = -999, np.nan
    assert outcome(models.mixed(), coded)[0].tolist() == outcome(models.mixed(), missing)[0].tolist()


def test_calls_carry_the_names_of_columns_and_layers():
    labels = [call.label.partition(":")[0] for call in Exportable.of(models.mixed()).program(1).calls]
    assert [*dict.fromkeys(labels)] == [
        *models.LENIENT.inputs,
        *("features", "scale", "dense 1", "gelu 2", "layer_norm 3", "dense 4", "silu 5", "shortcut 6"),
        *("dense 8", "softmax 9", "label"),
    ]


def test_a_model_is_left_as_it_was():
    model = models.mixed("float32")
    before = [dict(vars(layer)) for layer in model.network.layers]
    Exportable.of(model).program(1)
    assert [dict(vars(layer)) for layer in model.network.layers] == before


def test_stacks_diverged_weights_and_what_cannot_be_recorded_are_refused():
    def of(network):
        return Exportable.of(Model(network, nn.MeanSquaredError(), ("x",), ("y",)))

    with pytest.raises(ExportError, match="expected a single network"):
        of(nn.Sequential([nn.Dense(1)], inputs=1, seed=range(2)))
    diverged = nn.Sequential([nn.Dense(1)], inputs=1)
    diverged.parameters[...] = np.inf
    with pytest.raises(ExportError, match="diverged"):
        of(diverged)

    class Branching(nn.Layer):
        def forward(self, x):
            return x if np.max(np.asarray(x)) > 0 else -x

    with pytest.raises(ExportError, match=r"Branching\.forward"):
        of(nn.Sequential([nn.Dense(1), Branching()], inputs=1)).program(1)
