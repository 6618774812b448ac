"""Checks the gradients and Jacobians of networks against independent derivatives."""
