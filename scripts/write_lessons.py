"""Writes the pages of docs/lessons, and a picture of a step of each: ``python scripts/write_lessons.py``."""

import shutil
from contextlib import chdir
from pathlib import Path

from click.testing import CliRunner
from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from nn.cli.group import commands

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
DESKTOP = ViewportSize(width=1280, height=900)
SHOWN = {"xor": 1, "learning-rate": 6, "overfitting": 2}
"""The step of each lesson that is in its picture, after its button."""


def write(subject: str, out: Path) -> None:
    """Write a page as users do."""
    arguments = ["playground", subject, "--out", str(out)]
    CliRunner().invoke(commands, arguments, catch_exceptions=False, standalone_mode=False)


def trained(page: Page) -> None:
    """Wait until a page pauses."""
    page.wait_for_function("() => !document.querySelector('#status').textContent.startsWith('Training')")


def picture(page: Page, file: Path) -> None:
    """Take a picture of what is on the screen, in 256 colours."""
    page.screenshot(path=file)
    with Image.open(file) as taken:
        taken.convert("RGB").quantize(256).save(file, optimize=True)


def picture_lesson(browser: Browser, name: str) -> None:
    """Press the buttons of a lesson to the one that is shown."""
    page = browser.new_page(viewport=DESKTOP)
    page.goto((DOCS / "lessons" / f"{name}.html").as_uri())
    for number in range(1, SHOWN[name] + 1):
        if number > 1:
            page.click("#lesson-next")
        page.click("#lesson-steps li:visible button")
        trained(page)
    picture(page, DOCS / "lessons" / f"{name}.png")


def main() -> None:
    """Write all of them."""
    with chdir(ROOT):  # a page names its configuration as it is named here
        for name in SHOWN:
            write(f"docs/lessons/{name}.yaml", DOCS / "lessons" / f"{name}.html")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        for name in SHOWN:
            picture_lesson(browser, name)
        browser.close()


if __name__ == "__main__":
    main()
