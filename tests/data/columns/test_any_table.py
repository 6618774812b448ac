"""Whatever stands in a table: finite numbers for a network, or what to write."""

import json
import re

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nn import Preprocessing
from nn.data.columns.inference import infer
from nn.data.columns.profile import profile
from nn.data.reading.table import Table

NUMBERS = ["0", "1", "2", "1.0", "-7e3", "1e308", "-1e308", "5e-324", "inf", "nan", "007"]
WORDS = ["", "NA", "?", "-", "+", "yes", "no", "True", "a", "b", "a\nb", "é"]
OTHERS = ["$5", "50%", "1,5", "2024-02-29", "31.12.2023", "01/02/2024"]
cells = st.sampled_from(NUMBERS + WORDS + OTHERS) | st.text(max_size=4)
tables = st.integers(0, 6).flatmap(
    lambda rows: st.lists(st.lists(cells, min_size=rows, max_size=rows), min_size=1, max_size=3)
)


@given(tables)
def test_any_table_becomes_finite_numbers_or_is_refused_with_what_to_write(columns):
    table = Table.of({f"c{place}": column for place, column in enumerate(columns)})
    inferred = infer(table, [*table.columns])
    assert all(mistake.text for mistake in inferred.mistakes)
    profile(table, "c0")
    if inferred.mistakes:
        return
    try:
        fitted = Preprocessing.fit(table, inferred.kinds, inferred.missing_values)
    except ValueError as error:
        assert re.search("lie too (far apart|close together)", str(error))  # noqa: PT017  # of ±1e308, say
        return
    x = fitted.transform(table)
    assert x.shape == (len(table), len(fitted.features))
    assert np.isfinite(x).all()
    again = Preprocessing.restored(fitted.arrays, json.loads(json.dumps(fitted.description)))
    np.testing.assert_array_equal(again.transform(table), x)
