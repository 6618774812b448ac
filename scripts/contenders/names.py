"""The names of workloads and contenders, for those who import nothing else."""

WORKLOADS = ("W1", "W2", "W3", "W4", "W4-wide", "W5", "W6", "W7", "W7-mixed", "W7-fit", "W8", "W8-rows")
PAIRABLE = WORKLOADS[:6]
"""Workloads of which each contender is a process that trains a round whenever it is told to."""
OURS, FORMULAS, LIMIT = "tiny-nn native", "tiny-nn formulas", "hand-written C"
CONTENDERS: dict[str, tuple[str, str]] = {
    "hand-written C": ("with_c", "HandWritten"),
    "tiny-nn native": ("ours", "Native"),
    "tiny-nn numpy": ("ours", "Replay"),
    "tiny-nn formulas": ("ours", "Formulas"),
    "textbook NumPy": ("with_numpy", "Textbook"),
    "JAX scan": ("with_jax", "Scan"),
    "JAX unrolled": ("with_jax", "Unrolled"),
    "JAX seeds last": ("with_jax_seeds_last", "SeedsLast"),
    "JAX jit": ("with_jax", "Step"),
    "FANN": ("with_fann", "Fann"),
    "scikit-learn fit": ("with_sklearn", "Fit"),
    "scikit-learn partial_fit": ("with_sklearn", "PartialFit"),
    "PyTorch": ("with_torch", "Eager"),
    "PyTorch fused Adam": ("with_torch", "FusedAdam"),
    "PyTorch compiled": ("with_torch", "Compiled"),
    "Keras": ("with_keras", "TrainOnBatch"),
}
"""Where the class of each contender is."""
BLAS = "BLAS products"
BOUNDS = {BLAS: ("with_blas", "Products")}
"""What trains nothing, and bounds what trains."""
SCALING = (OURS, "tiny-nn numpy", "JAX scan", BLAS)
GRID = {
    "units": (2, 8, 32, 128, 512, 1024),
    "depth": (1, 2, 4, 8, 16),
    "batch": (1, 4, 16, 64, 256, 1024),
    "samples": (64, 1024, 16_384, 131_072),
    "seeds": (1, 8, 64, 512),
}
"""The values of each axis of the scaling charts; ``units=32`` is the key of such a workload."""
