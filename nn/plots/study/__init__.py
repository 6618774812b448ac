"""Draws studies: how often and how soon they reach their goal, their losses, what variants change."""

from nn.plots.study.figure import figure_of_folder, study_figure, study_panels

__all__ = ["figure_of_folder", "study_figure", "study_panels"]
