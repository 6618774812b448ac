"""Configurations: what a YAML file may say, and the objects that it describes."""
