"""Lets the state of the smallest networks stay in registers, in C."""

from collections.abc import Sequence

from nn.arrays import Array
from nn.engine.codegen.arithmetic import c_type
from nn.engine.operations import Product
from nn.engine.program import Program, owner

MOST_ROWS, MOST_COLUMNS, MOST_OUTPUTS, MOST_STATE = 6, 4, 16, 1024
"""Of matrices, and the numbers of a state. Steps of such networks take 0.7 to 1 times as long, of XOR 0.85;
with 8 rows or columns, which fill the widest vectors, they would take up to 1.2."""
NARROW_VECTORS = """#if defined(__AVX512F__) && __GNUC__ >= 8
#pragma GCC target("prefer-vector-width=256")
#endif"""
"""Compilers that prefer vectors of eight numbers make none of four."""


def fit_registers(programs: Sequence[Program]) -> bool:
    """Whether the matrices and the state of a step are so small that compilers keep them in registers."""
    kept = programs[0].kept.values()
    state = {owner(array) for array in kept}
    calls = [call for program in programs for call in program.calls]
    products = [call.out for call in calls if isinstance(call.operation, Product)]
    outputs = [out for out in products if owner(out) not in state]
    return (
        sum(array.size for array in kept) <= MOST_STATE
        and all(array.flags.c_contiguous for array in kept)
        and all(out.shape[-1] <= MOST_COLUMNS for out in products)
        and all(out.size <= MOST_OUTPUTS and out.shape[-2] <= MOST_ROWS for out in outputs)
    )


def state_macros(small: bool, shared: Sequence[Array], kept: int) -> dict[str, str]:
    """Return macros for run.c, by which steps of ``small`` networks work on locals during a call.

    The state are the first ``kept`` of the arrays that a call is given.
    """
    if not small:
        return {"STEP": "static", "HOLD": "", "HELD": "p", "RELEASED(result)": "(result)"}
    names = [f"h{number}" for number in range(kept)]
    arrays = shared[:kept]
    copies = [f"memcpy(p[{number}], {name}, sizeof {name})" for number, name in enumerate(names, start=1)]
    declared = [
        f"{c_type(array.dtype)} {name}[{array.size}] __attribute__((aligned(64))); "
        f"memcpy({name}, p[{number}], sizeof {name});"
        for number, (name, array) in enumerate(zip(names, arrays, strict=True), start=1)
    ]
    places = ["p[0]", *names, *(f"p[{number}]" for number in range(kept + 1, len(shared) + 1))]
    return {
        "STEP": "static inline __attribute__((always_inline))",
        "HOLD": " ".join([*declared, f"void *const held[] = {{{', '.join(places)}}};"]),
        "HELD": "held",
        "RELEASED(result)": f"({', '.join([*copies, '(result)'])})",
    }
