"""Files: written atomically, verified when read, and opened only if of a suitable kind and size."""
