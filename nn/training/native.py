"""Runs programs as compiled C, with the loops over batches and epochs inside."""

import ctypes
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib.resources import files
from typing import Any

import numpy as np

from nn.arrays import Array
from nn.engine import verify
from nn.engine.codegen.arithmetic import c_type
from nn.engine.codegen.c import Functions, StepWriter
from nn.engine.codegen.places import Memory
from nn.engine.compiler import CAREFUL, FLAGS, CompilerError, compiler, load_library
from nn.engine.program import Program
from nn.engine.replay import Replay
from nn.training.batches import AGAIN, ALL_LIVE, MEASURES, Batch, Samples, Stretch
from nn.training.registers import NARROW_VECTORS, fit_registers, state_macros

CALL_SECONDS = 0.05
"""Calls return after about this time, so that Ctrl-C works."""
ORDERS = 1 << 20
"""About this many row numbers are drawn ahead."""
NOISE_BYTES = 1 << 22
"""About this much noise is drawn ahead, at least that of one batch."""
OPERATIONS_OF_A_CALL = 1 << 25
"""Calls that train networks of a stack one after the other take about so many operations."""
OPERATIONS_BETWEEN_LOOKS = 1 << 18
"""The clock is read after about this many operations."""


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
        source = CSource(programs, samples)
        self.arena = np.empty(source.arena + 64, np.uint8)
        self.shared = list(source.shared.values())
        addresses = [-(-self.arena.ctypes.data // 64) * 64, *(array.ctypes.data for array in self.shared)]
        self.pointers = (ctypes.c_void_p * len(addresses))(*addresses)
        self.batch = ctypes.c_int64(0)
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
        self.step_whole = once_function(self.library, self.pointers, self.sums)

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
        library.once(ctypes.c_int(batch.size == self.samples.size), self.pointers, *pointers)
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
        if self.samples.members.ndim or self.samples.noise:
            return 0
        most = OPERATIONS_OF_A_CALL // (epochs * len(self.samples.batches) * operations(self.programs[0]))
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
        samples, began = self.samples, self.batch.value
        left = len(samples) - began * samples.size
        if len(self.noise) < min(samples.size, left):
            row = int(np.prod(self.noise.shape[1:])) * self.noise.itemsize
            ahead = min(max(samples.size, NOISE_BYTES // row), (epochs - 1) * len(samples) + left)
            # Rows first: C goes through them from one batch to the next.
            drawn = np.moveaxis(samples.draw_noise(ahead - len(self.noise)), -2, 0)
            self.noise = np.concatenate([self.noise, drawn])
        self.noise_ahead = self.noise.ctypes.data, len(self.noise)
        finished = self.call(epochs, *how)
        self.noise = self.noise[finished * len(samples) + (self.batch.value - began) * samples.size :]
        return finished


def run_function(library: ctypes.CDLL) -> Any:
    """Return the function of run.c, with the types of its arguments."""
    address, number, real = ctypes.c_void_p, ctypes.c_int64, ctypes.c_double
    function = library.run
    function.restype = number
    function.argtypes = [address, address, number, address, address, address, address, address]
    function.argtypes += [number, ctypes.c_int, address, real, address, number]
    return function


def once_function(library: ctypes.CDLL, pointers: Any, sums: Array) -> Callable[[], object]:
    """Return a function that runs one step on all samples: its arguments are converted only once."""
    nothing, to = ctypes.c_void_p(None), ctypes.c_void_p(sums.ctypes.data)
    return partial(library.once, ctypes.c_int(1), pointers, nothing, nothing, to)


class CSource:
    """Programs as C: the text, the arrays whose addresses it takes, and the bytes of its arena."""

    def __init__(self, programs: Sequence[Program], samples: Samples):
        self.samples, self.arena = samples, 0
        self.whole, self.small = programs[0], fit_registers(programs)
        kept = {f"k{number}": array for number, array in enumerate(self.whole.kept.values())}
        constants = [array for program in programs for array in program.constants]
        self.shared = kept | samples.arrays | {f"c{n}": array for n, array in enumerate(constants)}
        names = ("step_whole", "step_last")
        writers = [StepWriter(program, Memory(self.shared)) for program in programs]
        functions = Functions([] if self.small else writers)  # what is in registers stays in one function
        steps = [self.step(writer, functions, name) for writer, name in zip(writers, names, strict=False)]
        if len(steps) == 1:
            steps.append("#define step_last step_whole")
        preamble, loop = files("nn.engine.codegen") / "preamble.h", files("nn.training") / "run.c"
        head = [NARROW_VECTORS] if self.small else []
        self.text = "\n".join(
            [*head, preamble.read_text(), self.facts(), *functions.lines, *steps, loop.read_text()]
        )

    def facts(self) -> str:
        """Write the constants of the whole run."""
        stack = self.samples.members.size
        facts: dict[str, object] = {
            "BATCHES": len(self.samples.batches),
            "WHOLE": len(self.samples) // self.samples.size,
            "SIZE": self.samples.size,
            "SAMPLES": len(self.samples),
            "ORDER": stack * len(self.samples) if not self.samples.whole else 0,
            "STACK": stack,
            "NOISE": self.samples.noise,
            "REAL": c_type(self.whole.dtype),
            "MEASURED": self.samples.measured,
            "RATE": 1 + [*self.whole.kept].index("rate") if self.samples.rated else 0,
            "CHECK_EVERY": max(1, OPERATIONS_BETWEEN_LOOKS // operations(self.whole)),
        }
        state = state_macros(self.small, list(self.shared.values()), len(self.whole.kept))
        return "\n".join(f"#define {name} {value}" for name, value in (facts | state).items())

    def step(self, writer: StepWriter, functions: Functions, name: str) -> str:
        """Write a step as a C function: gather the batch, run the calls, add up the measures."""
        program, memory = writer.program, writer.memory
        gather = []
        if not self.samples.whole:
            for key, array in self.samples.arrays.items():
                element = f"{key}[rows[s * SAMPLES + r] * {array.shape[1]} + c]"
                gather.append(self.gather(program.inputs[key], element, memory))
        if self.samples.noise:
            element = "noise[(r * STACK + s) * NOISE + c]"
            gather.append(self.gather(program.inputs["noise"], element, memory))
        body = [*gather, *writer.body(functions), *self.measures(program, memory)]
        self.arena = max(self.arena, memory.arena)
        pointers = [
            f"{c_type(array.dtype)} *const restrict {key} = p[{number}];"
            for number, (key, array) in enumerate(self.shared.items(), start=1)
        ]
        parameters = "void *const *p, const int64_t *rows, const REAL *noise, double *restrict sums"
        head = f"STEP void {name}({parameters}) {{ char *const arena = p[0];"
        return "\n".join([head, *pointers, *memory.declarations, *body, "}"])

    def gather(self, batch: Array, element: str, memory: Memory) -> str:
        """Write the loops that copy a batch to the program's input."""
        *stack, size, width = batch.shape
        name, _ = memory.at(batch)
        strides = [stride // batch.itemsize for stride in (*([0] * (not stack)), *batch.strides)]
        place = f"{name}[{strides[0]} * s + {strides[1]} * r + {strides[2]} * c]"
        return (
            f"for (int64_t r = 0; r < {size}; r++) for (int64_t c = 0; c < {width}; c++)"
            f" for (int64_t s = 0; s < {stack[0] if stack else 1}; s++)"
            f" {place} = {element};"
        )

    def measures(self, program: Program, memory: Memory) -> list[str]:
        """Write the sums that add a batch's measures to the epoch's, weighted by its share of the samples."""
        share = program.inputs["t"].shape[-2] / len(self.samples)
        lines = []
        for key, array in program.outputs.items():
            place, offset = memory.at(array)
            total, value = f"sums[{MEASURES.index(key)} * STACK + s]", f"{place}[{offset} + s]"
            how = (
                f"{total} = MAX({value}, {total})"
                if key == "largest_error"
                else f"{total} += {share!r} * {value}"
            )
            lines.append(f"for (int64_t s = 0; s < STACK; s++) {how};")
        return lines


def operations(program: Program) -> int:
    """Estimate how many numbers a step computes."""
    return sum(
        call.out.size * (call.arguments[0].shape[-1] if call.function == "matmul" else 1)
        for call in program.calls
    )
