"""Where trainings of XOR networks ended, written by scripts/make_endpoints_reference.py."""

import json
from pathlib import Path

import numpy as np

from nn import Dense, MeanSquaredError, Sequential, Shortcut, Sigmoid

FILE = Path(__file__).parents[1] / "reference" / "endpoints.json"
ENDS = {
    name: {int(seed): np.array(values) for seed, values in ends.items()}
    for name, ends in json.loads(FILE.read_text()).items()
}
X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)
T = np.array([[0], [1], [1], [0]], float)
MSE = MeanSquaredError()
LAYERS = {
    "2-2-1": lambda: [Dense(2), Sigmoid(), Dense(1), Sigmoid()],
    "2-3-1": lambda: [Dense(3), Sigmoid(), Dense(1), Sigmoid()],
    "2-1-1": lambda: [Shortcut([Dense(1), Sigmoid()]), Dense(1), Sigmoid()],
}


def xor_network(name="2-2-1"):
    return Sequential(LAYERS[name](), inputs=2, seed=0)
