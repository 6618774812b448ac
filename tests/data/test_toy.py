import numpy as np
import pytest

from nn.data.toy import GENERATORS, blobs, checkerboard, circles, encoder, moons, parity, plane, sine, spirals

CLASSIFYING = sorted(set(GENERATORS) - {"sine", "plane"})


@pytest.mark.parametrize("name", GENERATORS)
def test_columns_are_named_x1_x2_and_so_on_and_y(name):
    dataset = GENERATORS[name]()
    assert dataset.inputs == tuple(f"x{i + 1}" for i in range(dataset.x.shape[1]))
    assert dataset.targets == ("y",)
    assert dataset.x.dtype == dataset.y.dtype == np.float64


@pytest.mark.parametrize("name", GENERATORS)
def test_samples_noise_and_seed_are_options_of_every_generator(name):
    generate = GENERATORS[name]
    one, again, other = (generate(samples=60, noise=0.1, seed=seed) for seed in (1, 1, 2))
    assert len(one) == 60
    assert one.digest == again.digest != other.digest
    assert one.digest == generate(samples=60, noise=0.1, seed=np.random.default_rng(1)).digest


@pytest.mark.parametrize("name", CLASSIFYING)
@pytest.mark.parametrize("samples", [96, 97])
def test_classes_are_whole_numbers_and_balanced_to_one_sample(name, samples):
    dataset = GENERATORS[name](samples=samples)
    counts = np.bincount(dataset.y[:, 0].astype(int), minlength=len(dataset.classes))
    assert dataset.classes == tuple(range(len(counts)))
    assert np.ptp(counts) <= 1


@pytest.mark.parametrize("name", ["moons", "circles", "spirals", "blobs", "parity", "encoder"])
def test_the_noise_is_the_standard_deviation_of_what_is_added_to_the_inputs(name):
    clean, noisy = (GENERATORS[name](samples=4000, noise=noise) for noise in (0.0, 0.25))
    assert (noisy.x - clean.x).std() == pytest.approx(0.25, rel=0.05)


@pytest.mark.parametrize("name", ["sine", "plane"])
def test_in_regression_the_noise_is_added_to_the_target(name):
    clean, noisy = (GENERATORS[name](samples=4000, noise=noise) for noise in (0.0, 0.25))
    assert (noisy.x == clean.x).all()
    assert (noisy.y - clean.y).std() == pytest.approx(0.25, rel=0.05)


@pytest.mark.parametrize("name", GENERATORS)
@pytest.mark.parametrize(
    ("option", "message"),
    [
        ({"samples": 1}, "samples must be at least 2, got 1"),
        ({"noise": -0.1}, "noise must be at least 0, got -0.1"),
        ({"seed": -1}, "seed must be at least 0, got -1"),
    ],
)
def test_options_out_of_range_are_refused_by_name(name, option, message):
    with pytest.raises(ValueError, match=f"{name}: {message}"):
        GENERATORS[name](**option)


def test_parity_of_two_bits_is_xor():
    dataset = parity(bits=2)
    assert dataset.x.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert dataset.y.tolist() == [[0], [1], [1], [0]]


def test_parity_has_every_pattern_once_and_goes_round_for_more_samples():
    assert len(np.unique(parity(bits=5).x, axis=0)) == len(parity(bits=5)) == 32
    assert parity(bits=2, samples=6).x[4:].tolist() == [[0, 0], [0, 1]]


def test_the_encoders_targets_equal_its_inputs():
    dataset = encoder(size=5)
    assert (dataset.encoded(5) == dataset.x).all()
    assert (dataset.x == np.eye(5)).all()


def test_moons_are_half_circles_of_radius_1():
    dataset = moons(samples=50, noise=0)
    one, other = (dataset.x[dataset.y[:, 0] == label] for label in (0, 1))
    assert np.allclose(np.hypot(*one.T), 1)
    assert np.allclose(np.hypot(*(other - [1, 0.5]).T), 1)
    assert np.allclose([one[0], one[-1], other[0], other[-1]], [[1, 0], [-1, 0], [0, 0.5], [2, 0.5]])


def test_circles_have_radius_1_and_the_inner_radius():
    dataset = circles(samples=50, noise=0, inner=0.25)
    assert np.allclose(np.hypot(*dataset.x.T), np.where(dataset.y[:, 0] == 0, 1, 0.25))
    assert len(np.unique(dataset.x.round(9), axis=0)) == 50


def test_spirals_are_those_of_lang_and_witbrock():
    dataset = spirals()
    i = np.arange(97)
    angle, radius = i * np.pi / 16, 6.5 * (104 - i) / 104
    ones = np.stack([radius * np.sin(angle), radius * np.cos(angle)], axis=1)
    assert np.allclose(dataset.x[dataset.y[:, 0] == 1], ones)
    assert np.allclose(dataset.x[dataset.y[:, 0] == 0], -ones)


def test_blobs_lie_about_points_on_the_unit_circle():
    dataset = blobs(samples=8, noise=0, centers=4)
    assert np.allclose(dataset.x[:4], [[1, 0], [0, 1], [-1, 0], [0, -1]])
    assert dataset.y[:, 0].tolist() == [0, 1, 2, 3, 0, 1, 2, 3]
    with pytest.raises(ValueError, match=r"blobs: samples must be at least centers \(4\), got 3"):
        blobs(samples=3, centers=4)


@pytest.mark.parametrize("squares", [2, 3, 4, 7])
def test_the_checkerboards_colours_alternate_and_all_squares_are_used(squares):
    dataset = checkerboard(samples=2000, squares=squares)
    place = np.floor((dataset.x + 1) / 2 * squares).astype(int)
    assert ((place >= 0) & (place < squares)).all()
    assert (place.sum(axis=1) % 2 == dataset.y[:, 0]).all()
    assert len(np.unique(place, axis=0)) == squares**2


def test_the_sine_is_a_sine_over_one_period():
    dataset = sine(samples=101, noise=0)
    assert np.allclose(dataset.y, np.sin(dataset.x))
    assert (dataset.x.min(), dataset.x.max()) == (-np.pi, np.pi)
    assert dataset.classes is None


def test_the_plane_is_a_plane():
    dataset = plane(noise=0)
    assert np.allclose(dataset.y[:, 0], 2 * dataset.x[:, 0] - dataset.x[:, 1] + 0.5)
    assert (np.abs(dataset.x) <= 1).all()
    assert dataset.classes is None
