"""A lesson on a page: its steps are text, its buttons set the page up, all by keyboard too."""

import json
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from click.testing import CliRunner

from nn.cli.group import commands
from nn.config.lesson import load_lesson
from nn.config.load import load_config
from nn.config.locations import ConfigError
from nn.experiments.experiment import Experiment
from nn.playground.page import playground
from nn.playground.steps import TrainingSteps
from tests.browser import is_too_wide, needs_browser, opened

ROOT = Path(__file__).parents[2]
LESSON = """\
title: A <b>lesson</b>
config: xor
text: |
  One </script><script>alert(1)</script>,
  still one.

  Two.
steps:
  - {title: Run <i>, text: Look., setup: {seed: 2, set: {learning_rate: 0.25}, speed: fast, until: 30}}
  - {title: Go on, text: More., setup: {set: {SGD.momentum: 0.5}, until: 40}}
  - {title: Back, text: Start., setup: {rewind: true}}
  - {title: Read, text: Nothing to press.}
"""


def loaded(folder, text):
    file = folder / "lesson.yaml"
    file.write_text(text, encoding="utf-8")
    lesson = load_lesson(str(file))
    return lesson, TrainingSteps(Experiment.of(lesson.configuration([])))


def page_of(folder, text=LESSON):
    lesson, steps = loaded(folder, text)
    return playground(steps, lesson.title, "nn train xor", lesson)


def mistakes(folder, setup):
    with pytest.raises(ConfigError) as caught:
        page_of(folder, f"title: T\nconfig: xor\ntext: x\nsteps: [{{title: a, text: b, setup: {setup}}}]\n")
    return [shown.partition("\n")[0].partition("lesson.yaml:")[2] for shown in caught.value.shown]


def test_a_hyperparameter_that_the_page_does_not_have_is_a_mistake(tmp_path):
    assert mistakes(tmp_path, "{set: {momentun: 1}}") == [
        "4:43: the page has no hyperparameter 'momentun'; did you mean 'momentum'?"
    ]


def test_a_number_that_the_page_does_not_take_is_a_mistake(tmp_path):
    assert mistakes(tmp_path, "{set: {learning_rate: 0, momentum: 1}}") == [
        "4:58: steps.0.setup.set.learning_rate: expected a number above 0, got 0",
        "4:71: steps.0.setup.set.momentum: expected a number of at least 0 and below 1, got 1",
    ]


def test_a_number_may_be_0_where_the_formula_is_the_same_then(tmp_path):
    assert mistakes(tmp_path, "{set: {momentum: 0, learning_rate: -1}}") == [
        "4:71: steps.0.setup.set.learning_rate: expected a number above 0, got -1",
    ]


def test_a_seed_whose_start_the_page_does_not_have_is_a_mistake(tmp_path):
    assert mistakes(tmp_path, "{seed: 20}") == [
        "4:43: steps.0.setup.seed: the page has the starts of the seeds 0 to 19, got 20"
    ]


def test_its_words_are_text_in_paragraphs(tmp_path):
    text = page_of(tmp_path)
    (data,) = re.findall(r'<script type="application/json" id="data">(.*)</script>', text)
    assert "<" not in data
    assert json.loads(data)["lesson"]["about"] == [
        "One </script><script>alert(1)</script>, still one.",
        "Two.",
    ]


def test_a_page_without_a_lesson_has_nothing_of_one(tmp_path):
    _, steps = loaded(tmp_path, LESSON)
    assert "lesson" not in playground(steps, "xor", "nn train xor")


def test_the_command_writes_the_page_of_a_lesson(tmp_path):
    (tmp_path / "own.yaml").write_text(LESSON.replace("text: |", "set: {seed: 2}\ntext: |"), encoding="utf-8")
    out = tmp_path / "x.html"
    result = CliRunner().invoke(commands, ["playground", str(tmp_path / "own.yaml"), "--out", str(out)])
    assert result.exit_code == 0, result.output
    assert "nn train xor --set seed=2" in out.read_text(encoding="utf-8")


def test_the_command_shows_mistakes_in_a_lesson_with_their_places(tmp_path):
    (tmp_path / "own.yaml").write_text(LESSON.replace("seed: 2", "sead: 2"), encoding="utf-8")
    result = CliRunner().invoke(commands, ["playground", str(tmp_path / "own.yaml")])
    assert result.exit_code == 2
    assert "own.yaml:9:43: steps.0.setup has no key 'sead'; did you mean 'seed'?" in result.output


@pytest.fixture
def page(browser, tmp_path):
    with opened(browser, page_of(tmp_path), tmp_path) as page:
        yield page
        assert page.heard == []


def visible(page):
    return page.locator("#lesson-steps li:visible h2").all_text_contents()


def fields(page):
    return page.locator("#settings input[type=number]").evaluate_all(
        "all => all.map((one) => one.valueAsNumber)"
    )


def press(page, number, says):
    """Press the button of a step with the keyboard, and wait for what the page then says."""
    while not visible(page)[0].startswith(f"{number} of"):
        page.press("#lesson-next", "Enter")
    page.press("#lesson-steps li:visible button", "Enter")
    page.wait_for_function(
        "(says) => document.querySelector('#status').textContent.startsWith(says)", arg=says
    )


@needs_browser
def test_one_step_is_shown_at_a_time(page):
    assert visible(page) == ["1 of 4: Run <i>"]
    assert page.locator("#lesson-back").is_disabled()
    for number in (2, 3, 4):
        page.press("#lesson-next", "Enter")
        assert visible(page)[0].startswith(f"{number} of 4")
        assert page.evaluate("document.activeElement.textContent") == visible(page)[0]
    assert page.locator("#lesson-next").is_disabled()
    page.press("#lesson-back", "Enter")
    assert visible(page) == ["3 of 4: Back"]


@needs_browser
def test_a_button_goes_to_a_start_sets_numbers_and_trains_to_an_epoch(page):
    press(page, 1, "Paused at epoch 30, loss")
    assert fields(page) == [0.25, 0.9]
    experiment = Experiment.of(
        load_config("xor", ["seed=2", "optimizer.learning_rate=0.25", "training.epochs=30"])
    )
    *_, last = experiment.train()
    shown = float(page.locator("#status").text_content().rstrip(".").rpartition(" ")[2])
    assert shown == pytest.approx(last.losses[-1], rel=1e-3)  # as it is written, with four digits


@needs_browser
def test_a_button_without_a_start_trains_on(page):
    press(page, 1, "Paused at epoch 30")
    press(page, 2, "Paused at epoch 40")
    assert fields(page) == [0.25, 0.5]


@needs_browser
def test_going_back_to_the_start_everything_is_as_configured(page):
    press(page, 1, "Paused at epoch 30")
    press(page, 3, "Set up at epoch 0.")
    assert fields(page) == [0.5, 0.9]


@needs_browser
def test_a_step_without_a_button_has_none(page):
    for _ in range(3):
        page.click("#lesson-next")
    assert page.locator("#lesson-steps li:visible button").count() == 0


@needs_browser
def test_all_steps_are_printed(page):
    page.emulate_media(media="print")
    assert len(visible(page)) == 4


@needs_browser
def test_it_fits_a_phone_and_hinders_nobody(page):
    assert not is_too_wide(page)
    assert Axe().run(page).response["violations"] == []


def test_the_lesson_in_the_docs_can_be_written_as_it_stands(tmp_path):
    page = (ROOT / "docs" / "lessons" / "README.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert "<h1>A first lesson</h1>" in page_of(tmp_path, text)
