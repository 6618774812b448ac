import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from nn.data.bundled import load_table, read_bundled, read_card, table_names
from nn.resources import bundled_folder

BALANCE = {
    "and": (2, {0: 3, 1: 1}),
    "or": (2, {0: 1, 1: 3}),
    "xor": (2, {0: 2, 1: 2}),
    "nand": (2, {0: 1, 1: 3}),
    "iris": (4, {"setosa": 50, "versicolor": 50, "virginica": 50}),
    "wine": (13, {1: 59, 2: 71, 3: 48}),
    "breast-cancer": (30, {"benign": 357, "malignant": 212}),
    "penguins": (15, {"Adelie": 152, "Chinstrap": 68, "Gentoo": 124}),
    "digits": (64, dict(enumerate([178, 182, 177, 183, 181, 182, 181, 179, 174, 180]))),
}


MIXED = ("automobile", "penguins")
"""Tables with words and gaps, as they were published."""


def test_the_names_are_those_of_the_files():
    assert table_names() == sorted([*BALANCE, "automobile"])


@pytest.mark.parametrize("name", BALANCE)
def test_each_table_has_the_published_size_and_balance(name):
    dataset, (inputs, balance) = load_table(name), BALANCE[name]
    assert dataset.x.shape == (sum(balance.values()), inputs)
    counts = np.bincount(dataset.y[:, 0].astype(int)).tolist()
    assert dict(zip(dataset.classes, counts, strict=True)) == balance


@pytest.mark.parametrize("name", table_names())
def test_each_card_explains_the_columns_of_its_table(name):
    about, dataset = read_card(name), load_table(name)
    assert (about.name, about.target) == (name, dataset.targets[0])
    assert about.task == ("regression" if dataset.classes is None else "classification")
    assert tuple(about.columns) == tuple(read_bundled(name).columns)
    assert all([about.title, about.description, about.source, about.licence, *about.columns.values()])


@pytest.mark.parametrize(
    ("name", "gate"),
    [
        ("and", np.logical_and),
        ("or", np.logical_or),
        ("xor", np.logical_xor),
        ("nand", lambda a, b: ~np.logical_and(a, b)),
    ],
)
def test_gates_are_their_truth_tables(name, gate):
    dataset = load_table(name)
    assert dataset.x.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert (dataset.y[:, 0] == gate(*dataset.x.T)).all()
    assert dataset.inputs == ("x1", "x2")


def test_iris_is_fishers_in_the_two_rows_that_uci_has_wrong():
    assert load_table("iris").x[[34, 37]].tolist() == [[4.9, 3.1, 1.5, 0.2], [4.9, 3.6, 1.4, 0.1]]


def test_the_quirks_that_the_cards_tell_of_are_there():
    iris, digits, cancer = load_table("iris").x, load_table("digits"), load_table("breast-cancer").x
    assert (iris[101] == iris[142]).all()
    constant = np.ptp(digits.x, axis=0) == 0
    assert np.array(digits.inputs)[constant].tolist() == ["pixel_0_0", "pixel_4_0", "pixel_4_7"]
    assert (cancer == 0).any(axis=1).sum() == 13


def test_words_and_gaps_become_features_and_rows_without_a_target_are_left_out():
    cars = load_table("automobile")
    assert cars.x.shape == (201, 74)
    assert {"make=alfa-romero", "normalized_losses is missing", "num_of_cylinders"} <= {*cars.inputs}
    cylinders = cars.x[:, cars.inputs.index("num_of_cylinders")]
    assert np.unique(cylinders).tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert np.isfinite(cars.x).all()


def test_numbers_are_written_in_their_shortest_form():
    for name in {*table_names()} - {*MIXED}:
        _, *rows = (bundled_folder("datasets") / f"{name}.csv").read_text(encoding="utf-8").splitlines()
        cells = [cell for row in rows for cell in row.split(",") if not cell.isalpha()]
        assert all(cell == repr(float(cell)).removesuffix(".0") for cell in cells)


def test_the_script_writes_the_same_bytes_from_the_copies_of_other_packages(tmp_path):
    for package in ("sklearn", "palmerpenguins", "statsmodels"):
        pytest.importorskip(package, reason=f"{package}, whose copies the script converts")
    root = Path(__file__).parents[2]
    command = [sys.executable, "scripts/make_datasets.py", tmp_path]
    subprocess.run(command, check=True, cwd=root, env={**os.environ, "PYTHONPATH": str(root)})
    for name in table_names():
        assert (tmp_path / f"{name}.csv").read_bytes() == (
            bundled_folder("datasets") / f"{name}.csv"
        ).read_bytes()


def test_no_python_lies_among_the_data():
    assert {
        name.rpartition(".")[2] for name in (file.name for file in bundled_folder("datasets").iterdir())
    } == {
        "csv",
        "toml",
    }


def test_an_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(ValueError, match=r"^unknown dataset 'iriss'; did you mean 'iris'\?$"):
        load_table("iriss")
