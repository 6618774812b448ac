"""Programs compiled together into one library, so that many of them take little time."""

import ctypes
from importlib.resources import files

import numpy as np

from nn.engine.codegen.arithmetic import c_type
from nn.engine.codegen.c import Functions, StepWriter
from nn.engine.codegen.places import Memory
from nn.engine.compiler import load_library
from nn.engine.program import Program, base
from nn.engine.tape import Tape


def noted(formula, **inputs):
    """The program of a formula of named arrays; the names of its outputs are their numbers."""
    tape = Tape()
    results = formula(**{name: tape.watch(array) for name, array in inputs.items()})
    results = results if isinstance(results, list) else [results]
    outputs = {str(number): result.array for number, result in enumerate(results)}
    return Program(tuple(tape.calls), inputs, {}, outputs)


def arrays(program):
    """The memory that a caller shares with a program, by its name in C."""
    shared = [*program.inputs.values(), *program.constants, *map(base, program.outputs.values())]
    distinct = {id(array): array for array in map(base, shared)}
    return {f"a{number}": array for number, array in enumerate(distinct.values())}


def source(step, functions, name):
    """A program as a C function of the addresses of its arrays."""
    lines = step.body(functions)
    pointers = [
        f"{c_type(array.dtype)} *const restrict {key} = p[{number}];"
        for number, (key, array) in enumerate(arrays(step.program).items(), start=1)
    ]
    head = f"void {name}(void *const *p) {{ char *const arena = p[0];"
    return "\n".join([head, *pointers, *step.memory.declarations, *lines, "}"])


def compiled(programs):
    """A function for each program, which runs it in C; raises CompilerError."""
    steps = [StepWriter(program, Memory(arrays(program))) for program in programs]
    functions = Functions(steps)
    names = [f"program_{number}" for number in range(len(programs))]
    texts = [source(step, functions, name) for step, name in zip(steps, names, strict=True)]
    preamble = (files("nn.engine.codegen") / "preamble.h").read_text()
    library = load_library("\n".join([preamble, *functions.lines, *texts]), functions=tuple(names))

    def runner(number, program):
        def run():
            arena = np.empty(steps[number].memory.arena + 64, np.uint8)
            addresses = [-(-arena.ctypes.data // 64) * 64, *(a.ctypes.data for a in arrays(program).values())]
            library[names[number]]((ctypes.c_void_p * len(addresses))(*addresses))

        return run

    return [runner(number, program) for number, program in enumerate(programs)]
