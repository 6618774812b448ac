"""Runs configurations from Python, as ``nn train`` and ``nn resume`` do."""

import json
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from types import MappingProxyType
from typing import Any

from nn.config.load import load_config
from nn.experiments.experiment import Experiment
from nn.runs import resuming
from nn.runs.directory import Recorder, begin, expect_new
from nn.runs.reading import Run
from nn.runs.strides import next_report
from nn.training.reports import ReportGenerator
from nn.training.stopping import DivergedError


def run(
    config: str | Path | Mapping[str, Any],
    out: str | Path | None = None,
    *,
    settings: Mapping[str, Any] = MappingProxyType({}),
) -> Run:
    """Train as a configuration says; returns the run with its metrics.

    ``config`` is a YAML file, the name of a bundled configuration or a mapping with the same keys;
    ``settings`` are values set over it. The run is written to the folder ``out``, or to ``runs/NAME-001``
    with the next free number, as ``nn train`` does, but without ``loss.png``.

    Raises ConfigError (a ValueError) with every mistake, ValueError if ``out`` exists. On DivergedError
    and Ctrl-C the run up to then is kept, and the exception is raised again.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     trained = run("xor", f"{folder}/xor", settings={"training.epochs": 3})
    ...     trained.stopped, trained.metrics["epoch"]
    ('epochs', array([1., 2., 3.]))
    """
    folder = None if out is None else Path(out)
    if folder:
        expect_new(folder)
    source, name = (config, "run") if isinstance(config, Mapping) else (str(config), Path(config).stem)
    words = [f"{key}={json.dumps(value)}" for key, value in settings.items()]
    experiment = Experiment.of(load_config(source, words))
    reports = experiment.train()
    recorder = begin(experiment, name, folder)
    with recorder.lock:
        return record_run(recorder, reports)


def resume(run: str | Path | Run, *, epochs: int | None = None) -> Run:
    """Resume a stopped run, with bit-identical results as if it had never stopped; returns the run.

    With ``epochs`` it trains longer, as if its configuration had said so. A finished run is returned
    as it is. Raises ValueError if it cannot be resumed, and while another process trains it.

    >>> from tempfile import TemporaryDirectory
    >>> import nn
    >>> with TemporaryDirectory() as folder:
    ...     short = nn.run("moons", f"{folder}/moons", settings={"training.epochs": 3})
    ...     resume(short, epochs=5).metrics["epoch"]
    array([1., 2., 3., 4., 5.])
    """
    folder = run.folder if isinstance(run, Run) else Path(run)
    with resuming.claim(folder) as lock:
        if resuming.ended(folder, epochs):
            return Run.of(folder)
        return record_run(*resuming.reopen(folder, lock, epochs))


def record_run(recorder: Recorder, reports: ReportGenerator) -> Run:
    """Train to the end, whatever ends it, and keep the run."""
    stopped = ""
    try:
        with closing(reports):  # the network gets its best weights back
            while report := next_report(reports, recorder.stride):
                recorder.record(report)
                stopped = report.stopped or ""
    except DivergedError:
        recorder.close("diverged")
        raise
    except KeyboardInterrupt:
        recorder.close(stopped or "interrupted")
        raise
    recorder.close(stopped)
    return Run.of(recorder.folder)
