"""Values set over a configuration, and mistakes in them."""

import pytest

from nn.config.locations import ConfigError, Places
from nn.config.overrides import override
from nn.config.source import ConfigSource, parse_yaml


def overridden(data, settings, *option):
    source = ConfigSource(data, Places("my.yaml"), [])
    override(source, settings, *option)
    if source.mistakes:
        raise ConfigError(*source.mistakes, places=source.places)
    return source.data


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("seed=3", {"seed": 3}),
        ("seed=", {"seed": None}),
        ("seed=null", {"seed": None}),
        ("rate=1e-3", {"rate": 0.001}),
        ("name=a=b", {"name": "a=b"}),
        ("optimizer.momentum=0.9", {"optimizer": {"type": "sgd", "momentum": 0.9}}),
        ("optimizer=adam", {"optimizer": "adam"}),
        ("layers.0.units=8", {"layers": [{"type": "dense", "units": 8}, "tanh"]}),
        ("layers.1=relu", {"layers": ["dense", "relu"]}),
        ("training.stop_at.loss=0.1", {"training": {"stop_at": {"loss": 0.1}}}),
        ("stop_at={loss: 1, accuracy: 1}", {"stop_at": {"loss": 1, "accuracy": 1}}),
    ],
)
def test_a_setting_sets_a_value_and_makes_what_leads_to_it(setting, expected):
    data = {"optimizer": "sgd", "layers": ["dense", "tanh"], "training": None}
    assert (
        overridden(data, [setting])
        == {"optimizer": "sgd", "layers": ["dense", "tanh"], "training": None} | expected
    )


def test_one_seed_of_several_is_set_in_a_number_that_stands_for_all():
    assert overridden({"seed": 7}, ["seed.weights=3"]) == {
        "seed": {"weights": 3, "order": 7, "noise": 7, "data": 7}
    }


def test_settings_are_made_in_their_order():
    assert overridden(None, ["a.b=1", "a.c=2", "a.b=3"]) == {"a": {"b": 3, "c": 2}}


@pytest.mark.parametrize(
    ("setting", "shown"),
    [
        ("seed", "'seed': expected KEY=VALUE, as in training.epochs=500\n  --set seed\n        ^^^^"),
        (
            "rate.x=3",
            "expected a mapping or list to set 'x' in, got a single value\n  --set rate.x=3\n             ^",
        ),
        (
            "a=[1",
            "while parsing a flow sequence, expected ',' or ']', but got '<stream end>'\n"
            "  --set a=[1\n            ^",
        ),
        ("a={b: 1, b: 2}", "b is given twice\n  --set a={b: 1, b: 2}\n                 ^"),
    ],
)
def test_a_mistake_is_pointed_at_on_the_command_line(setting, shown):
    with pytest.raises(ConfigError) as caught:
        overridden({"seed": 0, "rate": 1}, [setting])
    assert str(caught.value) == shown


def test_a_mistake_is_shown_with_the_option_that_it_was_made_in():
    with pytest.raises(ConfigError, match=r"\n  --vary loss=\[1\n            "):
        overridden({}, ["loss=[1"], "--vary")


def test_all_settings_are_looked_at():
    with pytest.raises(ConfigError) as caught:
        overridden({}, ["a", "b=[", "c=1"])
    assert len(caught.value.mistakes) == 2


def test_a_mistake_on_a_later_line_of_a_value_is_pointed_at():
    source = parse_yaml("a: 1", "my.yaml")
    override(source, ["a=[1,\n  2, {b: 1,\n b: 2}]"])
    (mistake,) = source.mistakes
    span = mistake.span
    assert span.line[span.column :] == "b: 2}]"


@pytest.mark.parametrize("place", ["9" * 5000, "\N{ARABIC-INDIC DIGIT ONE}", "-1"])
def test_a_place_in_a_list_is_a_small_number(place):
    source = parse_yaml("a: [1, 2]", "my.yaml")
    override(source, [f"a.{place}=1"])
    assert source.mistakes[0].problem == f"expected the number of an item, 0 to 1, got '{place}'"
