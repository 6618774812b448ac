"""Writes reports on runs: self-contained HTML files made from run directories alone."""
