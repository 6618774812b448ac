"""What SciPy, lifelines and statsmodels made of samples: written by scripts/make_statistics_reference.py."""

import json
from pathlib import Path

import numpy as np

REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "statistics.json").read_text("utf-8"))
SCIPY, LIFELINES, STATSMODELS = (
    f"{name} {REFERENCE['versions'][key]}"
    for name, key in (("SciPy", "scipy"), ("lifelines", "lifelines"), ("statsmodels", "statsmodels"))
)


def numbers(values):
    """Numbers of the reference, which has None for inf."""
    return np.array([np.inf if value is None else value for value in values])
