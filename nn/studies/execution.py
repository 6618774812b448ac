"""Runs the blocks of a study over the processors: in threads, in processes, or one after the other."""

import os
import queue
import sys
import threading
import time
from collections.abc import Generator, Sequence

from nn.studies.blocks import AbandonedError, Block, BlockResult, run_block
from nn.studies.processes import run_in_processes

PROCESSES_PAY = 1.5
"""Processes are started where the blocks that are left would take longer than so many seconds without."""
SWITCH_SECONDS = 0.0005
"""A thread that comes back from C waits no longer for Python's lock; by default it is ten times as long."""
JOIN_SECONDS = 5.0
"""Threads that were told to end are waited for so long."""


def processors() -> int:
    """The number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_blocks(blocks: Sequence[Block], jobs: int, *, processes: bool = True) -> Generator[BlockResult]:
    """Run blocks, in any order; closing the iterator leaves those that are not finished.

    Compiled steps release Python's lock, so that threads run them side by side from the start; NumPy and
    second-order methods hold it, and run one after the other. The rest runs in ``processes`` where these pay:
    threads of tiny networks wait for each other, as much of their time is Python's.
    """
    jobs = min(jobs, len(blocks))
    threads = jobs if all(block.releases_lock for block in blocks) else 1
    began, left = time.perf_counter(), [*blocks]
    while left:
        some, left = left[:threads], left[threads:]
        yield from run_in_threads(some, threads) if threads > 1 else map(run_block, some)
        each = (time.perf_counter() - began) / (len(blocks) - len(left))
        if processes and jobs > 1 and len(left) > 1 and each * len(left) > PROCESSES_PAY:
            yield from run_in_processes(left, min(jobs, len(left)))
            return
        if threads > 1:
            yield from run_in_threads(left, threads)
            return


def run_in_threads(blocks: Sequence[Block], jobs: int) -> Generator[BlockResult]:
    """Run blocks in so many threads."""
    waiting: queue.SimpleQueue[Block] = queue.SimpleQueue()
    for block in blocks:
        waiting.put(block)
    finished: queue.SimpleQueue[BlockResult | BaseException] = queue.SimpleQueue()
    left = threading.Event()

    def work() -> None:
        try:
            while not left.is_set():
                finished.put(run_block(waiting.get_nowait(), lambda: not left.is_set()))
        except (queue.Empty, AbandonedError):
            pass
        except BaseException as error:  # raised where the results are waited for
            finished.put(error)

    threads = [threading.Thread(target=work, daemon=True) for _ in range(jobs)]
    before = sys.getswitchinterval()
    sys.setswitchinterval(min(SWITCH_SECONDS, before))
    for thread in threads:
        thread.start()
    try:
        for _ in blocks:
            result = next_of(finished)
            if isinstance(result, BaseException):
                raise result
            yield result
    finally:
        left.set()
        for thread in threads:
            thread.join(JOIN_SECONDS)
        sys.setswitchinterval(before)


def next_of(finished: "queue.SimpleQueue[BlockResult | BaseException]") -> BlockResult | BaseException:
    """Wait for a result in pieces, between which an interrupt is heard on every system."""
    while True:
        try:
            return finished.get(timeout=0.2)
        except queue.Empty:
            continue
