"""Writes one training step as arithmetic to follow by hand, read off the recorded program."""
