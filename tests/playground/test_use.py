"""Pages in a real browser: what people press trains, what they see is said in words, nothing hinders them."""

import io

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image

from nn.playground.page import playground
from tests.browser import DESKTOP, PHONE, is_too_wide, needs_browser, opened
from tests.playground.nodes import steps_of

pytestmark = needs_browser
KINDS = ["moons", "sine", "iris", "automobile"]  # regions, a curve, a confusion matrix, predictions


@pytest.fixture(scope="module")
def texts():
    return {name: playground(steps_of(name), name, f"nn train {name}") for name in [*KINDS, "xor"]}


@pytest.fixture
def show(browser, texts, tmp_path):
    """Opens the page of a configuration, which must have said and asked for nothing by the end."""

    def pages(name, **options):
        with opened(browser, texts[name], tmp_path, **options) as page:
            yield page
            assert page.heard == []

    running = []

    def show(name, **options):
        running.append(pages(name, **options))
        return next(running[-1])

    yield show
    for one in running:
        assert next(one, None) is None


def said(page):
    return page.locator("#status").text_content()


def epoch(page):
    return int(page.locator("#numbers dd").first.text_content().replace(",", ""))


def after(page, epochs):
    shown = "Number(document.querySelector('#numbers dd').textContent.replaceAll(',', ''))"
    page.wait_for_function(f"epochs => {shown} > epochs", arg=epochs)


def stopped(page):
    page.wait_for_function("() => document.querySelector('#play-label').textContent !== 'Pause'")
    return said(page)


@pytest.mark.parametrize("name", KINDS)
def test_buttons_train_and_go_back(show, name):
    page = show(name)
    assert said(page) == "Ready: press Play."
    page.click("#step")
    assert said(page).startswith("Paused at epoch")
    page.click("#epoch")
    assert "loss" in said(page)
    page.click("#rewind")
    assert said(page) == "Seed 0 at epoch 0."
    page.click("#play")
    assert page.locator("#play-label").text_content() == "Pause"
    after(page, 1)
    page.click("#play")
    assert said(page).startswith("Paused at epoch")


def test_each_key_does_what_its_button_does(show):
    page = show("moons")
    page.keyboard.press("e")
    assert epoch(page) == 1
    page.keyboard.press("n")
    assert (epoch(page), page.locator("#seed").input_value()) == (0, "1")
    page.keyboard.press("s")
    assert page.locator("#numbers dd").nth(1).text_content() == "1"
    page.keyboard.press("r")
    assert said(page) == "Seed 1 at epoch 0."
    page.keyboard.press("p")
    assert page.locator("#play-label").text_content() == "Pause"
    page.keyboard.press("p")
    assert said(page).startswith("Paused")


def test_keys_are_left_alone_in_fields_with_modifiers_and_when_switched_off(show):
    page = show("moons")
    page.locator("#set-adam_learning_rate").press("e")
    page.locator("#speed").press("e")
    page.locator("#play").press("Control+e")
    assert epoch(page) == 0
    page.click("#more summary")
    page.uncheck("#keys")
    page.locator("#play").press("e")
    assert epoch(page) == 0


def test_a_seed_leads_to_the_same_training_again(show):
    page = show("xor")

    def loss_after_an_epoch():
        page.click("#epoch")
        return page.locator("#numbers dd").nth(2).text_content()

    first = loss_after_an_epoch()
    page.click("#renew")
    assert loss_after_an_epoch() != first
    page.select_option("#seed", label="0")
    assert loss_after_an_epoch() == first


def test_it_pauses_where_nn_train_ends_and_goes_on(show):
    page = show("xor")
    page.select_option("#speed", "fast")
    page.click("#play")
    assert stopped(page).startswith("nn train ends here: the weights after 188 epochs have met the goal")
    assert page.locator("#play-label").text_content() == "Go on"
    page.click("#play")
    after(page, 200)
    page.click("#play")
    assert said(page).startswith("Paused")


def test_a_training_that_diverges_says_what_to_do(show):
    page = show("sine")
    page.fill("#set-adam_learning_rate", "1e300")
    page.select_option("#speed", "fast")
    page.click("#play")
    assert "Make the learning rate smaller and press Rewind" in stopped(page)


def test_what_is_out_of_range_is_told_beside_the_field_and_not_taken(show):
    page = show("moons")
    field, error = page.locator("#set-adam_beta_1"), page.locator("#set-adam_beta_1-error")
    field.fill("1.5")
    assert error.text_content() == "Write a number of at least 0 and below 1. Until then it stays at 0.9."
    assert field.get_attribute("aria-invalid") == "true"
    page.click("#given")
    assert (field.input_value(), error.text_content()) == ("0.9", "")


def test_a_sample_that_is_not_there_has_no_numbers(show):
    page = show("moons")
    page.click("#follow summary")
    page.fill("#row", "301")
    assert page.locator("#row-error").text_content() == "Write a whole number from 1 to 300."
    assert not page.locator("#tables").is_visible()
    page.click("#previous")
    assert page.locator("#tables").is_visible()
    assert (page.locator("#row").input_value(), page.locator("#row-error").text_content()) == ("300", "")


def test_fields_say_what_training_has_after_going_back_to_the_page(show):
    page = show("moons")
    page.fill("#set-adam_learning_rate", "0.5")
    page.select_option("#seed", label="3")
    page.goto("about:blank")
    page.go_back()
    page.heard.remove(page.url)
    fields = [page.locator(name).input_value() for name in ("#set-adam_learning_rate", "#seed")]
    assert (fields, page.locator("#command").text_content()) == (["0.1", "0"], "nn train moons")


def test_weights_of_a_training_that_diverged_are_not_handed_out(show):
    page = show("sine")
    page.fill("#set-adam_learning_rate", "1e300")
    for _ in range(3):
        page.click("#epoch")
    page.click("#download")
    assert page.locator("#taken").text_content().startswith("The weights are no longer finite numbers")


def test_a_slider_moves_its_number(show):
    page = show("moons")
    page.get_by_label("Adam: learning rate, slider").press("Home")
    assert page.locator("#set-adam_learning_rate").input_value() == "0.000101"


def test_pictures_are_told_in_numbers_in_the_units_of_the_table(show):
    page = show("automobile")
    words = page.locator("#answers-canvas").get_attribute("aria-label")
    assert words.startswith("Predicted against true price. training: mean absolute error ")
    assert float(words.split("error ")[1].split(";")[0]) > 1000


def test_the_second_class_of_one_output_has_the_colour_of_positive_responses(show):
    page = show("moons")
    signs = page.locator("#map-key .sign").all()[:2]
    assert [sign.get_attribute("class") for sign in signs] == ["sign class-1", "sign class-0"]


def corner(page):
    """The colour of the top left corner of the map."""
    return Image.open(io.BytesIO(page.locator("#map-canvas").screenshot())).convert("RGB").getpixel((0, 0))


def test_it_is_printed_on_white_without_controls(show):
    page = show("moons", color_scheme="dark")
    dark, white = corner(page), (255, 255, 255)
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    assert corner(page) == white
    page.emulate_media(media="print")
    seen = {name: page.locator(f"#{name}").is_visible() for name in ("bar", "choices", "map", "numbers")}
    assert seen == {"bar": False, "choices": False, "map": True, "numbers": True}
    page.evaluate("() => dispatchEvent(new Event('afterprint'))")
    assert corner(page) == dark != white


def test_twice_the_size_needs_no_scrolling_sideways(show):
    page = show("iris", viewport={"width": 640, "height": 450})
    assert not is_too_wide(page)


def test_status_is_silent_while_it_trains(show):
    page = show("moons")
    page.evaluate(
        "() => { window.changes = 0; new MutationObserver(() => changes++)"
        ".observe(document.querySelector('#status'), { childList: true }); }"
    )
    page.click("#play")
    after(page, 3)
    assert page.evaluate("changes") == 1  # that it trains


def test_little_motion_draws_once_a_second_at_most(show):
    page = show("moons", reduced_motion="reduce")
    page.evaluate(
        "() => { window.changes = 0; new MutationObserver(() => changes++)"
        ".observe(document.querySelector('#numbers dd'), { childList: true }); }"
    )
    page.click("#play")
    page.wait_for_function("() => changes > 1")
    assert epoch(page) >= 8  # of 10 in the second between them


@pytest.mark.parametrize("name", KINDS)
def test_nothing_hinders_people(show, name):
    page = show(name)
    page.click("#epoch")
    page.locator("details").evaluate_all("all => all.forEach((one) => (one.open = true))")
    for scheme, viewport in (("light", PHONE), ("dark", DESKTOP)):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size(viewport)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert not is_too_wide(page)
    low = "all => all.filter((one) => one.offsetHeight && one.offsetHeight < 44).map((one) => one.id)"
    assert page.locator("button, select, summary").evaluate_all(low) == []
