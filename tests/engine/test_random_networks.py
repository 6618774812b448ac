"""All engines do what the formulas do, on random networks, losses, optimisers, batches and stacks."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nn import (
    SGD,
    Adam,
    BinaryCrossEntropy,
    CategoricalCrossEntropy,
    Hinge,
    Huber,
    Linear,
    LogCosh,
    MeanAbsoluteError,
    MeanSquaredError,
    Sigmoid,
    Softmax,
    Tanh,
)
from nn.engine.compiler import compiler
from nn.layers import ACTIVATIONS
from tests.engine.walks import OPTIMIZERS, RATES, REGRESSION, agree

pytestmark = pytest.mark.optimized


@st.composite
def cases(draw):
    few, smoothing = draw(st.integers(1, 3)), draw(st.sampled_from([0.0, 0.1]))
    kinds = st.sampled_from([SGD(), SGD(momentum=0.5, weight_decay=0.1), Adam()])
    heads = [
        (MeanSquaredError(), Sigmoid, draw(st.integers(1, 11))),
        (MeanAbsoluteError(), Linear, few),
        (Huber(delta=0.5), Linear, few),
        (LogCosh(), Linear, few),
        (BinaryCrossEntropy(smoothing), Sigmoid, few),
        (CategoricalCrossEntropy(smoothing), Softmax, draw(st.integers(2, 10))),
        (Hinge(), Tanh, few),
    ]
    sizes = st.integers(1, 19)
    strengths = st.none() | st.sampled_from([0.003, 0.1])
    dense = st.fixed_dictionaries(
        {"units": sizes, "l1": strengths, "l2": strengths, "max_norm": st.sampled_from([None, 0.5, 2.0])}
    )
    # Softmax, which cannot have one unit, has its place below.
    activations = st.sampled_from(sorted(ACTIVATIONS.keys() - {"softmax"}))
    flat = sizes | dense | st.floats(0, 0.9) | activations
    nested = st.lists(flat | st.lists(flat, min_size=1, max_size=2), min_size=1, max_size=3)
    layers = draw(st.lists(flat | nested, max_size=4))
    samples = draw(st.integers(2, 40))
    return (
        layers,
        draw(st.sampled_from(heads)),
        draw(st.sampled_from(OPTIMIZERS) | st.builds(replace, kinds, learning_rate=st.sampled_from(RATES))),
        draw(sizes),
        samples,
        draw(st.none() | st.integers(-(-samples // 3), samples)),  # at most three batches
        draw(st.just(3) | st.lists(st.integers(0, 9), min_size=1, max_size=4)),
    )


def weights(draw, case):
    """Weights of samples and classes, or none."""
    samples, (loss, _, outputs) = case[4], case[1]
    of_classes = (outputs > 1 and not isinstance(loss, REGRESSION)) or isinstance(loss, BinaryCrossEntropy)
    some = st.none() | st.lists(st.floats(0.1, 3), min_size=samples, max_size=samples)
    classes = draw(st.none() | st.just({1: 2.5})) if of_classes else None
    return {"sample_weight": draw(some), "class_weight": classes, "classification": of_classes}


DTYPES = st.sampled_from(["float64", "float64", "float32"])


@given(cases(), DTYPES, st.data())
def test_a_replay_equals_the_formulas(case, dtype, data):
    agree("numpy", case, dtype=dtype, **weights(data.draw, case))


@pytest.mark.skipif(not compiler(), reason="no C compiler")
@given(cases(), DTYPES, st.data())
@settings(max_examples=settings().max_examples // 5)
def test_compiled_c_equals_the_formulas(case, dtype, data):
    agree("native", case, dtype=dtype, **weights(data.draw, case))
