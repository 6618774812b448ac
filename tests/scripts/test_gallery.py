"""The gallery shows every kind of picture, and its pictures are what is drawn today."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nn.plots import save
from nn.plots.pictures import all_pictures
from scripts import gallery

DOCS = Path(__file__).parents[2] / "docs"
PICTURES = {picture.name: picture for picture in gallery.pictures()}
QUICK = ("loss", "metric", "sigmoid", "tanh")
"""What is drawn again here: no training that differs from machine to machine in what the eye sees."""


def test_the_page_is_what_the_script_writes_and_has_every_kind() -> None:
    assert (DOCS / "gallery.md").read_text(encoding="utf-8") == gallery.page()
    assert PICTURES.keys() >= all_pictures().keys()
    assert {file.stem for file in (DOCS / "gallery").iterdir()} == PICTURES.keys() | {"movie"}


def test_pictures_are_small_files() -> None:
    assert all(file.stat().st_size < 250_000 for file in (DOCS / "gallery").iterdir())


def blurred(file: Path) -> np.ndarray:
    """The means of squares of 8 by 8 pixels: what letters of another version of a font do not change."""
    pixels = np.asarray(Image.open(file).convert("RGB"), float)
    high, wide = pixels.shape[0] // 8, pixels.shape[1] // 8
    return pixels[: high * 8, : wide * 8].reshape(high, 8, wide, 8, 3).mean(axis=(1, 3))


@pytest.mark.parametrize("name", QUICK)
def test_a_picture_looks_as_it_did(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    save(PICTURES[name].draw(), tmp_path / "now.png")
    now, then = blurred(tmp_path / "now.png"), blurred(DOCS / "gallery" / f"{name}.png")
    assert now.shape == then.shape
    assert np.abs(now - then).mean() < 1.5, "of 255; draw it again: python scripts/gallery.py"
