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
LOSS = '''"""Cauchy: a loss that grows ever more slowly."""

from dataclasses import dataclass

import numpy as np

from nn.arrays import Array
from nn.losses.base import Loss


@dataclass(eq=False)
class Cauchy(Loss):
    """L = mean log(1 + (y − t)²), over samples and outputs."""

    def compare(self, y: Array, t: Array) -> Array:
        self.difference = y - t
        return np.log1p(self.difference * self.difference)

    def differentiate(self, dl: Array | float) -> Array:
        return 2 * dl * self.difference / (1 + self.difference * self.difference)
'''
INITIALIZER = '''"""Signs: weights of one size."""

from dataclasses import dataclass

import numpy as np

from nn.arrays import Array
from nn.initializers.base import Initializer


@dataclass(frozen=True)
class Signs(Initializer):
    """W = ±1 / √inputs."""

    def draw(self, rng: np.random.Generator, inputs: int, units: int) -> Array:
        return rng.choice([-1.0, 1.0], (inputs, units)) / np.sqrt(inputs)
'''
SCHEDULE = '''"""InverseDecay: a rate that falls with 1/t."""

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Gt, doc

from nn.arrays import Array
from nn.schedules.base import Schedule, Start


@dataclass(frozen=True)
class InverseDecay(Schedule):
    """η(t) = η₀ / (1 + t / half)."""

    start: Start
    half: Annotated[float, Gt(0), doc("Steps after which the rate is half of that at the start.")]

    def after_warmup(self, t: Array) -> Array:
        return self.start / (1 + t / self.half)
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
GENERATOR = '''

@toy_problem
def parabola(samples: SampleCount = 50, noise: Noise = 0.0, seed: Seed = 0) -> Dataset:
    """A parabola: y = x²."""
    x = np.linspace(-1, 1, samples)[:, None]
    return Dataset(x, _noisy(x * x, noise, seed), ("x",), ("y",))
'''
PLOT = '''"""Draws how large the errors of a run are."""

import numpy as np
from matplotlib.figure import Figure

from nn.plots import style
from nn.plots.pictures import shows
from nn.plots.view import View
from nn.runs.reading import Run


@shows("errors", "How large the errors are.")
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
    - {type: dense, units: 6, activation: bent, initializer: signs}
    - {type: scale_each, start: 0.5}
    - {type: dense, units: 1}
loss: cauchy
optimizer: {type: sign_descent, learning_rate: {type: inverse_decay, start: 0.01, half: 200}}
training: {epochs: 500, snapshots: 4, engine: native}
"""


FILES = {
    "layers/scale_each.py": LAYER,
    "layers/activations/bent.py": ACTIVATION,
    "losses/cauchy.py": LOSS,
    "initializers/signs.py": INITIALIZER,
    "schedules/inverse_decay.py": SCHEDULE,
    "optimizers/sign_descent.py": OPTIMIZER,
    "plots/errors.py": PLOT,
}
PUBLIC = """\
    from nn.initializers.signs import Signs as Signs
    from nn.layers.activations.bent import Bent as Bent
    from nn.layers.scale_each import ScaleEach as ScaleEach
    from nn.losses.cauchy import Cauchy as Cauchy
    from nn.optimizers.sign_descent import SignDescent as SignDescent
    from nn.schedules.inverse_decay import InverseDecay as InverseDecay
"""


def insert(file: Path, before: str, text: str) -> None:
    """Put a text in front of another in a file, which has it once."""
    first, second = file.read_text(encoding="utf-8").split(before)
    file.write_text(first + text + before + second, encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A copy of the project with a new kind of each sort: a file, and the line that makes it known.

    A generator is a function in the file of all generators, and needs no line.
    """
    folder = tmp_path_factory.mktemp("extended")
    for part in ("nn", "configs", "datasets"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    for file, text in FILES.items():
        (folder / "nn" / file).write_text(text, encoding="utf-8")
    with (folder / "nn/data/toy.py").open("a", encoding="utf-8") as toy:
        toy.write(GENERATOR)
    insert(folder / "nn/__init__.py", "    from nn.model import Model as Model\n", PUBLIC)
    insert(folder / "nn/plots/pictures.py", '"judgement"', '"errors", ')
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
    assert definitions.keys() > {
        "activation.bent",
        "data.parabola",
        "initializer.signs",
        "loss.cauchy",
        "optimizer.sign_descent",
        "schedule.inverse_decay",
    }
    assert {"const": "bent", "type": "string"}.items() <= definitions["activation"]["anyOf"][0].items()


def test_it_is_shown(nn):
    rows = [line.split() for line in nn("show", "parabola.yaml").splitlines()]
    assert ["dense", "(batch,", "6)", "12", "bent", "signs"] in rows
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
    nn("plot", run, "--what", "errors")
    nn("plot", "bent")
    assert (folder / run / "errors.png").exists()
    assert (folder / "bent.png").exists()
