"""Whole files of every kind: models, archives, NPZ and CSV data."""

import csv
import io
import json
from pathlib import Path

import numpy as np

from nn.config.load import load_config
from nn.experiments.experiment import Experiment
from nn.runs import weights
from nn.storage.archive import save_archive


def models(folder: Path) -> list[bytes]:
    """Model files of several shapes."""
    path, found = folder / "model.npz", []
    for name in ("xor", "iris", "encoder", "sine", "xor-2-1-1"):
        weights.save_model(path, Experiment.of(load_config(name)))
        found.append(path.read_bytes())
    return found


def archives(folder: Path) -> list[bytes]:
    """Archives as a checkpoint would be: some arrays of several types, and what goes with them."""
    path, rng = folder / "checkpoint.npz", np.random.default_rng(0)
    arrays = {"parameters": rng.normal(size=700), "count": np.array(3), "order": rng.permutation(50)}
    state = {"rng": rng.bit_generator.state, "epoch": 12, "best": [1, 2.5, None]}
    save_archive(path, {**arrays, "names": np.array(["ä", "b"])}, {"state": json.loads(json.dumps(state))})
    return [path.read_bytes()]


def arrays_of_data() -> list[bytes]:
    """NPZ data: stored and compressed, numbers and words, weights, a test share."""
    rng, found = np.random.default_rng(0), []
    x, words = rng.normal(size=(600, 3)), rng.choice(["a", "bc", "d"], 600)
    for save in (np.savez, np.savez_compressed):
        for arrays in (
            {"x": x[:20], "y": rng.normal(size=20)},
            {"x": x, "y": words, "w": rng.random(600)},
            {"x_train": x[:400], "y_train": words[:400], "x_test": x[400:], "y_test": words[400:]},
        ):
            save(stream := io.BytesIO(), **arrays)
            found.append(stream.getvalue())
    return found


def tables() -> list[bytes]:
    """CSV files with a target ``t``: words and numbers, quotes, other separators and line ends."""
    rng = np.random.default_rng(0)
    rows = [[*rng.normal(size=3).round(4), str(rng.choice(["süß", 'say "a"', "x,y"]))] for _ in range(40)]
    found = []
    for delimiter, end in ((",", "\n"), (";", "\r\n"), ("\t", "\n")):
        writer = csv.writer(text := io.StringIO(), delimiter=delimiter, lineterminator=end)
        writer.writerows([["a", "b", "c", "t"], *rows])
        found.append(text.getvalue().encode())
    return [*found, b"a,t\n" + b"".join(b"%d,%d\n" % (n, n % 3) for n in range(30))]
