"""The estimators: neural networks as scikit-learn has its models. Scikit-learn is imported here alone."""

try:
    import sklearn as sklearn
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        'nn.sklearn needs scikit-learn: pip install "tiny-nn-trainer[sklearn]"', name=error.name
    ) from None

from nn.sklearn.classifier import NeuralNetworkClassifier as NeuralNetworkClassifier
from nn.sklearn.regressor import NeuralNetworkRegressor as NeuralNetworkRegressor
