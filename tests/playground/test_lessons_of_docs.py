"""The pages in docs/lessons in a real browser: buttons give what nn train gives; nothing is asked for."""

import numpy as np
import pytest
from lesson_claims import BUTTONS
from lesson_runs import FOLDER, lesson, run

from tests.browser import DESKTOP, is_too_wide, needs_browser, opened

pytestmark = needs_browser


@pytest.fixture(params=BUTTONS)
def page(request, browser, tmp_path):
    text = (FOLDER / f"{request.param}.html").read_text(encoding="utf-8")
    with opened(browser, text, tmp_path, DESKTOP) as page:
        page.name = request.param
        yield page
        assert page.heard == []


def shown_after(page, number):
    """The epoch and the loss that the page tells after the button of a step, at full speed."""
    page.click("#lesson-steps li:visible button")
    page.select_option("#speed", "fast")
    page.wait_for_function("() => !document.querySelector('#status').textContent.startsWith('Training')")
    epoch, _, loss = page.locator("#status").text_content().rpartition("at epoch ")[2].partition(", loss ")
    return int(epoch.replace(",", "")), loss.rstrip(".")


def test_buttons_of_all_steps_give_what_nn_train_gives(page):
    for number, step in enumerate(lesson(page.name).steps, 1):
        if number > 1:
            page.click("#lesson-next")
        if step.setup is None:
            continue
        epoch, loss = shown_after(page, number)
        losses = run(page.name, number).losses
        if loss == "not finite":
            assert epoch == len(losses) + 1
        else:
            assert epoch == step.setup.until
            assert float(loss) == pytest.approx(losses[-1], rel=1e-3)  # of four digits
    assert np.isfinite(losses).all()
    assert not is_too_wide(page)
