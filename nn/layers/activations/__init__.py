"""Activations: the nonlinear layers, each applied to every unit (softmax: to every row).

None has parameters. Most derivatives are functions of the output, so the output is the cache. In the
comments y is the output, dy = ∂L/∂y and dx = ∂L/∂x = dy·y′.
"""
