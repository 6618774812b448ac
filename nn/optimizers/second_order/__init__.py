"""Methods that use curvature: an iteration looks at all samples, and takes few to a minimum.

``line_search``, ``lbfgs``, ``least_squares``, ``levenberg_marquardt`` and ``bayesian_regularization``
are mathematics on plain functions; ``evaluations`` and ``engine`` bring them to networks.
"""
