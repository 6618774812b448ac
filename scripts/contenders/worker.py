"""The process of one contender: prepares a job, then trains a round whenever it is told to.

``python -m contenders.worker CONTENDER WORKLOAD`` answers each line that it reads with a line of JSON.
"""

import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

import nn
from contenders.contender import Contender, UnfitError, find, why_different
from contenders.workloads import find_workload


def peak_memory() -> int:
    """The largest resident size of this process so far, in bytes."""
    status = Path("/proc/self/status")
    if status.exists():  # getrusage would count what the parent had when it started us
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def prepare(name: str, workload: str) -> tuple[Contender, dict[str, Any]]:
    """The contender after its first run, and what is known by then."""
    known = find_workload(workload)
    job = known.job()
    started = time.perf_counter()
    kind = find(name)
    contender = kind(job)
    first = contender.run(job.epochs)
    setup = time.perf_counter() - started - first.seconds
    facts = {
        "title": known.title,
        "unit": known.unit,
        "scale": known.scale(job),
        "epochs": job.epochs,
        "setup": setup,
        "loss": first.loss,
        "tolerance": 1e-6 if job.dtype == "float64" else 1e-3,
        "differs": why_different(kind, job),
        "source": nn.__path__[0],
    }
    return contender, facts


def repeats(contender: Contender, epochs: int, shortest: float) -> int:
    """How many times the epochs must be run to take so many seconds."""
    count = 1
    while (seconds := contender.run(epochs * count).seconds) < shortest:
        count = max(count + 1, int(count * 1.2 * shortest / max(seconds, shortest / 50)))
    return count


def main(name: str, workload: str, shortest: float) -> None:
    """Answer on what was standard output; what libraries print goes to standard error."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def answer(**facts: Any) -> None:
        print(json.dumps(facts), file=answers, flush=True)

    try:
        contender, facts = prepare(name, workload)
        epochs = facts["epochs"] * repeats(contender, facts["epochs"], shortest)
    except (ImportError, OSError) as error:
        return answer(missing=str(error).splitlines()[0])
    except UnfitError as error:
        return answer(unfit=str(error))
    answer(**facts)
    for _ in sys.stdin:
        cpu = time.process_time()
        began = time.perf_counter()
        seconds = contender.run(epochs).seconds
        busy = (time.process_time() - cpu) / (time.perf_counter() - began)
        answer(value=seconds / epochs * facts["scale"], busy=busy, peak=peak_memory())
    return None


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]))
