"""Schedules: the learning rate, or the momentum, as a formula of the number of steps done.

A schedule is a frozen set of constants. ``rate(t)`` is the rate of the step after ``t`` steps: the first
step has t = 0. It is computed inside each training step, so that the rate changes from step to step, not
from epoch to epoch.
"""

from nn.catalog import public_kinds
from nn.schedules.base import Schedule

SCHEDULES = public_kinds(Schedule, "nn.schedules")
