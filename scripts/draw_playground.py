"""Draws the pictures of docs/playground.md: pages in Chromium after some epochs.

python scripts/draw_playground.py [FOLDER]
"""

import io
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from nn.config.load import load_config
from nn.experiments.experiment import Experiment
from nn.playground.page import playground
from nn.playground.steps import TrainingSteps


def main(folder: Path) -> None:
    """Write a page of two inputs on a desk and one of images on a phone in the dark."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        draw(browser, "moons", 60, folder / "playground.png", 1280, 1080, "light")
        draw(browser, "digits", 10, folder / "playground-phone.png", 360, 1720, "dark")
        browser.close()


def draw(
    browser: Browser,
    name: str,
    epochs: int,
    path: Path,
    width: int,
    height: int,
    scheme: Literal["light", "dark"],
) -> None:
    """Save a picture of the top of a page after some epochs, in 128 colours."""
    steps = TrainingSteps(Experiment.of(load_config(name)))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "page.html")
        file.write_text(playground(steps, name, f"nn train {name}"), encoding="utf-8")
        page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
        page.goto(file.as_uri())
        for _ in range(epochs):
            page.keyboard.press("e")
        page.wait_for_timeout(500)  # what is drawn now and then
        picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        page.close()
    picture.quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs"))
