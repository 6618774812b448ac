"""Records what else than its configuration a run depends on: data, engine, libraries, processor."""

import hashlib
import os
import platform
from pathlib import Path
from typing import Any

import numpy as np

from nn.config.load import dump
from nn.engine.compiler import description
from nn.experiments.experiment import Experiment
from nn.resources import __version__


def environment(experiment: Experiment, engine: str | None) -> dict[str, Any]:
    """Digests of configuration and data, the engine, and what it ran on.

    ``config`` is the sha256 of ``config.yaml``, ``data`` that of each share. ``threads`` is the
    number of threads of linear algebra. The engine is None if nothing ran; a native one has a compiler.
    """
    build: Any = np.show_config(mode="dicts")
    blas, simd = build["Build Dependencies"]["blas"], build.get("SIMD Extensions", {})
    return {
        "config": hashlib.sha256(dump(experiment.config).encode()).hexdigest(),
        "data": {name: share.digest for name, share in experiment.shares.items()},
        "engine": engine,
        "compiler": description() if engine == "native" else None,
        "threads": threads(),
        "versions": {
            "tiny-nn": __version__,
            "python": platform.python_version(),
            "numpy": np.__version__,
            "blas": f"{blas['name']} {blas['version']}",
        },
        "cpu": {"model": processor(), "features": [*simd.get("baseline", []), *simd.get("found", [])]},
        "machine": platform.platform(),
    }


def processor() -> str:
    """The name of the processor, else its architecture."""
    file = Path("/proc/cpuinfo")
    lines = file.read_text(errors="replace").splitlines() if file.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())


def threads() -> int | None:
    """The number of threads that linear algebra was set to use; None if it was not set."""
    number = os.environ.get("OPENBLAS_NUM_THREADS", "")
    return int(number) if number.isdecimal() else None


def environment_differences(then: dict[str, Any], now: dict[str, Any], path: str = "") -> list[str]:
    """List the differences of two environments, a line each: ``versions.numpy: 2.4.5, now 2.4.6``."""
    found = []
    for name in {**then, **now}:
        place, one, other = f"{path}{name}", then.get(name), now.get(name)
        if isinstance(one, dict) and isinstance(other, dict):
            found += environment_differences(one, other, f"{place}.")
        elif one != other:
            found.append(f"{place}: {fact_text(one)}, now {fact_text(other)}")
    return found


def fact_text(value: Any) -> str:
    """Format a value on one line."""
    if value is None:
        return "not said"
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
