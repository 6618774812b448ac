"""One page that explains runs: a self-contained HTML file, from the run directories alone."""
