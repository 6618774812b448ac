"""Programs over arrays: formulas in plain NumPy, recorded once, then replayed or compiled.

A *step* is a function of what it reads and of what it changes in place. Here is one that fits
tanh(x w) v to the targets t of exclusive or, as its author would write it:

>>> import numpy as np
>>> def step(inputs, state):
...     x, t, w, v = inputs["x"], inputs["t"], state["w"], state["v"]
...     error = np.tanh(x @ w) @ v - t
...     slope = 1 - np.tanh(x @ w) ** 2
...     of_v, of_w = np.tanh(x @ w).mT @ error, x.mT @ (error @ v.mT * slope)
...     v[...], w[...] = v - 0.1 * of_v, w - 0.1 * of_w
...     return {"square": np.mean(error * error)}
>>> inputs = {"x": np.array([[0.0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])}
>>> inputs["t"] = np.array([[0.0], [1], [1], [0]])
>>> state = {"w": np.array([[1.0, -1], [-1, 1], [0, 1]]), "v": np.array([[1.0], [1]])}

**As a tape.** For arrays of fixed shapes a step makes the same NumPy calls on the same arrays each time.
A ``Tape`` runs it on arrays that record each call with its arguments and its result (``traced``); NumPy
functions that are no ``operations`` are recorded as several (``functions``, ``composed``):

>>> from nn.engine.tape import Tape
>>> tape = Tape()
>>> result = tape.run(step, inputs, {name: array.copy() for name, array in state.items()})
>>> len(tape.calls), [call.function for call in tape.calls].count("tanh")
(23, 3)

**As a program.** ``record`` does that, simplifies the calls (``passes``) and verifies that they still compute
what the step does, on other inputs too (``verify``). Repeated expressions are computed once:

>>> from nn.engine.program import listing
>>> from nn.engine.record import record
>>> program = record(step, inputs, state, [{"x": -inputs["x"], "t": inputs["t"]}])
>>> print(listing(program))
t0 = matmul(x, w)            # (4, 2)
t1 = tanh(t0)                # (4, 2)
t2 = matmul(t1, v)           # (4, 1)
t3 = subtract(t2, t)         # (4, 1)
t4 = power(t1, 2)            # (4, 2)
t5 = subtract(1, t4)         # (4, 2)
t6 = matmul(t1.mT, t3)       # (2, 1)
t7 = matmul(t3, v)           # (4, 2)
t8 = multiply(t7, t5)        # (4, 2)
t9 = matmul(x.mT, t8)        # (3, 2)
t10 = multiply(0.1, t6)      # (2, 1)
t11 = subtract(v, t10)       # (2, 1)
t12 = multiply(0.1, t9)      # (3, 2)
t13 = subtract(w, t12)       # (3, 2)
v = copy(t11)                # (2, 1)
w = copy(t13)                # (3, 2)
t14 = multiply(t3, t3)       # (4, 1)
t15 = sum(t14, axes=(0, 1))  # (1, 1)
t16 = divide(t15, 4)         # ()

Arrays are identified by address: an argument is the result of an earlier call where both are the same
memory. So a transposed array, ``t1.mT``, is a view and needs no call, and an assignment is a call that writes
to a view. An array that no call writes to is a constant, or a setting: a number that the C text does
not contain, so that programs that differ in it share a library (``settings``).

**As a replay.** Runs the calls in order, each bound to its buffers, without allocating memory:

>>> from nn.engine.replay import Replay
>>> replay = Replay(program)
>>> [round(float(replay()["square"]), 3) for _ in range(5)]
[0.463, 0.38, 0.358, 0.343, 0.331]

**In pieces.** A step over many rows becomes a program that adds up a piece of them and one that finishes, so
that memory does not grow with the number of rows (``pieces``; ``rows`` finds them).

**As C.** Writes loops over the known shapes; calls over the same elements are fused into one loop
(``codegen``). ``compiler`` compiles the source to a library, and ``libraries`` caches it:

>>> from nn.engine.codegen.c import StepWriter
>>> from nn.engine.codegen.places import Memory
>>> for line in StepWriter(program, Memory(inputs | state)).body()[10:20]:
...     print(line)
{
#pragma omp simd
for (int64_t i0 = 0; i0 < 8; i0++) {
const double v0 = tanh_(t0[i0]);
t1[i0] = v0;
const double v1 = pow(v0, 2.0);
const double v2 = (1.0 - v1);
t2[i0] = v2;
}
}
"""
