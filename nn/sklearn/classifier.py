"""NeuralNetworkClassifier: classes, or several labels that are there or not."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import numpy as np
from annotated_types import Ge
from sklearn.base import ClassifierMixin
from sklearn.utils import Tags, check_array, column_or_1d
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import check_classification_targets, type_of_target

from nn.arrays import Array, Floats
from nn.data.labels import Label
from nn.layers.activations.sigmoids import Sigmoid
from nn.layers.activations.softmax import Softmax
from nn.optimizers.base import Optimizer
from nn.sklearn.configuring import Head
from nn.sklearn.estimator import HeldOutShare, NeuralNetworkEstimator
from nn.sklearn.rows import WeightedRows
from nn.training.objective import predicted_class
from nn.validation import suggest


def gives_probabilities(estimator: Any) -> bool:
    """Whether its network ends with probabilities; before it is fitted, that is not known and taken as so."""
    model = getattr(estimator, "model_", None)
    if model is None:
        return True
    last = type(model.network.layers[-1])
    return last is Softmax or (last is Sigmoid and (model.classes is None or model.network.outputs == 1))


class NeuralNetworkClassifier(ClassifierMixin, NeuralNetworkEstimator):  # type: ignore[misc]
    """A neural network that tells classes, or which of several labels are there.

    hidden: the units of each hidden layer, a number or several; () is a linear model
    activation: of hidden layers, as a configuration names it: ``tanh``, ``relu``, ``{"type": "elu", …}``
    optimizer: a name, a mapping with options, or an object such as ``nn.SGD(0.1, momentum=0.9)``
    learning_rate: None is 0.01 for ``adam``, and the optimizer's own for others
    epochs: how often training goes through all rows
    batch_size: rows in a step; None is all of up to 200 rows, else 32, and all for methods that need them
    l2: this times the sum of squared weights is added to the loss, whatever the number of rows; 0 for
        methods that take no penalty
    early_stopping: whether to hold out rows, ``validation_fraction`` of each class, and to stop when their
        loss, in which all count alike, has not improved for ``patience`` epochs; the network then has its
        best weights
    class_weight: how much the rows of each class count, or ``balanced``; multiplied by ``sample_weight``
    columns: what columns of X mean, by name, where that is not plain: ``{"class": "category"}``, also
        number, ordinal, boolean, date, ignore, with options as in a configuration
    config: a configuration, as a file or mapping, whose model, loss, optimizer, training and seed are taken,
        in place of the parameters that would say the same; its ``data`` is not used, and early stopping in
        it watches the loss of training unless ``early_stopping`` holds rows out
    engine: what runs the steps, ``auto``, ``numpy``, ``native`` or ``formulas``
    warm_start: whether ``fit`` goes on with the network and preprocessing of the last one
    random_state: of weights, order and rows held out
    verbose: whether to print ten lines on the way

    Numbers are standardised and gaps filled inside, by what the rows for training show; nothing is held out
    unless asked. Fitted, it has ``classes_``, ``n_features_in_``, ``feature_names_in_``, ``loss_curve_``,
    the loss of each epoch, ``n_iter_``, their number, and ``model_``, an ``nn.Model``, which can be saved and
    takes tables itself.

    >>> X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], ["no", "yes", "yes", "no"]
    >>> xor = NeuralNetworkClassifier(hidden=4, learning_rate=0.05, random_state=0).fit(X, y)
    >>> xor.predict(X).tolist(), xor.score(X, y)
    (['no', 'yes', 'yes', 'no'], 1.0)
    """

    def __init__(
        self,
        hidden: int | Sequence[int] = (32,),
        activation: str | Mapping[str, Any] = "tanh",
        optimizer: str | Mapping[str, Any] | Optimizer = "adam",
        learning_rate: float | Mapping[str, Any] | None = None,
        epochs: int = 100,
        batch_size: int | None = None,
        l2: float = 0.001,
        early_stopping: bool = False,
        validation_fraction: HeldOutShare = 0.2,
        patience: Annotated[int, Ge(1)] = 20,
        class_weight: Mapping[Any, float] | Literal["balanced"] | None = None,
        columns: Mapping[str, Any] | None = None,
        config: Any = None,
        engine: str = "auto",
        warm_start: bool = False,
        random_state: Any = None,
        verbose: bool = False,
    ):
        super().__init__(
            hidden=hidden,
            activation=activation,
            optimizer=optimizer,
            learning_rate=learning_rate,
            epochs=epochs,
            batch_size=batch_size,
            l2=l2,
            early_stopping=early_stopping,
            validation_fraction=validation_fraction,
            patience=patience,
            columns=columns,
            config=config,
            engine=engine,
            warm_start=warm_start,
            random_state=random_state,
            verbose=verbose,
        )
        self.class_weight = class_weight

    def predict(self, X: Any) -> Array:
        """Return the class of each row, (samples,); of several labels 0 or 1 for each, (samples, labels)."""
        y = self._answers(X)
        threshold = self.model_.loss.threshold
        if self.model_.classes is None:
            return (y > threshold).astype(int)
        return self.classes_[predicted_class(y, threshold)]

    @available_if(gives_probabilities)  # type: ignore[untyped-decorator,misc,unused-ignore]
    def predict_proba(self, X: Any) -> Array:
        """Return the probability of each class, (samples, classes); of several labels, that each is there."""
        y = self._answers(X)
        if self.model_.classes is None or y.shape[1] > 1:
            return y
        return np.hstack([1 - y, y])

    def _checked_targets(self, y: Any) -> Array:
        y = check_array(y, ensure_2d=False, dtype=None, accept_sparse=False, input_name="y")
        try:
            check_classification_targets(y)
        except TypeError:  # they cannot be sorted
            kinds = sorted({type(label).__name__ for label in y.ravel().tolist()})
            raise ValueError(f"y: expected labels of one type, got {' and '.join(kinds)}") from None
        kind = type_of_target(y)
        if kind == "multilabel-indicator":
            return y
        if kind.endswith("multioutput"):
            raise ValueError(f"y: expected one column of classes, or several of 0 and 1; got {kind}")
        return column_or_1d(y, warn=True)

    def _encoded(self, rows: WeightedRows) -> WeightedRows:
        y = rows.targets
        if y.ndim > 1:
            if self.class_weight is not None:
                raise ValueError("class_weight is for classes that exclude each other; got several labels")
            self.classes_ = np.arange(y.shape[1])
            return rows._replace(targets=y.astype(np.float64))
        self.classes_, places = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(f"y has one class, {self.classes_.tolist()[0]!r}; expected at least 2 classes")
        classes = tuple(map(model_label, self.classes_.tolist()))
        weights = rows.weights
        if self.class_weight is not None:
            of_class = class_weights_of(self.class_weight, self.classes_.tolist(), places, weights)
            weights = of_class[places] if weights is None else weights * of_class[places]
        return rows._replace(
            targets=places[:, np.newaxis].astype(np.float64), classes=classes, weights=weights
        )

    def _head(self, targets: int, classes: Sequence[Label] | None) -> Head:
        if classes is not None and len(classes) > 2:
            return Head(len(classes), "softmax", "categorical_crossentropy")
        return Head(targets, "sigmoid", "binary_crossentropy")

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags


def model_label(label: Any) -> Label:
    """Return a class as a model file can hold it: a whole number or a text."""
    whole = isinstance(label, int | float) and not isinstance(label, bool) and label == int(label)
    return int(label) if whole else str(label)


def class_weights_of(
    chosen: Mapping[Any, float] | str, classes: Sequence[Any], places: Array, weights: Floats | None
) -> Floats:
    """Return the weight of each class, (classes,); 1 for those that are not given.

    ``balanced`` is Σw / (K · Σw of the class): all of the K classes then have the same weight in all.
    """
    if isinstance(chosen, str):
        sums = np.bincount(places, weights, minlength=len(classes))
        return sums.sum() / (len(classes) * sums)
    unknown = [label for label in chosen if label not in classes]
    if unknown:
        known = suggest(str(unknown[0]), map(str, classes))
        raise ValueError(f"class_weight: there is no class {unknown[0]!r}; {known}")
    of_class = np.array([chosen.get(label, 1) for label in classes], np.float64)
    if not np.all((of_class >= 0) & (of_class < np.inf)) or not of_class.any():
        raise ValueError(
            f"class_weight: expected numbers of at least 0, one of them greater, got {dict(chosen)}"
        )
    return of_class
