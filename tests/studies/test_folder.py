"""The folder of a study is whole at any instant, goes on, grows by seeds, and is merged from parts."""

import json
from pathlib import Path

import numpy as np
import pytest

from nn.studies.blocks import run_block
from nn.studies.files import write_files
from nn.studies.folder import StudyFolder, merge, stored_plan
from nn.studies.plan import Plan
from nn.studies.study import Study

RATES = {"optimizer.learning_rate": (0.1, 0.5)}
SHORT = ["training.epochs=20", "training.stop_at={loss: 0.25}"]


def plan(seeds=6, vary=RATES, settings=SHORT, **options):
    return Plan.of("xor", seeds, vary, settings, **options)


def trained(folder, part=(1, 1), most=99):
    for block in [*folder.plan.blocks(folder.done, part)][:most]:
        folder.add(run_block(block))
    return folder


def begun(path, *arguments, **options):
    return StudyFolder.begun(plan(*arguments, **options), "xor", path)


def table(path):
    write_files(path, Study.open(path))
    return (path / "study.csv").read_text()


@pytest.fixture
def whole(tmp_path):
    """The table of a study that was trained at once."""
    folder = trained(begun(tmp_path / "whole"))
    folder.lock.release()
    return table(folder.path)


def test_a_study_goes_on_where_it_was(tmp_path, whole):
    first = trained(begun(tmp_path / "study"), most=1)
    first.lock.release()
    second = begun(tmp_path / "study")
    blocks = [*second.plan.blocks(second.done)]
    assert [block.variant for block in blocks] == [1]
    trained(second)
    assert table(second.path) == whole


def test_more_seeds_extend_a_study(tmp_path, whole):
    trained(begun(tmp_path / "study", range(2, 4))).lock.release()
    folder = begun(tmp_path / "study", range(3, 6))
    assert folder.plan.seeds == (2, 3, 4, 5)
    trained(folder).lock.release()
    trained(begun(tmp_path / "study", range(2)))
    assert table(folder.path) == whole


@pytest.mark.parametrize(
    ("other", "difference"),
    [
        ({"settings": ["training.epochs=30", SHORT[1]]}, "its epochs=20, now epochs=30"),
        ({"settings": [*SHORT, "loss=mae"]}, "its loss=mse, now loss=mae"),
        ({"vary": {}}, "it varies optimizer.learning_rate over 0.1, 0.5, now no optimizer.learning_rate"),
        ({"vary": RATES | {"optimizer.momentum": [0.1]}}, "it varies no optimizer.momentum, now opt"),
        (
            {"vary": {"optimizer.learning_rate": [0.1]}},
            "it varies optimizer.learning_rate over 0.1, 0.5, now optimizer.learning_rate over 0.1",
        ),
        ({"settings": [*SHORT, "seed=1"]}, "its seed=0, now seed=1"),
    ],
)  # fmt: skip
def test_a_study_of_something_else_is_refused_with_what_differs(tmp_path, other, difference):
    trained(begun(tmp_path / "study"), most=1).lock.release()
    before = {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    with pytest.raises(ValueError, match=f"a study of something else: {difference}") as error:
        begun(tmp_path / "study", **other)
    assert str(error.value).endswith("; write to another folder")
    assert {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()} == before


def test_changed_data_are_another_study(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    config = {
        "data": {"file": "t.csv", "target": "y"}, "model": {"layers": [{"type": "dense", "units": 1}]},
        "loss": "mse", "optimizer": "sgd", "training": {"epochs": 1},
    }  # fmt: skip
    Path("t.csv").write_text("x,y\n1,2\n2,3\n")
    StudyFolder.begun(Plan.of(config, 2, {}), "t", Path("study")).lock.release()
    Path("t.csv").write_text("x,y\n1,2\n2,4\n")
    with pytest.raises(ValueError, match="its data have changed since it began"):
        StudyFolder.begun(Plan.of(config, 2, {}), "t", Path("study"))


def test_parts_merge_to_the_whole(tmp_path, whole):
    for number in (1, 2, 3):
        trained(begun(tmp_path / str(number)), part=(number, 3)).lock.release()
    folder = StudyFolder.begun(stored_plan(tmp_path / "2"), "xor", tmp_path / "merged")
    merge([tmp_path / "2", tmp_path / "1"], folder)
    assert len(folder.done) == 8
    merge([tmp_path / "3", tmp_path / "1"], folder)
    assert table(folder.path) == whole


def test_parts_with_other_weights_of_a_member_do_not_merge(tmp_path):
    folder = trained(begun(tmp_path / "one"), most=1)
    (result,) = folder.results
    result.parameters[2] += 1
    other = begun(tmp_path / "two")
    other.add(result)
    fresh = trained(begun(tmp_path / "three"), most=1)
    with pytest.raises(
        ValueError, match=r"two: seed 2 has other weights than in another folder: one was trained"
    ):
        merge([tmp_path / "two"], fresh)


def test_two_processes_do_not_train_one_study(tmp_path):
    first = begun(tmp_path / "study")
    with pytest.raises(ValueError, match="another process is training this study"):
        begun(tmp_path / "study")
    first.lock.release()
    begun(tmp_path / "study")


def test_a_folder_of_something_else_is_left_alone(tmp_path):
    (tmp_path / "notes.txt").write_text("")
    with pytest.raises(ValueError, match="already exists and is no study; write to another folder"):
        begun(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["notes.txt"]


def test_a_study_that_was_killed_before_its_plan_was_written_begins(tmp_path):
    (tmp_path / "study" / "blocks").mkdir(parents=True)
    (tmp_path / "study" / "config.yaml").write_text("seed: 0\n")
    (tmp_path / "study" / "blocks" / ".plan.json.tmp").write_text("{")
    folder = trained(begun(tmp_path / "study"))
    assert len(folder.done) == 12


def test_a_damaged_block_names_the_file_and_what_to_do(tmp_path):
    folder = trained(begun(tmp_path / "study"), most=1)
    (file,) = (tmp_path / "study" / "blocks").glob("*.npz")
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    folder.lock.release()
    with pytest.raises(
        ValueError, match=f"{file.name}: damaged.*; remove this file, and its members are trained again"
    ):
        begun(tmp_path / "study")
    file.unlink()
    assert len(trained(begun(tmp_path / "study")).done) == 12


def test_a_block_that_is_not_of_the_plan_is_told(tmp_path):
    for name, vary in (("one", {}), ("two", RATES)):
        trained(StudyFolder.begun(plan(2, vary), "xor", tmp_path / name)).lock.release()
    for file in (tmp_path / "two" / "blocks").glob("0001*.npz"):
        file.rename(tmp_path / "one" / "blocks" / file.name)
    with pytest.raises(ValueError, match=r"0001.*\.npz: a block of another study; remove this file"):
        Study.open(tmp_path / "one")


def test_a_plan_without_variants_is_told(tmp_path):
    begun(tmp_path / "study").lock.release()
    file = tmp_path / "study" / "blocks" / "plan.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"variants": []}))
    with pytest.raises(ValueError, match=r"plan\.json: expected at least one variant, got none"):
        Study.open(tmp_path / "study")


@pytest.mark.parametrize("text", ["{", "[]", '{"format": 1}', '{"format": 99}'])
def test_a_plan_that_cannot_be_read_is_named(tmp_path, text):
    (tmp_path / "blocks").mkdir()
    (tmp_path / "config.yaml").write_text("")
    (tmp_path / "blocks" / "plan.json").write_text(text)
    with pytest.raises(ValueError, match=r"plan\.json: (damaged|written by a newer)"):
        Study.open(tmp_path)


def test_the_table_has_a_row_for_each_member(whole):
    header, *rows = whole.splitlines()
    assert header == "variant,seed,optimizer.learning_rate,solved,epochs,stopped,loss,accuracy,group"
    assert [row.split(",")[:3] for row in rows[4:8]] == [
        ["0", "4", "0.1"], ["0", "5", "0.1"], ["1", "0", "0.5"], ["1", "1", "0.5"]
    ]  # fmt: skip
    assert {row.split(",")[3] for row in rows} == {"true", "false"}
    assert all(row.endswith(",") for row in rows)


def test_without_a_goal_solved_and_epochs_stay_empty(tmp_path):
    folder = trained(begun(tmp_path / "study", 2, {}, ["training.epochs=2", "training.stop_at=null"]))
    rows = [row.split(",")[2:5] for row in table(folder.path).splitlines()[1:]]
    assert rows == [["", "", "epochs"]] * 2


def test_a_column_says_each_seed_that_is_varied(tmp_path):
    vary = {"seed.weights": 3, "seed.order": 2}
    folder = trained(begun(tmp_path / "study", None, vary, [*SHORT, "seed=7"]))
    members = Study.open(folder.path).members
    assert members["seed.weights"].tolist() == [0, 1, 2, 7, 7]
    assert members["seed.order"].tolist() == [7, 7, 7, 0, 1]


def test_varied_losses_do_not_stand_in_the_column_of_the_metric(tmp_path):
    folder = trained(begun(tmp_path / "study", 1, {"loss": ["mse", {"type": "huber", "delta": 2.0}]}))
    members = Study.open(folder.path).members
    assert members["loss.type"].tolist() == ["mse", '{"type": "huber", "delta": 2.0}']
    assert members["loss"].dtype == float


def test_folds_and_repeats_have_columns(tmp_path):
    config = plan().config.model_dump(exclude_none=True) | {"data": {"name": "moons", "samples": 20}}
    folder = StudyFolder.begun(
        Plan.of(config, None, {}, SHORT, folds=3, repeats=2), "moons", tmp_path / "study"
    )
    trained(folder)
    members = Study.open(folder.path).members
    assert members[["repeat", "fold", "seed"]].tolist() == [(r, f, 0) for r in range(2) for f in range(3)]
    assert len({*members["val_loss"]}) == 6


def test_curves_are_quantiles_in_which_a_diverged_member_is_infinite(tmp_path):
    settings = ["optimizer.learning_rate=1e200", "training.epochs=60", "loss=mse", "training.stop_at=null"]
    settings += ["model.layers=[{type: dense, units: 1}]", "data.task=regression"]
    folder = trained(begun(tmp_path / "study", 3, {}, settings))
    write_files(folder.path, Study.open(folder.path))
    curves = np.load(folder.path / "curves.npz")
    assert curves["losses"].shape == (1, 5, len(curves["epochs"]))
    assert np.isinf(curves["losses"][0, :, -1]).all()


def test_facts_say_how_far_a_study_has_come(tmp_path):
    folder = trained(begun(tmp_path / "study"), most=1)
    table(folder.path)
    facts = json.loads((folder.path / "study.json").read_text())
    assert {name: facts[name] for name in ("stopped", "members", "finished", "criterion", "limit")} == {
        "stopped": None, "members": 12, "finished": 6, "criterion": "loss ≤ 0.25", "limit": 20
    }  # fmt: skip
    assert facts["vary"] == {"optimizer.learning_rate": [0.1, 0.5]}
    assert facts["seeds"] == [[0, 6]]
