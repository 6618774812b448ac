import io

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nn.data.csv import write_csv
from nn.data.dataset import Dataset
from nn.data.labels import parse_number
from nn.data.reading import read_table
from nn.data.targets import read_targets


def written(dataset: Dataset) -> io.StringIO:
    file = io.StringIO()
    write_csv(dataset, file)
    return io.StringIO(file.getvalue())


words = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=5)


@given(
    st.lists(words.filter(lambda word: parse_number(word) is None), min_size=2, max_size=5, unique=True),
    st.data(),
)
def test_numbers_that_were_written_read_back_exactly(columns, data):
    shape = (data.draw(st.integers(1, 5)), len(columns))
    values = data.draw(arrays(np.float64, shape, elements=st.floats(allow_nan=False, allow_infinity=False)))
    dataset = Dataset(values[:, :-1], values[:, -1:], tuple(columns[:-1]), (columns[-1],))
    table = read_table(written(dataset))
    assert [*table.columns] == columns
    assert np.array_equal(np.stack([table.column(name).numbers for name in columns], axis=1), values)


@given(st.lists(words.map(lambda word: "a" + word), min_size=2, max_size=5, unique=True))
def test_labels_that_were_written_read_back(kinds):
    y = np.arange(len(kinds), dtype=float)[:, None]
    dataset = Dataset(y, y, ("x",), ("kind",), tuple(sorted(kinds)))
    targets = read_targets(read_table(written(dataset)), ["kind"], "classification")
    assert targets.y.tolist() == y.tolist()
    assert targets.classes == dataset.classes


def test_numbers_are_written_as_short_as_they_read_back():
    dataset = Dataset(
        np.array([[1.0, 0.1], [1e16, -2.5]]), np.array([[0.0], [1.0]]), ("a", "b"), ("c",), (3, 4)
    )
    assert written(dataset).getvalue() == "a,b,c\n1,0.1,3\n1e+16,-2.5,4\n"
