"""nn train: what it says, what it leaves, and what it understands."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import yaml

import nn as library

TANH = ("--set", "model.layers=[{type: dense, units: 2}, tanh, {type: dense, units: 1}, sigmoid]")
QUICK = ("--no-plot", "--set", "training.epochs=3")
FILES = ["checkpoint.npz", "config.yaml", "loss.png", "metrics.csv", "model.npz", "run.json"]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_ends_by_saying_what_was_reached_why_it_stopped_and_where_the_files_are(nn, folder):
    result = nn("train", "xor")
    first, header, measures, last = result.stdout.splitlines()
    assert first.startswith("Reached loss ≤ 0.01 after ")
    assert first.endswith(" s.")
    assert header.split() == ["loss", "accuracy"]
    assert measures.split()[0] == "training"
    assert last.split() == ["runs/xor-001/", *FILES]
    assert result.exit_code == 0
    assert names(folder / "runs" / "xor-001") == FILES


def test_a_missed_goal_is_said_and_no_failure(nn):
    result = nn("train", "xor", *QUICK)
    assert result.stdout.startswith("Did not reach loss ≤ 0.01 after 3 epochs in ")
    assert result.exit_code == 0


def test_says_which_epoch_was_the_best(nn):
    settings = ["training.early_stopping.patience=1", "training.stop_at=null", "optimizer.learning_rate=100"]
    result = nn("train", "xor", *QUICK, *(f"--set={setting}" for setting in settings))
    assert "The weights are those from the start, the best." in result.stdout


def test_quiet_says_nothing(nn, folder):
    result = nn("train", "xor", "--quiet", *QUICK)
    assert (result.output, result.exit_code) == ("", 0)
    assert (folder / "runs" / "xor-001").is_dir()


def test_runs_are_numbered_and_never_written_over(nn, folder):
    for _ in range(2):
        nn("train", "xor", *QUICK)
    (folder / "runs" / "xor-004").mkdir()
    nn("train", "xor", *QUICK)
    assert names(folder / "runs") == ["xor-001", "xor-002", "xor-003", "xor-004"]


def test_a_folder_that_is_there_is_refused_before_data_are_read(nn, folder):
    (folder / "mine").mkdir()
    result = nn("train", "xor", "--set", "data={file: missing.csv, target: y}", "--out", "mine")
    assert result.stderr == "Error: mine: already exists; a run is never written over another\n"
    assert result.exit_code == 2


def test_out_chooses_the_folder_and_makes_those_above(nn, folder):
    result = nn("train", "xor", *QUICK, "--out", "a/b/my run")
    assert result.stdout.splitlines()[-1].startswith("a/b/my run/  ")
    assert (folder / "a/b/my run/model.npz").is_file()
    assert names(folder) == ["a"]


def test_metrics_have_a_row_for_each_report(nn, folder):
    nn("train", "xor", *QUICK, "--set", "training.report_every=2")
    with (folder / "runs/xor-001/metrics.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["epoch", "loss", "accuracy", "learning_rate", "seconds"]
    assert [row["epoch"] for row in rows] == ["2", "3"]


def test_run_json_says_how_it_went(nn, folder):
    nn("train", "xor", *QUICK, "--seed", "5")
    facts = json.loads((folder / "runs/xor-001/run.json").read_text())
    assert (facts["stopped"], facts["epochs"], facts["seed"]) == ("epochs", 3, 5)
    assert set(facts["versions"]) == {"tiny-nn", "numpy", "python", "blas"}
    assert len(facts["data"]["training"]) == 64


def test_set_and_seed_end_up_in_the_written_configuration(nn, folder):
    nn("train", "xor", *QUICK, "--seed", "7", "--set", "model.layers.0.units=3", "--set", "optimizer=adam")
    written = yaml.safe_load((folder / "runs/xor-001/config.yaml").read_text())
    assert written["seed"] == 7
    assert written["model"]["layers"][0]["units"] == 3
    assert written["optimizer"]["type"] == "adam"


def test_a_later_setting_wins_over_an_earlier_one(nn, folder):
    nn("train", "xor", *QUICK, "--set", "seed=1", "--set", "seed=2")
    assert yaml.safe_load((folder / "runs/xor-001/config.yaml").read_text())["seed"] == 2


def test_a_bundled_name_is_bundled_even_where_a_folder_has_it(nn, folder):
    (folder / "xor").mkdir()
    assert nn("train", "xor", *QUICK).exit_code == 0


@pytest.mark.parametrize("name", ["Größe 日本.yaml", "$x_{1}$.yaml", "a b.yml", "no-suffix"])
def test_a_file_of_any_name_gives_the_run_its_name(nn, folder, name):
    (folder / name).write_text((Path(__file__).parents[2] / "configs" / "xor.yaml").read_text())
    assert nn("train", f"./{name}", *QUICK).exit_code == 0
    assert names(folder / "runs") == [f"{Path(name).stem}-001"]


def test_divergence_is_told_with_its_epoch_and_what_to_try_and_keeps_the_metrics(nn, folder):
    result = nn(
        "train", "sine", "--set", "optimizer={type: sgd, learning_rate: 1e6}", "--set", "data.validation=0.2"
    )
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: the loss became ")
    assert "at epoch " in result.stderr
    assert result.stdout.startswith("Diverged after ")
    assert ": optimizer.learning_rate: " in " ".join(result.stdout.split())
    run = folder / "runs/sine-001"
    assert names(run) == FILES
    assert json.loads((run / "run.json").read_text())["stopped"] == "diverged"
    assert len((run / "metrics.csv").read_text().splitlines()) > 1
    assert library.load(run).network.parameters.size


def test_divergence_without_best_weights_leaves_no_model(nn, folder):
    settings = ["optimizer={type: sgd, learning_rate: 1e6}", "data.test=null", "data.validation=null"]
    result = nn("train", "sine", *(part for setting in settings for part in ("--set", setting)))
    assert result.exit_code == 1
    assert names(folder / "runs/sine-001") == [name for name in FILES if name != "model.npz"]
    told = nn("evaluate", "runs/sine-001")
    assert (told.exit_code, told.stderr.count("\n")) == (2, 1)
    assert "model.npz" in told.stderr


def test_a_second_order_method_says_why_it_ended(nn, folder):
    result = nn("train", "xor-lm", "--seed", "2", "--out", "run", "--no-plot")
    assert result.stdout.startswith("Did not reach loss ≤ 0.01: the gradient is no larger than min_gradient")
    facts = json.loads((folder / "run" / "run.json").read_text())
    assert facts["stopped"] == "minimum_gradient"
    assert facts["gradient_norm"] <= 1e-7
    with (folder / "run" / "metrics.csv").open() as file:
        assert next(csv.reader(file)) == ["epoch", "loss", "accuracy", "gradient_norm", "damping", "seconds"]


def test_bayesian_regularization_says_how_many_parameters_count(nn, folder):
    result = nn("train", "sine-bayes", "--out", "run", "--no-plot")
    facts = json.loads((folder / "run" / "run.json").read_text())
    assert f"Effective parameters: {facts['effective_parameters']:.1f} of 46." in result.stdout
    with (folder / "run" / "metrics.csv").open() as file:
        assert "effective_parameters" in next(csv.reader(file))


def test_what_a_second_order_method_cannot_serve_is_the_users_mistake(nn):
    result = nn("train", "iris-lbfgs", "--set", "training.batch_size=16")
    assert result.exit_code == 2
    assert "LBFGS trains on the whole set, got batch_size 16" in result.stderr


def test_a_seed_may_have_64_bits(nn, folder):
    seed = 2**64 - 1
    assert (
        nn("train", "xor", "--seed", str(seed), "--set", "training.epochs=2", "--out", "run").exit_code == 0
    )
    assert f"seed: {seed}" in (folder / "run/config.yaml").read_text()
    assert nn("verify", "run").exit_code == 0


def test_a_run_whose_formulas_turned_is_saved_and_fails(nn, monkeypatch):
    calls = []

    def turning(layer, x):
        calls.append(1)
        layer.output = np.tanh(x) * (1 + (len(calls) > 5))  # recording, and the first report, take five
        return layer.output

    monkeypatch.setattr("nn.layers.activations.sigmoids.Tanh.forward", turning)
    result = nn("train", "xor", *TANH, "--set", "training.epochs=20", "--engine", "numpy", "--out", "run")
    assert result.exit_code == 1
    assert "a step of the engine 'numpy' leaves another" in result.stderr
    assert (Path("run") / "model.npz").exists()
    assert json.loads((Path("run") / "run.json").read_text(encoding="utf-8"))["stopped"] == "epochs"


def test_auto_says_once_why_the_formulas_run_and_the_run_keeps_it(nn, monkeypatch):
    def looking(layer, x):
        layer.output = np.tanh(x if np.sum(x) > 0 else 1 * x)
        return layer.output

    monkeypatch.setattr("nn.layers.activations.sigmoids.Tanh.forward", looking)
    result = nn("train", "xor", *TANH, "--set", "training.epochs=20", "--out", "run")
    assert result.stderr.count("the formulas run as they stand: ") == 1
    note = json.loads((Path("run") / "run.json").read_text(encoding="utf-8"))["engine_note"]
    assert note in result.stderr.replace("\n", " ")
