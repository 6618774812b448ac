"""The ruler of a study: under which conditions its numbers were measured, as every table states them.

"80 % solved" says nothing without the goal, the limit, the distribution that training starts from, the
scaling of the loss: published figures of one network differ by these alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nn.config.options import make_layers
from nn.config.schema import Config
from nn.display import counted
from nn.initializers import INITIALIZERS
from nn.initializers.base import Initializer
from nn.layers.base import Layer, every
from nn.layers.dense import Dense
from nn.layers.description import name_in
from nn.random import Stream
from nn.studies.plan import Plan
from nn.studies.variants import OF_A_MEMBER, seed_key
from nn.training.stopping import StopAt

REDUCTION_WORDS = {"mean": "mean over", "sum": "sum over", "half_sum": "half the sum over"}
OVER = {"categorical_crossentropy": "samples"}
"""What a loss is the mean or sum over, unless samples and outputs."""
WITHOUT_HALF = {"mse"}
"""Losses of which the literature has a form with ½."""
TOLD_TYPES = (bool, int, float, str, list)
DATA_OF_FILES = ("validation", "test", "scale", "scale_target", "targets", "sample_weight")
NOT_TOLD = {"name", "file", "task", "split", "target"}
TOLD_OF_LAYERS = {"units", "activation", "bias", "initializer", "layers"}
VARIED = "varied"
Facts = dict[str, str]
"""Facts of one kind in words, by the name of the option."""


@dataclass(frozen=True)
class Ruler:
    """Each condition by its name, in words.

    >>> print(Ruler.of(Plan.of("xor", 1000, {}), engine="native"))
    Goal: loss ≤ 0.01 on all training samples. Limit: 5,000 epochs. Runs: 1,000 seeds (0 to 999). Data: xor.
    Network: dense 4 sigmoid, dense 1 sigmoid. Start: glorot_uniform, biases 0. Loss: mse, mean
    over samples and outputs, without ½. Optimiser: sgd, learning_rate 0.5, momentum 0.9. Batch: all
    samples. Engine: native, float64.
    """

    conditions: Mapping[str, str]

    @classmethod
    def of(cls, plan: Plan, engine: str) -> "Ruler":
        """The conditions of a study; what differs between its variants is ``varied``."""
        found = [dict(conditions_of(variant.config, engine)) for variant in plan.variants]
        same = {name: together([one[name] for one in found]) for name in found[0]}
        first = {name: same.pop(name) for name in ("Goal", "Limit")}
        return cls(first | {"Runs": runs_words(plan)} | same)

    def __str__(self) -> str:
        return " ".join(f"{name}: {text}." for name, text in self.conditions.items())


def conditions_of(config: Config, engine: str) -> Iterator[tuple[str, Facts]]:
    """Each condition of a configuration."""
    given: Any = config.model_dump()
    training, optimizer, loss = given["training"], given["optimizer"], given["loss"]
    goal: StopAt | None = config.training.arguments()["stop_at"]
    made = [*make_layers(config.model.layers, config.optimizer.make().default_initializer)]
    yield "Goal", {"stop_at": f"{goal.text} on all training samples" if goal else "none (no stop_at)"}
    yield "Limit", limit_facts(training)
    yield "Data", data_facts(given["data"])
    yield "Network", {f"layers.{k}": layer_words(one) for k, one in enumerate(given["model"]["layers"])}
    yield "Start", {"initializer": start_words(made)}
    yield "Loss", loss_facts(loss) | class_weight_facts(training["class_weight"])
    yield "Optimiser", {"optimizer": optimizer["type"]} | option_facts(optimizer)
    yield "Batch", {"batch_size": batch_words(training)}
    yield "Engine", {"engine": engine, "dtype": training["dtype"]}


def limit_facts(training: Mapping[str, Any]) -> Facts:
    """After how many epochs training ends without its goal."""
    facts = {"epochs": f"{training['epochs']:,} epochs"}
    if stopping := training["early_stopping"]:
        facts["early_stopping"] = f"or {stopping['patience']:,} without progress"
    return facts


def data_facts(data: Mapping[str, Any]) -> Facts:
    """The name and the options of bundled or generated data; of a file its name and what is held out."""
    told: dict[str, Any] = {name: data.get(name) for name in DATA_OF_FILES}
    if "name" in data:
        told = {name: value for name, value in data.items() if isinstance(value, TOLD_TYPES)}
    told = {name: value for name, value in told.items() if name not in NOT_TOLD and value != "none"}
    return {"data": str(data.get("name") or Path(data["file"]).name)} | option_facts(told)


def loss_facts(loss: Mapping[str, Any]) -> Facts:
    """The loss, over what it is a mean or a sum, with ½ or without where that is open."""
    kind, reduction = loss["type"], loss.get("reduction", "mean")
    words = f"{kind}, {REDUCTION_WORDS[reduction]} {OVER.get(kind, 'samples and outputs')}"
    if kind in WITHOUT_HALF and reduction != "half_sum":
        words += ", without ½"
    return {"loss": words} | option_facts({key: loss[key] for key in loss if key != "reduction"})


def class_weight_facts(weights: Mapping[str, float] | str | None) -> Facts:
    """How much each class counts in the loss, where classes do not count alike."""
    if weights is None:
        return {}
    words = weights if isinstance(weights, str) else ", ".join(f"{key}: {weights[key]:g}" for key in weights)
    return {"class_weight": f"class_weight {words}"}


def together(facts: Sequence[Facts]) -> str:
    """Facts in words; an option that differs between variants is varied."""
    words = []
    for name in dict.fromkeys(name for one in facts for name in one):
        texts = {one.get(name) for one in facts}
        words.append(f"{name} {VARIED}" if len(texts) > 1 else str(texts.pop()))
    return ", ".join(words)


def option_facts(options: Mapping[str, Any]) -> Facts:
    """The options that are in effect, without the type: those that are neither left out nor 0."""
    return {
        name: f"{name} {value_words(value)}"
        for name, value in options.items()
        if name != "type" and value not in (None, False, 0)
    }


def value_words(value: Any) -> str:
    """The value of an option; of a mapping its type and options."""
    if isinstance(value, Mapping):
        inner = ", ".join(option_facts(value).values())
        return f"{value['type']} ({inner})" if inner else str(value["type"])
    return f"{value:g}" if isinstance(value, float) else str(value)


def layer_words(layer: Mapping[str, Any]) -> str:
    """``dense 4 sigmoid``; nested layers in parentheses, other options by their names."""
    words = [layer["type"]]
    if inner := layer.get("layers"):
        words.append(f"({', '.join(map(layer_words, inner))})")
    words += [value_words(layer[name]) for name in ("units", "activation") if layer.get(name)]
    if layer.get("bias") is False:
        words.append("without bias")
    rest = {name: value for name, value in layer.items() if name not in TOLD_OF_LAYERS}
    return " ".join([*words, *option_facts(rest).values()])


def start_words(layers: Sequence[Layer]) -> str:
    """The initialiser of the weights and what biases start from, once where all layers have the same."""
    flat, found = [*every(layers)], []
    for place, layer in enumerate(flat):
        if not isinstance(layer, Dense):
            continue
        following = (after.default_initializer for after in flat[place + 1 :] if after.default_initializer)
        drawn = layer.initializer or next(following, Dense.default_initializer)
        assert drawn is not None, "a dense layer has one"
        options = {name: value for name, value in vars(drawn).items() if name != "biases"}
        inner = ", ".join(option_facts(options).values())
        draws = getattr(drawn, "biases", type(drawn).draw_bias is not Initializer.draw_bias)
        biases = ("biases drawn too" if draws else "biases 0") if layer.use_bias else "no biases"
        found.append(f"{name_in(INITIALIZERS, drawn)}{f' ({inner})' if inner else ''}, {biases}")
    return found[0] if len(set(found)) == 1 else "; ".join(found)


def batch_words(training: Mapping[str, Any]) -> str:
    """The samples of an update, and their order."""
    size = training["batch_size"]
    if size is None:
        return "all samples"
    order = "in a new order each epoch" if training["shuffle"] else "in their order"
    return f"{size:,} samples, {order}" if size > 1 else f"one sample at a time, {order}"


def runs_words(plan: Plan) -> str:
    """How many runs there are, and of what: ``300 = 3 variants × 100 seeds (0 to 99)``."""
    settings = {str(variant.settings) for variant in plan.variants}
    factors = [f"{len(settings):,} variants"] if len(settings) > 1 else []
    if plan.folds:
        factors += [f"{plan.folds} folds", *([f"{plan.repeats} repeats"] if plan.repeats > 1 else [])]
    kinds = {variant.follows: variant.seeds for variant in plan.variants}
    seeds = [f"{seed_count(follows, len(own))} ({span(own)})" for follows, own in kinds.items()]
    product = " × ".join([*factors, " + ".join(seeds)])
    return f"{len(plan):,} = {product}" if factors or len(seeds) > 1 else product


def seed_count(follows: tuple[Stream, ...], count: int) -> str:
    """``100 seeds``, or ``20 of seed.order`` where one kind of randomness is varied alone."""
    return counted(count, "seed") if follows == OF_A_MEMBER else f"{count:,} of {seed_key(follows)}"


def span(seeds: Sequence[int]) -> str:
    """``0 to 999``, and whether some of them are left out."""
    if len(seeds) == 1:
        return str(seeds[0])
    whole = seeds[-1] - seeds[0] + 1 == len(seeds)
    return f"{seeds[0]} to {seeds[-1]}" + ("" if whole else ", with gaps")
