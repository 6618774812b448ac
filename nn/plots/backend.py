"""Imports Matplotlib to draw in memory, without the part of its help that takes a sixth of the time."""

import os
import sys
from typing import Any


def import_matplotlib() -> None:
    """Import what all pictures need; with the whole help in a notebook, or at a prompt of Python.

    While it is imported, Matplotlib calls ``kwdoc`` for a hundred classes of artists. It looks through their
    methods and docstrings to list their properties, in docstrings alone.
    """
    os.environ["MPLBACKEND"] = "agg"  # opens no window; and a bad value would crash the import
    if "matplotlib.figure" in sys.modules or hasattr(sys, "ps1") or sys.flags.interactive:
        return
    from matplotlib import artist

    documented: Any = artist
    kwdoc = getattr(artist, "kwdoc", None)
    if kwdoc is None:  # in another version of Matplotlib
        return
    documented.kwdoc = lambda _: ""
    try:
        import matplotlib.figure  # noqa: F401
    finally:
        documented.kwdoc = kwdoc


import_matplotlib()
