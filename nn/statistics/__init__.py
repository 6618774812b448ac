"""Estimates with intervals, tests, and times until an event: numbers in, numbers out. NumPy only."""
