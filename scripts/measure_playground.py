"""Prints how far steps of pages are from NumPy's, and how long they take in node, for bundled experiments.

    python scripts/measure_playground.py xor moons sine

Without names it takes all, in about a minute. The figures of docs/playground.md are what it prints.
"""

import json
import subprocess
import sys

from nn.config.load import load_config
from nn.config.source import config_names
from nn.experiments.experiment import Experiment
from nn.export.recording import ExportError
from nn.playground.material import material
from nn.playground.proof import difference_along
from nn.playground.steps import TrainingSteps

TIMED = """
const trainer = new Trainer({data}), clock = (milliseconds) => {{
    const began = performance.now(), before = trainer.count;
    while (performance.now() - began < milliseconds) trainer.step();
    return (1000 * (performance.now() - began)) / (trainer.count - before);
}};
clock(300);
console.log(clock(1000));
"""


def main(names: list[str]) -> None:
    """Print a row for each experiment."""
    print("| experiment | largest difference of a step, relative | µs a step |")
    print("|---|---:|---:|")
    for name in names or config_names():
        try:
            steps = TrainingSteps(Experiment.of(load_config(name)))
        except ExportError as error:
            print(f"| {name} | {error} | |")
            continue
        print(f"| {name} | {difference_along(steps):.1e} | {microseconds(steps):.1f} |", flush=True)


def microseconds(steps: TrainingSteps) -> float:
    """The time of a step in node, once its code is compiled."""
    text = "\n".join([*steps.trainer_lines, TIMED.format(data=json.dumps(material(steps)))])
    command = ["node", "--input-type=module", "-"]
    return float(subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout)


if __name__ == "__main__":
    main(sys.argv[1:])
