"""One training step as arithmetic that can be followed by hand, read off the recorded program."""
