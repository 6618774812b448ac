"""Configurations in YAML: reading, checking, resolving and writing them.

A file passes through the modules in this order: source, locations, overrides, options, kinds, data, schema,
messages, load. json_schema describes for editors what is accepted.
"""
