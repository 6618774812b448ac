"""What columns mean: their kinds, and how they become the inputs of a network."""
