"""Methods that use curvature: an iteration looks at all samples, and takes few to a minimum."""
