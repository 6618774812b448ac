"""nn report: a page in the run's folder, or where it is asked for."""

from tests.plots.studies import ended_folder


def test_a_page_on_one_run_goes_into_its_folder(nn, folder):
    nn("train", "xor", "--out", "run", "--quiet", "--no-plot")
    result = nn("report", "run")
    assert (result.exit_code, result.output) == (0, "run/report.html\n")
    assert (folder / "run" / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_several_runs_need_a_name(nn, folder):
    for name in ("a", "b"):
        nn("train", "xor", "--out", name, "--quiet", "--no-plot")
    result = nn("report", "a", "b")
    assert result.exit_code == 2
    assert "several runs make one page; name its file: --out FILE" in result.stderr
    assert nn("report", "a", "b", "--out", "both.html").exit_code == 0
    assert "2 runs" in (folder / "both.html").read_text(encoding="utf-8")


def test_what_is_no_run_is_named(nn, folder):
    result = nn("report", "gone")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "gone: expected a run directory, got no such folder" in result.stderr


def test_the_tables_of_a_study_are_printed_for_a_paper(nn, folder):
    nn("study", "xor", "--seeds", "3", "--out", "study", "--quiet")
    for form, sign in {
        "text": "Goal: ",
        "markdown": "|---|",
        "latex": r"\begin{tabular}",
        "csv": "variant,",
    }.items():
        result = nn("report", "study", "--format", form)
        assert result.exit_code == 0
        assert sign in result.stdout
        assert nn("report", "study", "--format", form, "--out", "tables").output == "tables\n"
        assert (folder / "tables").read_text(encoding="utf-8") == result.stdout


def test_tables_are_of_one_study(nn, folder):
    nn("train", "xor", "--out", "run", "--quiet", "--no-plot")
    result = nn("report", "run", "--format", "latex")
    assert result.exit_code == 2
    assert "of a run, nn evaluate RUN --format latex writes the metrics" in result.stderr


def test_a_study_has_a_page_of_its_own(nn, folder):
    ended_folder(folder / "study", "xor", [100, None])
    result = nn("report", "study")
    assert (result.exit_code, result.output) == (0, "study/report.html\n")
    assert "50.0 %" in (folder / "study" / "report.html").read_text(encoding="utf-8")
    result = nn("report", "study", "study", "--out", "both.html")
    assert result.exit_code == 2
    assert "study is a study, which has a page of its own: name it alone" in result.stderr
