"""Sections of a page in a real browser: the numbers of a sample are chosen and read."""

import pytest

import nn
from nn.playground.page import playground
from tests.browser import is_too_wide, needs_browser, opened
from tests.playground.nodes import steps_of

pytestmark = needs_browser


@pytest.fixture(scope="module")
def running(browser, tmp_path_factory):
    """A page of xor, which the tests of this module use in turn."""
    text = playground(steps_of("xor"), "xor", "nn train xor")
    with opened(browser, text, tmp_path_factory.mktemp("page")) as page:
        yield page


@pytest.fixture
def page(running):
    running.click("#rewind")
    yield running
    assert running.heard == []
    assert not is_too_wide(running)


def numbers(page):
    """The numbers of a row of a sample's tables, by its name."""
    rows = page.locator("#tables tbody tr:has(td)").all()
    return {
        row.locator("th").evaluate("one => one.firstChild.data"): row.locator("td").all_text_contents()
        for row in rows
    }


def test_a_click_on_the_map_shows_the_numbers_of_the_nearest_sample(page):
    page.click("#map-canvas", position={"x": 300, "y": 20})
    assert [page.locator("#row").input_value(), numbers(page)["x₁"], numbers(page)["x₂"]] == [
        "4",
        ["1"],
        ["1"],
    ]
    assert numbers(page)["z¹ⱼ"] == ["0.7318", "−0.07125", "−0.4420", "−0.1110"]  # as in nn trace xor


def test_the_numbers_follow_the_training_and_the_choice_of_a_sample(page):
    page.locator("#follow").evaluate("one => one.open = true")
    page.fill("#row", "1")
    before, text = numbers(page), page.locator("#tables").text_content()
    page.click("#epoch")
    page.wait_for_function("old => document.getElementById('tables').textContent !== old", arg=text)
    assert numbers(page)["w²₁"] != before["w²₁"]
    page.click("#next")
    assert [page.locator("#row").input_value(), numbers(page)["x₂"]] == ["2", ["1"]]
    page.click("#previous")
    page.click("#previous")
    assert page.locator("#row").input_value() == "1"


def test_saturation_is_told_in_words_and_shares(page):
    assert page.locator("#levels p").text_content() == "Layer 1, sigmoid: 0 of 4 units saturated."
    assert page.locator("#levels li span").all_text_contents() == ["0 %"] * 4


def test_the_weights_are_downloaded_as_a_model(page):
    with page.expect_download() as download:
        page.click("#download")
    assert download.value.suggested_filename == "xor-seed-0-epoch-0.npz"
    assert nn.load(download.value.path()).inputs == ("x1", "x2")


def test_the_command_has_what_was_changed_and_is_copied(page):
    page.locator("#settings input[type=number]").first.fill("0.25")
    command = "nn train xor --set optimizer.learning_rate=0.25"
    assert page.locator("#command").text_content() == command
    page.evaluate("() => { navigator.clipboard.writeText = async (text) => { window.copied = text; }; }")
    page.click("#copycommand")
    page.wait_for_function("command => window.copied === command", arg=command)
    assert page.locator("#taken").text_content() == "Copied the command."
    page.click("#given")
    assert page.locator("#command").text_content() == "nn train xor"


def test_what_the_browser_does_not_let_the_page_copy_is_selected(page):
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')); }")
    page.click("#copyyaml")
    page.wait_for_selector("#copied")
    assert page.evaluate("() => getSelection().toString()").startswith("format: 2\nseed: 0\n")


def test_a_unit_of_the_diagram_is_chosen_and_its_numbers_are_read(page):
    page.select_option("#diagram-unit", label="hidden 1, unit 2")
    said = page.locator("#diagram-numbers").text_content()
    assert said.startswith("hidden 1, unit 2: bias 0; from x1 ")
    page.click("#epoch")
    page.wait_for_function("old => document.getElementById('diagram-numbers').textContent !== old", arg=said)


def test_the_diagram_is_told_in_words(page):
    assert page.locator("#diagram-canvas").get_attribute("aria-label") == "Network of 2 – 4 – 1 units"


def test_a_click_on_a_unit_of_the_diagram_chooses_it_and_one_on_a_line_tells_its_weight(page):
    box = page.locator("#diagram-canvas").bounding_box()
    page.click("#diagram-canvas", position={"x": box["width"] - 40, "y": box["height"] / 2 + 12})
    assert page.locator("#diagram-numbers").text_content().startswith("y: bias ")
    page.click("#diagram-canvas", position={"x": box["width"] - 75, "y": box["height"] / 2 + 12})
    assert page.locator("#diagram-numbers").text_content().startswith("Weight from hidden 1, unit ")
