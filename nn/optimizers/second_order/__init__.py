"""Methods that use curvature: each iteration needs all samples, and few iterations reach a minimum.

They are mathematics on plain functions; ``nn.training.evaluations`` and ``nn.training.iterations`` bring
them to networks.
"""
