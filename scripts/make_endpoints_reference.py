"""Trains XOR networks of the literature from many seeds, and judges where each that is stuck has ended.

Prints how many of each network got which verdict, and fails where the literature contradicts it:

- 2-2-1 with squared errors has no local minima at finite weights: Hamey (1998), "XOR has no local minima: a
  case study in neural network error surface analysis"; Sprinkhuizen-Kuyper & Boers (1999), "The local
  minima of the error surface of the 2-2-1 XOR network". So no end may be stationary.
- 2-1-1 with direct links has global minima only: Sprinkhuizen-Kuyper & Boers (1996), "The error surface of
  the simplest XOR network has only global minima".
- 2-3-1 has a region of local minima: Sprinkhuizen-Kuyper & Boers (1999), "A local minimum for the 2-3-1 XOR
  network".

    python scripts/make_endpoints_reference.py            # ten seconds
    python scripts/make_endpoints_reference.py --write    # writes a few of the ends to tests/reference
"""

import json
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np

from nn import SGD, Dense, MeanSquaredError, Sequential, Shortcut, Sigmoid, train
from nn.endpoints.judge import judge
from nn.layers.base import Layer

FILE = Path(__file__).parents[1] / "tests" / "reference" / "endpoints.json"
X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)
T = np.array([[0], [1], [1], [0]], float)
EPOCHS, SOLVED = 5000, 0.01
NETWORKS: dict[str, tuple[Callable[[], list[Layer]], int, list[int]]] = {
    "2-2-1": (lambda: [Dense(2), Sigmoid(), Dense(1), Sigmoid()], 1000, [4, 5, 9, 30, 705, 797]),
    "2-3-1": (lambda: [Dense(3), Sigmoid(), Dense(1), Sigmoid()], 400, [6, 20]),
    "2-1-1": (lambda: [Shortcut([Dense(1), Sigmoid()]), Dense(1), Sigmoid()], 1000, [216, 341]),
}
"""The layers, the number of seeds, and the seeds whose ends are kept."""
ALLOWED = {
    "2-2-1": {"running off", "not stationary"},
    "2-1-1": {"not stationary"},
    "2-3-1": {"running off", "not stationary", "flat", "not decided"},
}


def main() -> None:
    """Train, judge, print; write with ``--write``."""
    kept, wrong = {}, []
    for name, (layers, seeds, chosen) in NETWORKS.items():
        network = Sequential(layers(), inputs=2, seed=range(seeds))
        for _ in train(
            network, MeanSquaredError(), SGD(0.5, momentum=0.9), X, T, epochs=EPOCHS, report_every=EPOCHS
        ):
            pass
        losses = np.mean((network.predict(X) - T) ** 2, axis=(-2, -1))
        stuck = np.flatnonzero(losses >= SOLVED)
        verdicts = {
            seed: judge(network, MeanSquaredError(), X, T, network.parameters[seed]) for seed in stuck
        }
        counts = Counter(verdict.kind for verdict in verdicts.values())
        print(f"{name}: {len(stuck)} of {seeds} seeds end above a loss of {SOLVED}; {dict(counts)}")
        wrong += [f"{name}, seed {seed}: {v}" for seed, v in verdicts.items() if v.kind not in ALLOWED[name]]
        kept[name] = {seed: network.parameters[seed].tolist() for seed in chosen}
    if "--write" in sys.argv[1:]:
        FILE.write_text(json.dumps(kept, indent=1) + "\n")
    sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()
