"""What ``scripts/benchmark.py`` compares: the workloads, and a file for each family of contenders."""
