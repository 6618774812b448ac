"""tiny-nn: a tiny neural network trainer whose source reads like the textbook."""

from importlib import import_module as _import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nn.activations import Linear as Linear
    from nn.activations import ReLU as ReLU
    from nn.activations import Sigmoid as Sigmoid
    from nn.activations import Softmax as Softmax
    from nn.activations import Tanh as Tanh
    from nn.initializers import GlorotNormal as GlorotNormal
    from nn.initializers import GlorotUniform as GlorotUniform
    from nn.initializers import HeNormal as HeNormal
    from nn.initializers import HeUniform as HeUniform
    from nn.initializers import Initializer as Initializer
    from nn.initializers import LeCunNormal as LeCunNormal
    from nn.initializers import LeCunUniform as LeCunUniform
    from nn.initializers import Normal as Normal
    from nn.initializers import Uniform as Uniform
    from nn.initializers import Zeros as Zeros
    from nn.layers import Dense as Dense
    from nn.layers import Layer as Layer
    from nn.losses import BinaryCrossEntropy as BinaryCrossEntropy
    from nn.losses import CategoricalCrossEntropy as CategoricalCrossEntropy
    from nn.losses import Loss as Loss
    from nn.losses import MeanSquaredError as MeanSquaredError
    from nn.model import Model as Model
    from nn.network import Sequential as Sequential
    from nn.optimizers import SGD as SGD
    from nn.optimizers import Adam as Adam
    from nn.optimizers import Optimizer as Optimizer
    from nn.proof import Proof as Proof
    from nn.proof import check_gradients as check_gradients
    from nn.runs.weights import load as load
    from nn.stopping import DivergedError as DivergedError
    from nn.stopping import EarlyStopping as EarlyStopping
    from nn.stopping import StopAt as StopAt
    from nn.training import Report as Report
    from nn.training import train as train

_HOMES = {
    "nn.activations": ["Linear", "ReLU", "Sigmoid", "Softmax", "Tanh"],
    "nn.initializers": [
        "GlorotNormal",
        "GlorotUniform",
        "HeNormal",
        "HeUniform",
        "Initializer",
        "LeCunNormal",
        "LeCunUniform",
        "Normal",
        "Uniform",
        "Zeros",
    ],
    "nn.layers": ["Dense", "Layer"],
    "nn.losses": ["BinaryCrossEntropy", "CategoricalCrossEntropy", "Loss", "MeanSquaredError"],
    "nn.model": ["Model"],
    "nn.network": ["Sequential"],
    "nn.optimizers": ["SGD", "Adam", "Optimizer"],
    "nn.proof": ["Proof", "check_gradients"],
    "nn.runs.weights": ["load"],
    "nn.stopping": ["DivergedError", "EarlyStopping", "StopAt"],
    "nn.training": ["Report", "train"],
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}
__all__ = sorted(_HOME)


def __getattr__(name: str) -> object:
    """Import a public name when it is first used: ``import nn`` itself costs nothing."""
    if name not in _HOME:
        raise AttributeError(f"module 'nn' has no attribute '{name}'")
    return getattr(_import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return __all__
