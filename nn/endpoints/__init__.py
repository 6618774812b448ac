"""Where training ended: end points grouped up to symmetry, and what each of them is."""
