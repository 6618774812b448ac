"""tiny-nn: a tiny neural network trainer whose source reads like the textbook.

The public names stand below as imports, which type checkers follow. Python never runs them: a name is
imported when it is first used, so that ``import nn`` itself costs nothing.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:  # a line each; nn.catalog reads these lines
    from nn.data.bundled import load_dataset as load_dataset
    from nn.data.columns.preprocessing import Preprocessing as Preprocessing
    from nn.gradcheck.comparison import GradientCheck as GradientCheck
    from nn.gradcheck.gradients import check_gradients as check_gradients
    from nn.initializers.base import Initializer as Initializer
    from nn.initializers.fixed_scale import Normal as Normal
    from nn.initializers.fixed_scale import Uniform as Uniform
    from nn.initializers.fixed_scale import Zeros as Zeros
    from nn.initializers.nguyen_widrow import NguyenWidrow as NguyenWidrow
    from nn.initializers.orthogonal import Orthogonal as Orthogonal
    from nn.initializers.variance_scaling import GlorotNormal as GlorotNormal
    from nn.initializers.variance_scaling import GlorotUniform as GlorotUniform
    from nn.initializers.variance_scaling import HeNormal as HeNormal
    from nn.initializers.variance_scaling import HeUniform as HeUniform
    from nn.initializers.variance_scaling import LeCunNormal as LeCunNormal
    from nn.initializers.variance_scaling import LeCunUniform as LeCunUniform
    from nn.layers.activations.linear import Linear as Linear
    from nn.layers.activations.rectifiers import ELU as ELU
    from nn.layers.activations.rectifiers import GELU as GELU
    from nn.layers.activations.rectifiers import SELU as SELU
    from nn.layers.activations.rectifiers import LeakyReLU as LeakyReLU
    from nn.layers.activations.rectifiers import ReLU as ReLU
    from nn.layers.activations.rectifiers import SiLU as SiLU
    from nn.layers.activations.rectifiers import Softplus as Softplus
    from nn.layers.activations.sigmoids import HardSigmoid as HardSigmoid
    from nn.layers.activations.sigmoids import Sigmoid as Sigmoid
    from nn.layers.activations.sigmoids import Softsign as Softsign
    from nn.layers.activations.sigmoids import Tanh as Tanh
    from nn.layers.activations.softmax import Softmax as Softmax
    from nn.layers.base import Layer as Layer
    from nn.layers.dense import Dense as Dense
    from nn.layers.dropout import Dropout as Dropout
    from nn.layers.normalization import LayerNorm as LayerNorm
    from nn.layers.shortcut import Shortcut as Shortcut
    from nn.losses.base import Loss as Loss
    from nn.losses.classification import BinaryCrossEntropy as BinaryCrossEntropy
    from nn.losses.classification import CategoricalCrossEntropy as CategoricalCrossEntropy
    from nn.losses.classification import Hinge as Hinge
    from nn.losses.regression import Huber as Huber
    from nn.losses.regression import LogCosh as LogCosh
    from nn.losses.regression import MeanAbsoluteError as MeanAbsoluteError
    from nn.losses.regression import MeanSquaredError as MeanSquaredError
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
    from nn.optimizers.second_order.scaled_conjugate_gradient import (
        ScaledConjugateGradient as ScaledConjugateGradient,
    )
    from nn.optimizers.second_order.status import Status as Status
    from nn.random import Seeds as Seeds
    from nn.resources import __version__ as __version__
    from nn.runs.evaluation import assess_run as assess_run
    from nn.runs.evaluation import evaluate as evaluate
    from nn.runs.reading import Run as Run
    from nn.runs.running import resume as resume
    from nn.runs.running import run as run
    from nn.runs.weights import load as load
    from nn.schedules.base import Schedule as Schedule
    from nn.schedules.decay import Constant as Constant
    from nn.schedules.decay import CosineDecay as CosineDecay
    from nn.schedules.decay import ExponentialDecay as ExponentialDecay
    from nn.schedules.decay import OneCycle as OneCycle
    from nn.schedules.decay import Piecewise as Piecewise
    from nn.schedules.decay import StepDecay as StepDecay
    from nn.schedules.plateau import ReduceOnPlateau as ReduceOnPlateau
    from nn.studies.study import Study as Study
    from nn.studies.training import study as study
    from nn.training.history import History as History
    from nn.training.history import fit as fit
    from nn.training.reports import Report as Report
    from nn.training.reports import Reports as Reports
    from nn.training.stopping import DivergedError as DivergedError
    from nn.training.stopping import EarlyStopping as EarlyStopping
    from nn.training.stopping import EngineError as EngineError
    from nn.training.stopping import StopAt as StopAt
    from nn.training.train import train as train
else:

    def __getattr__(name: str) -> object:
        """A public name, or the list of them all, when it is first asked for."""
        from importlib import import_module

        from nn.catalog import homes

        if name == "__all__":
            return [*homes()]
        if name not in homes():
            raise AttributeError(f"module 'nn' has no attribute '{name}'")
        return getattr(import_module(homes()[name]), name)

    def __dir__() -> list[str]:
        from nn.catalog import homes

        return [*homes()]
