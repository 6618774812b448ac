"""Writes the steps of a training as C, with the loops over batches and epochs around them."""

from collections.abc import Iterable, Sequence
from importlib.resources import files

import numpy as np

from nn.arrays import Array
from nn.engine.codegen.arithmetic import c_type, literal
from nn.engine.codegen.c import Functions, StepWriter
from nn.engine.codegen.fusion import terms
from nn.engine.codegen.places import Memory
from nn.engine.pieces import Pieces
from nn.engine.program import Program, owner
from nn.training.batches import MEASURES, Samples
from nn.training.registers import NARROW_VECTORS, fit_registers, state_macros

OPERATIONS_BETWEEN_LOOKS = 1 << 18
"""The clock is read after about this many operations."""
ON_ROWS = "const int64_t *rows, const REAL *noise"
BATCHES = """
#define ROWS(batch) ((batch) < WHOLE ? SIZE : SAMPLES - WHOLE * SIZE)
/* A step on a batch of so many rows. */
INLINE void step_on(void *const *p, int64_t size, const int64_t *rows, const REAL *noise, double *sums) {
    if (size == SIZE) step_whole(p, rows, noise, sums);
    else step_last(p, rows, noise, sums);
}
/* The step of a batch by its number. */
INLINE void step(void *const *p, int64_t batch, const int64_t *order, const REAL *noise, double *sums) {
    step_on(p, ROWS(batch), order + batch * SIZE, noise, sums);
}"""
"""Calls the steps of batches that are run whole."""
PIECES = """
#define BATCH(piece) ((piece) / PIECES * SIZE)
#define BATCH_SIZE(piece) MIN(SIZE, SAMPLES - BATCH(piece))
#define FIRST(piece) ((piece) % PIECES * PIECE)
#define ROWS(piece) MIN(PIECE, BATCH_SIZE(piece) - FIRST(piece))
/* The piece that begins with the row ``first`` of a batch. */
static void part_of(void *const *p, int64_t first, int64_t size, const int64_t *rows, const REAL *noise,
                    double *sums) {
    if (first == 0) begin(p, size);
    part(MIN(PIECE, size - first), p, first, rows + first, noise);
    if (size - first <= PIECE) finish(p, size, sums);
}
/* A step on a batch of so many rows. */
INLINE void step_on(void *const *p, int64_t size, const int64_t *rows, const REAL *noise, double *sums) {
    for (int64_t first = 0; first < size; first += PIECE)
        part_of(p, first, size, rows, noise + first * NOISE, sums);
}
/* A piece by its number in the epoch. */
INLINE void step(void *const *p, int64_t piece, const int64_t *order, const REAL *noise, double *sums) {
    part_of(p, FIRST(piece), BATCH_SIZE(piece), order + BATCH(piece), noise, sums);
}"""
"""Calls the parts of steps that are run in pieces, each as if it were a batch."""


class CSource:
    """Programs as C: the text, the arrays whose addresses it takes, and the bytes of its arena.

    ``programs`` are a step on a whole batch, and on a shorter last one where there is one.
    """

    def __init__(self, programs: Sequence[Program], samples: Samples):
        self.samples, self.arena, self.programs = samples, 0, programs
        self.small = fit_registers(programs)
        kept = programs[0].kept.values()
        constants = {owner(array): array for program in programs for array in program.constants}
        self.shared = numbered_arrays("k", kept) | samples.arrays | numbered_arrays("c", constants.values())
        preamble, loop = files("nn.engine.codegen") / "preamble.h", files("nn.training") / "run.c"
        head = [preamble.read_text(), self.facts()]
        head = [NARROW_VECTORS, *head] if self.small else head
        writers = [StepWriter(program, self.memory(program)) for program in programs]
        self.functions = Functions([] if self.small else writers)  # what is in registers stays in one
        self.text = "\n".join([*head, *self.functions.lines, *self.steps(writers), loop.read_text()])

    def memory(self, program: Program) -> Memory:
        """Return where the arrays of a program are."""
        return Memory(self.shared)

    def facts(self) -> str:
        """Write the constants of the whole run."""
        stack, first = self.samples.members.size, self.programs[0]
        facts: dict[str, object] = {
            "BATCHES": len(self.samples.batches),
            "WHOLE": len(self.samples) // self.samples.size,
            "SIZE": self.samples.size,
            "SAMPLES": len(self.samples),
            "ORDER": stack * len(self.samples) if not self.samples.whole else 0,
            "STACK": stack,
            "ONE_BY_ONE": int(stack == 1 < len(self.samples.networks.training)),
            "NOISE": self.samples.noise,
            "REAL": c_type(first.dtype),
            "MEASURED": self.samples.measured,
            "RATE": 1 + [*first.kept].index("rate") if self.samples.rated else 0,
            "CHECK_EVERY": max(1, OPERATIONS_BETWEEN_LOOKS // terms(first.calls)),
            "INLINE": "static inline __attribute__((always_inline))",
        }
        state = state_macros(self.small, list(self.shared.values()), len(first.kept))
        return "\n".join(f"#define {name} {value}" for name, value in (facts | state).items())

    def steps(self, writers: list[StepWriter]) -> list[str]:
        """Write the steps as C functions, and those that call them."""
        names = ("step_whole", "step_last")
        steps = [self.step(writer, name) for writer, name in zip(writers, names, strict=False)]
        if len(steps) == 1:
            steps.append("#define step_last step_whole")
        return [*steps, BATCHES]

    def step(self, writer: StepWriter, name: str) -> str:
        """Write a step as a C function: gather the batch, run the calls, add up the measures."""
        share = repr(writer.program.inputs["t"].shape[-2] / len(self.samples))
        head = f"STEP void {name}(void *const *p, {ON_ROWS}, double *restrict sums)"
        body = [*self.gathered(writer), *writer.body(self.functions), *self.measures(writer, share)]
        return self.function(head, writer.memory, body)

    def function(self, head: str, memory: Memory, body: Iterable[str], first: str = "") -> str:
        """Write a function that is given all addresses as p; of samples it sees those from a ``first`` on."""
        self.arena = max(self.arena, memory.arena)
        pointers = []
        for number, (name, array) in enumerate(self.shared.items(), start=1):
            kind, start = c_type(array.dtype), f"p[{number}]"
            if first and name in self.samples.arrays:
                start = f"({kind} *){start} + {first} * {array.shape[1]}"
            pointers.append(f"{kind} *const restrict {name} = {start};")
        lines = [f"{head} {{ char *const arena = p[0];", *pointers, *memory.declarations, *body, "}"]
        return "\n".join(lines)

    def gathered(self, writer: StepWriter) -> list[str]:
        """Write the loops that copy the rows of a batch, and their noise, to the program's inputs."""
        lines, program, memory = [], writer.program, writer.memory
        if not self.samples.whole:
            for key, array in self.samples.arrays.items():
                element = f"{key}[rows[s * SAMPLES + r] * {array.shape[1]} + c]"
                lines.append(self.gather(program.inputs[key], element, memory))
        if self.samples.noise:
            element = "noise[(r * STACK + s) * NOISE + c]"
            lines.append(self.gather(program.inputs["noise"], element, memory))
        return lines

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

    def measures(self, writer: StepWriter, share: str) -> list[str]:
        """Write the sums that add a batch's measures to the epoch's, weighted by its share of the samples."""
        lines = []
        for key, array in writer.program.outputs.items():
            place, offset = writer.memory.at(array)
            total, value = f"sums[{MEASURES.index(key)} * STACK + s]", f"{place}[{offset} + s]"
            how = (
                f"{total} = MAX({value}, {total})"
                if key == "largest_error"
                else f"{total} += {share} * {value}"
            )
            lines.append(f"for (int64_t s = 0; s < STACK; s++) {how};")
        return lines


class PiecesSource(CSource):
    """A step in pieces as C."""

    def __init__(self, pieces: Pieces, samples: Samples):
        self.pieces = pieces
        super().__init__(pieces.programs, samples)

    def facts(self) -> str:
        """Write the constants of the whole run; what it counts as batches are pieces."""
        samples, rows = self.samples, self.pieces.rows
        number = sum(-(-(stop - start) // rows) for start, stop in samples.batches)
        facts = {"BATCHES": number, "PIECE": rows, "PIECES": -(-samples.size // rows)}
        undefined = "#undef BATCHES"
        return "\n".join(
            [super().facts(), undefined, *(f"#define {name} {value}" for name, value in facts.items())]
        )

    def memory(self, program: Program) -> Memory:
        """Return where the arrays of a program are; samples of a batch of all are read in place."""
        names = program.inputs.keys() & self.samples.arrays if self.samples.whole else ()
        return Memory(self.shared | {name: program.inputs[name] for name in names})

    def steps(self, writers: list[StepWriter]) -> list[str]:
        """Write what begins a step, the parts of pieces, what finishes, and those that call them."""
        *parts, last = writers
        sizes = list(self.pieces.parts)
        cases = " ".join(f"case {rows}: part_{rows}(__VA_ARGS__); break;" for rows in sizes)
        return [
            self.begin(),
            *(self.part(writer, rows) for writer, rows in zip(parts, sizes, strict=True)),
            self.finish(last),
            f"#define part(rows, ...) switch (rows) {{ {cases} }}",
            PIECES,
        ]

    def begin(self) -> str:
        """Write what ``Pieces.begin`` does."""
        memory, lines = Memory(self.shared), []
        for total, first in self.pieces.starts:
            name, _ = memory.at(total)
            value = literal(np.array(first, total.dtype))
            lines.append(f"for (int64_t i = 0; i < {total.size}; i++) {name}[i] = {value};")
        for array, factor, power in self.pieces.counts:
            name, _ = memory.at(array)
            lines.append(f"{name}[0] = {factor!r} {'*' if power > 0 else '/'} (double)size;")
        return self.function("static void begin(void *const *p, int64_t size)", memory, lines)

    def part(self, writer: StepWriter, rows: int) -> str:
        """Write the part of a step that adds up a piece."""
        head = f"static void part_{rows}(void *const *p, int64_t first, {ON_ROWS})"
        body = [*self.gathered(writer), *writer.body(self.functions)]
        return self.function(head, writer.memory, body, "first" if self.samples.whole else "")

    def finish(self, writer: StepWriter) -> str:
        """Write what finishes a step, and adds up its measures."""
        head = "static void finish(void *const *p, int64_t size, double *restrict sums)"
        body = [*writer.body(self.functions), *self.measures(writer, "((double)size / SAMPLES)")]
        return self.function(head, writer.memory, body)


def numbered_arrays(letter: str, arrays: Iterable[Array]) -> dict[str, Array]:
    """Name arrays by a letter and their number."""
    return {f"{letter}{number}": array for number, array in enumerate(arrays)}
