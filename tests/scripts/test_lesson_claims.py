"""What lessons state of the runs that their buttons start is what these give."""

import pytest
from lesson_claims import BUTTONS
from lesson_runs import FOLDER, lesson, run

from scripts.write_claims import ROOT, Claim


@pytest.mark.parametrize("name", BUTTONS)
def test_what_a_lesson_states_is_what_its_buttons_give(name):
    for sentence, measure in BUTTONS[name]():
        claim = Claim(f"docs/lessons/{name}.yaml", sentence, measure)
        stated = claim.found((ROOT / claim.file).read_text(encoding="utf-8")).groups()
        assert tuple(measure()) == stated, sentence


def test_the_loss_does_not_rise_with_a_rate_that_is_about_right():
    assert run("learning-rate", 2).rises == 0


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.html")), ids=lambda file: file.stem)
def test_a_page_has_the_texts_of_its_lesson(file):
    text = file.read_text(encoding="utf-8")
    assert f"<h1>{lesson(file.stem).title}</h1>" in text
    assert all(step.title in text for step in lesson(file.stem).steps)
