"""The data of a page: arrays arrive as they were, and no longer than they need to be."""

import json

import numpy as np
import pytest

from nn.export.layout import text_of
from nn.playground.material import in_base64
from tests.playground.nodes import evaluated, needs_node

RNG = np.random.default_rng(0)
ARRAYS = {
    "all": np.zeros((3, 4)),
    "u1": np.arange(200.0),
    "f4": RNG.normal(size=30).astype(np.float32),
    "f8": RNG.normal(size=30),
    "table": RNG.choice(RNG.normal(size=20), (40, 8)),
}


@needs_node
@pytest.mark.parametrize("kind", ARRAYS)
def test_arrays_arrive_bit_for_bit(kind):
    text = in_base64(ARRAYS[kind])
    lines = [text_of("trainer.mjs", "nn.playground"), "const Numbers = Float64Array;"]
    found = evaluated(lines, f"[...numbers({json.dumps(text)})]")
    assert text.startswith(f"{kind}:")
    np.testing.assert_array_equal(found, ARRAYS[kind].astype(float).ravel())


def test_negative_and_special_numbers_keep_all_their_bits():
    assert in_base64(np.array([-1.0, 0.5])).startswith("f4:")
    assert in_base64(np.array([1.0, 1e-300])).startswith("f8:")
    assert in_base64(np.array([np.nan, np.nan])).startswith("f8:")
