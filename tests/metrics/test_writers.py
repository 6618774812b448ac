"""Assessments as text, JSON, CSV, Markdown and LaTeX."""

import csv
import io
import json

import numpy as np
import pytest

from nn.metrics.assessment import assess
from nn.metrics.sheets import MAX_MATRIX_CLASSES, MAX_PARTS
from nn.metrics.writers import WRITERS, Assessments

HOSTILE = ["a|b_c", r"<b>\x & $1$ 50% {#~^", "line\nbreak `*[x](y)"]


def classes(names, rows=60, seed=0):
    rng = np.random.default_rng(seed)
    t = rng.integers(len(names), size=rows)
    scores = rng.random((rows, len(names))) + 0.5 * np.eye(len(names))[t]
    y = scores / scores.sum(axis=1, keepdims=True)
    return assess("classification", t, y, names, baseline=np.full(len(names), 1 / len(names)))


@pytest.fixture(scope="module")
def words():
    return {"test": classes(["no", "yes"])}


@pytest.fixture(scope="module")
def prices():
    t = np.random.default_rng(0).normal(2e5, 5e4, size=(30, 1))
    return {"validation": assess("regression", t, t + 1e3 * np.sin(t), ["price"], baseline=np.array([2e5]))}


@pytest.fixture(scope="module")
def hostile():
    return {"test|1": classes(HOSTILE)}


def test_text_has_a_line_for_each_metric_with_interval_and_baseline(words):
    title, header, *lines = WRITERS["text"](words).split("\n\n")[0].splitlines()
    assert title == "test: 60 rows"
    assert header.split("  ")[-1] == "baseline"
    assert [line.split("  ")[0] for line in lines] == [
        "accuracy",
        "balanced accuracy",
        "precision (macro)",
        "recall (macro)",
        "F1 (macro)",
        "ROC AUC",
        "log loss",
        "Brier score",
    ]
    assert {len(line) for line in lines} == {len(header)}


def test_text_tells_where_the_numbers_come_from(words):
    assert WRITERS["text"](words).splitlines()[-2:] == [
        "Baseline: always answering 'no', the most frequent class in training. Intervals: percentiles of",
        "1,000 bootstrap resamples of the rows.",
    ]


def test_text_of_one_target_is_one_table(prices):
    blocks = WRITERS["text"](prices).split("\n\n")
    assert len(blocks) == 2
    assert "RMSE " in blocks[0]


def test_columns_without_numbers_are_left_out():
    t = np.arange(5.0)[:, None]
    text = WRITERS["text"]({"training": assess("regression", t, t + 1, ["y"], intervals=False)})
    assert text.splitlines()[1].split() == ["value"]
    assert "–" not in text


def test_the_confusion_of_few_classes_is_a_matrix_with_rates(words):
    text = WRITERS["text"](words)
    counts = words["test"].confusion
    assert "test, confusion matrix: a row for each class, a column for each answer" in text
    assert f"{counts[0][1]} ({100 * counts[0][1] / sum(counts[0]):.0f} %)" in text


def test_of_many_classes_the_most_frequent_mistakes_are_shown():
    assessment = classes([f"c{k}" for k in range(MAX_MATRIX_CLASSES + 1)], rows=300)
    block = WRITERS["text"]({"test": assessment}).split("\n\n")[2].splitlines()
    assert block[0] == "test, most frequent mistakes"
    assert block[1].split("  ")[0] == "class"
    counts = [int(line.split()[2]) for line in block[2:]]
    assert counts == sorted(counts, reverse=True)


def test_long_names_make_no_wide_matrix():
    text = WRITERS["text"]({"test": classes([f"a long name of a class, {k}" for k in range(4)])})
    assert "test, most frequent mistakes\n" in text
    assert max(map(len, text.splitlines())) <= 100


def test_of_very_many_classes_the_worst_are_shown_and_how_many_there_are():
    assessment = classes([f"c{k}" for k in range(MAX_PARTS + 5)], rows=400)
    block = WRITERS["text"]({"test": assessment}).split("\n\n")[1].splitlines()
    assert block[0] == f"test, by class: the {MAX_PARTS} of {MAX_PARTS + 5} with the lowest F1"
    assert len(block) == MAX_PARTS + 2
    assert len(json.loads(WRITERS["json"]({"test": assessment}))["test"]["by_class"]) == MAX_PARTS + 5


def test_json_holds_everything_exactly(words):
    found, assessment = json.loads(WRITERS["json"](words))["test"], words["test"]
    assert found["metrics"]["accuracy"] == assessment.metrics["accuracy"]._asdict()
    assert found["by_class"]["yes"]["rows"] == assessment.by_part["rows"][1]
    assert found["confusion"] == [list(row) for row in assessment.confusion]
    assert (found["task"], found["rows"], found["remark"]) == ("classification", 60, None)


def test_json_has_null_where_nothing_is_decided():
    one = assess("regression", np.ones((1, 1)), np.ones((1, 1)), ["y"])
    found = json.loads(WRITERS["json"]({"file": one}))["file"]["metrics"]["r2"]
    assert found == {"value": None, "low": None, "high": None, "baseline": None}


def test_csv_has_a_line_for_each_number(hostile):
    header, *lines = csv.reader(io.StringIO(WRITERS["csv"](hostile)))
    assert header == ["share", "metric", "of", "answer", "value", "low", "high", "baseline"]
    assert {len(line) for line in lines} == {len(header)}
    found = {tuple(line[:4]): line[4:] for line in lines}
    assert len(found) == len(lines)
    assessment = hostile["test|1"]
    assert [float(cell) for cell in found["test|1", "accuracy", "", ""]] == list(
        assessment.metrics["accuracy"]
    )
    assert float(found["test|1", "f1", HOSTILE[1], ""][0]) == assessment.by_part["f1"][1]
    assert int(found["test|1", "confusion", HOSTILE[2], HOSTILE[0]][0]) == assessment.confusion[2][0]


def cells(line, separator, escape="\\"):
    """The cells of a row of markup: separators that are not escaped divide them."""
    return line.replace(f"{escape}{separator}", "").count(separator)


def test_markdown_keeps_names_inside_their_cells(hostile):
    text = WRITERS["markdown"](hostile)
    tables = [block.splitlines() for block in text.split("\n\n") if block.startswith("|")]
    assert len(tables) == 3
    assert all(len({cells(line, "|") for line in lines}) == 1 for lines in tables)
    assert r"a\|b\_c" in text
    assert r"&lt;b&gt;\\x &amp; \$1\$ 50% {\#\~^" in text
    assert r"line break \`\*\[x\](y)" in text


def test_latex_keeps_names_inside_their_cells(hostile):
    text = WRITERS["latex"](hostile)
    rows = [line for line in text.splitlines() if line.endswith(r" \\")]
    assert len({cells(line, "&") for line in rows[:9]}) == 1
    assert text.count(r"\begin{tabular}") == text.count(r"\end{tabular}") == 3
    assert r"a\textbar{}b\_c" in text
    escaped = (
        r"\textless{}b\textgreater{}\textbackslash{}x \& \$1\$ 50\% \{\#\textasciitilde{}\textasciicircum{}"
    )
    assert escaped in text
    assert "²" not in text


def test_several_shares_follow_each_other(words, prices):
    both = words | prices
    for name, write in WRITERS.items():
        text = write(both)
        assert 0 <= text.index("test") < text.index("validation"), name


def test_assessments_show_themselves_as_tables(hostile):
    shown = Assessments(hostile)
    assert repr(shown) == WRITERS["text"](hostile)
    page = shown._repr_html_()
    assert page.count("<table>") == 3
    assert "&lt;b&gt;" in page
    assert "<b>" not in page
