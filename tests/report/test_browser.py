"""A report in a real browser: no errors, no requests, the slider moves the picture, numbers are read."""

import json
import re
import shutil
import subprocess

import pytest

from nn.report.page import page
from nn.report.study import study_page
from tests.plots.runs import SNAPSHOTS, trained
from tests.plots.studies import ended_folder

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--virtual-time-budget=3000",
]
WATCH = """<script>
window.errors = [];
addEventListener("error", (event) => errors.push(String(event.message)));
addEventListener("securitypolicyviolation", (event) => errors.push(event.blockedURI));
</script>"""
USE = """<script>
const slider = document.querySelector(".snapshots input");
const shown = () => document.querySelector(".snapshots img.shown").alt;
const opened = shown();
const openedCurve = document.querySelector("figure.curves output.at").textContent;
slider.value = slider.max;
slider.dispatchEvent(new Event("input"));
const last = shown();
slider.value = 0;
slider.dispatchEvent(new Event("input"));
const first = shown();
const svg = document.querySelector("svg.chart"), box = svg.getBoundingClientRect();
const at = () => document.querySelector("figure.curves output.at").textContent;
const place = {clientX: box.left, clientY: box.top + 50};
svg.dispatchEvent(new PointerEvent("pointermove", place));
const start = at(), value = document.querySelector("figure.curves label output").textContent;
svg.dispatchEvent(new KeyboardEvent("keydown", {key: "ArrowRight"}));
const next = at();
const toggle = document.querySelector("figure.curves input");
toggle.click();
const found = {
  errors, opened, openedCurve, last, first, start, value, next,
  hidden: document.querySelector("figure.curves path").classList.contains("hidden"),
  wide: document.documentElement.scrollWidth > innerWidth,
  requests: performance.getEntriesByType("resource").map((entry) => entry.name)
    .filter((name) => !name.startsWith("data:")),
};
document.body.insertAdjacentHTML("beforeend", `<pre id="found">${JSON.stringify(found)}</pre>`);
</script>"""

LOOK = """<script>
const pictures = [...document.querySelectorAll("img")];
const found = {
  errors, wide: document.documentElement.scrollWidth > innerWidth,
  drawn: pictures.length > 1 && pictures.every((image) => image.naturalWidth > 0 && image.alt),
  requests: performance.getEntriesByType("resource").map((entry) => entry.name)
    .filter((name) => !name.startsWith("data:")),
};
document.body.insertAdjacentHTML("beforeend", `<pre id="found">${JSON.stringify(found)}</pre>`);
</script>"""

READ = """<script>
const outputs = [...document.querySelectorAll("figure.curves label output")];
const values = outputs.map((output) => output.textContent);
document.body.insertAdjacentHTML("beforeend", `<pre id="found">${JSON.stringify({errors, values})}</pre>`);
</script>"""

pytestmark = pytest.mark.skipif(not BROWSER, reason="no Chromium")


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """What a user sees who moves the slider, points at the curve, presses a key and hides a line."""
    folder = tmp_path_factory.mktemp("browser")
    return seen_in_browser(page([trained("moons", SNAPSHOTS, "training.epochs=60")]), USE, folder)


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    """What is read of two runs of different lengths at the last epoch of the longer one."""
    runs = [trained("xor", f"seed={seed}", "training.stop_at={loss: 0.1}") for seed in (0, 1)]
    runs.sort(key=lambda run: len(run.metrics["epoch"]))
    return seen_in_browser(page(runs), READ, tmp_path_factory.mktemp("two"))


def seen_in_browser(text, script, folder):
    """What a script finds in a page."""
    text = text.replace("<head>", f"<head>{WATCH}").replace("</body>", f"{script}</body>")
    (folder / "report.html").write_text(text, encoding="utf-8")
    command = [
        BROWSER,
        *QUIET,
        f"--user-data-dir={folder / 'profile'}",
        "--window-size=420,900",
        "--dump-dom",
    ]
    result = subprocess.run(
        [*command, (folder / "report.html").as_uri()], capture_output=True, text=True, timeout=300, check=True
    )
    *_, seen = re.findall(r'<pre id="found">(.*?)</pre>', result.stdout)
    return json.loads(seen.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))


def test_there_are_no_errors_and_no_requests(found):
    assert (found["errors"], found["requests"]) == ([], [])


def test_it_opens_at_the_network_that_was_kept(found):
    assert (found["opened"], found["openedCurve"]) == ("Answers after epoch 45, kept", "epoch 45")


def test_the_slider_moves_the_picture(found):
    assert (found["first"], found["last"]) == ("Answers after epoch 0", "Answers after epoch 60")


def test_a_pointer_and_the_keyboard_read_the_values(found):
    assert (found["start"], found["next"]) == ("epoch 1", "epoch 2")
    assert float(found["value"]) > 0


def test_a_run_that_never_reached_an_epoch_has_no_value_there(read):
    assert read["errors"] == []
    shorter, longer = read["values"][:2]
    assert shorter == "–"
    assert 0.09 < float(longer) < 0.1


def test_a_box_hides_its_line(found):
    assert found["hidden"]


def test_the_page_fits_a_phone(found):
    assert not found["wide"]


def test_the_page_of_a_study_fits_a_phone_and_draws_all_pictures(tmp_path):
    activations = {"model.layers.0.activation": ["sigmoid", "tanh"]}
    folder = ended_folder(tmp_path / "study", "xor", [100] * 5, [50] * 4 + [None], vary=activations)
    found = seen_in_browser(study_page(folder), LOOK, tmp_path)
    assert found == {"errors": [], "wide": False, "drawn": True, "requests": []}
