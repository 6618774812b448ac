"""The reports of train(), which trains only while somebody asks for them."""

import warnings
from collections.abc import Generator, Iterator

from nn.training.loop import Report


class Reports(Iterator[Report]):
    """The reports of a training, one each time that ``next`` or a loop asks.

    Whoever drops them without asking for the first gets a RuntimeWarning: nothing was trained.

    >>> from nn import SGD, Dense, MeanSquaredError, Sequential, train
    >>> line = Sequential([Dense(1)], inputs=1, seed=0)
    >>> reports = train(line, MeanSquaredError(), SGD(0.1), [[0], [1]], [[1], [3]], epochs=500)
    >>> next(reports).epoch, next(reports).epoch
    (1, 2)
    >>> reports.close()
    """

    def __init__(self, reports: Generator[Report]):
        self._reports, self._asked = reports, False

    def __next__(self) -> Report:
        self._asked = True
        return next(self._reports)

    def close(self) -> None:
        """End training, if it has begun; the network then holds its best weights."""
        self.generator().close()

    def generator(self) -> Generator[Report]:
        """The same without the warning, for those who may want nothing but the checks of train()."""
        self._asked = True
        return self._reports

    def __del__(self) -> None:
        if not self._asked:
            warnings.warn(
                "train() has trained nothing: it trains while a loop asks for its reports; use nn.fit(…) "
                "to train to the end, or: for report in nn.train(…)",
                RuntimeWarning,
                stacklevel=2,
            )
