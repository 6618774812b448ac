"""Draws studies: how often and how soon they reach their goal, their losses, what variants change."""

from nn.plots.study.figure import draw_study, study_figure, study_panels

__all__ = ["draw_study", "study_figure", "study_panels"]
