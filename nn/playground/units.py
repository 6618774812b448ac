"""The table's own units: what a page has of scaled numbers is shown in them."""

from nn.data.scaling import Scaling
from nn.model import Model


def own_units(model: Model) -> dict[str, list[list[float]]]:
    """Return factor and summand of each input ``x`` and target ``t``: own = factor · scaled + summand."""
    inputs = model.preprocessing and model.preprocessing.scaling
    return {
        "x": lines(inputs or None, len(model.features)),
        "t": lines(model.target_scaling, len(model.targets)),
    }


def lines(scaling: Scaling | None, width: int) -> list[list[float]]:
    """Return factor and summand of each of so many columns."""
    if scaling is None:
        return [[1.0, 0.0]] * width
    summands = scaling.shift - scaling.offset * scaling.scale
    return [list(pair) for pair in zip(scaling.scale.tolist(), summands.tolist(), strict=True)]
