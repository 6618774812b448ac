"""Damages files at random, and sees that reading them gives the truth or an error that names the file.

    python scripts/fuzz_files.py --files 10000 --seed 0
    python scripts/fuzz_files.py --every model       # each flipped bit and each truncation of one

Models, archives (checkpoints are such), NPZ and CSV data, and the files of a run directory under nn evaluate,
nn predict and nn show. Each is damaged in one to three ways; some zip files are put together again with
right checksums, so that the damage reaches what stands behind them. A finding is a traceback, an error
that does not name the file, an answer over a second, or anything read that was not written.
"""

import argparse
import io
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from click.testing import CliRunner
from fuzzing.damages import damaged, every, forged, repacked
from fuzzing.originals import archives, arrays_of_data, models, tables

import nn
from nn.cli.group import commands
from nn.data.csv import write_csv
from nn.data.dataset import Dataset
from nn.data.labels import words_are_classes
from nn.data.npz import read_npz
from nn.data.reading import read_table
from nn.data.reading.text import TableSource
from nn.data.targets import read_targets
from nn.runs.metrics import read_metrics
from nn.storage.archive import load_archive

SLOW = 1.0
"""Processor seconds that no answer may take."""
HANG = 20
"""Seconds after which an answer is given up."""


@dataclass(frozen=True)
class Kind:
    """A kind of file: whole ones, ways to damage them, and what is read from one (None for anything goes)."""

    originals: list[bytes]
    damage: Callable[[bytes, np.random.Generator], bytes]
    read: Callable[[Path], Any]
    name: str = "file"


@dataclass
class Count:
    """What became of the files of a kind."""

    files: int = 0
    same: int = 0
    refused: int = 0
    slowest: float = 0.0
    findings: list[str] = field(default_factory=list)


def read_archive(path: Path) -> Any:
    """An archive as plain values."""
    arrays, metadata = load_archive(path)
    return {name: (a.dtype.str, a.shape, a.tobytes()) for name, a in arrays.items()}, metadata


def read_model(path: Path) -> Any:
    """A model as plain values; it can also be used."""
    model = nn.load(path)
    answers = model.predict(np.ones((2, len(model.inputs))))
    scaling = {name: array.tobytes() for name, array in model.scales.items()}
    names = (model.inputs, model.targets, model.classes, repr(model.loss))
    return model.network.parameters.tobytes(), scaling, names, answers.tobytes()


def read_data(path: Path) -> Any:
    """NPZ data as their digests."""
    return [share.digest for share in read_npz(path) if share]


def read_as_numpy_does(path: Path) -> Any:
    """NPZ data; what is accepted of them is what NumPy reads."""
    training, _ = read_npz(path)
    with np.load(path, allow_pickle=False) as arrays:
        x = arrays["x" if "x" in arrays else "x_train"]
    assert np.array_equal(training.x, x.reshape(len(x), -1)), "NumPy reads other numbers"


def read_samples(source: TableSource) -> Dataset:
    """The samples of a CSV file with the target column t; ValueError where inputs are not finite numbers."""
    table = read_table(source)
    targets = read_targets(table, ["t"], words_are_classes, missing_values=())
    if not targets.present.all():
        raise ValueError(f"{table.name}: a row has no target")
    inputs = tuple(name for name in table.columns if name != "t")
    x = np.array([table.column(name).numbers for name in inputs]).reshape(len(inputs), len(table)).T
    if not np.isfinite(x).all():
        raise ValueError(f"{table.name}: an input is not a finite number")
    return Dataset(x, targets.y, inputs, ("t",), targets.classes)


def read_written(path: Path) -> Any:
    """CSV data; what is accepted of them reads back the same when it is written out."""
    data = read_samples(path)
    write_csv(data, text := io.StringIO())
    text.seek(0)
    assert read_samples(text).digest == data.digest, "written out it reads back as something else"


def kinds(folder: Path) -> dict[str, Kind]:
    """All kinds of files."""
    whole = models(folder)
    table = tables()[-1]
    run = Run(folder)
    return {
        "model": Kind(whole, damaged, read_model),
        "model, repacked": Kind(whole, repacked, read_model),
        "model, forged": Kind(whole, forged, lambda path: read_model(path) and None),
        "archive": Kind(archives(folder), damaged, read_archive),
        "archive, repacked": Kind(archives(folder), repacked, read_archive),
        "NPZ": Kind(arrays_of_data(), damaged, read_data),
        "NPZ, repacked": Kind(arrays_of_data(), repacked, read_as_numpy_does),
        "CSV": Kind([*tables(), table], damaged, read_written),
        **{f"run: {name}": Kind([run.whole[name]], damaged, run.commands, name) for name in run.whole},
    }


class Run:
    """A run directory, one file of which is damaged while commands look at it."""

    def __init__(self, folder: Path):
        self.folder = folder / "run"
        self.nn("train", "blobs", "--no-plot", "--set", "training.epochs=3", "--out", self.folder)
        (folder / "data.csv").write_text(self.nn("datasets", "blobs", "--csv")[1])
        self.whole = {path.name: path.read_bytes() for path in self.folder.iterdir()}

    def nn(self, *arguments: str | Path) -> tuple[int, str, str]:
        """A command: its exit code, output and errors."""
        result = CliRunner().invoke(commands, [*map(str, arguments)], catch_exceptions=False)
        return result.exit_code, result.stdout, result.stderr

    def commands(self, path: Path) -> Any:
        """What commands say of the run with this file in it; ValueError for the first that refuses."""
        for name, content in self.whole.items():
            (self.folder / name).write_bytes(path.read_bytes() if name == path.name else content)
        try:
            read_metrics(self.folder / "metrics.csv")
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from None
        said = []
        for arguments in (
            ("evaluate", self.folder),
            ("predict", self.folder, self.folder.parent / "data.csv"),
            ("show", self.folder / "config.yaml"),
        ):
            code, out, err = self.nn(*arguments)
            assert (code, err == "") in ((0, True), (2, False)), f"{arguments[0]} ends with {code}: {err}"
            if err:
                assert err.startswith("Error: "), err
                assert str(self.folder) in err, f"does not name the file: {err}"
                raise ValueError(f"{path}: {err}")
            said.append(out if arguments[0] != "show" else "")
        return said


def fuzz(files: int, seed: int, only: str = "", keep: Path | None = None) -> dict[str, Count]:
    """Read so many damaged files, dealt out evenly over the kinds."""
    counts: dict[str, Count] = {}
    signal.signal(signal.SIGALRM, give_up)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        chosen = {
            name: kind
            for name, kind in kinds(folder).items()
            if name == only or (files and name.startswith(only))
        }
        for number, (name, kind) in enumerate(chosen.items()):
            count = counts[name] = Count()
            rng = np.random.default_rng([seed, number])
            path = folder / kind.name
            truths = []
            for whole in kind.originals:
                path.write_bytes(whole)
                truths.append(kind.read(path))
            for which, content in damages(kind, -(-files // len(chosen)), rng):
                path.write_bytes(content)
                before = len(count.findings)
                look(path, kind, truths[which], count)
                if keep and len(count.findings) > before:
                    keep.mkdir(parents=True, exist_ok=True)
                    shutil.copy(path, keep / f"{name.replace(': ', '-')}-{count.files}")
    return counts


def damages(kind: Kind, files: int, rng: np.random.Generator) -> Iterator[tuple[int, bytes]]:
    """So many damaged files, each with the number of its original; every damage of the first for 0 files."""
    if not files:
        yield from ((0, content) for content in every(kind.originals[0]))
    for _ in range(files):
        which = int(rng.integers(len(kind.originals)))
        yield which, kind.damage(kind.originals[which], rng)


def look(path: Path, kind: Kind, truth: Any, count: Count) -> None:
    """Read a damaged file and judge what comes."""
    began = time.process_time()
    finding = ""
    signal.alarm(HANG)
    try:
        with redirect_stdout(io.StringIO()):
            read = kind.read(path)
    except ValueError as error:
        count.refused += 1
        if not str(error).startswith(f"{path}:"):
            finding = f"does not begin with the file's name: {error}"
    except Exception:
        finding = traceback.format_exc(limit=-4)
    else:
        count.same += 1
        if read != truth:
            finding = "read something that was not written"
    finally:
        signal.alarm(0)
    count.files += 1
    seconds = time.process_time() - began
    count.slowest = max(count.slowest, seconds)
    if seconds > SLOW:
        finding += f" took {seconds:.1f} s"
    if finding:
        count.findings.append(finding)


def give_up(number: int, frame: object) -> None:
    """End an answer that takes too long."""
    raise TimeoutError(f"no answer after {HANG} s")


def main() -> None:
    """Fuzz, and print what became of the files; exit code 1 where there are findings."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", metavar="KIND", help="kinds whose name begins so")
    parser.add_argument("--every", metavar="KIND", help="every flipped bit and every truncation of a file")
    parser.add_argument("--keep", type=Path, help="a folder for the files of findings")
    arguments = parser.parse_args()
    files = 0 if arguments.every else arguments.files
    counts = fuzz(files, arguments.seed, arguments.every or arguments.only, arguments.keep)
    print(f"{'':22}{'files':>7}{'harmless':>10}{'refused':>9}{'findings':>10}{'slowest':>10}")
    for name, count in counts.items():
        numbers = f"{count.files:7}{count.same:10}{count.refused:9}{len(count.findings):10}"
        print(f"{name:22}{numbers}{1000 * count.slowest:7.0f} ms")
    total = sum(count.files for count in counts.values())
    findings = [f"{name}: {finding}" for name, count in counts.items() for finding in count.findings]
    print(f"{'all':22}{total:7}{'':19}{len(findings):10}")
    if findings:
        print(*dict.fromkeys(findings[:20]), sep="\n")
    sys.exit(bool(findings))


if __name__ == "__main__":
    main()
