"""Every picture has the same look, whole files and bytes that repeat."""

import itertools
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_rgb

from nn.plots import loss, save, style


def grey(color: str) -> float:
    """The lightness of a colour when it is printed in grey (Rec. 601), 0 for black."""
    return float(np.dot(to_rgb(color), (0.299, 0.587, 0.114)))


@pytest.mark.parametrize("ending", ["png", "svg", "pdf", "PNG"])
def test_the_same_picture_gives_the_same_bytes(tmp_path: Path, ending: str) -> None:
    for name in ("first", "second"):
        figure = style.figure(3, 2, "title")
        figure.subplots().plot([0, 1, 0.5], marker="o")
        save(figure, tmp_path / f"{name}.{ending}")
    first, second = (path.read_bytes() for path in sorted(tmp_path.iterdir()))
    assert first == second
    assert first[:5] in (b"\x89PNG\r", b"<?xml", b"%PDF-")


@pytest.mark.parametrize("name", ["loss.jpg", "loss", ".png"])
def test_an_unknown_ending_is_an_error_that_lists_the_known_ones(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match=r"expected a picture that ends in \.png, \.svg, \.pdf, got"):
        save(style.figure(3, 2), tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_bad_backend_in_the_environment_does_no_harm_and_pyplot_is_never_imported() -> None:
    script = "import sys, nn.plots; sys.exit('matplotlib.pyplot' in sys.modules)"
    subprocess.run([sys.executable, "-c", script], env={"MPLBACKEND": "nonsense"}, check=True, timeout=60)


def test_a_title_is_not_mathematics(tmp_path: Path) -> None:
    save(style.figure(3, 2, r"$\runs_1$ \frac"), tmp_path / "title.png")


@given(heights=st.lists(st.floats(-0.5, 1.5), min_size=1, max_size=8).map(sorted), gap=st.floats(0.01, 0.14))
def test_labels_keep_their_order_and_distance_within_the_axes(heights: list[float], gap: float) -> None:
    placed = style.spread_heights(heights, gap)
    assert all(high - low >= gap - 1e-9 for low, high in itertools.pairwise(placed))
    assert placed[0] >= -1e-9
    assert placed[-1] <= 1 + 1e-9


def test_labels_with_room_stay_where_their_lines_end_and_others_part_evenly() -> None:
    assert style.spread_heights([0.2, 0.8], 0.1) == [0.2, 0.8]
    np.testing.assert_allclose(style.spread_heights([0.5, 0.5], 0.1), [0.45, 0.55])


def test_the_lines_of_training_and_validation_differ_in_grey_and_in_dashes() -> None:
    training, validation = loss.SERIES
    assert abs(grey(training.look.color) - grey(validation.look.color)) > 0.15
    assert training.look.dashes != validation.look.dashes


def test_no_two_classes_share_both_colour_and_shape_and_neighbours_differ_in_grey() -> None:
    assert len(set(style.COLORS)) == len(style.COLORS) == len(set(style.MARKERS)) == 10
    assert all(abs(grey(one) - grey(other)) > 0.1 for one, other in itertools.pairwise(style.COLORS))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (0.02, "0.02"),
        (1.0, "1"),
        (123.4, "123"),
        (2e-6, "2·10⁻⁶"),
        (1e-4, "10⁻⁴"),
        (12345.0, "1.23·10⁴"),
    ],
)
def test_numbers_are_written_as_people_write_them(value: float, text: str) -> None:
    assert style.powers(value) == text


def test_epochs_are_grouped_and_shares_are_per_cent() -> None:
    assert style.thousands(1_000_000) == "1,000,000"
    assert style.percent(0.975) == "97.5 %"
    assert style.decimals(-0.1 - 0.2) == "−0.3"


@pytest.mark.parametrize("title", ["xor-001", "W" * 255, "i" * 255, "a run of many words " * 9, "運" * 80])
def test_a_title_is_cut_where_it_is_wider_than_its_picture(title: str) -> None:
    figure = style.figure(6.4, 4, title)
    (text,) = figure.texts
    warnings.filterwarnings("ignore", "Glyph")
    assert text.get_window_extent().x1 <= figure.bbox.width
    assert text.get_text() == title or (
        text.get_text().endswith("…") and title.startswith(text.get_text()[:-1]) and len(text.get_text()) > 20
    )
