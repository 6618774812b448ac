"""A movie has a picture for each snapshot, and the same bytes for the same run."""

import io
import shutil

import numpy as np
import pytest
from PIL import Image

from nn.plots.movie import LAST_SECONDS, SECONDS, frames, write_movie
from nn.plots.view import View
from tests.plots.runs import SNAPSHOTS, trained


@pytest.fixture(scope="module")
def pictures():
    return list(frames(trained("moons", SNAPSHOTS, "training.epochs=60")))


def test_each_snapshot_is_a_picture_of_its_own_and_the_last_is_of_the_network_that_was_kept(pictures):
    assert len(pictures) == 7
    assert len({picture.tobytes() for picture in pictures}) == 6
    assert {picture.shape for picture in pictures} == {pictures[0].shape}
    view = View.of(trained("moons", SNAPSHOTS, "training.epochs=60"))
    (kept,) = np.flatnonzero(view.snapshots.epochs == view.epoch)
    np.testing.assert_array_equal(pictures[-1], pictures[kept])
    assert kept < 5


def test_where_the_last_network_was_kept_it_is_shown_once():
    assert len(list(frames(trained("xor-2-2-1", SNAPSHOTS)))) == 6


def test_a_gif_shows_them_all_and_stays_on_the_last(pictures, tmp_path):
    write_movie(pictures, tmp_path / "a.gif")
    with Image.open(tmp_path / "a.gif") as gif:
        times = []
        for number in range(gif.n_frames):
            gif.seek(number)
            times.append(gif.info["duration"])
    assert times == [1000 * SECONDS] * 6 + [1000 * LAST_SECONDS]


def test_the_bytes_repeat(pictures, tmp_path):
    for name in ("a.gif", "b.gif"):
        write_movie(list(frames(trained("moons", SNAPSHOTS, "training.epochs=60"))), tmp_path / name)
    assert (tmp_path / "a.gif").read_bytes() == (tmp_path / "b.gif").read_bytes()


@pytest.mark.skipif(not shutil.which("ffmpeg"), reason="no ffmpeg")
def test_an_mp4_is_made_where_ffmpeg_is(pictures, tmp_path):
    write_movie(pictures, tmp_path / "a.mp4")
    assert (tmp_path / "a.mp4").read_bytes()[4:8] == b"ftyp"
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


def test_without_ffmpeg_the_message_says_what_to_take(pictures, tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(ValueError, match=r"an MP4 needs ffmpeg, which is not installed; .* ends in \.gif"):
        write_movie(pictures, tmp_path / "a.mp4")


def test_another_ending_is_refused_with_the_known_ones(pictures, tmp_path):
    with pytest.raises(ValueError, match=r"expected a movie that ends in \.gif or \.mp4, got \.avi"):
        write_movie(pictures, tmp_path / "a.avi")


def test_a_gif_is_small(pictures):
    buffer = io.BytesIO()
    Image.fromarray(pictures[0]).save(buffer, "PNG")
    assert len(buffer.getvalue()) < 300_000
