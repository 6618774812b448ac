"""ONNX, with the real runtime."""

import json

import numpy as np
import pytest

from nn.export.exporting import export
from tests.export import models

onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")


@pytest.fixture(scope="module")
def exported():
    return export(models.mixed("float32"), "onnx", "species")


@pytest.fixture(scope="module")
def loaded(exported):
    return onnx.load_from_string(exported.files["species.onnx"])


def test_it_is_proved_in_the_type_of_the_model(exported, loaded):
    assert exported.verdict.rows > 1000
    assert loaded.graph.input[0].type.tensor_type.elem_type == onnx.TensorProto.FLOAT


def test_it_says_opset_13_a_dynamic_number_of_rows_and_what_it_is_about(loaded):
    assert [(one.domain, one.version) for one in loaded.opset_import] == [("", 13)]
    shapes = [
        [dim.dim_param or dim.dim_value for dim in value.type.tensor_type.shape.dim]
        for value in (*loaded.graph.input, *loaded.graph.output)
    ]
    assert shapes == [["batch", 7], ["batch", 3], ["batch"]]
    facts = {entry.key: json.loads(entry.value) for entry in loaded.metadata_props}
    assert facts["columns"] == [*models.LENIENT.inputs]
    assert facts["classes"] == ["a", 'b"\\', "3"]
    assert facts["words"]["size"] == {"lo": 0, "mid": 1, "hi": 2}
    assert len(facts["self_test"]["rows"]) == 8


def test_any_number_of_rows_has_the_answers_of_the_model(exported):
    session = onnxruntime.InferenceSession(exported.files["species.onnx"])
    model = models.mixed("float32")
    columns = {name: cells[:5] for name, cells in models.TABLE.items()}
    raw = models.LENIENT.raw(columns).astype(np.float32)
    answers, labels = session.run(["answers", "label"], {"row": raw})
    np.testing.assert_allclose(answers, model.forward(columns), rtol=2e-5)
    assert session.run(["label"], {"row": raw[:1]})[0].tolist() == labels[:1].tolist()
    assert session.run(["label"], {"row": raw[:0]})[0].shape == (0,)


def test_a_saturated_sigmoid_keeps_its_relative_precision():
    model = models.refusing()
    model.network.layers[2].weight[...] *= -60
    exported = export(model, "onnx")
    session = onnxruntime.InferenceSession(exported.files["model.onnx"])
    raw = np.array([[x, 1, 0, 1, 1] for x in np.linspace(0, 100, 200)])
    answers = session.run(["answers"], {"row": raw})[0]
    expected = model.answer(models.REFUSING.formula(raw))
    assert expected.min() < 1e-12
    np.testing.assert_allclose(answers, expected, rtol=1e-12)


@pytest.mark.parametrize("kind", models.ACTIVATIONS)
def test_every_activation_is_within_rounding_in_double_precision(kind):
    exported = export(models.of_activation(kind), "onnx")
    assert exported.verdict
    assert exported.note == ""


@pytest.mark.parametrize("name", ["refusing", "scores", "regression"])
def test_other_models_are_proved_too(name):
    assert export(models.ALL[name](), "onnx").verdict


def test_a_model_gives_the_same_bytes_each_time():
    files = [export(models.scores(), "onnx").files for _ in range(2)]
    assert files[0] == files[1]
