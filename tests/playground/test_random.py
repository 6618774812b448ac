"""The random numbers of a page, in node: those of the installed NumPy, bit for bit."""

import json

import numpy as np
import pytest

from nn.export.layout import text_of
from nn.random import STREAMS, generator
from nn.training.state import positions
from tests.playground.nodes import evaluated, needs_node

pytestmark = needs_node
SEEDS = [*range(30), 2**32, 2**63 + 5, 2**64 - 1]
SIZES = [1, 2, 3, 4, 5, 32, 33, 500, 1437]
DRAW = """
function drawn([place, sizes]) {
    const generator = new Generator(place.map(BigInt)), found = [];
    for (const [kind, size] of sizes) {
        const array = new { order: Uint32Array, double: Float64Array, single: Float32Array }[kind](size);
        if (kind === "order") generator.permute(array);
        else generator.fill(array);
        found.push([...array]);
    }
    return found;
}
"""


def drawn(cases):
    """What the page draws for places of generators, each with kinds and sizes of arrays."""
    text = json.dumps([[[str(word) for word in place], kinds] for place, kinds in cases])
    return evaluated([text_of("random.mjs", "nn.playground"), DRAW], f"({text}).map(drawn)")


def by_numpy(rng, kind, size):
    if kind == "order":
        return rng.permutation(size)
    return rng.random(size, {"double": np.float64, "single": np.float32}[kind])


@pytest.mark.parametrize("stream", STREAMS[1:3])
def test_orders_and_noise_are_those_of_numpy(stream):
    mixed = [(kind, size) for size in SIZES for kind in ("order", "single", "double", "order")]
    generators = [generator(seed, stream) for seed in SEEDS]
    found = drawn([(positions([rng])[0].tolist(), mixed) for rng in generators])
    for rng, arrays in zip(generators, found, strict=True):
        for (kind, size), array in zip(mixed, arrays, strict=True):
            np.testing.assert_array_equal(array, by_numpy(rng, kind, size))


def test_a_long_stream_stays_that_of_numpy():
    kinds = [("order", 60_000), ("double", 60_000), ("single", 60_001), ("order", 65_537)]
    rng = generator(7, "order")
    (found,) = drawn([(positions([rng])[0].tolist(), kinds)])
    for (kind, size), array in zip(kinds, found, strict=True):
        np.testing.assert_array_equal(array, by_numpy(rng, kind, size))


def test_a_generator_goes_on_from_any_place():
    rng = generator(1, "noise")
    rng.random(3, np.float32)  # leaves half a number
    (found,) = drawn([(positions([rng])[0].tolist(), [("single", 4), ("double", 4)])])
    np.testing.assert_array_equal(found[0], rng.random(4, np.float32))
    np.testing.assert_array_equal(found[1], rng.random(4))


def test_many_orders_at_once_are_orders_drawn_one_by_one():
    one, many = generator(3, "order"), generator(3, "order")
    rows = np.tile(np.arange(37), (5, 1))
    np.testing.assert_array_equal(many.permuted(rows, axis=1), [one.permutation(37) for _ in range(5)])
