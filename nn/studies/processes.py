"""Runs blocks in processes of their own, which inherit nothing but the environment."""

import multiprocessing
import pickle
import signal
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Self

from nn.studies.blocks import Block, BlockResult, WorkerError, run_block

INTERRUPTS = [
    signal.Signals[name] for name in ("SIGINT", "SIGTERM", "SIGHUP") if name in signal.Signals.__members__
]


@dataclass(frozen=True)
class Worker:
    """A process that runs the blocks it is sent, until its connection is closed."""

    process: BaseProcess
    connection: Connection

    @classmethod
    def started(cls) -> Self:
        """Start a process."""
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=serve, args=(theirs,), daemon=True)
        process.start()
        theirs.close()
        return cls(process, ours)

    def send(self, block: Block) -> None:
        """Send a block to run; raises WorkerError where it has ended."""
        try:
            self.connection.send(block)
        except OSError:
            raise self.ended() from None

    def result(self) -> BlockResult:
        """Receive what it gave; raises its error, or WorkerError where it has ended."""
        try:
            found = self.connection.recv()
        except (EOFError, OSError):
            raise self.ended() from None
        if isinstance(found, BaseException):
            raise found
        assert isinstance(found, BlockResult), "a worker sends nothing else"
        return found

    def ended(self) -> WorkerError:
        """The error that it has ended."""
        self.process.join()
        return WorkerError(
            f"a process that trained members ended with code {self.process.exitcode}; where memory is short, "
            "use fewer at once: --jobs 1"
        )


def start_workers(workers: list[Worker], jobs: int) -> None:
    """Start so many processes and add them to the list.

    A thread of its own does it, as an interrupt in the middle of a start would leave half a process. It has
    interrupts blocked, which its processes inherit, so that none ends while it starts (not on Windows).
    """

    def start() -> None:
        if hasattr(signal, "pthread_sigmask"):
            signal.pthread_sigmask(signal.SIG_BLOCK, INTERRUPTS)
        for _ in range(jobs):
            workers.append(Worker.started())

    with ThreadPoolExecutor(1) as pool:
        pool.submit(start).result()


def serve(connection: Connection) -> None:
    """Run blocks as they come, until there are no more; interrupts are the parent's business."""
    for number in INTERRUPTS:
        signal.signal(number, signal.SIG_IGN)
    while True:
        try:
            block = connection.recv()
        except (EOFError, OSError):
            return
        try:
            connection.send(run_block(block))
        except Exception as error:  # raised in the parent
            connection.send(sendable(error))


def sendable(error: Exception) -> Exception:
    """An error that can be sent: itself, or its message."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:  # whatever its class raises
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


def run_in_processes(blocks: Sequence[Block], jobs: int) -> Generator[BlockResult]:
    """Run blocks in so many processes."""
    left, workers = [*blocks], list[Worker]()
    try:
        start_workers(workers, jobs)
        busy = {worker.connection: worker for worker in workers}
        for worker in workers:
            worker.send(left.pop(0))
        for _ in blocks:
            ready: list[Connection] = []
            while not ready:
                ready = wait([*busy], timeout=0.2)  # type: ignore[assignment]  # these are all connections
            result = busy[ready[0]].result()
            if left:
                busy[ready[0]].send(left.pop(0))
            else:
                del busy[ready[0]]
            yield result
    finally:
        for worker in workers:
            worker.process.kill()
            worker.connection.close()
            worker.process.join()
