"""A report in a real browser: no errors, no requests, the slider moves the picture, numbers are read."""

import pytest

from nn.report.page import page as report
from nn.report.study import study_page
from tests.browser import is_too_wide, needs_browser, opened
from tests.plots.runs import SNAPSHOTS, trained
from tests.plots.studies import ended_folder

pytestmark = needs_browser


@pytest.fixture(scope="module")
def page(browser, tmp_path_factory):
    """The report of a run with snapshots, as it is opened; tests use it one after the other."""
    run = trained("moons", SNAPSHOTS, "training.epochs=60")
    with opened(browser, report([run]), tmp_path_factory.mktemp("report")) as page:
        yield page
        assert page.heard == []


def shown(page):
    return page.locator(".snapshots img.shown").get_attribute("alt")


def read(page):
    return page.locator("figure.curves output.at").first.text_content()


def test_it_opens_at_the_network_that_was_kept(page):
    assert (shown(page), read(page)) == ("Answers after epoch 45, kept", "epoch 45")


def test_the_slider_moves_the_picture(page):
    slider = page.locator(".snapshots input")
    slider.press("End")
    assert shown(page) == "Answers after epoch 60"
    slider.press("Home")
    assert shown(page) == "Answers after epoch 0"


def test_a_pointer_and_the_keyboard_read_the_values(page):
    chart = page.locator("svg.chart").first
    chart.hover(position={"x": 1, "y": 50})
    assert read(page) == "epoch 1"
    assert float(page.locator("figure.curves label output").first.text_content()) > 0
    chart.press("ArrowRight")
    assert read(page) == "epoch 2"


def test_a_box_hides_its_line(page):
    page.locator("figure.curves input").first.click()
    assert "hidden" in page.locator("figure.curves path").first.get_attribute("class")


def test_the_page_fits_a_phone_without_errors_and_requests(page):
    assert (is_too_wide(page), page.heard) == (False, [])


def test_a_run_that_never_reached_an_epoch_has_no_value_there(browser, tmp_path):
    runs = [trained("xor", f"seed={seed}", "training.stop_at={loss: 0.1}") for seed in (0, 1)]
    runs.sort(key=lambda run: len(run.metrics["epoch"]))
    with opened(browser, report(runs), tmp_path) as page:
        shorter, longer, *_ = page.locator("figure.curves label output").all_text_contents()
        assert page.heard == []
    assert shorter == "–"
    assert 0.09 < float(longer) < 0.1


def test_the_page_of_a_study_fits_a_phone_and_draws_all_pictures(browser, tmp_path):
    activations = {"model.layers.0.activation": ["sigmoid", "tanh"]}
    folder = ended_folder(tmp_path / "study", "xor", [100] * 5, [50] * 4 + [None], vary=activations)
    with opened(browser, study_page(folder), tmp_path) as page:
        drawn = page.locator("img").evaluate_all("all => all.map((one) => one.naturalWidth > 0 && one.alt)")
        assert len(drawn) > 1
        assert all(drawn)
        assert (is_too_wide(page), page.heard) == (False, [])
