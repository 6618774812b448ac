"""nn evaluate and nn predict: a trained network meets data, by the names of its columns."""

import csv
import io
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

import nn as library

KINDS = ["café, large", 'the "big" one', "plain"]
CONFIG = """\
data: {file: table.csv, target: kind, test: 0.25, scale: standard}
model:
  layers:
    - {type: dense, units: 3, activation: softmax}
loss: categorical_crossentropy
optimizer: {type: adam, learning_rate: 0.1}
training: {epochs: 30}
"""
REGRESSION = """\
data: {file: numbers.csv, target: [u, v]}
model: {layers: [{type: dense, units: 2}]}
loss: mse
optimizer: {type: sgd, learning_rate: 0.1}
training: {epochs: 20}
"""


def table(columns: list[str], rows: list[list[object]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([columns, *rows])
    return text.getvalue()


def samples() -> list[list[object]]:
    rng = np.random.default_rng(0)
    return [[*(rng.normal(size=2) + 3 * k), KINDS[k]] for k in range(3) for _ in range(12)]


@pytest.fixture
def run(nn, folder) -> Path:
    """A classification of words, with a test share."""
    (folder / "my.yaml").write_text(CONFIG)
    (folder / "table.csv").write_text(table(["a", "b", "kind"], samples()))
    assert nn("train", "my.yaml", "--no-plot", "--out", "run").exit_code == 0
    return folder / "run"


def measured(nn, *arguments, **options):
    """What ``nn evaluate`` finds, by share."""
    return json.loads(nn("evaluate", *arguments, "--format", "json", **options).stdout)


def test_without_a_file_the_shares_held_out_are_measured(nn, run):
    result = nn("evaluate", "run")
    title, header, loss, accuracy, *_ = result.stdout.splitlines()
    assert (title, header.split(), loss.split()[0]) == ("test: 9 rows", ["value", "baseline"], "loss")
    assert accuracy.split()[0] == "accuracy"
    assert result.exit_code == 0


def test_without_shares_held_out_it_is_the_training_share(nn, folder):
    nn("train", "xor", "--no-plot")
    (share,) = measured(nn, "runs/xor-001").items()
    assert share[0] == "training"
    assert {found["low"] for found in share[1]["metrics"].values()} == {None}


def test_measures_are_those_that_training_ended_with(nn, run):
    facts = json.loads((run / "run.json").read_text())
    found = measured(nn, "run")["test"]["metrics"]
    assert {name: found[name]["value"] for name in ("loss", "accuracy")} == facts["metrics"]["test"]
    loss = found.pop("loss")
    assert loss["baseline"] is None
    assert found == facts["assessment"]["test"]


def test_columns_are_found_by_name_in_any_order_among_others(nn, run, folder):
    turned = [[kind, b, "x", a] for a, b, kind in samples()]
    (folder / "turned.csv").write_text(table(["kind", "b", "extra", "a"], turned))
    one, other = measured(nn, "run", "table.csv"), measured(nn, "run", "turned.csv")
    assert one["table.csv"] == other["turned.csv"]
    assert nn("predict", "run", "turned.csv").stdout == nn("predict", "run", "table.csv").stdout


def test_predictions_are_a_csv_that_gives_the_class_names_back(nn, run):
    result = nn("predict", "run", "table.csv")
    header, *rows = csv.reader(io.StringIO(result.stdout))
    assert header == ["kind"]
    assert len(rows) == 36
    assert {row[0] for row in rows} == set(KINDS)


def test_predictions_are_those_of_the_library(nn, run):
    x = np.array([row[:2] for row in samples()], float)
    _, *rows = csv.reader(io.StringIO(nn("predict", "run", "table.csv").stdout))
    assert [row[0] for row in rows] == library.load(run).predict(x).tolist()


def test_predict_needs_no_target_and_reads_standard_input(nn, run):
    text = table(["b", "a"], [[b, a] for a, b, _ in samples()])
    assert nn("predict", "run", "-", stdin=text).stdout == nn("predict", "run", "table.csv").stdout


def test_evaluate_reads_standard_input(nn, run, folder):
    result = nn("evaluate", "run", "-", stdin=(folder / "table.csv").read_text())
    assert result.stdout.startswith("standard input: 36 rows\n")


def test_predictions_evaluate_to_full_accuracy(nn, run, folder):
    predicted = [row[0] for row in csv.reader(io.StringIO(nn("predict", "run", "table.csv").stdout))][1:]
    rows = [[a, b, kind] for (a, b, _), kind in zip(samples(), predicted, strict=True)]
    (folder / "predicted.csv").write_text(table(["a", "b", "kind"], rows))
    assert "100.0 %" in nn("evaluate", "run", "predicted.csv").stdout


@pytest.mark.parametrize(
    ("command", "text", "expected"),
    [
        ("predict", "a\n1\n", "<stdin>: there is no column 'b'; there are: a"),
        ("predict", "", "<stdin>: expected a header line and rows, got an empty file"),
        ("evaluate", "a,b\n1,2\n", "<stdin>: there is no target column 'kind'; there are: a, b"),
        (
            "evaluate",
            "a,b,kind\n1,2,plane\n",
            "<stdin>:2: column 'kind': unknown label 'plane'; did you mean 'plain'?",
        ),
    ],
)
def test_mistake_in_the_rows(nn, run, command, text, expected):
    result = nn(command, "run", "-", stdin=text)
    assert (result.stderr, result.stdout, result.exit_code) == (f"Error: {expected}\n", "", 2)


def test_bytes_that_are_no_text_are_told(nn, run):
    result = nn("predict", "run", "-", stdin=b"a,b\n1,\xff\n")
    assert (result.stderr, result.exit_code) == (
        "Error: <stdin>: expected text in utf-8, got the byte 0xff\n",
        2,
    )


@pytest.mark.parametrize(
    "labels", [("007", "07", "7"), ("1.1", "1.10", "2.0"), ("1E1", "10", "+1"), ("1", "2", "X")]
)
def test_labels_come_back_as_they_were_written(nn, folder, labels):
    rows = [[8.0 * n + k / 10, n, labels[n]] for n in range(3) for k in range(10)]
    (folder / "my.yaml").write_text(CONFIG.replace("kind", '"y"').replace("30}", "200}"))
    (folder / "table.csv").write_text(table(["a", "b", "y"], rows))
    nn("train", "my.yaml", "--no-plot", "--out", "run")
    predicted = nn("predict", "run", "table.csv").stdout.splitlines()[1:]
    assert predicted == [label for *_, label in rows]
    assert "100.0 %" in nn("evaluate", "run", "table.csv").stdout


def test_a_regression_predicts_a_number_for_each_target(nn, folder):
    (folder / "my.yaml").write_text(REGRESSION)
    (folder / "numbers.csv").write_text("x,u,v\n0,1,2\n1,2,4\n2,3,6\n")
    nn("train", "my.yaml", "--no-plot", "--out", "run")
    header, *rows = csv.reader(io.StringIO(nn("predict", "run", "numbers.csv").stdout))
    assert header == ["u", "v"]
    np.testing.assert_array_equal(np.array(rows, float), library.load("run").predict([[0], [1], [2]]))
    assert [*measured(nn, "run", "numbers.csv")["numbers.csv"]["by_target"]] == ["u", "v"]


def test_arrays_are_measured_and_predicted_by_the_place_of_their_columns(nn, run, folder):
    rows = samples()
    np.savez(
        folder / "all.npz", x=np.array([row[:2] for row in rows], float), y=np.array([row[2] for row in rows])
    )
    of_arrays, of_table = measured(nn, "run", "all.npz"), measured(nn, "run", "table.csv")
    assert of_arrays["all.npz"] == of_table["table.csv"]
    assert nn("predict", "run", "all.npz").stdout == nn("predict", "run", "table.csv").stdout


def test_arrays_with_some_of_the_classes_keep_their_meaning(nn, run, folder):
    rows = [row for row in samples() if row[2] != KINDS[0]]
    np.savez(
        folder / "some.npz",
        x=np.array([row[:2] for row in rows], float),
        y=np.array([row[2] for row in rows]),
    )
    (folder / "some.csv").write_text(table(["a", "b", "kind"], rows))
    of_arrays, of_table = measured(nn, "run", "some.npz"), measured(nn, "run", "some.csv")
    assert of_arrays["some.npz"] == of_table["some.csv"]
    assert of_table["some.csv"]["metrics"]["roc_auc"]["value"] is None  # a class has no rows


@pytest.mark.parametrize("command", ["evaluate", "predict"])
def test_arrays_of_another_width_are_refused(nn, run, folder, command):
    np.savez(folder / "wide.npz", x=np.ones((2, 3)), y=np.array(["plain", KINDS[0]]))
    result = nn(command, "run", "wide.npz")
    assert (result.stderr, result.exit_code) == ("Error: wide.npz: expected 2 inputs, got 3\n", 2)


def test_unknown_words_in_arrays_are_refused(nn, run, folder):
    np.savez(folder / "odd.npz", x=np.ones((2, 2)), y=np.array(["plain", "plane"]))
    result = nn("evaluate", "run", "odd.npz")
    assert "unknown label 'plane'; did you mean 'plain'?" in result.stderr
    assert result.exit_code == 2


def test_data_that_have_changed_are_not_measured_silently(nn, run, folder):
    (folder / "table.csv").write_text(
        (folder / "table.csv").read_text().replace("\n", "\n", 1) + "1,2,plain\n"
    )
    result = nn("evaluate", "run")
    assert "its data have changed since it was trained" in result.stderr
    assert result.exit_code == 2


def test_data_that_are_gone_are_named(nn, run, folder):
    (folder / "table.csv").unlink()
    result = nn("evaluate", "run")
    gone = f"Error: run/config.yaml:4:9: data: {folder / 'table.csv'}: no such file or directory"
    assert result.stderr.splitlines()[0] == gone


def test_a_model_file_alone_predicts_and_needs_data_to_be_measured(nn, run):
    assert nn("predict", "run/model.npz", "table.csv").exit_code == 0
    result = nn("evaluate", "run/model.npz")
    assert (
        "run/model.npz: expected a run directory, got a file; to measure it, name the data as well"
        in result.stderr
    )


def test_a_damaged_run_is_told(nn, run):
    (run / "run.json").write_text("{")
    assert "run.json: not a run" in nn("evaluate", "run").stderr
    data = bytearray((run / "model.npz").read_bytes())
    data[len(data) // 2] ^= 1
    (run / "model.npz").write_bytes(data)
    result = nn("predict", "run", "table.csv")
    assert result.stderr.startswith("Error: run/model.npz: damaged: ")
    assert result.exit_code == 2


def test_metrics_stand_beside_intervals_and_what_the_training_share_suggests(nn, run):
    found = measured(nn, "run", "table.csv")["table.csv"]
    accuracy = found["metrics"]["accuracy"]
    assert accuracy["low"] < accuracy["value"] <= accuracy["high"]
    assert accuracy["baseline"] == pytest.approx(1 / 3)
    assert found["baseline"].startswith("always answering '")
    assert [*found["by_class"]] == sorted(KINDS)


def test_a_model_alone_and_a_run_of_an_earlier_version_have_no_baseline(nn, run, folder):
    facts = json.loads((run / "run.json").read_text())
    for name in ("assessment", "remarks", "baseline"):
        del facts[name]
    (run / "run.json").write_text(json.dumps(facts))
    (folder / "alone").mkdir()
    shutil.copy(run / "model.npz", folder / "alone")
    for name in ("run", "run/model.npz", "alone"):
        found = measured(nn, name, "table.csv")["table.csv"]
        assert found["baseline"] is None
        assert found["metrics"]["accuracy"]["low"] is not None
        assert "baseline" not in nn("evaluate", name, "table.csv").stdout
    assert "test accuracy" in nn("compare", "run").stdout


@pytest.mark.parametrize(
    ("form", "beginning"),
    [
        ("csv", "share,metric,of,answer,value,low,high,baseline\ntest,rows,,,9,,,\n"),
        ("markdown", "**test: 9 rows**\n\n|  | value | baseline |\n"),
        ("latex", "\\textbf{test: 9 rows}\n\n\\begin{tabular}{lrr}\n"),
    ],
)
def test_formats(nn, run, form, beginning):
    assert nn("evaluate", "run", "--format", form).stdout.startswith(beginning)


def test_names_cannot_command_the_terminal(nn, folder):
    rows = [[float(k), f"\u202e{k % 2}"] for k in range(40)]
    (folder / "table.csv").write_text(table(["a", "kind"], rows))
    (folder / "my.yaml").write_text(CONFIG.replace("units: 3", "units: 2"))
    said = nn("train", "my.yaml", "--no-plot", "--out", "run").stdout
    for form in ("text", "json", "markdown"):
        said += nn("evaluate", "run", "table.csv", "--format", form).stdout
    assert r"\u202e1" in said
    assert "\u202e" not in said


def test_python_has_the_same_numbers(nn, run):
    (assessment,) = library.assess_run("run").values()
    found = measured(nn, "run")["test"]["metrics"]
    assert {name: value._asdict() for name, value in assessment.metrics.items()} == found


LABELS = REGRESSION.replace("numbers.csv", "labels.csv").replace("units: 2", "units: 2, activation: sigmoid")


def test_several_targets_of_0_and_1_are_labels(nn, folder):
    rows = [[k / 40, k % 2, int(k > 20)] for k in range(40)]
    (folder / "labels.csv").write_text(table(["x", "u", "v"], rows))
    (folder / "my.yaml").write_text(LABELS)
    nn("train", "my.yaml", "--no-plot", "--out", "run")
    found = measured(nn, "run", "labels.csv")["labels.csv"]
    assert found["task"] == "labels"
    assert [*found["by_label"]] == ["u", "v"]
    assert nn("evaluate", "run", "labels.csv").stdout.splitlines()[3].split()[:2] == ["exact", "match"]


def test_what_was_labels_in_training_is_numbers_where_it_holds_others(nn, folder):
    (folder / "labels.csv").write_text("x,u,v\n0,1,0\n1,0,1\n2,1,1\n")
    (folder / "my.yaml").write_text(LABELS)
    nn("train", "my.yaml", "--no-plot", "--out", "run")
    (folder / "numbers.csv").write_text("x,u,v\n0,1,0.5\n1,0,1\n")
    assert measured(nn, "run", "numbers.csv")["numbers.csv"]["task"] == "regression"


CONSTANT = """\
data: {file: table.csv, target: kind, test: 0.5}
model: {layers: [{type: dense, units: 1, activation: sigmoid, initializer: zeros}]}
loss: binary_crossentropy
optimizer: {type: sgd, learning_rate: 1.0e-9}
training: {epochs: 1}
"""


def test_a_network_that_is_no_better_than_its_baseline_is_told(nn, folder):
    rows = [[0, "no" if k % 10 else "yes"] for k in range(80)]
    (folder / "table.csv").write_text(table(["a", "kind"], rows))
    (folder / "my.yaml").write_text(CONSTANT)
    remark = "No better than always answering 'no' (90.0 %)."
    assert remark in nn("train", "my.yaml", "--no-plot", "--out", "run").stdout
    assert remark in nn("evaluate", "run").stdout.splitlines()
    assert json.loads(Path("run/run.json").read_text())["remarks"] == {"test": remark}
    assert remark.replace("'", "&#x27;") in page(nn)


def page(nn):
    nn("report", "run", "--out", "page.html")
    return Path("page.html").read_text()


def test_compare_shows_the_baseline_of_the_test_share(nn, run):
    lines = nn("compare", "run").stdout
    assert "test accuracy, baseline" in lines


def test_the_loss_of_scaled_targets_is_called_so_at_the_end_of_training_and_later(nn, folder):
    (folder / "numbers.csv").write_text(table(["x", "u"], [[k, 1e5 * k] for k in range(40)]))
    (folder / "my.yaml").write_text(REGRESSION.replace("[u, v]", "u").replace("units: 2", "units: 1"))
    said = nn("train", "my.yaml", "--no-plot", "--out", "run").stdout
    assert "loss of scaled targets\n" in said
    lines = nn("evaluate", "run").stdout.splitlines()
    assert lines[2].startswith("loss of scaled targets  ")
    assert measured(nn, "run")["training"]["metrics"]["rmse"]["baseline"] > 1e5  # in the target's own unit


def test_a_table_is_evaluated_as_the_run_read_its_own_and_what_is_left_out_is_said(nn, folder):
    rows = "".join(f"{n};{'unknown' if n == 3 else n + 0.5};{'' if n == 5 else n % 2}\n" for n in range(12))
    (folder / "own.csv").write_text("a;b;y\n" + rows.replace(".", ","))
    (folder / "own.yaml").write_text(
        "data:\n  file: own.csv\n  target: y\n  missing_values: [unknown]\n"
        "  columns: {a: number, b: {type: number, missing: drop_row}}\n"
        "model: {layers: [{type: dense, units: 1, activation: sigmoid}]}\n"
        "loss: binary_crossentropy\noptimizer: adam\ntraining: {epochs: 2}\n"
    )
    assert nn("train", "own.yaml", "--out", "own", "--no-plot").exit_code == 0
    result = nn("evaluate", "own", "own.csv")
    assert "own.csv: 10 rows" in result.stdout
    assert result.stderr.splitlines() == [
        "Left out 1 row without a target ('y' is missing).",
        "Left out 1 row with a missing cell.",
    ]


def test_every_mistake_of_a_table_has_a_line(nn, run):
    result = nn("evaluate", "run", "-", stdin=b"a,b,kind\n1,x,round\n2,y,square\n")
    assert len(result.stderr.splitlines()) == 2
    assert (result.exit_code, "\\n" in result.stderr) == (2, False)
