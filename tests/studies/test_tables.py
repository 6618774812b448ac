"""Tables of studies: under their ruler, narrow enough for a terminal; whole as CSV, Markdown and LaTeX."""

import csv
import io
import math
import re

import pytest

import nn
from nn.markup import LATEX
from nn.statistics.intervals import Estimate, Interval
from nn.studies.summary import summarize
from nn.studies.tables import STUDY_WRITERS, study_csv, study_latex, study_markdown, study_text
from nn.studies.wording import bounds_text, epoch_text, estimate_text, p_text, share_text, signed

RATES = {"optimizer.learning_rate": [0.02, 0.5], "model.layers.0.units": [2, 4]}


@pytest.fixture(scope="module")
def one():
    return summarize(nn.study("xor-2-2-1", seeds=20))


@pytest.fixture(scope="module")
def grid():
    return summarize(nn.study("xor-2-2-1", seeds=10, vary=RATES))


@pytest.fixture(scope="module")
def without_goal():
    return summarize(
        nn.study("iris", seeds=3, vary={"training.epochs": [3], "optimizer.learning_rate": [0.01, 0.02]})
    )


@pytest.fixture(scope="module")
def sources():
    return summarize(nn.study("xor", vary={"seed.weights": range(3), "seed.order": range(3)}))


@pytest.fixture(scope="module")
def folds():
    return summarize(nn.study("iris", folds=5, vary={"training.epochs": [3]}))


@pytest.fixture(params=["one", "grid", "without_goal", "sources", "folds"])
def summary(request):
    return request.getfixturevalue(request.param)


def test_a_terminal_of_80_columns_is_wide_enough(summary, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    assert max(map(len, study_text(summary).splitlines())) <= 80


def test_the_ruler_comes_first_in_a_terminal(summary):
    assert " ".join(study_text(summary).split()).startswith(str(summary.ruler))


@pytest.mark.parametrize(
    ("write", "table"), [(study_markdown, r"^\|---"), (study_latex, r"\\begin{tabular}")]
)
def test_each_table_for_a_paper_has_its_ruler(summary, write, table):
    text = write(summary)
    tables = len(re.findall(table, text, re.MULTILINE))
    assert tables >= 2
    assert len(re.findall("Engine: ", text)) == tables


def test_solved_never_stands_without_its_criterion(one, grid):
    for summary in (one, grid):
        for paragraph in study_text(summary).split("\n\n")[2:-1]:
            if "solved" in paragraph or "epochs" in paragraph:
                assert "loss ≤ 0.01" in paragraph.split("\n")[0]


def test_without_a_goal_nothing_is_said_of_solving(without_goal):
    for write in STUDY_WRITERS.values():
        assert not re.search("solved|median epochs|restart", write(without_goal).lower())


def test_estimates_stand_with_their_intervals(one):
    goal = one.variants[0].goal
    text = study_text(one)
    assert re.search(rf"solved +{goal.solved} = {share_text(goal.share.value)}", text)
    assert bounds_text(goal.median, epoch_text) in text


def test_effects_come_with_intervals_and_both_p_values(grid):
    text = study_text(grid)
    assert "difference from learning_rate 0.5, units 2, 10 pairs" in " ".join(text.split())
    header = next(line for line in text.splitlines() if "difference" in line and "interval" in line)
    assert header.split("  ")[-2:] == ["p", "p (Holm)"] or header.endswith("p (Holm)")


def test_kinds_of_randomness_are_rows(sources):
    assert re.search(r"^seed\.weights +3 ", study_text(sources), re.MULTILINE)
    assert "Quantiles: of the runs in which one kind of randomness varies" in " ".join(
        study_text(sources).split()
    )


def test_a_grid_of_kinds_of_randomness_is_labelled_by_both():
    vary = {"optimizer.learning_rate": [0.1, 0.5], "seed.order": range(2), "seed.weights": range(2)}
    text = study_text(summarize(nn.study("xor", vary=vary | {"training.epochs": [20]})))
    assert re.search("^learning_rate, epochs, varied +solved", text, re.MULTILINE)
    assert re.search(r"^0\.1, 20, seed\.order ", text, re.MULTILINE)


def test_folds_tell_of_their_correction(folds):
    assert "corrected for the rows that folds share" in " ".join(study_text(folds).split())


def test_a_csv_file_has_all_with_what_it_was_measured_under(summary):
    header = study_csv(summary).splitlines()[0].split(",")
    assert len(set(header)) == len(header)
    rows = list(csv.DictReader(io.StringIO(study_csv(summary))))
    assert rows[0]["runs"] == str(summary.variants[0].runs)
    assert all(row["goal"] == summary.ruler.conditions["Goal"] for row in rows)
    shares = [row for row in rows if row["measure"] == "solved" and row["statistic"] == "share"]
    assert len(shares) == (len(summary.variants) if summary.criterion else 0)
    for row, variant in zip(shares, summary.variants, strict=False):
        assert (float(row["value"]), float(row["low"])) == (
            variant.goal.share.value,
            variant.goal.share.interval.low,
        )
    effects = [row for row in rows if row["statistic"].startswith("difference")]
    assert len(effects) == sum(len(one.effects) for one in summary.comparisons)


def test_latex_has_no_character_that_it_cannot_set(summary):
    assert study_latex(summary).isascii()


def test_characters_of_latex_are_escaped():
    assert "a_b & 50 % ≤ {x}".translate(LATEX) == r"a\_b \& 50 \% $\leq$ \{x\}"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (share_text(0.8012), "80.1 %"),
        (epoch_text(1234.5), "1,234"),
        (epoch_text(3.25), "3.2"),
        (epoch_text(math.inf), "not reached"),
        (estimate_text(Estimate(0.8, Interval(0.7, 0.9)), share_text), "80.0 (70.0 to 90.0 %)"),
        (estimate_text(Estimate(12, Interval(10, math.inf)), epoch_text), "12 (10 or more)"),
        (estimate_text(Estimate(12, Interval(-math.inf, math.inf)), epoch_text), "12"),
        (signed(share_text)(-0.05), "−5.0"),
        (signed(epoch_text)(20), "+20"),
        (p_text(0.00049), "< 0.001"),
        (p_text(0.04), "0.040"),
        (p_text(None), "–"),
    ],
)
def test_numbers_are_written_for_people(text, words):
    assert text == words
