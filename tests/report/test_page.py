"""A report is one file that needs nothing else, and says what there is to say."""

import functools
import html.parser
import json
import re
import shutil

import pytest

from nn.report.page import page
from nn.runs.reading import Run
from tests.plots.runs import PLANE, SNAPSHOTS, trained

VOID = {"meta", "img", "input", "br"}


class Outline(html.parser.HTMLParser):
    """Checks that what is opened is closed, and collects headings and addresses."""

    def __init__(self):
        super().__init__()
        self.open, self.headings, self.addresses, self.scripts = [], [], [], 0

    def handle_starttag(self, tag, attrs):
        if tag not in VOID:
            self.open.append(tag)
        self.addresses += [value for name, value in attrs if name in ("src", "href", "action", "data")]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] in ("h1", "h2", "summary"):
            self.headings.append(data)


def outline(text):
    parser = Outline()
    parser.feed(text)
    assert not parser.open
    return parser


def moons():
    return trained("moons", SNAPSHOTS, "training.epochs=60")


@functools.cache
def written():
    """The page on that run."""
    return page([moons()])


def test_it_is_well_formed_and_has_a_section_for_each_question():
    found = outline(written())
    assert found.headings[1:] == [
        "Loss", "Accuracy", "Predictions", "The network", "A closer look", "Configuration",
        "Reproduction",
    ]  # fmt: skip


def test_nothing_is_loaded_from_anywhere_and_it_is_small():
    text = written()
    assert all(address.startswith("data:image/png;base64,") for address in outline(text).addresses)
    assert not re.search(r"https?://|@import|url\(", text)
    assert len(text) < 2 << 20


def test_the_same_run_gives_the_same_page():
    run = trained("xor", "training.epochs=5", "training.snapshots=2")
    assert page([run]) == page([run])


def test_what_differs_from_the_defaults_stands_out():
    text = written()
    assert '<tr class="own"><th scope="row">training.epochs</th><td>60</td></tr>' in text
    assert '<tr class="default"><th scope="row">training.shuffle</th><td>true</td></tr>' in text


def test_the_network_is_drawn_and_told_in_words():
    (figure,) = re.findall(r"<h2>The network</h2><figure><img[^>]*></figure>", written())
    assert 'alt="Network of 2 – 16 – 1 units' in figure


def test_text_of_a_run_is_no_markup(tmp_path):
    folder = tmp_path / "<script>alert(1)<"
    shutil.copytree(trained("xor", "training.epochs=5", "training.snapshots=2").folder, folder)
    text = page([Run.of(folder)])
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;" in text


def test_the_curves_hold_the_extremes_of_a_long_run(tmp_path):
    folder = tmp_path / "long"
    shutil.copytree(trained("xor", "training.epochs=5").folder, folder)
    rows = [f"{epoch},{9.75 if epoch == 54_321 else 0.5}" for epoch in range(1, 100_001)]
    (folder / "metrics.csv").write_text("\n".join(["epoch,loss", *rows, ""]))
    text = page([Run.of(folder)])
    assert "9.75" in text
    assert len(text) < 1 << 20


@pytest.mark.parametrize("losses", [["nan"], ["0.5"], ["0.5", "inf", "0.25"]])
def test_odd_losses_are_drawn_or_left_out(tmp_path, losses):
    folder = tmp_path / "odd"
    shutil.copytree(trained("xor", "training.epochs=5").folder, folder)
    rows = [f"{epoch},{loss}" for epoch, loss in enumerate(losses, start=1)]
    (folder / "metrics.csv").write_text("\n".join(["epoch,loss", *rows, ""]))
    text = page([Run.of(folder)])
    assert ("<h2>Loss</h2>" in text) == (losses != ["nan"])


def test_a_run_that_was_killed_has_a_report_too(tmp_path):
    folder = tmp_path / "killed"
    shutil.copytree(moons().folder, folder)
    for name in ("run.json", "model.npz", "checkpoint.npz"):
        (folder / name).unlink(missing_ok=True)
    text = page([Run.of(folder)])
    assert "has not ended: it was killed, or it is still running" in text
    assert "expected weights to draw" in text


@pytest.mark.parametrize("settings", [PLANE, ("data.noise=0",)])
def test_a_regression_has_its_residuals(settings):
    text = page([trained("sine", *settings, "training.epochs=30")])
    assert "Predicted against true, and the residuals." in text


def test_it_opens_at_the_network_that_was_kept_and_marks_it():
    run = moons()
    assert run.kept_epoch < run.metrics["epoch"][-1]
    (opened,) = re.findall(r'<img[^>]*class="shown"[^>]*>', written())
    assert f"epoch {run.kept_epoch}, kept" in opened
    for chart in re.findall(r'<figure class="curves">.*?</figure>', written(), re.DOTALL):
        (data,) = re.findall(r'class="data">(.*?)</script>', chart)
        assert json.loads(data)["at"] == run.kept_epoch
        assert len(re.findall("<circle", chart)) == 1
        assert "the epoch whose weights were kept" in chart


def test_a_line_has_no_value_beyond_its_last_epoch():
    runs = [trained("xor", f"seed={seed}", "training.stop_at={loss: 0.1}") for seed in (0, 1)]
    ends = [int(run.metrics["epoch"][-1]) for run in runs]
    assert ends[0] != ends[1]
    (data,) = re.findall(r'class="data">(.*?)</script>', page(runs), re.DOTALL)[:1]
    assert [line["x"][-1] for line in json.loads(data)["lines"]] == ends


def test_several_runs_stand_side_by_side():
    runs = [trained("moons", f"seed={seed}", "training.epochs=10") for seed in (1, 2)]
    text = page(runs)
    found = outline(text)
    assert found.headings[0] == "2 runs"
    assert {run.name for run in runs} <= {*found.headings}
    assert "seed=1, training" in text
    assert "seed=2, validation" in text
