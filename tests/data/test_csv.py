import io
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nn.data.csv import read_csv, write_csv
from nn.data.dataset import Dataset
from nn.data.labels import parse_number

FLOWERS = "width,length,species\n1,2,rose\n3,4.5,iris\n5,6,rose\n"


@pytest.fixture
def my_csv(tmp_path, monkeypatch):
    """Writes my.csv in the current folder, so that messages name it shortly."""
    monkeypatch.chdir(tmp_path)

    def write(content: str | bytes) -> str:
        data = content.encode() if isinstance(content, str) else content
        (tmp_path / "my.csv").write_bytes(data)
        return "my.csv"

    return write


def test_words_in_the_target_column_are_classes_in_alphabetical_order(my_csv):
    dataset = read_csv(my_csv(FLOWERS), "species")
    assert dataset.x.tolist() == [[1, 2], [3, 4.5], [5, 6]]
    assert dataset.y.tolist() == [[1], [0], [1]]
    assert dataset.classes == ("iris", "rose")
    assert (dataset.inputs, dataset.targets) == (("width", "length"), ("species",))


def test_names_and_labels_are_one_line(my_csv):
    dataset = read_csv(my_csv('"petal\nwidth",kind\n1,"wild\r\n rose"\n2,iris\n'), "kind")
    assert dataset.inputs == ("petal width",)
    assert dataset.classes == ("iris", "wild rose")


def test_blanks_within_a_label_are_part_of_it(my_csv):
    assert read_csv(my_csv("x,y\n1,a b\n2,a  b\n3, a\u00a0b \n"), "y").classes == ("a  b", "a b", "a\u00a0b")


def test_numbers_in_the_target_column_stay_numbers(my_csv):
    dataset = read_csv(my_csv("a,b\n1,0\n2,1\n"), "b")
    assert dataset.y.tolist() == [[0], [1]]
    assert dataset.classes is None
    assert dataset.classified().classes == (0, 1)


def test_several_target_columns_keep_the_order_asked_for(my_csv):
    dataset = read_csv(my_csv("a,b,c\n1,2,3\n4,5,6\n"), ["c", "a"])
    assert dataset.y.tolist() == [[3, 1], [6, 4]]
    assert dataset.inputs == ("b",)


def test_without_a_target_all_columns_are_inputs(my_csv):
    dataset = read_csv(my_csv("a,b\n1,2\n3,4\n"))
    assert dataset.inputs == ("a", "b")
    assert dataset.y.shape == (2, 0)
    assert dataset.targets == ()


def test_inputs_are_found_by_name_whatever_else_the_file_holds(my_csv):
    dataset = read_csv(my_csv("note,b,a\nhello,1,2\nworld,3,4\n"), inputs=["a", "b"])
    assert dataset.x.tolist() == [[2, 1], [4, 3]]


def test_an_optional_target_may_be_absent_or_there(my_csv):
    absent = read_csv(my_csv("a,b\n1,2\n"), "c", target_optional=True)
    assert (absent.targets, absent.y.shape) == ((), (1, 0))
    assert read_csv("my.csv", "b", target_optional=True).y.tolist() == [[2]]


def test_labels_are_those_of_the_trained_model(my_csv):
    dataset = read_csv(my_csv("a,kind\n1,rose\n2,rose\n"), "kind", classes=("iris", "lily", "rose"))
    assert dataset.y.tolist() == [[2], [2]]
    assert dataset.classes == ("iris", "lily", "rose")


def test_labels_that_are_numbers_match_by_value(my_csv):
    assert read_csv(my_csv("a,kind\n1,2.0\n2,1\n"), "kind", classes=(1, 2)).y.tolist() == [[1], [0]]


def test_labels_that_are_words_match_even_if_they_look_like_numbers(my_csv):
    assert read_csv(my_csv("a,kind\n1,2\n2,1\n"), "kind", classes=("1", "2", "other")).y.tolist() == [
        [1],
        [0],
    ]


@pytest.mark.parametrize(
    "text",
    [
        "a,b\n1,2\n3,4\n",
        "a,b\n1,2\n3,4",
        "a,b\n1,2\n3,4\n\n\n  \n",
        "a,b\r\n1,2\r\n3,4\r\n",
        "a,b\r1,2\r3,4\r",
        "\ufeffa,b\n1,2\n3,4\n",
        "a;b\n1;2\n3;4\n",
        "a\tb\n1\t2\n3\t4\n",
        '"a", "b"\n"1", "2"\n 3 ,4.0\n',
        "a,b\n1,+2e0\n3.,4\n",
    ],
)
def test_the_usual_ways_to_write_a_table_mean_the_same(my_csv, text):
    expected = read_csv(io.StringIO("a,b\n1,2\n3,4\n"), "b").digest
    assert read_csv(my_csv(text), "b").digest == expected


def test_a_delimiter_inside_quotes_belongs_to_the_name(my_csv):
    assert read_csv(my_csv('"a, in cm, at noon";b\n1;2\n'), "b").inputs == ("a, in cm, at noon",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,y\n1,2\nabc,4\n", "my.csv:3: column 'a': expected a number, got 'abc'"),
        ("a,y\n1,2\n,4\n", "my.csv:3: column 'a': expected a number, got an empty cell"),
        ("a,y\n1,2\nnan,4\n", "my.csv:3: column 'a': expected a finite number, got 'nan'"),
        ("a,y\n1,2\n1e999,4\n", "my.csv:3: column 'a': expected a finite number, got '1e999'"),
        ("a,y\n1,2\n1_000,4\n", "my.csv:3: column 'a': expected a number, got '1_000'"),
        ("a,y\n1,2\n2,inf\n", "my.csv:3: column 'y': expected a finite number, got 'inf'"),
        ("a,y\n1,2\n2,3\n3,?\n", "my.csv:4: column 'y': expected a number, got '?'"),
        ("a,y\n1,red\n2,\n", "my.csv:3: column 'y': expected a class label, got an empty cell"),
        ("a,y\n1,red\n2,blue\n3,NaN\n", "my.csv:4: column 'y': expected a class label, got 'NaN'"),
        ("a,y\n1,red\n2,red\n", "my.csv: target 'y' has one class ('red'); expected at least 2"),
        ('a,y,"b\nc"\n1,2,3\n4,5,x\n', "my.csv:4: column 'b c': expected a number, got 'x'"),
        ("a,y\n1,2\n3,4,5\n", "my.csv:3: expected 2 cells, got 3"),
        ("a,y\n1,2\n\n3,4\n", "my.csv:3: expected 2 cells, got 0"),
        ("", "my.csv: expected a header line and rows, got an empty file"),
        (" \n\n", "my.csv: expected a header line and rows, got an empty file"),
        ("\na,y\n1,2\n", "my.csv:1: expected a header line, got an empty line"),
        ("a,y\n", "my.csv: expected rows below the header, got none"),
        ("a,a,y\n1,2,3\n", "my.csv:1: column 'a' is there twice"),
        ("a,,y\n1,2,3\n", "my.csv:1: column 2 has no name"),
        ("y\n1\n", "my.csv: expected input columns beside the target, got none"),
        ("a,why\n1,2\n", "my.csv: there is no target column 'y'; there are: a, why"),
        ('a,y\n1,"2\n', "my.csv:2: not well-formed CSV: unexpected end of data"),
        ("a,y\n1,\x1b[31m\n", "my.csv:2: expected plain text, got the control character '\\x1b'"),
        (
            "a,y\n1,2\0\n",
            "my.csv:2: expected plain text, got the control character '\\x00'; "
            "for UTF-16 without a mark write data.encoding: utf-16-le",
        ),
        (b"a,y\n1,2\n\x81,3\n", "my.csv: expected text in utf-8 or cp1252, got the byte 0x81"),
        ("a,y\nx,2\n".encode("utf-16"), "my.csv:2: column 'a': expected a number, got 'x'"),
        (
            "a,b,y\n1,x,2\ny,z,2\n",
            "my.csv:3: column 'a': expected a number, got 'y'\n"
            "my.csv:2: column 'b': expected a number, got 'x'",
        ),
        (
            "1,2\n3,4\n",
            "my.csv:1: the first line looks like data (1, 2): write data.header: false where "
            "there are no names, or data.header: true where these are the names",
        ),
    ],
)
def test_what_is_wrong_is_named_with_file_and_line(my_csv, text, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        read_csv(my_csv(text), "y")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"target": "specie"}, "my.csv: there is no target column 'specie'; did you mean 'species'?"),
        ({"target": ["width", "width"]}, "target 'width' is named twice"),
        (
            {"inputs": ["width", "height"]},
            "my.csv: there is no input column 'height'; there are: length, species, width",
        ),
        (
            {"target": "species", "classes": ("iris", "lily")},
            "my.csv:2: column 'species': unknown label 'rose'; there are: iris, lily",
        ),
        ({"target": ["width", "species"]}, "my.csv:2: column 'species': expected a number, got 'rose'"),
    ],
)
def test_a_question_that_the_file_cannot_answer_is_refused(my_csv, options, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        read_csv(my_csv(FLOWERS), **options)


def test_a_weight_column_is_neither_input_nor_target(my_csv):
    dataset = read_csv(my_csv("a,w,y\n1,0,5\n2,0.5,6\n"), "y", weight="w")
    assert (dataset.inputs, dataset.targets) == (("a",), ("y",))
    assert dataset.weights.tolist() == [0, 0.5]
    assert dataset.take([1]).weights.tolist() == [0.5]
    assert dataset.digest != read_csv("my.csv", "y", inputs=["a"]).digest


def test_a_long_cell_is_shown_in_part_and_escaped(my_csv):
    with pytest.raises(ValueError, match="column 'a': expected a number") as error:
        read_csv(my_csv("a,y\n" + '"x\n' + "x" * 1000 + '",1\n'), "y")
    assert str(error.value).isprintable()
    assert len(str(error.value)) < 100


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_header_of_any_width_is_read(my_csv, mark):
    names = [f"column {n:06}" for n in range(20_000)]
    dataset = read_csv(my_csv("\n".join(mark.join(row) for row in ([*names, "y"], ["1"] * 20_001))), "y")
    assert dataset.inputs == tuple(names)
    assert dataset.x.shape == (1, 20_000)


def test_cells_of_any_length_are_read(my_csv):
    name, label = "long " * 50_000 + "name", "x" * 200_000
    dataset = read_csv(my_csv(f'"{name}",y\n1,{label}\n2,b\n'), "y")
    assert (dataset.inputs, dataset.classes) == ((name,), ("b", label))


def test_of_many_columns_the_first_are_listed(my_csv):
    names = [f"c{n:03}" for n in range(999)]
    with pytest.raises(ValueError, match=r"there are: c000, .*, c039 and 959 more$"):
        read_csv(my_csv("\n".join([",".join(names), ",".join("1" * 999)])), "y")


def test_open_text_is_read_as_a_file_is():
    assert read_csv(io.StringIO("\ufeffa,b\n1,2\n"), "b").inputs == ("a",)
    with pytest.raises(ValueError, match="<text>:2: column 'a': expected a number, got 'x'"):
        read_csv(io.StringIO("a,b\nx,2\n"), "b")


def test_open_text_that_is_not_utf_8_is_refused_where_its_bytes_are_lost():
    file = io.TextIOWrapper(io.BytesIO(b"a,b\n1,\xe9\n2,x\n"), "utf-8")
    with pytest.raises(ValueError, match="expected text in UTF-8"):
        read_csv(file, "b")
    file = io.TextIOWrapper(io.BytesIO(b"a,b\n1,\xe9\n2,x\n"), "utf-8", "surrogateescape")
    assert read_csv(file, "b").classes == ("x", "é")


def test_a_missing_file_and_a_folder_are_what_the_system_says_they_are(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_csv(tmp_path / "none.csv")
    with pytest.raises(IsADirectoryError):
        read_csv(tmp_path)


words = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=5)
labels = words.filter(lambda word: not word[0].isdigit() and word.lower() not in ("nan", "inf", "infinity"))


def written(dataset: Dataset) -> io.StringIO:
    file = io.StringIO()
    write_csv(dataset, file)
    return io.StringIO(file.getvalue())


@given(
    st.lists(words.filter(lambda word: parse_number(word) is None), min_size=2, max_size=5, unique=True),
    st.data(),
)
def test_numbers_that_were_written_read_back_exactly(columns, data):
    shape = (data.draw(st.integers(1, 5)), len(columns))
    values = data.draw(arrays(np.float64, shape, elements=st.floats(allow_nan=False, allow_infinity=False)))
    dataset = Dataset(values[:, :-1], values[:, -1:], tuple(columns[:-1]), (columns[-1],))
    assert read_csv(written(dataset), columns[-1]).digest == dataset.digest


@given(st.lists(labels.map(lambda word: "a" + word), min_size=2, max_size=5, unique=True))
def test_labels_that_were_written_read_back(kinds):
    n = len(kinds)
    y = np.arange(n, dtype=float)[:, None]
    dataset = Dataset(y, y, ("x",), ("kind",), tuple(sorted(kinds)))
    assert read_csv(written(dataset), "kind").digest == dataset.digest


def test_numbers_are_written_as_short_as_they_read_back():
    dataset = Dataset(
        np.array([[1.0, 0.1], [1e16, -2.5]]), np.array([[0.0], [1.0]]), ("a", "b"), ("c",), (3, 4)
    )
    assert written(dataset).getvalue() == "a,b,c\n1,0.1,3\n1e+16,-2.5,4\n"
