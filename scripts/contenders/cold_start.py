"""Whole processes: from the start of Python to XOR 2-2-1 trained and its loss curve on disk.

``python cold_start.py LIBRARY PICTURE``: 5,000 epochs of full-batch gradient descent as people would
write them with each library, at the library's own initial weights. Ours is ``nn train`` itself.
"""

import sys
from pathlib import Path
from typing import Any

X = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
T = [[0.0], [1.0], [1.0], [0.0]]
EPOCHS, RATE = 5000, 0.5
OURS = ["optimizer.momentum=0", "training.stop_at=null", f"training.epochs={EPOCHS}"]


def ours(picture: Path) -> list[float]:
    """The command; it draws its own picture, and keeps weights, metrics and settings beside it."""
    from nn.cli import main

    settings = [word for setting in OURS for word in ("--set", setting)]
    sys.argv = ["nn", "train", "xor-2-2-1", "--out", str(picture.with_suffix("")), *settings]
    main()
    return []


def sklearn(picture: Path) -> list[float]:
    """MLPClassifier.fit, whose loss is cross-entropy."""
    import warnings

    from sklearn.neural_network import MLPClassifier  # type: ignore[import-untyped,import-not-found,unused-ignore]

    warnings.simplefilter("ignore")
    model = MLPClassifier(
        (2,), activation="logistic", solver="sgd", alpha=0, batch_size=4, learning_rate_init=RATE, momentum=0,
        nesterovs_momentum=False, max_iter=EPOCHS, tol=0, n_iter_no_change=EPOCHS, random_state=0,
    )  # fmt: skip
    model.fit(X, [int(row[0]) for row in T])
    return list(model.loss_curve_)


def torch(picture: Path) -> list[float]:
    """The usual loop."""
    import torch  # type: ignore[import-not-found,unused-ignore]

    torch.manual_seed(0)
    x, t = torch.tensor(X), torch.tensor(T)
    linear, sigmoid = torch.nn.Linear, torch.nn.Sigmoid
    model = torch.nn.Sequential(linear(2, 2), sigmoid(), linear(2, 1), sigmoid())
    optimizer = torch.optim.SGD(model.parameters(), lr=RATE)
    losses = []
    for _ in range(EPOCHS):
        loss = torch.nn.functional.mse_loss(model(x), t)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def keras(picture: Path) -> list[float]:
    """``train_on_batch``, ten times faster here than ``fit``."""
    import os

    os.environ.setdefault("KERAS_BACKEND", "jax")
    import keras  # type: ignore[import-not-found,unused-ignore]
    import numpy as np

    keras.utils.set_random_seed(0)
    dense = keras.layers.Dense
    model = keras.Sequential([keras.Input((2,)), dense(2, "sigmoid"), dense(1, "sigmoid")])
    model.compile(optimizer=keras.optimizers.SGD(RATE), loss="mse")
    x, t = np.array(X), np.array(T)
    return [float(model.train_on_batch(x, t)) for _ in range(EPOCHS)]


def jax(picture: Path) -> list[float]:
    """The whole loop in ``lax.scan``."""
    import jax  # type: ignore[import-not-found,unused-ignore]
    import jax.numpy as jnp  # type: ignore[import-not-found,unused-ignore]

    x, t = jnp.array(X), jnp.array(T)
    one, two = jax.random.split(jax.random.key(0))
    start = [(jax.random.normal(one, (2, 2)), jnp.zeros(2)), (jax.random.normal(two, (2, 1)), jnp.zeros(1))]

    def loss(parameters: Any) -> Any:
        y = x
        for w, b in parameters:
            y = jax.nn.sigmoid(y @ w + b)
        return jnp.mean((y - t) ** 2)

    def step(parameters: Any, _: None) -> Any:
        value, gradients = jax.value_and_grad(loss)(parameters)
        return jax.tree.map(lambda p, g: p - RATE * g, parameters, gradients), value

    _, losses = jax.jit(lambda p: jax.lax.scan(step, p, length=EPOCHS))(start)
    return [float(value) for value in losses]


LIBRARIES = {
    "tiny-nn": ours, "scikit-learn": sklearn, "PyTorch": torch, "JAX scan": jax, "Keras": keras
}  # fmt: skip


def draw(losses: list[float], picture: Path) -> None:
    """The loss curve, as people draw it."""
    import matplotlib as mpl

    mpl.use("agg")
    from matplotlib import pyplot as plt

    plt.plot(losses)
    plt.yscale("log")
    plt.xlabel("epoch")
    plt.ylabel("loss")
    plt.savefig(picture)


def main(library: str, picture: Path) -> None:
    """Train and draw."""
    losses = LIBRARIES[library](picture)
    if losses:
        draw(losses, picture)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
