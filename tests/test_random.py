import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn.random import STREAMS, Seeds, as_array, generator, seed_words


@pytest.mark.parametrize("stream", STREAMS)
def test_the_same_seed_and_stream_give_the_same_numbers(stream):
    assert generator(7, stream).random(5).tolist() == generator(7, stream).random(5).tolist()


def test_streams_and_seeds_differ():
    first = {float(generator(seed, stream).random()) for seed in range(10) for stream in STREAMS}
    assert len(first) == 10 * len(STREAMS)


def test_streams_are_the_children_that_numpy_spawns():
    for stream, child in zip(STREAMS, np.random.SeedSequence(3).spawn(5), strict=True):
        assert generator(3, stream).random() == np.random.default_rng(child).random()


@given(st.lists(st.integers(0, 2**64 - 1), min_size=1), st.sampled_from(STREAMS))
def test_words_of_many_seeds_are_those_of_numpys_seed_sequences(seeds, stream):
    sequences = [np.random.SeedSequence(seed, spawn_key=(STREAMS.index(stream),)) for seed in seeds]
    expected = [sequence.generate_state(4, np.uint64).tolist() for sequence in sequences]
    assert seed_words(np.array(seeds, np.uint64), stream).tolist() == expected


@pytest.mark.parametrize("stream", ["weights", "order", "noise"])
def test_generators_of_many_seeds_draw_what_each_ones_own_does(stream):
    seeds = Seeds(*[[0, 5, 2**40, 2**64 - 1]] * 3)
    many = seeds.generators(stream)
    for place, (seed, fresh) in enumerate(zip(seeds.weights, many.each(), strict=True)):
        expected = generator(seed, stream).normal(size=3).tolist()
        assert many[place].normal(size=3).tolist() == fresh.normal(size=3).tolist() == expected
        assert many[place].normal(size=3).tolist() != expected  # it goes on


def test_drawing_from_one_stream_leaves_the_others_and_the_global_generator_alone():
    untouched = np.random.get_state()[1].tolist()  # noqa: NPY002  the global one is the subject
    weights = generator(0, "weights")
    generator(0, "order").permutation(100)
    assert weights.random() == generator(0, "weights").random()
    assert np.random.get_state()[1].tolist() == untouched  # noqa: NPY002


@pytest.mark.parametrize(
    ("seed", "expected"),
    [
        (2**64 - 1, 2**64 - 1),
        (np.int64(7), 7),
        ([0, 2**63], [0, 2**63]),
        (range(3), [0, 1, 2]),
        (np.arange(4).reshape(2, 2), [[0, 1], [2, 3]]),
        (np.array([[2**64 - 1]], np.uint64), [[2**64 - 1]]),
        (range(6, 0, -2), [6, 4, 2]),
        (range(2**63, 2**63 + 2), [2**63, 2**63 + 1]),
    ],
)
def test_seeds_are_exact_up_to_64_bits(seed, expected):
    assert as_array(seed).tolist() == expected


@pytest.mark.parametrize("seed", [-1, 2**64, 0.5, True, [0, 1.0], "7", [], range(0), range(2, -2, -1)])
def test_what_is_no_seed_is_refused(seed):
    with pytest.raises(ValueError, match=r"^seed must be whole numbers .* below 2\*\*64, got "):
        as_array(seed)


def test_a_seed_is_one_for_each_kind_of_randomness():
    seeds = Seeds.of(7)
    assert (int(seeds.weights), int(seeds.order), int(seeds.noise), seeds.stack) == (7, 7, 7, ())


def test_a_seed_may_differ_among_members_while_another_is_shared():
    seeds = Seeds.of(Seeds(weights=range(3), noise=[4, 5, 6]))
    assert seeds.stack == (3,)
    assert [array.tolist() for array in (seeds.weights, seeds.order, seeds.noise)] == [
        [0, 1, 2],
        [0, 0, 0],
        [4, 5, 6],
    ]


def test_stacks_of_different_shapes_are_refused():
    with pytest.raises(ValueError, match=r"stacks of one shape, got \(3,\), \(\), \(2,\)"):
        Seeds.of(Seeds(weights=range(3), noise=range(2)))
