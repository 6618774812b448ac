"""Compares members of studies with single runs of their seeds, on both engines: the slow proof.

    python scripts/compare_members.py [--members 500] [CONFIG ...]

Member k of a study is ``nn train CONFIG`` with seed.weights, seed.order and seed.noise of k. For each
configuration and engine it prints how many members have the weights of their single run bit for bit, how many
ended in the same epoch for the same reason, and the largest difference of weights, relative to the largest
weight. Where sums are laid out in another way in stacks, the last bits differ, and training may magnify them.
The exit code is 1 if more than a hundredth of the members ended in another way.
"""

import argparse
import sys

import numpy as np

from nn.config.load import dump, load_config
from nn.experiments.experiment import Experiment
from nn.random import Seeds
from nn.studies.blocks import Block, experiment_of, run_block, with_reports
from nn.studies.variants import OF_A_MEMBER
from nn.training.stopping import DivergedError

CONFIGS = ("xor-2-2-1", "xor-2-1-1", "iris", "moons", "xor-lm")
ENGINES = ("numpy", "native")
MAX_OTHERS = 0.01


def single_run(config: str, seed: int, engine: str) -> tuple[np.ndarray, str, int]:
    """The weights of a run, why it ended and at which epoch."""
    experiment = experiment_of(config, None).seeded(Seeds(seed, seed, seed))
    experiment = with_reports(experiment, engine)
    stopped, epoch = "diverged", experiment.options["epochs"]
    try:
        for report in experiment.train():
            stopped, epoch = report.stopped or "", report.epoch if report.reached is None else report.reached
    except DivergedError:
        stopped = "diverged"
    return experiment.model.network.parameters.copy(), stopped, epoch


def compare(name: str, members: int, engine: str) -> bool:
    """Print the comparison of one configuration on one engine; returns whether members are their runs."""
    config = load_config(name)
    Experiment.of(config)
    text, limit = dump(config), config.training.arguments()["epochs"]
    result = run_block(Block(0, text, tuple(range(members)), OF_A_MEMBER, None, engine, limit))
    equal, alike, largest = 0, 0, 0.0
    for seed in range(members):
        weights, stopped, epoch = single_run(text, seed, engine)
        same_end = result.stopped[seed] == stopped and (stopped != "stop_at" or result.epochs[seed] == epoch)
        equal += np.array_equal(result.parameters[seed], weights)
        alike += bool(same_end)
        if same_end and stopped != "diverged":
            scale = np.abs(weights).max()
            largest = max(largest, float(np.abs(result.parameters[seed] - weights).max() / scale))
    print(
        f"{name:12} {engine:7} {members:5} members: {equal:5} bit for bit, {alike:5} ended alike, "
        f"largest difference {largest:.1e}"
    )
    return alike >= (1 - MAX_OTHERS) * members


def main() -> None:
    """Compare the configurations that are named, or a choice of bundled ones."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("configs", nargs="*", default=CONFIGS)
    parser.add_argument("--members", type=int, default=500)
    given = parser.parse_args()
    passed = [compare(name, given.members, engine) for name in given.configs for engine in ENGINES]
    sys.exit(0 if all(passed) else 1)


if __name__ == "__main__":
    main()
