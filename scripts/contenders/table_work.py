"""One process of the benchmark of tables: does one thing with a table, once.

``python table_work.py WORK FILE …`` writes the seconds of the work, without imports, as JSON: of the
processor, and by the wall.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

measured: dict[str, float] = {}


@contextmanager
def clock() -> Iterator[None]:
    """Take the seconds of what is done in this context, of the processor and by the wall."""
    began, began_wall = time.process_time(), time.perf_counter()
    yield
    measured.update(seconds=time.process_time() - began, wall=time.perf_counter() - began_wall)


def read(file: str) -> Any:
    """Read a table with tiny-nn, and its cells as numbers."""
    from nn.data.reading import read_table

    with clock():
        table = read_table(Path(file))
        for column in table.columns.values():
            _ = column.numbers
    return table


def read_with_pandas(file: str) -> Any:
    """Read a table with pandas."""
    import pandas as pd  # type: ignore[import-untyped,import-not-found,unused-ignore]

    with clock():
        return pd.read_csv(file)


def read_with_loadtxt(file: str) -> Any:
    """Read a table of numbers with NumPy."""
    import numpy as np

    with clock():
        return np.loadtxt(file, delimiter=",", skiprows=1)


def encode(file: str) -> None:
    """Infer, fit, encode and scale with tiny-nn."""
    table = read(file)
    from nn.data.columns.preprocessing import Preprocessing

    with clock():
        Preprocessing.fit(table).transform(table)


def encode_with_sklearn(file: str) -> None:
    """Fit and transform with scikit-learn, its encoders told which columns are what."""
    table = read_with_pandas(file)
    transformer = column_transformer(table)
    with clock():
        transformer.fit(table)
        transformer.transform(table)


def column_transformer(table: Any) -> Any:
    """The ColumnTransformer of a mixed table; a date becomes its year, month and weekday."""
    import numpy as np
    import pandas as pd
    from sklearn.compose import ColumnTransformer  # type: ignore[import-untyped,import-not-found,unused-ignore]
    from sklearn.impute import SimpleImputer  # type: ignore[import-untyped,import-not-found,unused-ignore]
    from sklearn.pipeline import make_pipeline  # type: ignore[import-untyped,import-not-found,unused-ignore]
    from sklearn.preprocessing import (  # type: ignore[import-untyped,import-not-found,unused-ignore]
        FunctionTransformer,
        OneHotEncoder,
        StandardScaler,
    )

    def parts(frame: Any) -> Any:
        when = pd.to_datetime(frame.iloc[:, 0]).dt
        return np.stack([when.year, when.month, when.weekday], axis=1)

    numbers = make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler())
    named = [name for name in table.columns if name != "y"]
    categories = [name for name in named if name.startswith("category")]
    rest = [name for name in named if name not in categories and name != "when"]
    found = [("numbers", numbers, rest)]
    if categories:
        one_hot = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
        found += [("categories", one_hot, categories)]
    if "when" in named:
        found += [("when", make_pipeline(FunctionTransformer(parts), StandardScaler()), ["when"])]
    return ColumnTransformer(found)


def train_with_sklearn(file: str, model: str) -> None:
    """Keep a pipeline with a network of one hidden layer of 32 units, as that of ``nn train FILE``."""
    import pickle

    from sklearn.neural_network import MLPRegressor  # type: ignore[import-untyped,import-not-found,unused-ignore]
    from sklearn.pipeline import make_pipeline

    table = read_with_pandas(file)
    network = MLPRegressor(hidden_layer_sizes=(32,), activation="tanh", max_iter=5, random_state=0)
    numbers = table.drop(columns="when")
    pipeline = make_pipeline(column_transformer(numbers), network).fit(numbers, table["y"])
    Path(model).write_bytes(pickle.dumps(pipeline))


def predict_with_sklearn(file: str, model: str, out: str) -> None:
    """Predict as a script would: read, load the pipeline, predict, write."""
    import pickle

    import pandas as pd

    with clock():
        table = pd.read_csv(file)
        pipeline = pickle.loads(Path(model).read_bytes())
        pd.DataFrame({"y": pipeline.predict(table)}).to_csv(out, index=False)


def predict_rows(file: str, run: str) -> None:
    """Predict a table that pandas has read, with a run of tiny-nn."""
    from nn.runs.weights import load

    table, model = read_with_pandas(file), load(run)
    with clock():
        model.predict(table)


def predict_rows_with_sklearn(file: str, model: str) -> None:
    """Predict a table that pandas has read, with a pipeline of scikit-learn."""
    import pickle

    table, pipeline = read_with_pandas(file), pickle.loads(Path(model).read_bytes())
    with clock():
        pipeline.predict(table)


WORKS: dict[str, Callable[..., Any]] = {
    work.__name__: work
    for work in (
        read, read_with_pandas, read_with_loadtxt, encode, encode_with_sklearn, train_with_sklearn,
        predict_with_sklearn, predict_rows, predict_rows_with_sklearn,
    )
}  # fmt: skip

if __name__ == "__main__":
    WORKS[sys.argv[1]](*sys.argv[2:])
    print(json.dumps(measured))
