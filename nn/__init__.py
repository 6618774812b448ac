"""tiny-nn: a tiny neural network trainer whose source reads like the textbook."""

from importlib import import_module as _import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nn.gradcheck.comparison import GradientCheck as GradientCheck
    from nn.gradcheck.gradients import check_gradients as check_gradients
    from nn.initializers import GlorotNormal as GlorotNormal
    from nn.initializers import GlorotUniform as GlorotUniform
    from nn.initializers import HeNormal as HeNormal
    from nn.initializers import HeUniform as HeUniform
    from nn.initializers import Initializer as Initializer
    from nn.initializers import LeCunNormal as LeCunNormal
    from nn.initializers import LeCunUniform as LeCunUniform
    from nn.initializers import NguyenWidrow as NguyenWidrow
    from nn.initializers import Normal as Normal
    from nn.initializers import Orthogonal as Orthogonal
    from nn.initializers import Uniform as Uniform
    from nn.initializers import Zeros as Zeros
    from nn.layers.activations import ELU as ELU
    from nn.layers.activations import GELU as GELU
    from nn.layers.activations import SELU as SELU
    from nn.layers.activations import HardSigmoid as HardSigmoid
    from nn.layers.activations import LeakyReLU as LeakyReLU
    from nn.layers.activations import Linear as Linear
    from nn.layers.activations import ReLU as ReLU
    from nn.layers.activations import Sigmoid as Sigmoid
    from nn.layers.activations import SiLU as SiLU
    from nn.layers.activations import Softmax as Softmax
    from nn.layers.activations import Softplus as Softplus
    from nn.layers.activations import Softsign as Softsign
    from nn.layers.activations import Tanh as Tanh
    from nn.layers.base import Layer as Layer
    from nn.layers.dense import Dense as Dense
    from nn.layers.dropout import Dropout as Dropout
    from nn.layers.shortcut import Shortcut as Shortcut
    from nn.losses import BinaryCrossEntropy as BinaryCrossEntropy
    from nn.losses import CategoricalCrossEntropy as CategoricalCrossEntropy
    from nn.losses import Hinge as Hinge
    from nn.losses import Huber as Huber
    from nn.losses import LogCosh as LogCosh
    from nn.losses import Loss as Loss
    from nn.losses import MeanAbsoluteError as MeanAbsoluteError
    from nn.losses import MeanSquaredError as MeanSquaredError
    from nn.model import Model as Model
    from nn.network import Sequential as Sequential
    from nn.optimizers.adaptive import Adadelta as Adadelta
    from nn.optimizers.adaptive import Adagrad as Adagrad
    from nn.optimizers.adaptive import Adam as Adam
    from nn.optimizers.adaptive import AdamW as AdamW
    from nn.optimizers.adaptive import NAdam as NAdam
    from nn.optimizers.adaptive import RMSprop as RMSprop
    from nn.optimizers.base import Optimizer as Optimizer
    from nn.optimizers.full_batch import Quickprop as Quickprop
    from nn.optimizers.full_batch import Rprop as Rprop
    from nn.optimizers.gradient_descent import SGD as SGD
    from nn.optimizers.second_order.bayesian_regularization import (
        BayesianRegularization as BayesianRegularization,
    )
    from nn.optimizers.second_order.lbfgs import LBFGS as LBFGS
    from nn.optimizers.second_order.levenberg_marquardt import LevenbergMarquardt as LevenbergMarquardt
    from nn.optimizers.second_order.status import Status as Status
    from nn.runs.weights import load as load
    from nn.schedules import Constant as Constant
    from nn.schedules import CosineDecay as CosineDecay
    from nn.schedules import ExponentialDecay as ExponentialDecay
    from nn.schedules import OneCycle as OneCycle
    from nn.schedules import ReduceOnPlateau as ReduceOnPlateau
    from nn.schedules import Schedule as Schedule
    from nn.schedules import StepDecay as StepDecay
    from nn.training.loop import EngineError as EngineError
    from nn.training.loop import Report as Report
    from nn.training.stopping import DivergedError as DivergedError
    from nn.training.stopping import EarlyStopping as EarlyStopping
    from nn.training.stopping import StopAt as StopAt
    from nn.training.train import train as train

_HOMES = {
    "nn.layers.activations": [
        "ELU",
        "GELU",
        "HardSigmoid",
        "LeakyReLU",
        "Linear",
        "ReLU",
        "SELU",
        "SiLU",
        "Sigmoid",
        "Softmax",
        "Softplus",
        "Softsign",
        "Tanh",
    ],
    "nn.initializers": [
        "GlorotNormal",
        "GlorotUniform",
        "HeNormal",
        "HeUniform",
        "Initializer",
        "LeCunNormal",
        "LeCunUniform",
        "NguyenWidrow",
        "Normal",
        "Orthogonal",
        "Uniform",
        "Zeros",
    ],
    "nn.layers.base": ["Layer"],
    "nn.layers.dense": ["Dense"],
    "nn.layers.dropout": ["Dropout"],
    "nn.layers.shortcut": ["Shortcut"],
    "nn.losses": [
        "BinaryCrossEntropy",
        "CategoricalCrossEntropy",
        "Hinge",
        "Huber",
        "LogCosh",
        "Loss",
        "MeanAbsoluteError",
        "MeanSquaredError",
    ],
    "nn.training.loop": ["EngineError", "Report"],
    "nn.model": ["Model"],
    "nn.network": ["Sequential"],
    "nn.optimizers.adaptive": ["Adadelta", "Adagrad", "Adam", "AdamW", "NAdam", "RMSprop"],
    "nn.optimizers.base": ["Optimizer"],
    "nn.optimizers.full_batch": ["Quickprop", "Rprop"],
    "nn.optimizers.gradient_descent": ["SGD"],
    "nn.gradcheck.gradients": ["check_gradients"],
    "nn.gradcheck.comparison": ["GradientCheck"],
    "nn.runs.weights": ["load"],
    "nn.schedules": [
        "Constant",
        "CosineDecay",
        "ExponentialDecay",
        "OneCycle",
        "ReduceOnPlateau",
        "Schedule",
        "StepDecay",
    ],
    "nn.optimizers.second_order.bayesian_regularization": ["BayesianRegularization"],
    "nn.optimizers.second_order.lbfgs": ["LBFGS"],
    "nn.optimizers.second_order.levenberg_marquardt": ["LevenbergMarquardt"],
    "nn.optimizers.second_order.status": ["Status"],
    "nn.training.stopping": ["DivergedError", "EarlyStopping", "StopAt"],
    "nn.training.train": ["train"],
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
