"""A lesson is read and checked as a configuration is: each mistake with its place."""

import pytest

from nn.config.lesson import load_lesson
from nn.config.locations import ConfigError

STEPS = "steps: [{title: First, text: Look.}]\n"


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Write a lesson in a folder below the working one; returns its path."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sub").mkdir()

    def write(text):
        (tmp_path / "sub/lesson.yaml").write_text(text, encoding="utf-8")
        return "sub/lesson.yaml"

    return write


def mistakes(write, text):
    def load():
        lesson = load_lesson(write(text))
        assert lesson
        lesson.configuration([])

    with pytest.raises(ConfigError) as caught:
        load()
    return caught.value.shown


def test_a_configuration_is_no_lesson(write):
    assert load_lesson("xor") is None
    assert load_lesson(write("data: {name: xor}\n")) is None
    assert load_lesson(write("just text\n")) is None


def test_what_it_sets_and_what_is_set_over_that_is_in_the_configuration(write):
    lesson = load_lesson(
        write("title: T\nconfig: xor\nset: {seed: 3, loss: mae, optimizer: {type: sgd}}\ntext: x\n" + STEPS)
    )
    assert lesson.settings == ["seed=3", 'loss="mae"', 'optimizer={"type": "sgd"}']
    config = lesson.configuration(["seed=4"])
    assert (config.seed_facts, config.loss.type, config.optimizer.type) == (4, "mae", "sgd")


def test_the_path_of_its_configuration_is_relative_to_its_folder(write, tmp_path):
    lesson = load_lesson(write("title: T\nconfig: own.yaml\ntext: x\n" + STEPS))
    assert lesson.source == "sub/own.yaml"


def test_mistakes_stand_with_their_places(write):
    shown = mistakes(write, "title: T\nconfig: xor\ntext: ''\nsteps: [{titel: a, text: b}]\n")
    line = "  4 | steps: [{titel: a, text: b}]\n    | "
    assert shown == [
        "sub/lesson.yaml:3:7: text: expected text, got ''\n  3 | text: ''\n    |       ^^",
        f"sub/lesson.yaml:4:9: steps.0.title is missing\n{line}        {'^' * 19}",
        f"sub/lesson.yaml:4:10: steps.0 has no key 'titel'; did you mean 'title'?\n{line}         {'^' * 5}",
    ]


def test_unknown_keys_are_those_of_a_lesson(write):
    shown = mistakes(write, "title: T\nconfig: xor\ntext: x\nstep: 1\n" + STEPS)
    assert shown[0].startswith("sub/lesson.yaml:4:1: a lesson has no key 'step'; did you mean 'steps'?")


def test_a_button_that_does_nothing_is_a_mistake(write):
    shown = mistakes(
        write, "title: T\nconfig: xor\ntext: x\nsteps: [{title: a, text: b, setup: {rewind: false}}]\n"
    )
    assert "steps.0.setup: expected at least one of seed, rewind, set, speed and until" in shown[0]


def test_mistakes_in_what_it_sets_stand_in_its_file(write):
    shown = mistakes(write, "title: T\nconfig: xor\nset: {seed: -1, modle.layers: 3}\ntext: x\n" + STEPS)
    line = "  3 | set: {seed: -1, modle.layers: 3}\n"
    assert shown == [
        f"sub/lesson.yaml:3:13: seed: expected at least 0, got -1\n{line}    |             ^^",
        "sub/lesson.yaml:3:17: a configuration has no key 'modle'; did you mean 'model'?\n"
        f"{line}    |                 ^^^^^^^^^^^^",
    ]


def test_mistakes_of_the_command_line_stay_there(write):
    lesson = load_lesson(write("title: T\nconfig: xor\nset: {seed: 1}\ntext: x\n" + STEPS))
    with pytest.raises(ConfigError) as caught:
        lesson.configuration(["training.epochs=0"])
    assert "--set training.epochs=0" in caught.value.shown[0]
