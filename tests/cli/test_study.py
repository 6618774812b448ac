"""nn study: what it prints and writes, what it refuses, and that it can be killed at any moment."""

import json
import random
import signal
import time

import pytest

from tests.cli.errors import without_progress
from tests.cli.test_interrupts import wait_for

GRID = ["study", "xor", "--vary", "optimizer.learning_rate=0.1..0.8 lin 8", "--seeds", "5"]
QUICK = ["--set", "training.epochs=20", "--set", "training.stop_at={loss: 0.5}", "--no-plot"]
SLOW = [
    *GRID,
    "--no-plot",
    "--engine",
    "numpy",
    "--jobs",
    "1",
    "--set",
    "training.epochs=1500",
    "--out",
    "study",
]


def test_a_study_tells_how_many_reached_the_goal_and_where_its_files_are(nn, folder):
    result = nn("study", "xor", "--seeds", "0:3,5:7", "--set", "training.epochs=250")
    assert result.exit_code == 0
    assert "5 runs ended: 3 at the goal, 2 at the limit." in result.stdout
    assert "Missed the goal:\n- " in result.stdout
    files = "blocks  config.yaml  curves.npz  study.csv  study.json  study.png"
    assert f"runs/xor-study-001/  {files}\n" in result.stdout
    rows = (folder / "runs/xor-study-001/study.csv").read_text().splitlines()
    assert [row.split(",")[1] for row in rows[1:]] == ["0", "1", "2", "5", "6"]


def test_the_ruler_stands_first(nn):
    result = nn("study", "xor", "--seeds", "2", *QUICK)
    assert result.stdout.startswith(
        "Goal: loss ≤ 0.5 on all training samples. Limit: 20 epochs. Runs: 2 seeds"
    )


def test_what_is_unsolved_is_grouped_and_explained(nn, folder):
    result = nn("study", "xor-lm", "--seeds", "6", "--out", "s", "--no-plot", "--explain", "2")
    assert "Members train one by one, as LevenbergMarquardt takes one network at a time." in result.stderr
    assert "Ends at a loss of 0.125" in result.stdout
    assert "running off" in result.stdout.lower()
    header, *rows = [line.split(",") for line in (folder / "s/study.csv").read_text().splitlines()]
    groups = {row[header.index("solved")]: row[header.index("group")] for row in rows}
    assert groups == {"true": "", "false": "0"}
    (variant,) = json.loads((folder / "s/study.json").read_text())["variants"]
    assert variant["groups"][0]["verdict"]["kind"] == "running off"
    solved = nn("study", "s", "--explain", "0")
    assert solved.stdout == "Seed 0 reached loss ≤ 0.01 at epoch 6.\n"
    unknown = nn("study", "s", "--explain", "77")
    assert unknown.exit_code == 2
    assert unknown.stderr.endswith("Error: --explain: no member with seed 77 has finished\n")


def test_the_same_command_goes_on_and_the_folder_too(nn, folder):
    nn("study", "xor", "--seeds", "3", *QUICK, "--out", "s")
    blocks = sorted((folder / "s/blocks").iterdir())
    again = nn("study", "xor", "--seeds", "3", *QUICK, "--out", "s")
    assert again.exit_code == 0
    assert sorted((folder / "s/blocks").iterdir()) == blocks
    more = nn("study", "s", "--seeds", "5", "--no-plot")
    assert "5 runs ended: 5 at the goal." in more.stdout
    assert len((folder / "s/study.csv").read_text().splitlines()) == 6


def test_parts_of_a_study_are_merged(nn, folder):
    options = ["study", "xor", "--seeds", "7", *QUICK]
    nn(*options, "--out", "whole", "--quiet")
    for number in (1, 2):
        part = nn(*options, "--block", f"{number}/2", "--out", f"part-{number}")
        assert f"{number + 2} of 7 members finished." in part.stdout
    merged = nn("study", "merge", "part-1", "part-2", "--out", "both", "--no-plot")
    assert "7 runs ended: 7 at the goal." in merged.stdout
    assert (folder / "both/study.csv").read_bytes() == (folder / "whole/study.csv").read_bytes()


def test_a_merge_of_different_studies_names_them_and_writes_nothing(nn, folder):
    for name, epochs in (("short", 2), ("long", 3)):
        nn("study", "xor", "--seeds", "1", "--no-plot", "--out", name, "--set", f"training.epochs={epochs}")
    result = nn("study", "merge", "short", "long", "--out", "both")
    assert (
        "long: a study of something else than short: its epochs=2, now epochs=3; leave one out"
        in result.stderr
    )
    assert not (folder / "both").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["xor", "--seeds", "0"], "--seeds 0: expected at least one seed, got 0"),
        (["xor", "--seeds", "9:3"], "--seeds 9:3: the range 9:3 is reversed; write 3:9"),
        (["xor", "--seeds", "0:9,5:12"], "the range 5:12 overlaps another one: a seed is trained once"),
        (
            ["xor", "--vary", "optimizer.learning_rat=0.1,1", "--vary", "model.layers.0.unit=2"],
            "optimizer has no key 'learning_rat'; did you mean 'learning_rate'?\n"
            "  --vary optimizer.learning_rat=0.1\n                   ^^^^^^^^^^^^\n"
            "model.layers.0 has no key 'unit'; did you mean 'units'?\n"
            "  --vary model.layers.0.unit=2\n                        ^^^^\n",
        ),
        (["xor", "--vary", "x", "--vary", "y="], "--vary x: expected KEY=VALUES"),
        (["xor", "--vary", "x", "--vary", "y="], "--vary y=: expected values such as 0.1,0.5,2, got none"),
        (["xor", "--vary", "a=1", "--vary", "a=2"], "a is varied twice; write all its values together"),
        (["xor", "--vary", "seed.wieghts=3"], "seed has no key 'wieghts'; did you mean 'weights'?"),
        (["xor", "--vary", "seed.order=3", "--seeds", "3"], "seed.order is varied over seeds of its own"),
        (
            ["xor", "--criterion", "tolerance"],
            "has only loss ≤ 0.01; add --set training.stop_at.tolerance=0.4",
        ),
        (["iris", "--criterion", "loss"], "stop_at is not given; add --set training.stop_at.loss=0.01"),
        (["iris", "--folds", "200"], "expected at most 120 folds, as there are 120 rows, got 200"),
        (["iris", "--repeats", "2"], "repeats are of folds; give the number of folds too"),
        (["xor", "--block", "4/3"], "expected a part such as 3/16"),
        (["xor", "--block", "1/" + "9" * 5000], "expected a part such as 3/16, of 1/16 to 16/16, got 5,002"),
        (["xor", "elsewhere"], "unexpected 'elsewhere'; only nn study merge takes several folders"),
        (["xor", "--backend", "dask"], "--backend dask needs the address of its scheduler"),
        (["xor", "--scheduler", "nowhere"], "--scheduler: nowhere: "),
        (["merge"], "expected the folders to merge, and where to"),
        (
            ["merge", "nowhere", "--out", "m"],
            "nowhere: expected the folder of a study, got no blocks/plan.json",
        ),
        (["xor", "--out", "taken"], "taken: already exists and is no study; write to another folder"),
        (["xor", "--seeds", "10001", "--set", "training.epochs=1"], "10,001 runs take up to about"),
    ],
)
def test_mistakes_are_told_and_nothing_is_written(nn, folder, options, message):
    (folder / "taken").mkdir()
    (folder / "taken" / "notes").write_text("")
    result = nn("study", *options)
    assert result.exit_code == 2
    assert message in result.stderr
    assert [file.name for file in folder.iterdir()] == ["taken"]


def test_a_study_is_not_made_another_one(nn, folder):
    nn("study", "xor", "--seeds", "1", *QUICK, "--out", "s")
    other = nn("study", "xor", "--seeds", "1", *QUICK, "--set", "training.epochs=2", "--out", "s")
    assert other.exit_code == 2
    assert (
        "s: a study of something else: its epochs=20, now epochs=2; write to another folder" in other.stderr
    )
    changed = nn("study", "s", "--set", "training.epochs=2", "--folds", "2")
    assert "s is a study, and goes on as it is: leave --set and --folds out" in changed.stderr


def test_one_goal_of_several_may_be_the_criterion(nn, folder):
    goals = ["--set", "training.stop_at={loss: 0.01, accuracy: 1}", "--set", "training.epochs=300"]
    result = nn("study", "xor", *goals, "--criterion", "accuracy", "--seeds", "2", "--no-plot")
    assert result.stdout.startswith("Goal: accuracy ≥ 100 % on all training samples.")


def test_a_tolerance_as_the_criterion_still_ignores_overshoot(nn, folder):
    goals = ["--set", "training.stop_at={loss: 0.01, tolerance: 0.4, overshoot: ignored}"]
    options = ["--criterion", "tolerance", "--seeds", "1", "--set", "training.epochs=300", "--out", "s"]
    said = " ".join(nn("study", "xor", *goals, *options).stdout.split())
    assert "Goal: every output within 0.4 of its target or beyond it on all" in said


def test_a_comparison_of_runs_leaves_studies_out(nn, folder):
    nn("study", "xor", "--seeds", "1", *QUICK)
    nn("train", "xor", "--set", "training.epochs=1", "--no-plot")
    assert "xor-study" not in nn("compare", *sorted(folder.glob("runs/*"))).stdout
    alone = nn("compare", "runs/xor-study-001")
    assert (alone.exit_code, alone.stderr) == (
        2,
        "Error: runs/xor-study-001 is a study: nn study runs/xor-study-001 compares its variants\n",
    )


def test_killed_at_random_and_resumed_a_study_is_as_if_never_stopped(nn, process, folder):
    nn(*SLOW[:-1], "whole", "--quiet")
    rng, kills = random.Random(0), 0
    while True:
        before = len([*folder.glob("study/blocks/*.npz")])
        running = process(*SLOW)
        wait_for(lambda: running.poll() is not None or len([*folder.glob("study/blocks/*.npz")]) > before)  # noqa: B023
        time.sleep(rng.uniform(0, 0.2))
        if running.poll() is None:
            running.kill()
            kills += 1
        running.communicate()
        if running.returncode == 0:
            break
    assert kills > 1
    assert (folder / "study/study.csv").read_bytes() == (folder / "whole/study.csv").read_bytes()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_an_interrupted_study_keeps_what_has_finished(process, folder, number, jobs):
    endless = [option.replace("epochs=1500", "epochs=1000000") for option in SLOW]
    endless[endless.index("--jobs") + 1] = jobs
    running = process(*endless, "--set", "training.stop_at={loss: 0.01}")
    wait_for(lambda: running.poll() is not None or [*folder.glob("study/blocks/*.npz")])
    running.send_signal(number)
    out, err = running.communicate(timeout=300)
    assert (running.returncode, without_progress(err)) == (128 + number, "")
    assert "of 40 members finished." in out
    assert json.loads((folder / "study/study.json").read_text())["stopped"] == "interrupted"
    assert not [*folder.glob("study/**/.*")]
