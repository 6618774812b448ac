"""C: valid everywhere, proved, tested where it is used."""

import re
import shutil
import subprocess

import pytest

from nn.export.exporting import ExportError, export
from tests.export import models

STRICT = ["-Wall", "-Wextra", "-Wconversion", "-pedantic", "-Werror"]
pytestmark = pytest.mark.skipif(not shutil.which("cc"), reason="there is no cc")
COMPILERS = {
    "gcc": ["gcc", "-std=c99"],
    "clang": ["clang", "-std=c99"],
    "g++": ["g++", "-std=c++11", "-x", "c++"],
    "clang++": ["clang++", "-std=c++11", "-x", "c++"],
}


@pytest.fixture(scope="module", params=["float64", "float32"])
def folder(request, tmp_path_factory):
    """The files of a model with every kind of column, in one type."""
    place = tmp_path_factory.mktemp("c")
    exported = export(models.mixed(), "c", "species-of", dtype=request.param)
    for name, data in exported.files.items():
        (place / name).write_bytes(data)
    return place


def compiled(folder, *command):
    result = subprocess.run(
        [*command, "-o", "test", "-lm"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stderr) == (0, "")
    return subprocess.run(["./test"], cwd=folder, capture_output=True, text=True, check=False)


def run_self_test(folder):
    """Compile and run; None where it does not compile."""
    command = ["cc", "-DNN_SELF_TEST", "species-of.c", "-o", "test", "-lm"]
    if subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode:
        return None
    return subprocess.run(["./test"], cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("compiler", COMPILERS)
def test_it_compiles_without_a_warning_as_c_and_as_cpp(folder, compiler):
    if not shutil.which(compiler):
        pytest.skip(f"there is no {compiler}")
    command = [*COMPILERS[compiler], *STRICT, "-c", "species-of.c", "-o", "test.o"]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")


def test_its_self_test_passes_without_undefined_behaviour(folder):
    if not shutil.which("gcc"):
        pytest.skip("there is no gcc")
    ran = compiled(folder, "gcc", "-fsanitize=undefined", "-DNN_SELF_TEST", "species-of.c")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "8 rows: passed\n", "")


def test_arithmetic_that_knows_no_nan_is_refused(folder):
    command = ["cc", "-ffast-math", "-c", "species-of.c", "-o", "test.o"]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert result.returncode != 0
    assert "compile it without -ffast-math" in result.stderr


def test_its_self_test_finds_a_digit_of_a_weight_on_a_board_without_files(folder, tmp_path):
    text = (folder / "species-of.c").read_text()
    start = text.index("weight_4")
    digit = re.compile(r"(?<=\.\d{3})[1-8]").search(text, start)
    changed = text[: digit.start()] + str(int(digit[0]) + 1) + text[digit.end() :]
    assert changed != text
    shutil.copy(folder / "species-of.h", tmp_path)
    (tmp_path / "species-of.c").write_text(changed.replace("fopen(path", 'fopen("/none"'))
    ran = compiled(tmp_path, "cc", "-DNN_SELF_TEST", "species-of.c")
    assert ran.returncode == 1
    assert "FAILED" in ran.stdout


def test_its_self_test_needs_no_files_where_there_are_none(folder):
    ran = compiled(folder, "cc", *STRICT, "-DNN_SELF_TEST", "-DNN_NO_FILES", "-Dfopen=none", "species-of.c")
    assert (ran.returncode, ran.stdout) == (0, "8 rows: passed\n")


@pytest.mark.parametrize("name", ["species-of.c", "species-of.h"])
def test_its_self_test_finds_a_digit_anywhere_in_its_files(folder, tmp_path, name):
    for file in ("species-of.c", "species-of.h"):
        shutil.copy(folder / file, tmp_path)
    text = (folder / name).read_text()
    digits = [*re.finditer(r"\d", text)]
    for digit in (digits[0], digits[len(digits) // 2], digits[-1]):
        other = str((int(digit[0]) + 1) % 10)
        (tmp_path / name).write_text(text[: digit.start()] + other + text[digit.end() :])
        ran = run_self_test(tmp_path)
        assert ran is None or (ran.returncode, "FAILED" in ran.stdout) == (1, True)


def test_its_self_test_says_what_it_could_not_test(folder, tmp_path):
    for file in ("species-of.c", "species-of.h"):
        shutil.copy(folder / file, tmp_path)
    subprocess.run(["cc", "-DNN_SELF_TEST", "species-of.c", "-o", "test", "-lm"], cwd=tmp_path, check=True)
    (tmp_path / "species-of.h").unlink()
    ran = subprocess.run(["./test"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.returncode == 0
    assert ran.stdout == "species-of.h is not at hand: its text is not tested\n8 rows: passed\n"


def test_another_program_takes_words_and_names_the_class(folder, tmp_path):
    for file in folder.iterdir():
        shutil.copy(file, tmp_path)
    (tmp_path / "main.c").write_text(
        """
        #include "species-of.h"
        #include <stdio.h>
        int main(void) {
            species_of_real row[7] = {50, 0.0005, 0, 0, 0, 0, 0.5}, answers[3];
            row[2] = species_of_cell(2, "ü\\"\\\\");
            row[5] = species_of_cell(5, "YES");
            printf("%d %g %g\\n", row[3] != species_of_cell(3, "NA"), row[2], row[5]);
            printf("%d\\n", species_of_predict(row, answers) >= 0);
            row[1] = species_of_cell(1, "wide");
            printf("%d\\n", species_of_predict(row, answers));
            puts(species_of_columns[0]);
            puts(species_of_classes[1]);
            return 0;
        }
        """
    )
    ran = compiled(tmp_path, "cc", "main.c", "species-of.c")
    code = models.LENIENT.encoders[2].words.get('ü"\\', -1)
    assert ran.stdout == f'1 {code:g} 1\n1\n-1\nlength (mm)\nb"\\\n'


def test_the_file_needs_nothing_but_the_mathematical_library(folder):
    text = (folder / "species-of.c").read_text().partition("#ifdef NN_SELF_TEST")[0]
    assert re.findall(r"#include (\S+)", text) == ['"species-of.h"', "<math.h>"]
    assert not re.search(r"\b(malloc|printf|errno)\b", text)


def test_a_model_gives_the_same_bytes_each_time():
    files = [export(models.scores(), "c").files for _ in range(2)]
    assert files[0] == files[1]


def test_single_precision_refuses_dates_by_name():
    with pytest.raises(ExportError, match="column 'when': float32 is too coarse for a date"):
        export(models.regression(), "c", dtype="float32")


def test_single_precision_refuses_a_number_that_it_does_not_have():
    model = models.scores()
    model.network.parameters[0] = 1e300
    with pytest.raises(ExportError, match=r"1e\+300 is too large for float32"):
        export(model, "c", dtype="float32")
