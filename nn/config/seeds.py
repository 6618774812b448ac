"""The ``seed`` of a configuration: one number for all randomness, or one for each kind of it."""

from typing import Annotated, Any

from annotated_types import Ge, doc
from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidatorFunctionWrapHandler
from pydantic_core import CoreSchema, core_schema

from nn.config.options import Section
from nn.random import Seeds

SeedNumber = Annotated[int, Ge(0)]


class SeedSection(Section):
    """A seed for each kind of randomness, so that one can change while the others stay."""

    weights: Annotated[SeedNumber, doc("Of the initial weights.")] = 0
    order: Annotated[SeedNumber, doc("Of the order of the samples in each epoch.")] = 0
    noise: Annotated[SeedNumber, doc("Of dropout.")] = 0
    data: Annotated[
        SeedNumber, doc("Of generated data; of which rows are held out too, unless split says so.")
    ] = 0
    split: Annotated[SeedNumber | None, doc("Of which rows are held out.")] = None


OF_ONE_SEED = ("weights", "order", "noise", "data")
"""The kinds of randomness that a single number is the seed of; the split then follows the data."""


class SeedChoice:
    """Accepts a number or a mapping."""

    def __call__(self, value: Any, number: ValidatorFunctionWrapHandler) -> Any:
        """The number, or the section that a mapping is."""
        return SeedSection.model_validate(value) if isinstance(value, dict | SeedSection) else number(value)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        number, anything = handler.generate_schema(SeedNumber), core_schema.simple_ser_schema("any")
        return core_schema.no_info_wrap_validator_function(self, number, serialization=anything)

    def __get_pydantic_json_schema__(self, schema: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"anyOf": [handler(schema["schema"]), handler(SeedSection.__pydantic_core_schema__)]}


SeedConfig = Annotated[int | SeedSection, SeedChoice()]


def seeds_of(seed: int | SeedSection) -> SeedSection:
    """The seed of each kind of randomness."""
    return seed if isinstance(seed, SeedSection) else SeedSection(**dict.fromkeys(OF_ONE_SEED, seed))


def network_seeds(seed: int | SeedSection) -> Seeds:
    """Those of a network and its training."""
    seeds = seeds_of(seed)
    return Seeds(seeds.weights, seeds.order, seeds.noise)
