"""A page in a real browser: buttons train, what is no number is refused, nothing is asked for."""

import re

import pytest

from nn.playground.page import playground
from tests.browser import is_too_wide, needs_browser, opened, started
from tests.playground.nodes import steps_of

pytestmark = needs_browser


@pytest.fixture(scope="module")
def browser():
    with started() as running:
        yield running


@pytest.fixture(params=["moons", "sine", "iris"])
def page(request, browser, tmp_path):
    text = playground(steps_of(request.param), request.param, f"nn train {request.param}")
    with opened(browser, text, tmp_path) as page:
        yield page
        assert page.heard == []


def said(page):
    return page.locator("#status").text_content()


def test_buttons_step_and_train_and_go_back(page):
    assert said(page) == "Ready at epoch 0."
    page.click("#step")
    assert said(page).startswith("Paused at epoch")
    page.click("#epoch")
    assert "loss" in said(page)
    page.click("#rewind")
    assert said(page) == "At the start at epoch 0."
    page.click("#play")
    assert page.locator("#play").text_content() == "Pause"
    page.wait_for_function("() => document.querySelector('#numbers td').textContent > 1")
    page.click("#play")
    assert re.match(r"Paused at epoch [1-9]", said(page))


def test_what_is_no_number_for_a_hyperparameter_is_refused(page):
    field = page.locator("#settings input").first
    field.fill("-1")
    assert field.evaluate("field => field.validationMessage") == "a number above 0"


def test_pictures_and_fields_have_names_and_fit_a_phone(page):
    assert all(
        page.locator("section:not([hidden]) canvas").evaluate_all("all => all.map((one) => one.ariaLabel)")
    )
    assert all(page.locator("input, select").evaluate_all("all => all.map((one) => one.labels.length)"))
    assert not is_too_wide(page)
