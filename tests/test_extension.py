"""A new kind is one file and one line: it is then known, shown, checked, compiled, reported and drawn."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

LAYER = '''"""Scale: each feature times a parameter of its own."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from annotated_types import doc

from nn.arrays import Array
from nn.layers.base import Layer


@dataclass(eq=False)
class ScaleEach(Layer):
    """y = x · scale, a number for each feature."""

    start: Annotated[float, doc("What each scale starts at.")] = 1.0

    def build(self, inputs: int, following: Layer | None = None) -> int:
        self.units = inputs
        return inputs

    @property
    def shapes(self) -> dict[str, tuple[int, int]]:
        return {"scale": (1, self.units)}

    def draw(self, rng: np.random.Generator) -> Array:
        return np.full(self.units, self.start)

    def forward(self, x: Array) -> Array:
        self.input = x
        return x * self.scale

    def backward(self, dy: Array) -> Array:
        self.scale_grad[...] = np.sum(dy * self.input, axis=-2, keepdims=True)
        return dy * self.scale
'''
ACTIVATION = '''"""Bent: a sigmoid between −1 and 1."""

import numpy as np

from nn.arrays import Array
from nn.layers.base import Activation


class Bent(Activation):
    """x / √(1 + x²), in (−1, 1)."""

    bounds = (-1, 1)

    def forward(self, x: Array) -> Array:
        self.length = np.sqrt(1 + x * x)
        return x / self.length

    def backward(self, dy: Array) -> Array:
        return dy / (self.length * self.length * self.length)
'''
LOSS = '''@dataclass(eq=False)
class Cauchy(Loss):
    """L = mean log(1 + (y − t)²), over samples and outputs."""

    def compare(self, y: Array, t: Array) -> Array:
        self.difference = y - t
        return np.log1p(self.difference * self.difference)

    def differentiate(self, dl: Array | float) -> Array:
        return 2 * dl * self.difference / (1 + self.difference * self.difference)


'''
OPTIMIZER = '''"""SignDescent: steps of one size."""

from dataclasses import dataclass

import numpy as np

from nn.arrays import Array
from nn.optimizers.base import FirstOrder, State


@dataclass(frozen=True)
class SignDescent(FirstOrder):
    """θ ← θ − η sign g."""

    def update(self, parameters: Array, gradients: Array, state: State, rate: Array | float) -> None:
        parameters -= rate * np.sign(gradients)
'''
GENERATOR = '''def parabola(samples: int = 50, *, seed: Seed = 0) -> Dataset:
    """A parabola: y = x²."""
    x = np.linspace(-1, 1, samples)[:, None]
    return Dataset(x, x * x, ("x",), ("y",), None)


'''
PLOT = '''"""Draws how large the errors of a run are."""

import numpy as np
from matplotlib.figure import Figure

from nn.plots import style
from nn.plots.view import View
from nn.runs.reading import Run


def errors(run: Run) -> Figure:
    """A histogram of the errors."""
    view = View.of(run)
    figure = style.figure(4, 3, run.name)
    figure.subplots().hist(np.ravel(view.model.forward(view.samples.x) - view.samples.y))
    return figure
'''
CONFIG = """
data: {name: parabola}
model:
  layers:
    - {type: dense, units: 6, activation: bent}
    - {type: scale_each, start: 0.5}
    - {type: dense, units: 1}
loss: cauchy
optimizer: {type: sign_descent, learning_rate: 0.005}
training: {epochs: 500, snapshots: 4, engine: native}
"""


def insert(file: Path, before: str, text: str) -> None:
    """Put a text in front of another in a file, which has it once."""
    first, second = file.read_text(encoding="utf-8").split(before)
    file.write_text(first + text + before + second, encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A copy of the project with a new kind of each sort, each a file or a piece of one, and its line."""
    folder = tmp_path_factory.mktemp("extended")
    for part in ("nn", "configs", "datasets"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    for file, text in {
        "layers/scale_each.py": LAYER,
        "layers/bent.py": ACTIVATION,
        "optimizers/sign_descent.py": OPTIMIZER,
        "plots/errors.py": PLOT,
    }.items():
        (folder / "nn" / file).write_text(text, encoding="utf-8")
    insert(folder / "nn/losses.py", "def smooth(", LOSS)
    insert(folder / "nn/data/toy.py", "GENERATORS: dict", GENERATOR)

    public = folder / "nn/__init__.py"
    for line in (
        "from nn.layers.bent import Bent as Bent",
        "from nn.layers.scale_each import ScaleEach as ScaleEach",
        "from nn.losses import Cauchy as Cauchy",
        "from nn.optimizers.sign_descent import SignDescent as SignDescent",
    ):
        insert(public, "    from nn.model import Model as Model", f"    {line}\n")
    insert(folder / "nn/data/toy.py", '    "plane": plane,', '    "parabola": parabola,\n')
    row = '    "errors": Kind("How large the errors are.", errors.errors),\n'
    insert(folder / "nn/plots/kinds.py", '    "confusion": ', row)
    insert(folder / "nn/plots/kinds.py", "from nn.plots.units", "from nn.plots import errors\n")
    (folder / "parabola.yaml").write_text(CONFIG, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def nn(folder):
    def run(*arguments: str) -> str:
        cache = {"XDG_CACHE_HOME": str(folder / "cache")}
        done = subprocess.run(
            [sys.executable, "-m", "nn", *arguments],
            cwd=folder, env=os.environ | cache, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture(scope="module")
def run(nn):
    nn("train", "parabola.yaml", "--out", "run", "--quiet", "--no-plot")
    return "run"


def test_it_is_in_the_schema_with_its_options(nn):
    definitions = json.loads(nn("schema"))["$defs"]
    assert definitions["layer.scale_each"]["description"] == "y = x · scale, a number for each feature."
    start = definitions["layer.scale_each"]["properties"]["start"]
    assert (start["description"], start["default"]) == ("What each scale starts at.", 1.0)
    assert {"activation.bent", "loss.cauchy", "optimizer.sign_descent", "data.parabola"} <= definitions.keys()
    assert {"const": "bent", "type": "string"}.items() <= definitions["activation"]["anyOf"][0].items()


def test_it_is_shown(nn):
    rows = [line.split() for line in nn("show", "parabola.yaml").splitlines()]
    assert ["dense", "(batch,", "6)", "12", "bent", "glorot_uniform"] in rows
    assert ["scale_each", "(batch,", "6)", "6"] in rows


def test_its_gradients_are_checked_by_formulas_numpy_and_c(nn):
    said = nn("check", "parabola.yaml")
    assert said.count("ScaleEach  scale") == 3
    assert "Every gradient agrees" in said


def test_it_trains_compiled(folder, run):
    facts = json.loads((folder / run / "run.json").read_text())
    assert facts["engine"] == "native"
    assert facts["metrics"]["training"]["loss"] < 0.05


def test_it_is_reported_and_drawn(folder, nn, run):
    nn("report", run)
    assert "How large the errors are." in (folder / run / "report.html").read_text(encoding="utf-8")
    nn("plot", "bent")
    assert (folder / "bent.png").exists()
