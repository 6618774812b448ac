"""Experiments: the data, model and training of one configuration."""
