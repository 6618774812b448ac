"""The lesson's numbers are those of the formulas, and it says what a textbook would."""

import numpy as np
import pytest

from nn import SGD, Adam, BinaryCrossEntropy, Dense, MeanSquaredError, ReLU, Sequential, Sigmoid, Tanh
from nn.trace.expressions import Name
from nn.trace.lesson import teach
from nn.trace.notation import Latex, Text, round_to_digits

X, T = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([[0.0], [1], [1], [0]])


def values(lesson):
    """The value of each quantity by its name as text; the last where it has several."""
    return {
        Text(4).name(line.name): line.expression.value
        for section in lesson.sections
        for line in section.lines
    }


def symbols(lesson, style):
    return {
        style.name(line.name): style.write(line.expression, True)[0]
        for section in lesson.sections
        for line in section.lines
    }


def network(hidden, seed=0):
    return Sequential([Dense(2), hidden, Dense(1), Sigmoid()], inputs=2, seed=seed)


@pytest.mark.parametrize("hidden", [Sigmoid(), Tanh(), ReLU()])
@pytest.mark.parametrize("loss", [MeanSquaredError(), BinaryCrossEntropy()])
@pytest.mark.parametrize("optimizer", [SGD(0.5), SGD(0.5, momentum=0.9, nesterov=True), Adam(0.1)])
def test_loss_gradients_and_new_weights_are_those_of_the_formulas(hidden, loss, optimizer):
    lesson = teach(network(hidden), loss, optimizer, X, T, classification=True)
    judge = network(type(hidden)())
    layers, _ = judge.split(loss)
    z = X
    for layer in layers:
        z = layer.forward(z)
    value = loss.forward(z, T)
    dy = loss.backward()
    for layer in reversed(layers):
        dy = layer.backward(dy)
    got = values(lesson)
    names = ["w¹₁₁", "w¹₁₂", "w¹₂₁", "w¹₂₂", "b¹₁", "b¹₂", "w²₁", "w²₂", "b²"]
    assert got["L"] == pytest.approx(value, rel=1e-14)
    assert [got[f"∂L/∂{name}"] for name in names] == pytest.approx(judge.gradients, rel=1e-12)
    optimizer.step(judge.parameters, judge.gradients, optimizer.start(judge.parameters))
    assert [got[name] for name in names] == pytest.approx(judge.parameters, rel=1e-12)
    assert got["y"] == pytest.approx(network(type(hidden)()).predict(X)[lesson.sample, 0], rel=1e-14)


def test_the_network_stays_as_it_is():
    subject = network(Sigmoid())
    before = subject.parameters.copy()
    teach(subject, MeanSquaredError(), SGD(0.5), X, T)
    assert np.array_equal(subject.parameters, before)
    assert subject.predict(X).shape == (4, 1)


def test_it_reads_like_a_textbook():
    got = symbols(teach(network(Sigmoid()), MeanSquaredError(), SGD(0.5), X, T), Text(4))
    assert got["z¹₁"] == "x₁ · w¹₁₁ + x₂ · w¹₂₁ + b¹₁"
    assert got["h¹₁"] in ("1 / (1 + e^−z¹₁)", "e^z¹₁ / (1 + e^z¹₁)")
    assert got["L"] == "Σ (y − t)² / 4"
    assert got["y′"] == "y · (1 − y)"
    assert got["δ²"] == "∂L/∂y · y′"
    assert got["∂L/∂w²₁"] == "Σ h¹₁ · δ²"
    assert got["∂L/∂h¹₁"] == "δ² · w²₁"
    assert got["w²₁"] == "w²₁ − 0.5 · ∂L/∂w²₁"


def test_it_reads_like_a_textbook_in_latex():
    got = symbols(teach(network(Tanh()), BinaryCrossEntropy(), Adam(0.1), X, T), Latex(4))
    assert got["h^{1}_{1}"] == r"\tanh(z^{1}_{1})"
    assert got["h'^{1}_{1}"] == "1 - {(h^{1}_{1})}^{2}"
    assert got[r"\frac{\partial L}{\partial w^{2}_{1}}"] == r"\sum h^{1}_{1} \cdot \delta^{2}"
    assert got["L"] == r"\frac{\sum \ell}{4}"


def test_the_sample_with_the_fewest_zeros_is_followed():
    assert teach(network(Sigmoid()), MeanSquaredError(), SGD(0.5), X, T).sample == 3
    assert teach(network(Sigmoid()), MeanSquaredError(), SGD(0.5), X, T, sample=1).sample == 1


def test_of_large_networks_little_is_shown():
    large = Sequential([Dense(50), Sigmoid(), Dense(9), Sigmoid()], inputs=30, seed=0)
    x, t = np.ones((20, 30)), np.zeros((20, 9))
    lesson = teach(large, MeanSquaredError(), SGD(0.5), x, t)
    assert sum(len(section.lines) for section in lesson.sections) < 60
    shown = sum(len(s.lines) + s.left_out for s in lesson.sections if s.title == "Update")
    assert shown == large.parameters.size


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0.0, 4, "0"),
        (0.5, 4, "0.5"),
        (-0.25, 2, "−0.25"),
        (1 / 3, 4, "0.3333"),
        (0.13699, 4, "0.1370"),
        (0.137, 4, "0.137"),
        (2 / 3 * 1e-7, 3, "6.67·10⁻⁸"),
        (1e-8, 4, "10⁻⁸"),
        (12345.678, 4, "12346"),
        (12345678.9, 4, "1.235·10⁷"),
        (float("nan"), 4, "nan"),
    ],
)
def test_numbers_have_the_digits_asked_for(value, digits, text):
    assert Text(digits).number(value) == text


def test_rounding_never_ends_in_a_number_that_is_not_the_nearest():
    for value in np.random.default_rng(0).normal(size=200) * 10.0 ** np.arange(-10, 10).repeat(10):
        mantissa, exponent = round_to_digits(value, 4)
        assert float(mantissa) * 10.0**exponent == pytest.approx(value, rel=0.5e-3)


@pytest.mark.parametrize(
    ("name", "text", "latex"),
    [
        (Name("x", units=(2,)), "x₂", "x_{2}"),
        (Name("w", 1, (2, 3)), "w¹₂₃", "w^{1}_{23}"),
        (Name("w", 1, (2, 13)), "w¹₂,₁₃", "w^{1}_{2,13}"),
        (Name("z", 2, slope=True), "δ²", r"\delta^{2}"),
        (Name("b", 2, (1,), slope=True), "∂L/∂b²₁", r"\frac{\partial L}{\partial b^{2}_{1}}"),
        (Name("b", 2, remembered="m"), "m(b²)", r"\mathrm{m}(b^{2})"),
    ],
)
def test_names_are_written_as_textbooks_write_them(name, text, latex):
    assert (Text(4).name(name), Latex(4).name(name)) == (text, latex)
