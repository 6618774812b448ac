"""Holds what networks compute against derivatives and formulas that know nothing of it."""
