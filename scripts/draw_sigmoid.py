"""Draws the figures of ``docs/sigmoid.md`` and prints the times that it states.

``python scripts/draw_sigmoid.py [FOLDER]``: the pictures come out the same each time.
"""

import sys
import timeit
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nn import Dense, MeanSquaredError, Sequential, Sigmoid, Tanh
from nn.arrays import Array
from nn.layers.activations.sigmoids import sigmoid
from nn.layers.base import Layer
from nn.plots import style
from nn.plots.activation import draw_activation

DOCS = Path(__file__).parents[1] / "docs"
BLUE, ORANGE = style.COLORS[0], style.COLORS[6]
DEPTH, WIDTH = 10, 16


def say(axes: Axes, text: str, at: tuple[float, float], color: str) -> None:
    """A word in the picture."""
    axes.text(*at, text, color=color, fontsize=style.FONT_SIZE, parse_math=False)


def slopes_by_layer(activation: type[Layer]) -> Array:
    """The root mean square of ∂L/∂z in each hidden layer, from the first to the last; mean of 20 seeds."""
    rng = np.random.default_rng(0)
    x, t = rng.normal(size=(64, WIDTH)), rng.normal(size=(64, 1))
    layers = [layer for _ in range(DEPTH) for layer in (Dense(WIDTH), activation())]
    network, loss = Sequential([*layers, Dense(1)], inputs=WIDTH, seed=range(20)), MeanSquaredError()
    loss.forward(network.forward(x), t)
    network.backward(loss.backward())
    # The bias gradient is the sum of ∂L/∂z over the samples; the weights' tell their size.
    dense = [layer for layer in network.layers[:-1] if isinstance(layer, Dense)]
    squares = [np.mean(layer.weight_grad**2, axis=(-2, -1)) for layer in dense]
    return np.mean(np.sqrt(squares), axis=-1)


def vanishing() -> Figure:
    """How large the gradients of each layer are, against those of the last hidden one."""
    figure = style.figure(6.4, 3.6)
    axes = figure.subplots()
    layers = np.arange(1, DEPTH + 1)
    for activation, color, marker in ((Tanh, BLUE, "o"), (Sigmoid, ORANGE, "^")):
        sizes = slopes_by_layer(activation)
        axes.plot(layers, sizes / sizes[-1], color=color, marker=marker, markersize=6, linewidth=2)
    bound = 0.25 ** (DEPTH - layers.astype(float))
    axes.plot(layers, bound, color=style.FAINT, linestyle="--", linewidth=1.2)
    style.dress_axes(axes)
    style.log_ticks(axes, float(bound[0]), 1)
    axes.set_xticks(layers)
    axes.set_xlabel("hidden layer, from the inputs to the outputs")
    axes.set_ylabel("gradient, relative to layer 10")
    say(axes, "tanh", (1.2, 0.22), BLUE)
    say(axes, "sigmoid", (3.4, 1.6e-5), ORANGE)
    say(axes, "a factor of ¼ for each layer", (2.2, 8e-3), style.FAINT)
    return figure


def times() -> str:
    """What forward and backward of a layer of sigmoids cost, and what backward would without its cache."""
    x = np.random.default_rng(0).normal(size=(100, 100))
    layer, dy = Sigmoid(), np.ones_like(x)
    layer.forward(x)

    def forgetful() -> Array:
        y = sigmoid(x)
        return dy * y * (1 - y)

    def seconds(run: object) -> float:
        return min(timeit.repeat(run, number=200, repeat=15)) / 200  # type: ignore[arg-type]

    forward, backward = seconds(lambda: layer.forward(x)), seconds(lambda: layer.backward(dy))
    without = seconds(forgetful)
    return (
        f"10,000 sigmoids: forward {1e6 * forward:.0f} µs, backward {1e6 * backward:.1f} µs, "
        f"{1e6 * without:.0f} µs without the cache ({without / backward:.1f} times)"
    )


def main() -> None:
    """Write both pictures, print the times."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else DOCS
    style.save(draw_activation("sigmoid"), folder / "sigmoid.png")
    style.save(vanishing(), folder / "sigmoid-layers.png")
    print(times())


if __name__ == "__main__":
    main()
