import pytest

from nn import BinaryCrossEntropy, Dense, Hinge, Linear, Model, Sequential, Sigmoid


@pytest.mark.parametrize(("loss", "last"), [(BinaryCrossEntropy(), Sigmoid), (Hinge(), Linear)])
def test_the_class_of_one_output_is_told_by_the_boundary_of_the_loss(loss, last):
    network = Sequential([Dense(1), last()], inputs=1)
    network.parameters[...] = [1, 0]
    model = Model(network, loss, ("x",), ("y",), classes=("no", "yes"))
    assert model.predict([[-0.25], [0.25], [0.75]]).tolist() == ["no", "yes", "yes"]
