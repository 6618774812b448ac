"""Prints the time of a training step as WebAssembly from the compiled engine's C, in node, and its size.

    CC_WASM="python -m ziglang cc" python scripts/measure_webassembly.py xor moons digits

Needs node and a C compiler for ``wasm32-wasi``, by default that of ziglang (from PyPI), whose first call
builds a C library. It is what ``nn playground`` would gain by a compiler: see docs/playground.md.
"""

import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from nn.arrays import Array
from nn.config.load import load_config
from nn.experiments.experiment import Experiment
from nn.training.runners import programs
from nn.training.source import CSource
from nn.training.step import Step

COMPILER = os.environ.get("CC_WASM", f"{sys.executable} -m ziglang cc")
TARGET = "-target wasm32-wasi -mexec-model=reactor -Wl,--export=bench -Wl,--strip-all"
MATHS = "-fno-math-errno -fno-trapping-math -fno-signed-zeros -fassociative-math -freciprocal-math"
FLAGS = f"-O3 -mcpu=generic+simd128 {MATHS}"
ORDERS = 8
TIMED = """
import { readFileSync } from "node:fs";
const imports = { wasi_snapshot_preview1: { clock_time_get: () => 0 } };
const { instance } = await WebAssembly.instantiate(readFileSync(process.argv[2]), imports);
instance.exports._initialize?.();
const clock = (milliseconds) => {
    const began = performance.now();
    let calls = 0;
    for (; performance.now() - began < milliseconds; calls++) instance.exports.bench();
    return (1000 * (performance.now() - began)) / calls / Number(process.argv[3]);
};
clock(300);
console.log(clock(1000));
"""


def main(names: list[str]) -> None:
    """Print a row for each experiment."""
    print("| experiment | µs a step | KiB |\n|---|---:|---:|")
    for name in names or ["xor", "moons", "digits"]:
        step, samples = Experiment.of(load_config(name)).step()
        assert isinstance(step, Step), "a page trains by first-order methods"
        recorded = programs(step, samples, step.kept)
        samples.measured = len(recorded[0].outputs)
        source = CSource(recorded, samples)
        orders = samples.orders(ORDERS)
        text = "\n".join([source.text, *bench(source, orders)])
        with tempfile.TemporaryDirectory() as folder:
            c, wasm, timed = (Path(folder) / f"bench.{ending}" for ending in ("c", "wasm", "mjs"))
            c.write_text(text)
            timed.write_text(TIMED)
            command = [*shlex.split(f"{COMPILER} {TARGET} {FLAGS}"), str(c), "-o", str(wasm)]
            subprocess.run(command, check=True)
            steps = str(ORDERS * len(samples.batches))
            done = subprocess.run(
                ["node", str(timed), str(wasm), steps], capture_output=True, text=True, check=True
            )
            print(f"| {name} | {float(done.stdout):.2f} | {wasm.stat().st_size / 1024:.0f} |", flush=True)


def bench(source: CSource, orders: Array) -> list[str]:
    """Return C that holds the state and the data of a run, and takes some epochs of it."""
    arrays = [defined(name, array) for name, array in source.shared.items()]
    addresses = ", ".join(f"data_{name}" for name in source.shared)
    return [
        f"static char arena_[{source.arena + 64}] __attribute__((aligned(64)));",
        *arrays,
        defined("orders", np.ascontiguousarray(orders)),
        f"static void *const addresses[] = {{arena_, {addresses}}};",
        f"static double sums_[3], losses_[{ORDERS}], last_[3];",
        "static const double goal_[3] = {-INFINITY, INFINITY, -INFINITY};",
        "int64_t bench(void) {",
        "    int64_t batch = 0, ended = -1;",
        f"    return run(addresses, data_orders, {ORDERS}, &batch, sums_, losses_, 1, last_, &ended,",
        "               0, 0, goal_, 1e9, 0, 0);",
        "}",
    ]


def defined(name: str, array: Array) -> str:
    """Write an array as C."""
    kind = {"float64": "double", "float32": "float", "int64": "int64_t", "bool": "_Bool"}[array.dtype.name]
    numbers = ", ".join(map(repr, np.ravel(array).tolist()))
    return f"static {kind} data_{name}[] = {{{numbers}}};"


if __name__ == "__main__":
    main(sys.argv[1:])
