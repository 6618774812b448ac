"""Names of columns and classes are text in every language, never code."""

import pytest

import nn
from nn.export.layout import plain_comment
from nn.model import Model
from tests.export import models

NAMES = (
    "*/ int x; /*",
    '"""',
    "# define real int",
    "coding: rot13 \\",
    "</script><b>",
    "??/ %d %s",
    "\u202e{0}",
)


@pytest.mark.parametrize("to", ["c", "python", "numpy", "javascript", "onnx", "formula"])
def test_a_file_with_hostile_names_is_proved_as_any_other(to):
    net = models.network([nn.Dense(3), nn.Tanh(), nn.Dense(3), nn.Softmax()], len(NAMES))
    model = Model(net, nn.CategoricalCrossEntropy(), NAMES, ("coding: rot13",), ("*/", '";\n', "=1+1"))
    models.proved(model, to)


def test_a_comment_has_no_line_ends_and_no_end():
    assert plain_comment("a\nb */ /* ??/ \\") == "a/nb * / / * ? ?/ /"


@pytest.mark.parametrize("to", ["c", "python", "javascript"])
def test_words_of_cells_are_found_whatever_they_are(to):
    words = ["*/", '"quoted"', "back\\slash", "??/", "</script>", "zwölf", "'", "\u202e", "{0}", "%s", "a,b"]
    preprocessing = nn.Preprocessing.fit({"w": words}, {"w": "category"})
    net = models.network([nn.Dense(1)], len(preprocessing.features))
    model = Model(net, nn.MeanSquaredError(), ("w",), ("y",), None, preprocessing)
    models.proved(model, to)
