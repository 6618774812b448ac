"""nn predict and nn evaluate of a study: its members as one model."""

import csv
import io
import json
import re
import shutil

import numpy as np
import pytest
import yaml

from nn.studies.blocks import experiment_of, run_block
from nn.studies.folder import StudyFolder
from nn.studies.plan import Plan
from nn.studies.study import Study

TABLE = "size,city,price,kind\n" + "".join(
    f"{n % 13},{('Rome', 'Oslo')[n % 2]},{3 * (n % 13) + n * n % 7},{('cheap', 'dear')[n % 13 > 6]}\n"
    for n in range(120)
)
ROWS = "city,note,size\nRome,first,3\nOslo,second,many\nOslo,third,12\n"
BASE = {
    "model": {"layers": [{"type": "dense", "units": 3, "activation": "tanh"}, {"type": "dense", "units": 1}]},
    "optimizer": {"type": "adam", "learning_rate": 0.05},
    "training": {"epochs": 20, "engine": "numpy"},
}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A folder with studies of three members each, and the table of a user."""
    folder = tmp_path_factory.mktemp("ensembles")
    (folder / "table.csv").write_text(TABLE)
    (folder / "rows.csv").write_text(ROWS)
    data = {"file": "table.csv", "inputs": ["size", "city"], "target": "price"}
    layers = [*BASE["model"]["layers"], "sigmoid"]
    configs = {
        "numbers": BASE | {"data": data | {"validation": 40, "test": 40}, "loss": "mse"},
        "bare": BASE | {"data": data, "loss": "mse"},
        "classes": BASE
        | {"data": data | {"target": "kind", "test": 40}, "model": {"layers": layers}}
        | {"loss": "binary_crossentropy"},
    }
    for name, config in configs.items():
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(config))
        study(folder, name, name)
    study(folder, "numbers", "part", part=(1, 2))
    study(folder, "numbers", "grid", vary={"model.layers.0.units": [2, 3]})
    study(folder, "bare", "folds", folds=3)
    return folder


def study(folder, config, out, part=(1, 1), **varied):
    """Train three members, as nn study does, without its report."""
    plan = Plan.of(folder / f"{config}.yaml", 3, varied.pop("vary", {}), **varied)
    kept = StudyFolder.begun(plan, config, folder / out)
    with kept.lock:
        for block in plan.blocks(part=part):
            kept.add(run_block(block))


def cells(text):
    return [*csv.reader(io.StringIO(text))]


def test_a_number_has_its_spread_and_an_interval_beside_it(nn, home):
    result = nn("predict", home / "numbers", home / "rows.csv")
    header, first, unusable, last = cells(result.stdout)
    assert header == ["price", "price spread", "price low", "price high"]
    assert unusable == ["", "", "", ""]
    y, spread, low, high = map(float, last)
    assert low < y < high
    ensemble = Study.open(home / "numbers").ensemble()
    x = {"size": [3, 12], "city": ["Rome", "Oslo"]}
    np.testing.assert_allclose(ensemble.predict(x)[:, 0], [float(first[0]), y])
    np.testing.assert_allclose(ensemble.spread(x)[1, 0], spread)
    np.testing.assert_allclose(high - low, 2 * ensemble.interval().margins[0])


def test_standard_error_says_what_was_combined_and_how_many_rows_the_interval_covers(nn, home):
    said = nn("predict", home / "numbers", home / "rows.csv", "--best", "2", "--interval", "0.8").stderr
    assert re.search(r"^The mean of the best 2 members \(seeds \d, \d\), ranked by val_loss\.$", said, re.M)
    assert re.search(
        r"^Interval: ± [\d.]+ covers \d+ % of 40 test rows \(95 % interval \d+ to \d+ %; asked: 80 %\)\. "
        r"It comes from the errors on 40 validation rows\.$",
        said,
        re.M,
    )


def test_a_class_has_the_agreement_beside_it_and_probabilities_where_they_are_asked_for(nn, home):
    result = nn("predict", home / "classes", home / "rows.csv")
    (header, *rows), said = cells(result.stdout), result.stderr
    assert header == ["kind", "kind agreement"]
    assert {row[0] for row in rows} <= {"cheap", "dear", ""}
    assert re.search(r"^Right on \d+ % of 40 test rows", said, re.M)
    header, *rows = cells(nn("predict", home / "classes", home / "rows.csv", "--proba").stdout)
    assert header == ["kind", "kind=cheap", "kind=dear", "kind agreement"]
    assert float(rows[0][1]) + float(rows[0][2]) == pytest.approx(1)


def test_members_can_vote(nn, home):
    result = nn("predict", home / "classes", home / "rows.csv", "--vote")
    assert "A vote of 3 members (seeds 0 to 2).\n" in result.stderr
    assert [float(row[1]) in (2 / 3, 1) for row in cells(result.stdout)[1:] if row[0]] == [True, True]


def test_columns_are_kept_as_with_a_run(nn, home):
    header, first, *_ = cells(nn("predict", home / "classes", home / "rows.csv", "--keep").stdout)
    assert header == ["city", "note", "size", "kind", "kind agreement"]
    assert first[:3] == ["Rome", "first", "3"]


def test_without_rows_held_out_there_is_no_interval_which_is_said(nn, home):
    result = nn("predict", home / "bare", home / "rows.csv")
    assert cells(result.stdout)[0] == ["price", "price spread"]
    assert "No interval, as no rows are held out to measure it on; hold some out" in result.stderr


def test_folds_are_measured_on_the_rows_that_members_were_not_trained_on(nn, home):
    result = nn("predict", home / "folds", home / "rows.csv")
    assert "The mean of 9 members (seeds 0 to 2 in 3 folds)." in result.stderr
    assert re.search(r"covers \d+ % of 60 validation rows .* on 60 other validation rows", result.stderr)
    measured = nn("evaluate", home / "folds")
    assert measured.stdout.startswith("validation: 120 rows\n")
    assert "each row is answered by the members that were not trained on it" in measured.stderr


def test_an_unfinished_study_answers_with_the_members_that_have_finished(nn, home):
    result = nn("predict", home / "part", home / "rows.csv")
    assert (result.exit_code, len(cells(result.stdout))) == (0, 4)
    assert "The mean of 1 member (seed 0).\n2 of 3 members have not finished.\n" in result.stderr
    assert cells(result.stdout)[1][1] == ""  # the spread of one member


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["numbers", "--best", "4"], "best: expected 1 to 3, as many as finished and did not diverge, got 4"),
        (["numbers", "--best", "0"], "Invalid value for '--best'"),
        (["bare", "--best", "1"], "hold one out (data.validation: 0.2)"),
        (["bare", "--interval", "0.9"], "no interval, as no rows are held out"),
        (["numbers", "--interval", "0.99"], "at least 99 rows, got 40 validation rows"),
        (["numbers", "--interval", "90"], "Invalid value for '--interval'"),
        (["numbers", "--vote"], "a vote is for classes, and 'price' is a number"),
        (["numbers", "--proba"], "there are no probabilities: 'price' is a number"),
        (["classes", "--interval", "0.9"], "an interval is for numbers, and 'kind' is a class"),
        (["classes", "--proba", "--vote"], "votes are no probabilities"),
        (["grid"], "variant: expected one of 0 (model.layers.0.units=2), 1 (model.layers.0.units=3)"),
        (["numbers", "--variant", "1"], "got 1"),
    ],
)
def test_what_a_study_cannot_answer_is_refused(nn, home, arguments, reason):
    name, *options = arguments
    result = nn("predict", home / name, home / "rows.csv", *options)
    assert (result.exit_code, result.stdout, "Traceback" in result.stderr) == (2, "", False)
    assert reason in result.stderr


def test_of_several_variants_one_is_chosen(nn, home):
    assert nn("predict", home / "grid", home / "rows.csv", "--variant", "1").exit_code == 0


def test_a_table_without_a_column_is_refused(nn, home):
    result = nn("predict", home / "folds", "-", stdin="size\n3\n")
    assert (result.exit_code, "there is no column 'city'" in result.stderr) == (2, True)


def test_a_study_of_which_nothing_is_finished_is_refused(nn, home, folder):
    shutil.copytree(home / "numbers", folder / "s")
    for file in (folder / "s/blocks").glob("*.npz"):
        file.unlink()
    result = nn("predict", "s", home / "rows.csv")
    assert (result.exit_code, "no member of the study has finished" in result.stderr) == (2, True)


def test_a_study_whose_data_have_changed_is_refused(nn, home, folder):
    (folder / "table.csv").write_text(TABLE)
    shutil.copy(home / "bare.yaml", folder)
    study(folder, "bare", "s")
    (folder / "table.csv").write_text(TABLE.replace("Rome", "Bern"))
    experiment_of.cache_clear()  # as in another process
    result = nn("predict", "s", home / "rows.csv")
    assert (result.exit_code, "the data of the study have changed" in result.stderr) == (2, True)


def test_a_run_takes_no_options_of_studies(nn, home, folder):
    nn("train", "xor", "--set", "training.epochs=1", "--out", "run", "--quiet", "--no-plot")
    result = nn("predict", "run", home / "rows.csv", "--best", "2", "--interval", "0.9")
    assert (result.exit_code, "run is no study: leave --best and --interval out" in result.stderr) == (
        2,
        True,
    )
    assert "leave --vote out" in nn("evaluate", "run", "--vote").stderr


def test_metrics_stand_beside_those_of_single_members(nn, home):
    result = nn("evaluate", home / "numbers", "--format", "json")
    found, members = json.loads(result.stdout), Study.open(home / "numbers").members
    assert [*found] == ["validation", "test"]
    others = found["test"]["others"]
    best = members["seed"][np.argmin(members["val_loss"])]
    assert [*others] == ["mean member", f"best member (seed {best})"]
    assert others["mean member"]["loss"] == pytest.approx(members["test_loss"].mean())
    assert others[f"best member (seed {best})"]["loss"] == pytest.approx(members["test_loss"][best])
    assert found["test"]["metrics"]["loss"]["value"] <= others["mean member"]["loss"]


def test_a_table_has_a_column_for_each(nn, home):
    text = nn("evaluate", home / "numbers").stdout
    assert re.search(r"^ +value +95 % interval +mean member +best member \(seed \d\) +baseline$", text, re.M)


def test_a_file_is_measured_too(nn, home):
    text = nn("evaluate", home / "classes", home / "table.csv", "--vote").stdout
    assert text.startswith("table.csv: 120 rows\n")
    assert "log loss" not in text  # shares of votes are no probabilities
