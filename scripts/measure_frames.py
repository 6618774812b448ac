"""Prints how many frames a second pages draw in Chromium while they train, for bundled experiments.

    python scripts/measure_frames.py moons digits

All sections are on the page, at the size of a desktop and of a phone; each is measured at its own speed and
as fast as it goes. The figures of docs/playground.md are what it prints.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, sync_playwright

from nn.config.load import load_config
from nn.experiments.experiment import Experiment
from nn.playground.page import playground
from nn.playground.steps import TrainingSteps

SIZES: dict[str, ViewportSize] = {
    "desktop": {"width": 1280, "height": 900},
    "phone": {"width": 360, "height": 740},
}
SECONDS = 5
COUNT = """async (seconds) => {
    const steps = () => Number(document.querySelectorAll("#numbers dd")[1].textContent.replaceAll(",", ""));
    const began = performance.now(), first = steps();
    let frames = 0, longest = 0, last = began;
    while (last - began < 1000 * seconds) {
        const now = await new Promise((done) => requestAnimationFrame(() => done(performance.now())));
        [frames, longest, last] = [frames + 1, Math.max(longest, now - last), now];
    }
    return [(1000 * frames) / (last - began), longest, (1000 * (steps() - first)) / (last - began)];
}"""


GO_ON = """() => setInterval(() => {
    const button = document.querySelector("#play");
    if (!button.textContent.endsWith("Pause")) button.click();
}, 5)"""


def main(names: list[str]) -> None:
    """Print a row for each experiment, size and speed."""
    print("| page | size | speed | frames a second | longest frame, ms | steps a second |")
    print("|---|---|---|---:|---:|---:|")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        for name in names or ["moons"]:
            steps = TrainingSteps(Experiment.of(load_config(name)))
            file = Path(folder, f"{name}.html")
            file.write_text(playground(steps, name, f"nn train {name}"), encoding="utf-8")
            for size, viewport in SIZES.items():
                page = browser.new_page(viewport=viewport)
                page.goto(file.as_uri())
                for speed in (None, "fast"):
                    print(f"| {name} | {size} | {frames(page, speed)} |", flush=True)
                page.close()
        browser.close()


def frames(page: Page, speed: str | None) -> str:
    """Measure a page at a speed, or at its own; it goes on where nn train ends."""
    if speed is not None:
        page.select_option("#speed", speed)
    page.evaluate(GO_ON)
    words = page.locator("#speed option:checked").text_content()
    rate, longest, steps = page.evaluate(COUNT, SECONDS)
    return f"{words} | {rate:.0f} | {longest:.0f} | {steps:,.0f}"


if __name__ == "__main__":
    main(sys.argv[1:])
