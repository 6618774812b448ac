"""Experiments: one configuration's data, model and training together."""
