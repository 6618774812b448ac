"""Python and JavaScript: modules that take cells as the table has them."""

import json
import re
import shutil
import subprocess
import sys

import pytest

from nn.export.exporting import ExportError, export
from tests.export import models

LANGUAGES = {
    "python": (
        [sys.executable, "-I", "-W", "error"],
        "m.py",
        "import sys; sys.path.insert(0, '.'); import m; import json; {}",
    ),
    "javascript": (["node"], "m.mjs", "import * as m from './m.mjs'; {}"),
}


@pytest.fixture(scope="module", params=LANGUAGES)
def language(request, tmp_path_factory):
    """A folder with the module of a model of every kind of column, and how to run it."""
    command, file, template = LANGUAGES[request.param]
    if request.param == "javascript" and not shutil.which("node"):
        pytest.skip("there is no node")
    folder = tmp_path_factory.mktemp(request.param)
    exported = export(models.mixed(), request.param, "m")
    assert exported.verdict
    (folder / file).write_bytes(exported.files[file])

    def run(*arguments):
        result = subprocess.run(
            [*command, *arguments], cwd=folder, capture_output=True, text=True, check=False, encoding="utf-8"
        )
        return result.returncode, result.stdout + result.stderr

    def evaluate(expression):
        if request.param == "python":
            code = template.format(f"print(json.dumps({expression}))")
            return json.loads(run("-c", code)[1])
        code = template.format(f"console.log(JSON.stringify({expression}))")
        return json.loads(run("--input-type=module", "-e", code)[1])

    return folder / file, run, evaluate


@pytest.mark.parametrize("cells", ["[]", "[1, 2]", "{}"])
def test_a_row_with_other_cells_than_the_columns_is_an_error(language, cells):
    file, run, _ = language
    code, call = (
        (f"import sys; sys.path.insert(0, '.'); import m; m.answers({cells})", ["-c"])
        if file.suffix == ".py"
        else (f"import * as m from './m.mjs'; m.answers({cells})", ["--input-type=module", "-e"])
    )
    status, words = run(*call, code)
    assert status == 1
    assert re.search("a row has|KeyError: ", words)


def test_the_class_of_cells_is_that_of_the_model(language):
    _, _, evaluate = language
    rows = [[cells[row] for cells in models.TABLE.values()] for row in range(12)]
    columns = {name: cells[:12] for name, cells in models.TABLE.items()}
    spelled = json.dumps(rows).replace("null", "None") if language[0].suffix == ".py" else json.dumps(rows)
    expression = f"[m.predict(row) for row in {spelled}]"
    if language[0].suffix == ".mjs":
        expression = f"{spelled}.map(m.predict)"
    model = models.mixed()
    assert evaluate(expression) == model.predict(columns).tolist()


def test_cells_may_have_names_and_a_row_that_cannot_be_used_has_no_class(language):
    _, _, evaluate = language
    row = {name: cells[0] or 1 for name, cells in models.TABLE.items()}
    assert evaluate(f"m.predict({json.dumps(row)})") in ["a", 'b"\\', 3]
    assert evaluate(f"m.predict({json.dumps(row | {'size': 'huge'})})") is None
    assert evaluate(f"m.predict({json.dumps(row | {'length (mm)': 'wide'})})") is None


def test_a_level_that_is_a_number_is_found_by_its_value(language):
    _, _, evaluate = language
    codes = models.LENIENT.encoders[2].words
    assert evaluate("m.number(2, 7.5)") == -1
    assert evaluate("m.number(2, '7.0')") == codes.get("7", -1)


def test_its_self_test_passes_and_finds_any_digit_that_was_changed(language):
    path, run, _ = language
    assert run(path.name, "--self-test") == (0, "8 rows: passed\n")
    text = path.read_text(encoding="utf-8")
    for digit in [*re.finditer(r"\d", text)][:: len(text) // 4]:
        changed = text[: digit.start()] + str((int(digit[0]) + 1) % 10) + text[digit.end() :]
        path.write_text(changed, encoding="utf-8")
        code, said = run(path.name, "--self-test")
        assert code == 1, (digit, said)
    path.write_text(text, encoding="utf-8")


def test_line_ends_of_another_system_are_no_change(language):
    path, run, _ = language
    text = path.read_bytes()
    path.write_bytes(text.replace(b"\n", b"\r\n"))
    assert run(path.name, "--self-test") == (0, "8 rows: passed\n")
    path.write_bytes(text)


@pytest.mark.parametrize("to", [*LANGUAGES, "numpy"])
@pytest.mark.parametrize("name", ["refusing", "scores", "regression"])
def test_other_models_are_proved_too(to, name):
    models.proved(models.ALL[name](), to)


def test_python_with_numpy_answers_many_rows_at_once(tmp_path):
    exported = export(models.mixed(), "numpy", "m")
    (tmp_path / "m.py").write_bytes(exported.files["m.py"])
    rows = [[cells[row] for cells in models.TABLE.values()] for row in range(12)]
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import m; print(m.predict({rows!r}))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    expected = models.mixed().predict({name: cells[:12] for name, cells in models.TABLE.items()})
    assert result.stdout.strip() == repr(expected.tolist())
    test = subprocess.run(
        [sys.executable, tmp_path / "m.py", "--self-test"], capture_output=True, check=False
    )
    assert test.stdout.decode().strip() == "8 rows: passed"


@pytest.mark.parametrize("to", LANGUAGES)
def test_single_precision_is_refused(to):
    with pytest.raises(ExportError, match=f"{to} computes with float64, not float32"):
        export(models.scores(), to, dtype="float32")


def test_python_adds_up_products_without_a_loop_of_its_own():
    text = export(models.scores(), "python").files["model.py"].decode()
    assert "dense_1_b = sum(map(mul, scale_a, weight_1_columns[2 * i : 2 * i + 2]))" in text
    assert "= sum(map(mul, relu_2_a, weight_3))" in text
