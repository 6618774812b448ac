"""A network as a diagram, as data: columns of units, connections, and what each unit responds to."""
