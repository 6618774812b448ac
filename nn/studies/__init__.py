"""Studies: one configuration trained many times, with other seeds and other values."""
