"""Runs the blocks of a study on a cluster, by dask; nothing but blocks and what they gave is sent."""

from collections.abc import Generator, Sequence
from typing import Any, Self

from nn.studies.blocks import Block, BlockResult, WorkerError, run_block

CONNECT_SECONDS = 10
NO_DASK = "training on a cluster needs dask; install it: pip install 'tiny-nn-trainer[dask]'"


class Cluster:
    """A connection to dask's scheduler, to be closed.

    Raises ValueError where dask is not installed, and where no scheduler answers within CONNECT_SECONDS.
    """

    def __init__(self, address: str):
        try:
            from distributed import Client
        except ImportError:
            raise ValueError(NO_DASK) from None
        self.address = address
        try:
            self.client: Any = Client(address, timeout=CONNECT_SECONDS)
        except (OSError, ValueError) as error:
            said = f"no scheduler of dask answers within {CONNECT_SECONDS} s"
            raise ValueError(f"{address}: {said if isinstance(error, OSError) else error}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    @property
    def processors(self) -> int:
        """How many blocks its workers run at once; at least one, as workers may come later."""
        return max(sum(self.client.nthreads().values()), 1)

    def run(self, blocks: Sequence[Block]) -> Generator[BlockResult]:
        """Run blocks, in any order; what a worker that is lost has not finished, another one runs.

        Raises WorkerError where a block ends one worker after another.
        """
        from distributed import as_completed
        from distributed.scheduler import KilledWorker

        futures = self.client.map(run_block, blocks, pure=False)
        try:
            for future in as_completed(futures):
                yield future.result()
                future.release()
        except KilledWorker as error:
            raise WorkerError(f"{self.address}: {error}") from None
        finally:
            self.client.cancel(futures)
