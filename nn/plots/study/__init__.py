"""Draws studies: how often and how soon they reach their goal, their losses, what variants change."""

from nn.plots.study.figure import study_figure

__all__ = ["study_figure"]
