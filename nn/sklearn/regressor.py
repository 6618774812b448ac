"""NeuralNetworkRegressor: one number or several."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.utils import Tags, check_array, column_or_1d

from nn.arrays import Array
from nn.data.labels import Label
from nn.sklearn.configuring import Head
from nn.sklearn.estimator import NeuralNetworkEstimator
from nn.sklearn.rows import WeightedRows


class NeuralNetworkRegressor(RegressorMixin, NeuralNetworkEstimator):  # type: ignore[misc]
    """A neural network that tells a number, or several.

    Its parameters are those of NeuralNetworkClassifier, without ``class_weight``. Targets are standardised
    inside, or scaled to what the last layer of a ``config`` can answer: ``loss_curve_`` is in that unit,
    answers in their own.

    >>> X, y = [[0], [1], [2], [3], [4]], [100, 300, 500, 700, 900]
    >>> line = NeuralNetworkRegressor(hidden=(), optimizer="lbfgs", l2=0.0, random_state=0).fit(X, y)
    >>> line.predict([[1.5], [10]]).round(1).tolist()
    [400.0, 2100.0]
    """

    def predict(self, X: Any) -> Array:
        """Return the numbers for each row, (samples,) or (samples, targets), in the units of y."""
        y = self._answers(X)
        return y if len(self.model_.targets) > 1 else y[:, 0]

    def _checked_targets(self, y: Any) -> Array:
        y = check_array(y, ensure_2d=False, dtype=np.float64, input_name="y")
        return y if y.ndim > 1 and y.shape[1] > 1 else column_or_1d(y, warn=True)

    def _encoded(self, rows: WeightedRows) -> WeightedRows:
        return rows._replace(targets=rows.targets.reshape(len(rows.targets), -1))

    def _head(self, targets: int, classes: Sequence[Label] | None) -> Head:
        return Head(targets, None, "mse")

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
