"""The members of a study as one model, which takes raw data."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from nn.arrays import Array
from nn.data.columns.preprocessing import Encoded
from nn.data.dataset import Dataset
from nn.data.labels import Label, label_array
from nn.model import Model
from nn.studies.blocks import SHARED_KINDS
from nn.studies.combination import Combined, combined_answers, joined
from nn.studies.coverage import (
    DEFAULT_LEVEL,
    PredictionInterval,
    accuracy_in_words,
    prediction_interval,
)
from nn.studies.selection import SameData, best_places, expect_sound, members_in_words, rebuilt
from nn.studies.variants import Variant

ANSWERS_AT_ONCE = 1 << 15
"""About so many rows, of all networks together, are answered at once."""


@dataclass(frozen=True, eq=False, repr=False)
class Ensemble:
    """Members of a study as one model.

    A regression is answered with the mean of their answers. So are the probabilities of classes, the largest
    of which is the answer (soft voting); with ``vote`` each member votes for its class (hard voting), and of
    as many votes the first class wins. For a loss that is convex in the outputs, as all of ours are, that of
    the mean is at most the mean of theirs (Jensen's inequality). Hansen & Salamon (1990), "Neural network
    ensembles"; Breiman (1996), "Bagging predictors", section 4.

    >>> import nn
    >>> ensemble = nn.study("iris", seeds=3).ensemble()
    >>> ensemble
    The mean of 3 members (seeds 0 to 2).
    >>> ensemble.predict([[5.1, 3.5, 1.4, 0.2], [6.0, 2.7, 5.1, 1.6]])
    array(['setosa', 'virginica'], dtype='<U10')
    >>> ensemble.spread([[5.1, 3.5, 1.4, 0.2], [6.0, 2.7, 5.1, 1.6]]).ravel()
    array([1., 1.])
    """

    members: Array
    """Their records in the table of the study, ``(members,)``."""
    groups: tuple[SameData, ...]
    """Their networks. Members that were trained on other rows, as with folds, have another preprocessing."""
    same_rows: bool
    """Whether all hold out the same rows, but for folds."""
    vote: bool = False
    notes: tuple[str, ...] = ()
    """Which members these are, a sentence each."""

    @classmethod
    def of(
        cls,
        variant: Variant,
        members: Array,
        parameters: Array,
        folds: int | None = None,
        *,
        best: int | None = None,
        vote: bool = False,
    ) -> "Ensemble":
        """Combine members of one variant; those that diverged are left out.

        members: their records, ``(members,)``; parameters: their weights, ``(members, n)``
        folds: the K of K-fold cross-validation
        best: take only so many, those with the lowest ``val_loss``

        Raises ValueError where no member is left, where there are fewer than ``best``, where there is no
        validation share to rank them by, and for a vote on numbers.
        """
        sound = expect_sound(members, parameters)
        places = np.flatnonzero(sound)
        if best is not None:
            places = places[best_places(members[places], best)]
        taken = members[places]
        groups = tuple(rebuilt(variant, taken, parameters[places], folds))
        model, same_rows = groups[0].experiment.model, not SHARED_KINDS & {*variant.follows}
        if vote and model.classes is None:
            raise ValueError(f"a vote is for classes, and {model.targets[0]!r} is a number; leave vote out")
        own_rows = best is not None and (folds is not None or not same_rows)
        notes = descriptions(taken, members[~sound], vote=vote, best=best is not None, own_rows=own_rows)
        ordered = taken[np.concatenate([group.places for group in groups])]
        return cls(ordered, groups, same_rows, vote, tuple(notes))

    @property
    def models(self) -> list[Model]:
        """The models of the groups, each with a stack of networks."""
        return [group.experiment.model for group in self.groups]

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of raw inputs."""
        return self.models[0].inputs

    @property
    def targets(self) -> tuple[str, ...]:
        """The names of the targets."""
        return self.models[0].targets

    @property
    def classes(self) -> tuple[Label, ...] | None:
        """The labels of a classification; None for a regression."""
        return self.models[0].classes

    @property
    def features(self) -> tuple[str, ...]:
        """The features of one preprocessing after those of the other."""
        return tuple(name for model in self.models for name in model.features)

    def encode(self, x: Any) -> Encoded:
        """Encode a table as features, ``(rows, features)``, with the rows that cannot be used."""
        parts = [model.encode(x) for model in self.models]
        return Encoded(
            np.concatenate([one.x for one in parts], axis=-1),
            parts[0].missing,
            {name: count for one in parts for name, count in one.unknown.items()},
            {row: why for one in parts for row, why in one.unusable.items()},
            next((one.mistakes for one in parts if one.mistakes), []),
        )

    def features_of(self, x: Any) -> Array:
        """Return the features of raw inputs, ``(rows, features)``."""
        return np.concatenate([model.features_of(x) for model in self.models], axis=-1)

    def predict(self, x: Any) -> Array:
        """Predict from raw inputs as ``Model.predict``: class labels ``(samples,)``, or numbers."""
        answer = self.combine(self.features_of(x)).answer
        return answer if self.classes is None else label_array(self.classes)[answer[:, 0]]

    def forward(self, x: Any) -> Array:
        """Return the mean of the outputs ``(samples, outputs)``; of a vote, the share of each class."""
        return self.combine(self.features_of(x)).y

    def spread(self, x: Any) -> Array:
        """Return how far members differ, ``(samples, targets)``.

        For numbers it is their standard deviation, in the targets' units; for classes the share of the
        members that agree with the answer.
        """
        return self.combine(self.features_of(x)).spread

    @np.errstate(all="ignore")  # numbers far from all that was trained on may overflow, and then say so
    def combine(self, x: Array) -> Combined:
        """Combine the answers of all members to features ``(rows, features)``."""
        models = self.models
        stops = np.cumsum([len(model.features) for model in models])
        columns = np.split(x, stops[:-1], axis=-1)
        at_once, parts = max(ANSWERS_AT_ONCE // len(self.members), 1), []
        for start in range(0, max(len(x), 1), at_once):
            rows = slice(start, start + at_once)
            y = [model.answer(own[rows]) for model, own in zip(models, columns, strict=True)]
            parts.append(self.combined(np.concatenate(y)))
        return joined(parts)

    def combined(self, y: Array) -> Combined:
        """Combine the outputs of members, ``(members, rows, outputs)``."""
        count = None if self.classes is None else len(self.classes)
        return combined_answers(y.astype(np.float64), count, self.models[0].threshold, vote=self.vote)

    def held_out(self) -> dict[str, tuple[Dataset, Combined]]:
        """The shares that were held out, each with the answers of the members that were not trained on it.

        With folds, ``validation`` has the rows of all folds of the first repeat, without inputs. Empty where
        members hold out different rows.
        """
        if not self.same_rows:
            return {}
        found = {}
        for name, share in self.groups[0].experiment.shares.items():
            if name == "validation" and self.groups[0].fold:
                found[name] = self.out_of_fold()
            elif name != "training":
                x = [group.experiment.shares[name].x for group in self.groups]
                found[name] = share, self.combine(np.concatenate(x, axis=-1))
        return found

    @np.errstate(all="ignore")
    def out_of_fold(self) -> tuple[Dataset, Combined]:
        """The rows of all folds of the first repeat, each answered by the members not trained on it."""
        first = min(group.fold.repeat for group in self.groups if group.fold)
        shares, answers = [], []
        for experiment, fold, _ in self.groups:
            if fold and fold.repeat == first:
                shares.append(experiment.shares["validation"])
                answers.append(self.combined(experiment.model.answer(shares[-1].x)))
        y = np.concatenate([share.y for share in shares])
        samples = Dataset(np.empty((len(y), 0)), y, (), shares[0].targets, shares[0].classes)
        return samples, joined(answers)

    def interval(self, level: float = DEFAULT_LEVEL) -> PredictionInterval:
        """The interval around its answers that covers this share of new targets, and how many it covered.

        It is calibrated on the validation share and measured on the test share, or on two halves of what is
        held out. Raises ValueError for classes, and where too few rows are held out.
        """
        if self.classes is not None:
            raise ValueError(
                f"an interval is for numbers, and {self.targets[0]!r} is a class; "
                "probabilities and agreement say how sure an answer is"
            )
        if not self.same_rows:
            raise ValueError("no interval, as members hold out different rows: none is new to all of them")
        held = {name: (samples.y, found.y) for name, (samples, found) in self.held_out().items()}
        return prediction_interval(held, self.targets, level)

    def measured_accuracy(self) -> str:
        """How many of the rows held out it classifies right, in a sentence; empty without such rows."""
        held = self.held_out()
        share = "test" if "test" in held else next(iter(held), None)
        if share is None:
            return ""
        samples, found = held[share]
        return accuracy_in_words(share, samples.y[:, 0] == found.answer[:, 0], found.spread[:, 0] == 1)

    def __repr__(self) -> str:
        return "\n".join(self.notes)


def descriptions(taken: Array, diverged: Array, *, vote: bool, best: bool, own_rows: bool) -> Iterator[str]:
    """Yield which members an ensemble has, and which are left out."""
    what = f"{'A vote' if vote else 'The mean'} of {'the best ' if best else ''}{members_in_words(taken)}"
    yield f"{what}{', ranked by val_loss' if best else ''}."
    if own_rows:
        yield "The val_loss of each member is that of its own rows, some of which are easier than others."
    if len(diverged):
        yield f"Left out {members_in_words(diverged)}, which diverged."
