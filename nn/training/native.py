"""Runs programs as compiled C, with the loops over batches and epochs inside."""

import ctypes
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from nn.arrays import Array
from nn.engine import verify
from nn.engine.codegen.fusion import terms
from nn.engine.compiler import CAREFUL, FLAGS, CompilerError, compiler, load_library
from nn.engine.pieces import Pieces
from nn.engine.program import Program
from nn.engine.replay import Replay
from nn.training.batches import AGAIN, ALL_LIVE, MEASURES, Batch, Samples, Stretch
from nn.training.source import CSource, PiecesSource

CALL_SECONDS = 0.05
"""Calls return after about this time, so that Ctrl-C works."""
ORDERS = 1 << 20
"""About this many row numbers are drawn ahead."""
NOISE_BYTES = 1 << 22
"""About this much noise is drawn ahead, at least that of one batch."""
OPERATIONS_OF_A_CALL = 1 << 25
"""Calls that train networks of a stack one after the other take about so many operations."""


class Native:
    """Steps over samples as a function of a shared library."""

    BLOCK = 32
    """The number of small networks that run side by side."""
    MAX_OUTPUTS = 64
    """Side by side is faster up to this many outputs of units for a batch: 1.3 to 3 times up to 50. At 70
    both are equal; one by one is 1.4 times faster at 130, and 2.6 times at 8,000."""
    MAX_PARAMETERS = 125
    """And up to this many of a network: 1.9 times at 37, 1.2 at 121; one by one is 1.2 times faster at 133,
    and 3 to 4 times from 300 on."""
    name = "native"
    note = ""

    @classmethod
    def width(cls, networks: int, *, leave: bool) -> int:
        """The number of networks in a block, the same for all stacks: C of another width rounds otherwise."""
        return cls.BLOCK

    def __init__(self, programs: Sequence[Program], samples: Samples):
        self.samples = samples
        source = self.source(programs)
        self.arena = np.empty(source.arena + 64, np.uint8)
        self.shared = source.shared
        self.pointers = self.addresses({})
        self.batch = ctypes.c_int64(0)
        self.starts = [*self.batch_starts(), len(samples)]
        self.sums = np.zeros((samples.measured, *samples.members.shape))
        self.orders = np.zeros((0, *samples.members.shape, len(samples)), np.int64)
        self.noise = np.zeros((0, *samples.members.shape, samples.noise), programs[0].dtype)
        self.noise_ahead: tuple[int | None, int] = None, 0
        self.nobody = np.zeros(samples.members.shape, bool)
        self.goal = (ctypes.c_double * 3)(*samples.goal)
        self.drawn_for = samples.members
        self.programs = programs
        self.library = self.compiled(source.text)
        self.function = run_function(self.library)
        self.step_whole = once_function(self.library, len(samples), self.pointers, self.sums)

    def source(self, programs: Sequence[Program]) -> CSource:
        """Return the C text of these steps."""
        return CSource(programs, self.samples)

    def batch_starts(self) -> Iterable[int]:
        """Return the first row of each batch in the order, as run.c counts batches."""
        return (start for start, _ in self.samples.batches)

    def addresses(self, others: Mapping[str, Array]) -> Any:
        """Return the addresses that a step is given, of some arrays with others in their place."""
        arrays = (self.shared | {name: others[name] for name in others.keys() & self.shared}).values()
        places = [-(-self.arena.ctypes.data // 64) * 64, *(array.ctypes.data for array in arrays)]
        return (ctypes.c_void_p * len(places))(*places)

    def compiled(self, text: str) -> ctypes.CDLL:
        """Compile a source and verify the library, as compilers have bugs. Raises CompilerError."""
        replayed = {program: Replay(program) for program in self.programs}
        for flags in (FLAGS, CAREFUL):
            library = load_library(text, flags, ("run", "once"))
            ways: Any = partial(self.once, library), lambda program, _: replayed[program]()
            if not verify.compare(self.programs, self.samples.pairs(), *ways):
                return library
        raise CompilerError(f"the C compiler {compiler()[0]} makes something else of this step")

    def difference(self, formulas: verify.StepFunction) -> str | None:
        """Return the name of an array in which a step and the formulas differ; None where they agree."""
        once = partial(self.once, self.library)
        return verify.compare(self.programs, self.samples.pairs(AGAIN), once, verify.run_formulas(formulas))

    def once(self, library: ctypes.CDLL, program: Program, batch: Batch) -> Mapping[str, Array]:
        """Run one step on the rows of a batch; returns its measures."""
        sums = np.zeros((self.samples.measured, *self.samples.members.shape))
        noise = np.ascontiguousarray(np.moveaxis(batch.noise, -2, 0))  # as C reads it
        rows = batch.order.ctypes.data + batch.start * batch.order.itemsize
        pointers = [ctypes.c_void_p(address) for address in (rows, noise.ctypes.data, sums.ctypes.data)]
        # What reads all samples in place is given those of the batch.
        given = self.addresses(program.inputs) if self.samples.whole else self.pointers
        library.once(ctypes.c_int64(batch.size), given, *pointers)
        sums[:2] *= len(self.samples) / batch.size  # means are added by the batch's share of the epoch
        return dict(zip(MEASURES, sums, strict=False))

    def run(self, measures: Array, live: Array = ALL_LIVE, first_only: bool = False) -> Stretch:
        """Train; see ``Engine.run``."""
        epochs, live = len(measures), live | self.nobody
        last, ended = np.zeros_like(self.sums), np.where(live, -1, epochs)
        if self.drawn_for is not self.samples.members:
            self.forget()
        done = 0
        while True:
            wanted = epochs - done
            if not self.samples.whole:
                if not len(self.orders):
                    ahead = max(1, ORDERS // int(np.prod(self.orders.shape[1:])))
                    self.orders = np.ascontiguousarray(self.samples.orders(min(wanted, ahead)))
                wanted = min(wanted, len(self.orders))
            call = self.call_with_noise if self.samples.noise else self.call
            finished = call(wanted, measures[done:], last, ended, done, first_only)
            self.orders = self.orders[finished:]  # if training continues, it uses what was drawn
            done += finished
            if done == epochs or np.all(ended >= 0) or (first_only and np.any(live & (ended >= 0))):
                return Stretch(done, last, np.where(live, ended, -1))

    def evaluate(self) -> Array:
        """Run one step on all samples; see ``Engine.evaluate``."""
        self.sums.fill(0)
        self.step_whole()
        return self.sums

    def forget(self) -> None:
        """Forget what was drawn ahead: other networks, and another run, draw their own."""
        self.orders, self.noise = self.orders[:0], self.noise[:0]
        self.drawn_for = self.samples.members

    def networks_of_a_call(self, epochs: int) -> int:
        """Return how many networks a call may train; see ``SerialEngine.networks_of_a_call``."""
        if self.samples.members.ndim or self.samples.noise or len(self.samples.networks.training) == 1:
            return 0
        most = OPERATIONS_OF_A_CALL // (epochs * len(self.samples.batches) * terms(self.programs[0].calls))
        return most if self.samples.whole else min(most, ORDERS // (epochs * len(self.samples)))

    def run_each(self, own: Mapping[str, Array], here: Array, epochs: int) -> tuple[Array, Array, Array]:
        """Train networks in the arrays of all; see ``SerialEngine.run_each``."""
        orders, members = np.empty(0, np.int64), self.samples.members
        if not self.samples.whole:
            self.samples.members = here
            orders = np.ascontiguousarray(np.moveaxis(self.samples.orders(epochs), 1, 0))
            self.samples.members = members
        arrays = [own[name] for name in self.programs[0].kept]
        starts = np.array([array.ctypes.data for array in arrays])
        strides = np.array([array.strides[0] for array in arrays])
        measures = np.empty((len(here), epochs, self.samples.measured))
        last, ended = np.empty((len(here), self.samples.measured)), np.full(len(here), -1)
        given: Any = len(self.pointers), starts, strides, len(arrays), here, len(here), orders, epochs
        self.library.run_each(
            self.pointers,
            *(
                ctypes.c_int64(v) if isinstance(v, int) else ctypes.c_void_p(v.ctypes.data)
                for v in (*given, measures, last, ended)
            ),
            self.goal,
        )
        return measures, last, ended

    def call(
        self, epochs: int, measures: Array, last: Array, ended: Array, done: int, first_only: bool
    ) -> int:
        """Call the library once; returns the number of epochs that it finished."""
        finished: int = self.function(
            self.pointers,
            self.orders.ctypes.data,
            epochs,
            ctypes.byref(self.batch),
            self.sums.ctypes.data,
            measures.ctypes.data,
            last.ctypes.data,
            ended.ctypes.data,
            done,
            first_only,
            self.goal,
            CALL_SECONDS,
            *self.noise_ahead,
        )
        return finished

    def call_with_noise(self, epochs: int, *how: Any) -> int:
        """Call the library with noise drawn ahead, for at least one batch and at most these epochs."""
        samples, began = self.samples, self.starts[self.batch.value]
        size, left = self.starts[self.batch.value + 1] - began, len(samples) - began
        if len(self.noise) < size:
            row = int(np.prod(self.noise.shape[1:])) * self.noise.itemsize
            ahead = min(max(size, NOISE_BYTES // row), (epochs - 1) * len(samples) + left)
            # Rows first: C goes through them from one batch to the next.
            drawn = np.moveaxis(samples.draw_noise(ahead - len(self.noise)), -2, 0)
            self.noise = np.concatenate([self.noise, drawn])
        self.noise_ahead = self.noise.ctypes.data, len(self.noise)
        finished = self.call(epochs, *how)
        self.noise = self.noise[finished * len(samples) + self.starts[self.batch.value] - began :]
        return finished


class NativePieces(Native):
    """Steps over samples in pieces, which run.c takes for batches."""

    def __init__(self, programs: Sequence[Program], pieces: Pieces, samples: Samples):
        self.pieces = pieces
        super().__init__(programs, samples)

    def source(self, programs: Sequence[Program]) -> CSource:
        """Return the C text of the pieces."""
        return PiecesSource(self.pieces, self.samples)

    def networks_of_a_call(self, epochs: int) -> int:
        """Return 0: each network takes long enough for a call."""
        return 0

    def batch_starts(self) -> Iterable[int]:
        """Return the first row of each piece in the order."""
        return (row for batch in self.samples.batches for row in range(*batch, self.pieces.rows))


def run_function(library: ctypes.CDLL) -> Any:
    """Return the function of run.c, with the types of its arguments."""
    address, number, real = ctypes.c_void_p, ctypes.c_int64, ctypes.c_double
    function = library.run
    function.restype = number
    function.argtypes = [address, address, number, address, address, address, address, address]
    function.argtypes += [number, ctypes.c_int, address, real, address, number]
    return function


def once_function(library: ctypes.CDLL, size: int, pointers: Any, sums: Array) -> Callable[[], object]:
    """Return a function that runs one step on all samples: its arguments are converted only once."""
    nothing, to = ctypes.c_void_p(None), ctypes.c_void_p(sums.ctypes.data)
    return partial(library.once, ctypes.c_int64(size), pointers, nothing, nothing, to)
