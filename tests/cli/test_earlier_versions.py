"""A run that an earlier version trained still answers, is measured, drawn, explained and compared as then.

``tests/runs/fixtures/VERSION`` holds runs as that version left them: flowers, a classification of a table
with words as classes, with shares held out, snapshots and early stopping; sine, a regression.
"""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

import nn as library

EARLIER = Path(__file__).parents[1] / "runs" / "fixtures" / "0.1.0"


@pytest.fixture
def runs(folder: Path) -> Path:
    """A copy of the runs; the configuration of flowers finds its table there."""
    shutil.copytree(EARLIER, folder, dirs_exist_ok=True)
    config = folder / "flowers" / "config.yaml"
    config.write_text(config.read_text().replace("/data/", f"{folder}/"))
    return folder


def test_the_networks_answer_as_they_did(runs):
    flowers, sine = library.load(runs / "flowers"), library.load(runs / "sine")
    x = [[1.4, 3.1], [3.0, 2.0], [4.5, 1.2]]
    assert flowers.classes == ("blue", "pale red", "white")
    assert flowers.predict(x).tolist() == ["blue", "pale red", "white"]
    expected = [
        [0.971739726611524, 0.028093256235398285, 0.000167017153077934],
        [0.01861335199677636, 0.9646800038161168, 0.01670664418710674],
        [0.0001238072570391768, 0.07147599253414415, 0.9284002002088168],
    ]
    np.testing.assert_allclose(flowers.forward(x), expected, rtol=1e-12)
    expected = [[-0.7542592805176545], [-0.13978447665299684], [0.6189206694092756]]
    np.testing.assert_allclose(sine.forward([[-1.0], [0.0], [2.0]]), expected, rtol=1e-12)


def test_a_table_is_predicted(nn, runs):
    table = "width,length\n3.1,1.4\n2.0,3.0\n1.2,4.5\n"
    assert nn("predict", "flowers", "-", stdin=table).stdout == "colour\nblue\npale red\nwhite\n"


def test_the_shares_held_out_are_those_of_the_run_and_measured_the_same(nn, runs):
    assert measured(nn, "flowers", "loss") == {"validation": "0.3775", "test": "0.5406"}
    assert measured(nn, "flowers", "accuracy") == {"validation": "0.7778", "test": "0.7778"}
    assert measured(nn, "sine", "loss") == {"validation": "0.01296"}


def measured(nn, run, metric):
    """A metric of each share."""
    shares = json.loads(nn("evaluate", run, "--format", "json").stdout)
    return {share: f"{found['metrics'][metric]['value']:.4g}" for share, found in shares.items()}


@pytest.mark.parametrize("run", ["flowers", "sine"])
@pytest.mark.parametrize("what", ["loss", "weights", "answers"])
def test_pictures_are_drawn(nn, runs, run, what):
    assert nn("plot", run, "--what", what, "--out", "picture.png").exit_code == 0
    assert (runs / "picture.png").read_bytes().startswith(b"\x89PNG")


def test_its_snapshots_become_a_movie(nn, runs):
    assert nn("plot", "flowers", "--movie", "movie.gif").exit_code == 0
    assert (runs / "movie.gif").read_bytes().startswith(b"GIF")


def test_a_page_explains_them(nn, runs):
    """Side by side, and each as on a page of its own."""
    assert nn("report", "flowers", "sine", "--out", "both.html").exit_code == 0
    assert "pale red" in (runs / "both.html").read_text()


def test_they_are_compared_with_the_numbers_that_they_had(nn, runs):
    said = {
        line.split("  ")[0]: line.split() for line in nn("compare", "flowers", "sine").stdout.splitlines()
    }
    assert said["ended"][-3:] == ["early", "stopping", "epochs"]
    assert said["best epoch"][-2:] == ["30", "6"]
    assert said["best val_loss"][-2:] == ["0.3775", "0.01296"]
    assert said["test accuracy"][-3:] == ["77.8", "%", "–"]


def test_a_finished_one_says_so(nn, runs):
    result = nn("resume", "flowers")
    assert result.stdout.startswith("flowers is finished: it made no progress and stopped early after 45")


def test_one_that_could_go_on_needs_the_version_that_remembers_the_same(nn, runs):
    result = nn("resume", "sine", "--epochs", "120")
    assert result.stderr == (
        "Error: sine/checkpoint.npz: saved by tiny-nn 0.1.0 in format 1, this version goes on from format 2; "
        "resume with that version; remove this file to begin the run again\n"
    )
    assert result.exit_code == 2
    (runs / "sine" / "checkpoint.npz").unlink()
    assert nn("resume", "sine", "--epochs", "120", "-q").exit_code == 0


def test_one_that_was_killed_is_drawn_as_it_was_at_its_checkpoint(nn, runs):
    for name in ("run.json", "model.npz"):
        (runs / "sine" / name).unlink()
    assert nn("plot", "sine", "--what", "answers", "--out", "picture.png").exit_code == 0
