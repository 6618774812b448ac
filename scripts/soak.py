"""Trains, kills, damages and resumes runs at random, and compares each with one that was never stopped.

    .venv/bin/python scripts/soak.py --kills 200

Kills are SIGKILL or one of the signals that end a run in good order, at any instant from the first import
to the last file; a killed resume is resumed in its turn. Prints a line of counts; exit code 1 and the folder
to look at where a run came out different.
"""

import argparse
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

NN = (sys.executable, "-c", "from nn.cli import main; main()")
BODY = """\
data: {{name: moons, samples: 200, validation: 0.2, scale: standard}}
model:
  layers:
    - {{type: dense, units: 8, activation: sigmoid}}
    - {layer}
    - {{type: dense, units: 1, activation: sigmoid}}
loss: {loss}
optimizer: {optimizer}
training: {{{training}}}
"""
CROSS_ENTROPY, MEAN_SQUARES = "binary_crossentropy", "mse"
CASES = {
    "adam": BODY.format(
        layer="{type: dropout, rate: 0.2}",
        loss=CROSS_ENTROPY,
        optimizer="{type: adam, learning_rate: {type: cosine, start: 0.02}}",
        training="epochs: 1500, batch_size: 32, report_every: 3, checkpoint: {epochs: 30}, snapshots: 9",
    ),
    "strides": BODY.replace("validation: 0.2, ", "").format(  # with a validation share there are none
        layer="{type: dropout, rate: 0.2}",
        loss=CROSS_ENTROPY,
        optimizer="{type: adam, learning_rate: {type: cosine, start: 0.02}}",
        training="epochs: 10000, batch_size: 32, report_every: 3, checkpoint: {seconds: 0.02}",
    ),
    "plateau": BODY.format(
        layer="linear",
        loss=CROSS_ENTROPY,
        optimizer="{type: sgd, momentum: 0.9, learning_rate: {type: plateau, start: 1.0, patience: 9}}",
        training="epochs: 1000, batch_size: 50, early_stopping: {patience: 900}, checkpoint: {epochs: 1}",
    ),
    "rprop": BODY.format(
        layer="linear",
        loss=MEAN_SQUARES,
        optimizer="rprop",
        training="epochs: 20000, report_every: 20, dtype: float32, checkpoint: {seconds: 0.02}, snapshots: 9",
    ),
    "lbfgs": BODY.format(
        layer="linear",
        loss=CROSS_ENTROPY,
        optimizer="{type: lbfgs, min_gradient: 0}",
        training="epochs: 600, report_every: 2, checkpoint: {epochs: 5}",
    ),
    "scaled-conjugate-gradient": BODY.format(
        layer="linear",
        loss=CROSS_ENTROPY,
        optimizer="{type: scg, min_gradient: 0}",
        training="epochs: 600, checkpoint: {epochs: 7}",
    ),
    "levenberg-marquardt": BODY.format(
        layer="linear",
        loss=MEAN_SQUARES,
        optimizer="{type: levenberg_marquardt, min_gradient: 0}",
        training="epochs: 500, checkpoint: {epochs: 7}",
    ),
    "bayes": BODY.format(
        layer="linear",
        loss=MEAN_SQUARES,
        optimizer="{type: bayesian_regularization, min_gradient: 0}",
        training="epochs: 300, checkpoint: {seconds: 0.01}",
    ),
}
ENGINES = ("numpy", "native")
SIGNALS = (signal.SIGKILL, signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
NAMES = {"config.yaml", "metrics.csv", "model.npz", "run.json"}
LATE = {"checkpoint.npz", "loss.png"}
"""What a run may lack that was killed when it was over."""


class DifferentError(Exception):
    """A run that was stopped is not what it would have been."""


class Soak:
    """Runs in a folder of their own, and what was counted."""

    def __init__(
        self,
        folder: Path,
        seed: int = 0,
        cases: Sequence[str] = tuple(CASES),
        engines: Sequence[str] = ENGINES,
    ):
        self.folder, self.random = folder, random.Random(seed)
        self.cases, self.engines = cases, engines
        self.counts: Counter[str] = Counter()
        self.whole: dict[tuple[str, str], tuple[Path, float]] = {}
        for name, text in CASES.items():
            (folder / f"{name}.yaml").write_text(text)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """The command in a process of its own."""
        return subprocess.Popen([*NN, *arguments], cwd=self.folder, text=True, stderr=subprocess.PIPE)

    def never_stopped(self, case: str, engine: str) -> tuple[Path, float]:
        """The run to compare with, and the seconds from its first file to its end."""
        if (case, engine) not in self.whole:
            run = self.folder / f"{case}-{engine}"
            process = self.train(case, engine, run)
            began = self.begins(process, run)
            _, error = process.communicate()
            if process.returncode:
                raise DifferentError(f"{run}: {error}")
            self.whole[case, engine] = run, time.monotonic() - began
        return self.whole[case, engine]

    def train(self, case: str, engine: str, run: Path) -> subprocess.Popen[str]:
        """Training that begins."""
        return self.start("train", f"{case}.yaml", "--engine", engine, "--out", run.name, "-q")

    def begins(self, process: subprocess.Popen[str], run: Path) -> float:
        """Wait until a run has files, or is over; returns when that was."""
        while not (run / "config.yaml").exists() and process.poll() is None:
            time.sleep(0.001)
        return time.monotonic()

    def once(self) -> None:
        """One run, killed and perhaps damaged on its way, until it is finished; raises DifferentError."""
        case, engine = self.random.choice(self.cases), self.random.choice(self.engines)
        whole, seconds = self.never_stopped(case, engine)
        self.counts["runs"] += 1
        run = self.folder / f"run-{self.counts['runs']}"
        process = self.train(case, engine, run)
        if self.random.random() < 0.9:  # the others also die in their imports
            self.begins(process, run)
        while self.kill(process, self.random.uniform(0, seconds)):
            if not (run / "config.yaml").exists():
                self.counts["killed before they began"] += 1
                return
            if self.random.random() < 0.2:
                self.damage(run)
            process = self.start("resume", run.name, "-q")
            if self.random.random() < 0.4:
                break
            if self.random.random() < 0.7:
                time.sleep(self.random.uniform(0, 0.5))  # it imports
        _, error = process.communicate()
        if process.returncode:
            raise DifferentError(f"{run}: {error}")
        self.compare(run, whole)
        self.counts["identical"] += 1

    def kill(self, process: subprocess.Popen[str], after: float) -> bool:
        """Kill a process after so many seconds; returns False where it was over by then."""
        try:
            process.wait(after)
        except subprocess.TimeoutExpired:
            number = self.random.choice(SIGNALS)
            process.send_signal(number)
            _, error = process.communicate()
            if process.returncode not in (0, -number, 128 + number):
                raise DifferentError(f"{number.name}: exit code {process.returncode}: {error}") from None
            self.counts["kills"] += 1
            return True
        return False

    def damage(self, run: Path) -> None:
        """Change a byte of the checkpoint: it is refused by name, or was of no importance."""
        path = run / "checkpoint.npz"
        if not path.exists():
            return
        content = path.read_bytes()
        damaged = bytearray(content)
        damaged[self.random.randrange(len(content))] ^= self.random.randrange(1, 256)
        path.write_bytes(damaged)
        process = self.start("resume", run.name, "-q")
        _, error = process.communicate()
        self.counts["damages"] += 1
        if process.returncode == 2 and str(path.relative_to(self.folder)) in error:
            self.counts["damages refused"] += 1
            path.write_bytes(content)
        elif process.returncode:
            raise DifferentError(f"{path}: {error}")

    def compare(self, run: Path, whole: Path) -> None:
        """Raise DifferentError unless both hold the same, but for the time that it took."""
        names = {path.name for path in run.iterdir()}
        kept = {"snapshots.npz"} & {path.name for path in whole.iterdir()}
        if not NAMES | kept <= names <= NAMES | kept | LATE:
            raise DifferentError(f"{run}: {sorted(names)}")
        for name in ("config.yaml", "model.npz", "metrics.csv", *kept):
            one, other = (without_seconds(folder / name) for folder in (run, whole))
            if one != other:
                raise DifferentError(f"{run / name} is not {whole / name}")


def without_seconds(path: Path) -> list[bytes]:
    """The lines of a file, those of metrics without their last cell."""
    lines = path.read_bytes().splitlines(keepends=True)
    return [line.rpartition(b",")[0] for line in lines] if path.suffix == ".csv" else lines


def main() -> None:
    """Soak for a time or for a number of kills."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--kills", type=int, default=10**9, help="stop after so many")
    parser.add_argument("--seconds", type=float, default=600, help="stop after so many (default 600)")
    parser.add_argument("--seed", type=int, default=0, help="of what is done, not of when a process is there")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="soak-"))
    soak, end = Soak(folder, given.seed), time.monotonic() + given.seconds
    try:
        while soak.counts["kills"] < given.kills and time.monotonic() < end:
            soak.once()
    except DifferentError as error:
        sys.exit(f"{error}\n{dict(soak.counts)}")
    print(", ".join(f"{count:,} {what}" for what, count in sorted(soak.counts.items())))
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
