"""Programs over arrays: formulas in plain NumPy, recorded once, then replayed or compiled.

A *step* is a function of what it reads and of what it changes in place. Here is one that fits
tanh(x w) v to the targets t of exclusive or, written as its author thinks of it:

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

**As tape.** For arrays of one shape it makes the same NumPy calls on the same arrays each time. A ``Tape``
runs it on arrays that note each call with its arguments and its result (``traced``; ``functions`` and
``composed`` for those that are no ``operations`` of a program themselves):

>>> from nn.engine.tape import Tape
>>> tape = Tape()
>>> result = tape.run(step, inputs, {name: array.copy() for name, array in state.items()})
>>> len(tape.calls), [call.function for call in tape.calls].count("tanh")
(23, 3)

**As program.** ``record`` does that, tidies the calls (``passes``) and verifies that they still do what the
step does, on other inputs too (``verify``). What was written three times is computed once:

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

All of it rests on identity by address: an argument is the result of an earlier call where both are the same
memory. So a transposed array, ``t1.mT``, is no call but a view, and an assignment is a call into a view.
An array that no call writes to is a constant, or a setting: a number that may be any other (``settings``).

**As replay.** The calls, each bound to its buffers, one after the other; nothing is allocated:

>>> from nn.engine.replay import Replay
>>> replay = Replay(program)
>>> [round(float(replay()["square"]), 3) for _ in range(5)]
[0.463, 0.38, 0.358, 0.343, 0.331]

**As C.** Loops over the shapes, which are known; calls that go through the same elements share one
(``codegen``). ``compiler`` makes a library of the text, and ``libraries`` keeps it:

>>> from nn.engine.codegen.c import Memory, Writer
>>> for line in Writer(program, Memory(inputs | state)).body()[10:20]:
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
