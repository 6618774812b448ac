"""run.json comes back as it was written, or it is told what is wrong with it."""

import json
import math
import re

import pytest

from nn.runs.facts import read_facts

FACTS = {"stopped": "epochs", "epochs": 3, "best_epoch": None, "engine": "numpy", "data": {"training": "ab"}}


def write(folder, content) -> None:
    (folder / "run.json").write_text(json.dumps(content))


def test_facts_come_back_with_whatever_more_they_say(tmp_path):
    write(tmp_path, FACTS | {"later": [1]})
    assert read_facts(tmp_path) == FACTS | {"later": [1]}


@pytest.mark.parametrize("content", ["", "{", "\xff", "[" * 100_000, '{"a": 1' + "0" * 5000 + "}"])
def test_damaged_facts_are_told(tmp_path, content):
    (tmp_path / "run.json").write_text(content, encoding="latin-1")
    with pytest.raises(ValueError, match=r"run\.json: not a run: "):
        read_facts(tmp_path)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ([], "not a run: expected a mapping, got []"),
        (7, "not a run: expected a mapping, got 7"),
        (FACTS | {"data": 3}, "not a run: expected 'data' as a mapping, got 3"),
        (FACTS | {"data": {"test": 3}}, "not a run: expected 'data.test' as text, got 3"),
        (FACTS | {"engine": 3}, "not a run: expected 'engine' as text or null, got 3"),
        (FACTS | {"epochs": True}, "not a run: expected 'epochs' as a whole number of at least 0, got true"),
        (FACTS | {"threads": 0}, "not a run: expected 'threads' as a whole number from 1 to 1024 or null, "),
        (FACTS | {"metrics": {"test": 1.5}}, "not a run: expected 'metrics.test' as a mapping, got 1.5"),
        (
            FACTS | {"metrics": {"test": {"loss": math.nan}}},
            "not a run: expected 'metrics.test.loss' as a finite number or null, got NaN",
        ),
        (
            FACTS | {"assessment": {"test": {"r2": {"value": "good"}}}},
            "not a run: expected 'assessment.test.r2.value' as a finite number or null, got \"good\"",
        ),
        (
            FACTS | {"findings": [{"id": "leak", "text": "…"}]},
            'not a run: expected \'findings\' as a list of findings or null, got [{"id": "leak"',
        ),
        (FACTS | {"remarks": ["bad"]}, "not a run: expected 'remarks' as a mapping or null, got [\"bad\"]"),
        (
            FACTS | {"baseline": {"regression": [1, None]}},
            "not a run: expected 'baseline.regression' as a list of finite numbers, got [1, null]",
        ),
        ({"stopped": "epochs", "epochs": 3}, "not a run: expected 'data' as a mapping, got null"),
    ],
)
def test_facts_of_another_kind_are_told(tmp_path, content, expected):
    write(tmp_path, content)
    with pytest.raises(ValueError, match=re.escape(f"{tmp_path / 'run.json'}: {expected}")):
        read_facts(tmp_path)


def test_a_folder_without_facts_is_no_run_that_has_ended(tmp_path):
    with pytest.raises(ValueError, match=r"of a run that has ended, got a folder without run\.json"):
        read_facts(tmp_path)
