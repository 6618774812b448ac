"""Inputs in memory: columns are found by name where there are names, and every number is finite."""

import numpy as np
import pandas as pd
import pytest

from nn.data.frames import raw_inputs

COLUMNS = ("width", "petal length")
EXPECTED = [[1.0, 2.0], [3.0, 4.5]]
FRAME = pd.DataFrame({"petal length": [2, 4.5], "species": ["a", "b"], "width": [1, 3]})


class Arrow:
    """As pyarrow has it: ``columns`` are the columns themselves."""

    column_names = ("width", "petal length")
    columns = ([1, 3], [2, 4.5])

    def __getitem__(self, name: str) -> list[float]:
        return self.columns[self.column_names.index(name)]


@pytest.mark.parametrize(
    "table",
    [
        EXPECTED,
        np.array(EXPECTED),
        np.array(EXPECTED, object),
        np.ma.array(EXPECTED),
        FRAME[["width", "petal length"]].to_numpy(),
        FRAME,
        FRAME.rename(columns={"petal length": " petal  length"}),
        FRAME.astype({"width": "Int64"}),
        {"petal length": [2, 4.5], "width": (1, 3)},
        np.array([(2, 1), (4.5, 3)], [("petal length", float), ("width", int)]),
        Arrow(),
    ],
    ids=["lists", "array", "objects", "masked array", "values", "frame", "blanks", "nullable", "mapping",
         "structured", "arrow"],
)  # fmt: skip
def test_columns_are_found_by_name_in_any_order_among_others_else_by_their_place(table):
    assert raw_inputs(table, COLUMNS).tolist() == EXPECTED


def test_truth_values_are_numbers_and_stacks_keep_their_axes():
    assert raw_inputs(pd.DataFrame({"a": [True, False]}), ("a",)).tolist() == [[1], [0]]
    assert raw_inputs(np.zeros((5, 3, 2)), COLUMNS).shape == (5, 3, 2)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (FRAME.drop(columns="width").assign(widht=1),
         "there is no input column 'width'; did you mean 'widht'?"),
        (pd.DataFrame(EXPECTED), "there is no input column 'width'; there are: 0, 1"),
        ({"width": [1.0]}, "there is no input column 'petal length'; there are: width"),
        (FRAME[["width", "width", "petal length"]], "column 'width' is there twice"),
        (FRAME.assign(width=["a", "b"]),
         "column 'width': expected numbers: could not convert string to float: 'a'"),
        (FRAME.assign(width=pd.to_datetime(["2020", "2021"])),
         "column 'width': expected numbers, got the type datetime64"),
        ({"width": 1, "petal length": 2}, "column 'width': expected one number a row, got the shape ()"),
        ({"width": [1, 2], "petal length": [2]},
         "column 'petal length': expected 2 rows, got the shape (1,)"),
        (FRAME.assign(width=[1, np.nan]), "row 1, column 'width': expected a finite number, got nan"),
        (FRAME.assign(width=[1, None]), "row 1, column 'width': expected a finite number, got nan"),
        ([[1, 2], [3, -np.inf]], "row 1, column 'petal length': expected a finite number, got -inf"),
        (np.ma.array(EXPECTED, mask=[[0, 0], [1, 0]]),
         "row 1, column 'width': expected a finite number, got nan"),
        ([1, 2], "expected inputs of shape (samples, 2), got (2,)"),
        ([[1, 2, 3]], "expected inputs of shape (samples, 2), got (1, 3)"),
        ([[1, 2], [3]], "inputs: expected numbers: "),
        ([["a", "b"]], "inputs: expected numbers: could not convert string to float: 'a'"),
        ([[1, 2j]], "inputs: expected numbers, got the type complex128"),
    ],
)  # fmt: skip
def test_what_is_not_there_or_no_finite_number_is_named_with_row_and_column(table, message):
    with pytest.raises(ValueError) as error:  # noqa: PT011  # the message is compared below
        raw_inputs(table, COLUMNS)
    assert str(error.value).startswith(message)
