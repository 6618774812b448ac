import numpy as np
import pandas as pd
import pytest

from nn import BinaryCrossEntropy, Dense, Hinge, Linear, MeanSquaredError, Model, Sequential, Sigmoid
from nn.data.columns.preprocessing import Preprocessing
from nn.data.dataset import Dataset
from nn.data.scaling import standard_scaling


def line(dtype="float64", scaling=None) -> Model:
    """y = a − 10 b."""
    network = Sequential([Dense(1)], inputs=2, dtype=dtype)
    network.parameters[...] = [1, -10, 0]
    return Model(
        network, MeanSquaredError(), ("a", "b"), ("y",), preprocessing=Preprocessing.of_numbers("ab", scaling)
    )


def test_the_columns_of_a_frame_are_found_by_name():
    frame = pd.DataFrame({"b": [1, 2], "y": [0, 0], "a": [5, 7]})
    assert line().predict(frame).tolist() == line().forward([[5, 1], [7, 2]]).tolist() == [[-5], [-13]]


def test_samples_are_measured_by_the_names_of_their_columns():
    samples = Dataset(np.array([[5.0, 1.0]]), np.array([[-5.0]]), ("a", "b"), ("y",))
    turned = Dataset(np.array([[1.0, 5.0]]), np.array([[-5.0]]), ("b", "a"), ("y",))
    assert line().evaluate(samples).loss == line().evaluate(turned).loss == 0


@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_never_answered(odd):
    for ask in (line().predict, line().forward):
        with pytest.raises(
            ValueError, match=r"^row 1, column 'b': expected a finite number, got (nan|-?inf)$"
        ):
            ask([[1, 2], [3, odd]])


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (line("float32"), r"row 1, column 'a': 1e\+200 is too large for float32"),
        (line(scaling=standard_scaling(np.array([[0, 0], [1e-200, 1]]))),
         "row 1, column 'a': the scaled number is too large for float64"),
    ],
)  # fmt: skip
def test_what_is_too_large_for_the_network_is_refused_without_a_warning(model, message):
    x = np.array([[0, 0], [1e200, 0]])
    with pytest.raises(ValueError, match=message):
        model.predict(x)
    with pytest.raises(ValueError, match=message):
        model.evaluate(Dataset(x, np.zeros((2, 1)), ("a", "b"), ("y",)))


@pytest.mark.parametrize("classes", [(7, 10), ("007", "07"), (1, "X"), (-1, 2**64 - 1)])
def test_answers_are_the_labels_themselves(classes):
    network = Sequential([Dense(1), Sigmoid()], inputs=1)
    network.parameters[...] = [1, 0]
    model = Model(network, BinaryCrossEntropy(), ("x",), ("y",), classes)
    assert repr(model.predict([[-1], [1]]).tolist()) == repr([*classes])


def test_samples_of_other_classes_are_not_measured():
    network = Sequential([Dense(1), Sigmoid()], inputs=1)
    model = Model(network, BinaryCrossEntropy(), ("x",), ("y",), ("no", "yes"))
    samples = Dataset(np.zeros((2, 1)), np.array([[0.0], [1.0]]), ("x",), ("y",), ("yes", "no"))
    with pytest.raises(ValueError, match="expected samples of the classes"):
        model.evaluate(samples)


@pytest.mark.parametrize(("loss", "last"), [(BinaryCrossEntropy(), Sigmoid), (Hinge(), Linear)])
def test_the_class_of_one_output_is_told_by_the_boundary_of_the_loss(loss, last):
    network = Sequential([Dense(1), last()], inputs=1)
    network.parameters[...] = [1, 0]
    model = Model(network, loss, ("x",), ("y",), classes=("no", "yes"))
    assert model.predict([[-0.25], [0.25], [0.75]]).tolist() == ["no", "yes", "yes"]
