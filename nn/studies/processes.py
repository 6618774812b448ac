"""Runs blocks in processes of their own, which inherit nothing but the environment."""

import multiprocessing
import pickle
import signal
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Self

from nn.studies.blocks import Block, BlockResult, run_block


class WorkerError(RuntimeError):
    """A process that trained members has ended by itself."""


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

    def result(self) -> BlockResult:
        """Receive what it gave; raises its error, or WorkerError where it has ended."""
        try:
            found = self.connection.recv()
        except (EOFError, OSError):
            self.process.join()
            raise WorkerError(
                f"a process that trained members ended with code {self.process.exitcode}; where memory is "
                "short, use fewer at once: --jobs 1"
            ) from None
        if isinstance(found, BaseException):
            raise found
        assert isinstance(found, BlockResult), "a worker sends nothing else"
        return found


def serve(connection: Connection) -> None:
    """Run blocks as they come, until there are no more; interrupts are the parent's business."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
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


def run_in_processes(blocks: Sequence[Block], jobs: int) -> Iterator[BlockResult]:
    """Run blocks in so many processes."""
    left = [*blocks]
    workers = {worker.connection: worker for worker in (Worker.started() for _ in range(jobs))}
    try:
        for connection in workers:
            connection.send(left.pop(0))
        for _ in blocks:
            ready: list[Connection] = []
            while not ready:
                ready = wait([*workers], timeout=0.2)  # type: ignore[assignment]  # these are all connections
            result = workers[ready[0]].result()
            if left:
                ready[0].send(left.pop(0))
            else:
                workers.pop(ready[0]).connection.close()
            yield result
    finally:
        for worker in workers.values():
            worker.process.kill()
            worker.connection.close()
