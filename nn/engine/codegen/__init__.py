"""Writes programs out as C."""
