"""How good answers are: metrics as scikit-learn defines them, their baselines and intervals. NumPy only."""
