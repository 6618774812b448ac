"""Data for networks: tables, generators, splits and scaling."""
