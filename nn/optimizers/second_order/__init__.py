"""Methods that use curvature: each iteration needs all samples, and few iterations reach a minimum.

``line_search``, ``lbfgs``, ``least_squares``, ``levenberg_marquardt`` and ``bayesian_regularization``
are mathematics on plain functions; ``evaluations`` and ``engine`` bring them to networks.
"""
