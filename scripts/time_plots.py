"""Times ``nn plot`` over long runs: ``python scripts/time_plots.py [RUNS] [EPOCHS]``."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

COLUMNS = ("epoch", "loss", "accuracy", "val_loss", "val_accuracy", "learning_rate", "seconds")


def write_run(folder: Path, seed: int, epochs: int) -> None:
    """A run with noise on its loss, and one spike."""
    rng = np.random.default_rng(seed)
    epoch = np.arange(1, epochs + 1)
    loss = np.exp(-epoch * (3 + seed / 10) / epochs) * rng.uniform(0.8, 1.2, epochs)
    loss[epochs // 2 + seed] = 50
    columns = (epoch, loss, np.exp(-loss), loss + 0.05, np.exp(-loss), np.full(epochs, 0.1), epoch * 1e-4)
    folder.mkdir()
    (folder / "config.yaml").write_text(f"seed: {seed}\n")
    rows = zip(*(column.tolist() for column in columns), strict=True)
    lines = [",".join(COLUMNS), *(",".join(map(repr, row)) for row in rows), ""]
    (folder / "metrics.csv").write_text("\n".join(lines))


def main() -> None:
    """Print the seconds that one picture of all runs takes, with the start of Python: the least of three."""
    given = [int(number) for number in sys.argv[1:]]
    runs, epochs = [*given, *(20, 100_000)[len(given) :]]
    with tempfile.TemporaryDirectory() as name:
        folders = [Path(name) / f"run-{seed:03}" for seed in range(runs)]
        for seed, folder in enumerate(folders):
            write_run(folder, seed, epochs)
        command = [sys.executable, "-m", "nn", "plot", *map(str, folders), "--out", f"{name}/runs.png"]
        times = []
        for _ in range(3):
            began = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            times.append(time.perf_counter() - began)
    print(f"{runs} runs of {epochs:,} epochs in one picture: {min(times):.2f} s")


if __name__ == "__main__":
    main()
