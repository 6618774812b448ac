"""Writes ``tests/reference/encoders.json``: how scikit-learn encodes, imputes and scales tables.

Run it with scikit-learn installed: ``python scripts/make_encoder_reference.py [FILE]``. It writes the same
content each time. The tests read the file and need no scikit-learn.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.impute import SimpleImputer  # type: ignore[import-untyped,import-not-found,unused-ignore]
from sklearn.preprocessing import (  # type: ignore[import-untyped,import-not-found,unused-ignore]
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    StandardScaler,
)

FILE = Path(__file__).parents[1] / "tests" / "reference" / "encoders.json"
WORDS = ["red", "green", "blue", "green", "red", "green", "teal", "blue", "green", "pink", "red"]
LATER = ["blue", "violet", "pink", "green"]
ORDER = ["Third", "Second", "First"]
CLASSES = ["First", "Third", "Third", "Second", "First"]
NUMBERS = [22.0, None, 38.5, 26.0, None, 54.25, 2.0, -7.125, 1e6, 0.1]
WEIGHTS = [1.0, 2.0, 0.5, 3.0, 1.0, 0.25, 1.0, 4.0, 0.5, 1.5]


def column(values: list[Any], dtype: Any = object) -> Any:
    """Values as the one column of an array."""
    return np.array(values, dtype=dtype)[:, None]


def one_hot() -> dict[str, Any]:
    """Columns of zeros and ones: of all levels, and of the two most frequent with the rest as one."""
    options = {"all": {"handle_unknown": "ignore"}, "top": {"handle_unknown": "infrequent_if_exist"}}
    values: dict[str, Any] = {"words": WORDS, "later": LATER}
    for name, given in options.items():
        most = {"max_categories": 3} if name == "top" else {}
        encoder = OneHotEncoder(sparse_output=False, **given, **most).fit(column(WORDS))
        values[name] = [encoder.transform(column(words)).tolist() for words in (WORDS, LATER)]
    return values


def ordinal() -> dict[str, Any]:
    """Positions in an order."""
    encoder = OrdinalEncoder(categories=[ORDER])
    return {"words": CLASSES, "order": ORDER, "values": encoder.fit_transform(column(CLASSES)).tolist()}


def imputed() -> dict[str, Any]:
    """Numbers in place of missing ones; of the median also where they were missing."""
    x = column(NUMBERS, np.float64)
    imputers = {
        "median": SimpleImputer(strategy="median", add_indicator=True),
        "mean": SimpleImputer(strategy="mean"),
        "-1.5": SimpleImputer(strategy="constant", fill_value=-1.5),
    }
    return {"numbers": NUMBERS} | {name: one.fit_transform(x).tolist() for name, one in imputers.items()}


def scaled() -> dict[str, Any]:
    """Columns brought to mean 0 and deviation 1, with and without weights, and to ranges."""
    x = np.random.default_rng(0).normal([5, -1e4, 1e-3], [3, 10, 1e-5], (10, 3))
    return {
        "x": x.tolist(),
        "weights": WEIGHTS,
        "standard": StandardScaler().fit_transform(x).tolist(),
        "weighted": StandardScaler().fit(x, sample_weight=WEIGHTS).transform(x).tolist(),
        "range": MinMaxScaler((-1, 2)).fit_transform(x).tolist(),
    }


def main() -> None:
    """Write the file."""
    values = {"one_hot": one_hot(), "ordinal": ordinal(), "imputed": imputed(), "scaled": scaled()}
    text = json.dumps(values, indent=1)
    text = re.sub(r"\[\s+([^\[\]]*?)\s+\]", lambda found: f"[{' '.join(found[1].split())}]", text)
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else FILE
    file.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
