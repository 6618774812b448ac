import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn.data.splits import (
    PartError,
    ordered_parts,
    part_counts,
    parts_by_column,
    parts_by_group,
    parts_by_time,
    random_parts,
)


def labels(*sizes):
    return np.repeat(np.arange(len(sizes)), sizes).astype(float)


def stratified(sizes, held, seed=0):
    rng = np.random.default_rng(seed)
    return random_parts(sum(sizes), {"test": held}, rng, labels(*sizes), "abcdefgh")


def is_partition(parts, rows):
    return sorted(np.concatenate([*parts.values()]).tolist()) == list(range(rows))


@given(
    sizes=st.lists(st.integers(1, 40), min_size=2, max_size=6),
    share=st.floats(0.05, 0.95),
    seed=st.integers(0, 2**32),
)
def test_a_stratified_share_is_right_in_all_and_within_one_row_per_class(sizes, share, seed):
    n = sum(sizes)
    k = int(n * share + 1e-9)
    if not 0 < k <= n - len(sizes):
        return
    parts = stratified(sizes, share, seed)
    held_of = np.bincount(labels(*sizes)[parts["test"]].astype(int), minlength=len(sizes))
    kept = np.array(sizes) - held_of
    assert len(parts["test"]) == k
    assert (kept > 0).all()
    assert (np.abs(held_of - np.array(sizes) * k / n) < 1).all() or (kept == 1).any()
    assert is_partition(parts, n)


@pytest.mark.parametrize("rare", [0, 1, 2], ids=["first", "middle", "last"])
@pytest.mark.parametrize("share", [0.5, 0.75])
def test_the_only_sample_of_a_class_stays_in_training(rare, share):
    sizes = [8, 8, 8]
    sizes[rare] = 1
    for seed in range(40):
        parts = stratified(sizes, share, seed)
        assert (labels(*sizes)[parts["training"]] == rare).sum() == 1
        assert len(parts["test"]) == int(17 * share)


def test_more_classes_than_rows_left_are_refused_with_a_class_named():
    message = "^3 of 5 rows held out leave none of class 'a' to train on; hold out at most 2, or add samples"
    with pytest.raises(PartError, match=message) as caught:
        stratified([1, 2, 2], 0.6, seed=1)
    assert caught.value.part == "test"


@pytest.mark.parametrize("classes", [None, labels(10, 10)], ids=["numbers", "classes"])
def test_every_part_keeps_the_original_order_and_the_seed_decides(classes):
    def parts(seed):
        return random_parts(20, {"test": 0.3, "validation": 4}, np.random.default_rng(seed), classes, "ab")

    assert all((np.diff(rows) > 0).all() for rows in parts(0).values())
    assert {name: len(rows) for name, rows in parts(0).items()} == {
        "training": 10,
        "test": 6,
        "validation": 4,
    }
    assert parts(0)["test"].tolist() == parts(0)["test"].tolist() != parts(1)["test"].tolist()


def test_every_row_is_held_out_as_often_as_the_share_says():
    rng, held_out = np.random.default_rng(0), np.zeros(40)
    for _ in range(2000):
        held_out[random_parts(40, {"test": 0.25}, rng, labels(12, 28), "ab")["test"]] += 1
    assert np.allclose(held_out / 2000, 0.25, atol=0.05)


def test_a_share_is_counted_as_written_in_decimals_and_a_whole_number_is_one_of_rows():
    assert part_counts(100, {"test": 0.29, "validation": 30}) == {
        "training": 41,
        "validation": 30,
        "test": 29,
    }


@pytest.mark.parametrize(
    ("size", "message"),
    [
        (0.2, "a share of 0.2 of 4 samples is less than one sample"),
        (4, "4 of 4 samples leaves no sample to train on"),
    ],
)
def test_a_part_of_no_rows_or_of_all_is_refused(size, message):
    with pytest.raises(PartError, match=message):
        ordered_parts(4, {"validation": size})


def test_ordered_parts_follow_each_other():
    parts = ordered_parts(10, {"test": 0.2, "validation": 3})
    assert {name: rows.tolist() for name, rows in parts.items()} == {
        "training": [0, 1, 2, 3, 4],
        "validation": [5, 6, 7],
        "test": [8, 9],
    }


def test_a_column_may_name_the_parts_in_any_case():
    parts = parts_by_column(["train", "TEST", "val", "Training"], "fold")
    assert {name: rows.tolist() for name, rows in parts.items()} == {
        "training": [0, 3],
        "validation": [2],
        "test": [1],
    }


def test_a_column_that_names_another_part_is_refused():
    with pytest.raises(
        ValueError, match="column 'fold' names a part 'holdout'; expected training, validation, test"
    ):
        parts_by_column(["train", "holdout"], "fold")


@given(
    groups=st.lists(st.integers(0, 30), min_size=20, max_size=60),
    seed=st.integers(0, 2**32),
)
def test_no_group_is_in_two_parts(groups, seed):
    cells = [f"patient {group}" for group in groups]
    sizes = {"validation": 0.2, "test": 0.2}
    try:
        parts = parts_by_group(cells, sizes, np.random.default_rng(seed))
    except PartError:
        assert np.bincount(groups).max() >= 0.3 * len(groups) or len(set(groups)) < 3
        return
    assert is_partition(parts, len(cells))
    owners = [{groups[row] for row in rows} for rows in parts.values()]
    assert sum(map(len, owners)) == len(set(groups))


def test_groups_fill_a_part_as_nearly_as_they_can():
    cells = [str(row // 5) for row in range(100)]
    parts = parts_by_group(cells, {"test": 0.2}, np.random.default_rng(0))
    assert len(parts["test"]) == 20


def test_groups_too_large_for_a_part_are_refused():
    with pytest.raises(PartError, match="1 of 10 rows cannot be made of 2 groups of up to 5 rows"):
        parts_by_group(["a"] * 5 + ["b"] * 5, {"test": 1}, np.random.default_rng(0))


@given(times=st.lists(st.integers(0, 12), min_size=10, max_size=40))
def test_training_is_earlier_than_validation_and_that_than_the_test(times):
    moments = np.array(times, dtype=float)
    try:
        parts = parts_by_time(moments, {"validation": 0.2, "test": 0.2})
    except PartError:
        return
    assert is_partition(parts, len(times))
    spans = [
        (moments[parts[name]].min(), moments[parts[name]].max())
        for name in ("training", "validation", "test")
    ]
    assert spans[0][1] < spans[1][0]
    assert spans[1][1] < spans[2][0]


def test_distinct_times_are_dealt_exactly():
    moments = np.array([5.0, 1, 4, 2, 3, 0])
    parts = parts_by_time(moments, {"validation": 1, "test": 2})
    assert {name: rows.tolist() for name, rows in parts.items()} == {
        "training": [1, 3, 5],
        "validation": [4],
        "test": [0, 2],
    }


def test_a_time_that_all_rows_share_cannot_deal_them():
    with pytest.raises(PartError, match="test: no row is later than the rows before it"):
        parts_by_time(np.zeros(10), {"test": 0.2})
