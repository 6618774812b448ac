"""The JSON Schema of configurations says what they may say; editors complete and check with it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

import jsonschema
import pytest
from annotated_types import Gt, doc

from nn.config import kinds
from nn.config.data_kinds import DATA_KINDS
from nn.config.json_schema import ALL, json_schema
from nn.config.kinds import KEY_ALIASES
from nn.config.schema import Config
from nn.config.source import MODELINE, find_config, parse_yaml, read_source
from nn.config.source import config_names as configs
from nn.layers.base import Layer
from nn.resources import bundled_folder
from tests.config.language_server import SERVER, LanguageServer

SCHEMA = json_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
HEAD = f"{MODELINE} $schema=schema.json\n"
GOOD = """\
data: {name: moons}
model: {layers: [{type: dense, units: 1}]}
loss: mse
optimizer: sgd
training: {epochs: 1}
"""
WRONG = [
    ("units: 1", "unit: 1"),
    ("units: 1", "units: 0"),
    ("units: 1", "units: one"),
    ("[{type: dense, units: 1}]", "[]"),
    ("[{type: dense, units: 1}]", "[dense]"),
    ("sgd", "sdg"),
    ("sgd", "{type: sgd, momentum: 1}"),
    ("sgd", "{type: sgd, learning_rate: {type: cosine}}"),
    ("sgd", "{type: rprop, learning_rate: {type: cosine, start: 1}}"),
    ("moons", "moon"),
    ("{name: moons}", "{name: xor, samples: 3}"),
    ("{name: moons}", "{name: moons, test: 1.5}"),
    ("{epochs: 1}", "{}"),
    ("{epochs: 1}", "{epochs: 1, stop_at: {los: 1}}"),
    ("loss: mse\n", ""),
]


def options() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, definition in {"": SCHEMA, **SCHEMA["$defs"]}.items():
        for option, value in definition.get("properties", {}).items():
            yield f"{name}.{option}", value


def test_it_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_the_schema_beside_the_bundled_configurations_is_what_the_command_prints():
    kept = json.loads((bundled_folder("configs") / "schema.json").read_text(encoding="utf-8"))
    assert kept == SCHEMA, "an option has changed; run: nn schema > configs/schema.json"


def test_every_option_says_what_it_means():
    assert [name for name, option in options() if len(option["description"]) < 8] == []


def test_an_option_means_what_its_own_class_says():
    """Not what another option of the same name means elsewhere."""
    said = {name: option["description"] for name, option in options()}
    assert said["initializer.uniform.scale"] == "The largest size of a weight."
    assert said["initializer.normal.scale"] == "The standard deviation of the weights."
    assert said["data.moons.scale"].startswith("What inputs are scaled to")
    assert said["schedule.step.factor"] != said["schedule.exponential.factor"]
    assert said["optimizer.rprop.learning_rate"] == "The first step of each weight."


def test_the_text_of_an_option_of_ones_own_is_read_where_it_is_declared(monkeypatch):
    @dataclass(eq=False)
    class Steep(Layer):
        """tanh(k x)."""

        k: Annotated[float, Gt(0), doc("How steep it is at 0.")] = 2.0

    monkeypatch.setitem(kinds.ACTIVATION_KINDS.table, "steep", Steep)
    added = json_schema()["$defs"]["activation.steep"]
    assert added["properties"]["k"]["description"] == "How steep it is at 0."
    assert added["description"] == "tanh(k x)."
    kinds.ACTIVATION_KINDS.model.cache_clear()


def test_every_tag_has_a_type():
    """Without one the language server hides the kind."""
    tags = [option for _, option in options() if "const" in option]
    assert len(tags) > 60
    assert all(tag["type"] == "string" for tag in tags)


def test_every_kind_is_there():
    for several in ALL:
        assert len(SCHEMA["$defs"][several.name]["anyOf"]) >= len(several.names)
        for name in several.names:
            homes = [several.name, "activation"]
            assert any(f"{home}.{name}" in SCHEMA["$defs"] for home in homes)


@pytest.mark.parametrize("name", configs())
def test_bundled_configurations_name_the_schema_and_fit_it(name):
    assert find_config(name).read_text(encoding="utf-8").startswith(HEAD)
    VALIDATOR.validate(read_source(find_config(name)).data)


@pytest.mark.parametrize(("old", "new"), WRONG)
def test_what_the_schema_refuses_is_refused_by_the_checks(old, new):
    data = parse_yaml(GOOD.replace(old, new, 1), "").data
    assert not VALIDATOR.is_valid(data)
    with pytest.raises(ValueError, match="validation error"):
        Config.model_validate(data)


def test_a_good_configuration_fits_with_every_null_that_it_may_have():
    data = parse_yaml(GOOD, "").data
    data["model"]["layers"][0] |= {"activation": None, "initializer": None, "l1": None}
    data["data"] |= {"scale": None, "validation": None}
    VALIDATOR.validate(data)
    Config.model_validate(data)


def test_other_words_are_left_to_the_checks():
    """The schema leads to the standard words."""
    for word in KEY_ALIASES:
        assert all(not name.endswith(f".{word}") for name, _ in options())


@pytest.fixture(scope="module")
def editor() -> Iterator[LanguageServer]:
    if not SERVER:
        pytest.skip("yaml-language-server is not installed")
    server = LanguageServer()
    yield server
    server.close()


@pytest.mark.parametrize("name", ["xor", "iris", "digits", "sine-lm"])
def test_an_editor_has_nothing_against_a_bundled_configuration(editor, name):
    assert editor.mistakes(f"{name}.yaml", find_config(name).read_text(encoding="utf-8")) == []


def test_an_editor_names_an_unknown_key(editor):
    text = HEAD + GOOD.replace("sgd", "{type: sgd, momentun: 1}")
    assert editor.mistakes("my.yaml", text) == ["Property momentun is not allowed."]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("model:\n  layers:\n    - type: |\n", kinds.LAYER_KINDS),
        ("optimizer:\n  type: |\n", kinds.OPTIMIZER_KINDS),
        ("optimizer: |\n", kinds.OPTIMIZER_KINDS),
        ("optimizer:\n  type: sgd\n  learning_rate:\n    type: |\n", kinds.SCHEDULE_KINDS),
        ("loss: |\n", kinds.LOSS_KINDS),
        ("data:\n  name: |\n", DATA_KINDS),
    ],
)
def test_an_editor_offers_every_kind(editor, text, kinds):
    assert editor.words(f"{abs(hash(text))}.yaml", HEAD + text) >= set(kinds.table)


def test_an_editor_offers_the_options_of_a_kind(editor):
    text = "optimizer:\n  type: sgd\n  |\n"
    expected = {"learning_rate", "momentum", "nesterov", "weight_decay", "clip_norm", "clip_value"}
    assert editor.words("options.yaml", HEAD + text) == expected
