"""What outputs learn for classes decides where they part, in exports too."""

from dataclasses import replace

import numpy as np

from nn.export.exporting import export
from nn.export.rows import rows_for
from tests.export import models


def test_two_classes_part_in_the_middle_of_their_targets():
    model = replace(models.scores(), class_targets=(0.1, 0.3))
    rows = rows_for(model, None, "float64")
    y = rows.answers[:, 0]
    assert np.any((y > 0.2) & (y < 0.5)) or np.any((y > 0) & (y < 0.2))
    usable = ~np.isnan(y)
    assert rows.labels[usable].tolist() == (y[usable] > 0.2).astype(int).tolist()
    assert export(model, "python").verdict
