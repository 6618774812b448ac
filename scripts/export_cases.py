"""Forty configurations with every layer, activation, loss, kind of column and kind of target."""

import csv
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ACTIVATIONS = (
    *("elu", "gelu", "hard_sigmoid", "leaky_relu", "linear", "relu"),
    *("selu", "sigmoid", "silu", "softplus", "softsign", "tanh"),
)
QUOTED, UNICODE, COMMENT = 'the "width" \\n', "größe <b>№</b> 🙂", "*/ int x; /* ??/"
WORDS = ['"', "*/", "</script>", "=1+1", "zwölf", "back\\slash", "'", "??/", "a,b"]
ROWS = 240


def write_table(path: Path) -> None:
    """Write a table with every kind of column, hostile names and words, gaps and several targets."""
    rng = random.Random(0)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        names = [QUOTED, UNICODE, COMMENT, "gap", "size", "fit", "when", "zip", "code", "weight"]
        writer.writerow([*names, "price", "share", "kind", "passed"])
        for _ in range(ROWS):
            x, y = rng.gauss(50, 20), rng.uniform(-1, 1)
            word, size, fit = rng.choice(WORDS), rng.choice(["lo", "mid", "hi"]), rng.choice(["yes", "no"])
            kind = ["red", 'gr"ün', "*/blue", "1e5"][(x > 50) + 2 * (y > 0)]
            writer.writerow(
                [
                    *(f"{x:.3f}", f"{y:.6f}", word, "" if rng.random() < 0.2 else f"{y * 1e-3:.3e}"),
                    *(size, fit, f"20{rng.randint(10, 25)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"),
                    *(f"{rng.randint(0, 4):05}", "-999" if rng.random() < 0.1 else rng.randint(1, 9)),
                    rng.choice([0, 1, 2.5]),
                    *(f"{1000 + 40 * x - 300 * y * (size == 'hi'):.2f}", f"{x * y / 100:.5f}"),
                    *(kind, "yes" if x + 30 * y > 45 else "no"),
                ]
            )


def configuration(
    layers: list[Any], loss: str, target: Any = "kind", dtype: str = "float64", **data: Any
) -> dict[str, Any]:
    """Return a configuration for the table."""
    return {
        "seed": 1,
        "data": {
            "file": "table.csv",
            "target": target,
            "columns": {
                "size": {"type": "ordinal", "order": ["lo", "mid", "hi"]},
                "fit": "boolean",
                "when": "date",
                "zip": "category",
                COMMENT: "category",
                "gap": {"type": "number", "missing": "mean"},
                "code": {"type": "number", "missing": "median"},
            },
            "missing_values": {"code": ["-999"]},
            "validation": 0.2,
            **data,
        },
        "model": {"layers": layers},
        "loss": loss,
        "optimizer": {"type": "adam", "learning_rate": 0.02},
        "training": {"epochs": 20, "batch_size": 32, "dtype": dtype},
    }


def dense(units: int, *activation: str) -> dict[str, Any]:
    """Return a dense layer, with an activation."""
    return {"type": "dense", "units": units} | ({"activation": activation[0]} if activation else {})


def cases() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the names of the configurations, and what they are."""
    classes: list[Any] = [dense(4), "softmax"]
    numbers = [QUOTED, UNICODE]
    for number, name in enumerate(ACTIVATIONS):
        dtype = ("float64", "float32")[number % 2]
        hidden = [dense(6, name), dense(5, name)]
        inputs = numbers if number % 3 else [*numbers, COMMENT, "gap", "size", "fit", "zip", "code"]
        yield (
            f"{name} {dtype}",
            configuration([*hidden, *classes], "categorical_crossentropy", dtype=dtype, inputs=inputs),
        )
        yield f"{name} of numbers", configuration([*hidden, dense(1)], "mse", "price", inputs=numbers)
    every = [*numbers, COMMENT, "gap", "size", "fit", "when", "zip", "code"]
    undated = [one for one in every if one != "when"]
    one = [dense(5, "tanh"), dense(1, "sigmoid")]
    two = [dense(5, "tanh"), dense(2)]
    deep: list[Any] = [dense(6), "layer_norm", "gelu"]
    deep += [{"type": "shortcut", "layers": [dense(3, "silu"), dense(2)]}, {"type": "dropout", "rate": 0.2}]
    entropy, many = "binary_crossentropy", "categorical_crossentropy"
    yield "every column", configuration([*deep, *classes], many, inputs=every)
    yield "every column float32", configuration([*deep, *classes], many, dtype="float32", inputs=every)
    yield "two classes", configuration(one, entropy, "passed", inputs=undated)
    yield "two classes float32", configuration(one, entropy, "passed", "float32", inputs=undated)
    yield "two classes softmax", configuration([dense(2), "softmax"], many, "passed", inputs=numbers)
    yield "hinge", configuration([dense(5, "relu"), dense(1, "tanh")], "hinge", "passed", inputs=undated)
    yield "scores by mse", configuration([dense(5, "tanh"), dense(4)], "mse", "kind", inputs=numbers)
    yield "two targets", configuration(two, "mse", ["price", "share"], inputs=undated)
    yield "two targets float32", configuration(two, "huber", ["price", "share"], "float32", inputs=undated)
    yield "log_cosh", configuration([dense(5, "tanh"), dense(1)], "log_cosh", "price", inputs=numbers)
    yield "mae in (0, 1)", configuration(one, "mae", "price", inputs=numbers, scale_target=[0, 1])
    share = [dense(5, "tanh"), dense(1)]
    yield "target not scaled", configuration(share, "mse", "share", scale_target=None, inputs=numbers)
    yield "not scaled", configuration(one, entropy, "passed", scale=None, inputs=["gap", UNICODE, "size"])
    yield "in [-1, 1]", configuration(one, entropy, "passed", scale=[-1, 1], inputs=undated)
    yield "weights", configuration(one, entropy, "passed", weight="weight", inputs=numbers)
    strict = {"size": "category", "fit": {"type": "boolean", "missing": "error"}, COMMENT: "category"}
    yield "strict columns", configuration(one, entropy, "passed", inputs=[*strict], columns=strict)
