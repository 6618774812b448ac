"""nn show, nn configs, nn datasets: what there is, in tables that fit the terminal."""

import csv
import io
import re

import pytest
import yaml

from nn.config.schema import Config
from nn.config.source import config_names as configs
from nn.data.bundled import load_table, table_names
from nn.data.toy import GENERATORS


def test_layer_table_has_shapes_parameters_activations_and_initialisers(nn):
    output = nn("show", "xor").stdout
    table = output[output.index("\nlayer ") + 1 :].splitlines()
    assert [line.split() for line in table] == [
        ["layer", "output", "parameters", "activation", "initializer"],
        ["input", "(batch,", "2)", "0"],
        ["dense", "(batch,", "4)", "12", "sigmoid", "glorot_uniform"],
        ["dense", "(batch,", "1)", "5", "sigmoid", "glorot_uniform"],
        [],
        ["17", "parameters;", "samples:", "4", "for", "training"],
    ]


def test_layers_of_one_kind_after_another_have_a_row_each(nn):
    output = nn(
        "show", "xor", "--set", "model.layers=[{type: dense, units: 2}, tanh, relu, {type: dense, units: 1}]"
    ).stdout
    rows = [line.split() for line in output[output.index("\nlayer ") + 1 :].splitlines()]
    assert rows[2:5] == [
        ["dense", "(batch,", "2)", "6", "tanh", "glorot_uniform"],
        ["activation", "(batch,", "2)", "0", "relu"],
        ["dense", "(batch,", "1)", "3", "glorot_uniform"],
    ]


def test_layers_without_biases_and_drawn_biases_are_told(nn):
    output = nn("show", "xor", "--set", "model.layers.0.bias=false",
                "--set", "model.layers.1.initializer={type: uniform, biases: true}").stdout  # fmt: skip
    rows = output[output.index("\nlayer ") + 1 :].splitlines()
    assert rows[2].split() == ["dense", "without", "bias", "(batch,", "4)", "8", "sigmoid", "glorot_uniform"]
    assert rows[3].split() == ["dense", "(batch,", "1)", "5", "sigmoid", "uniform,", "biases", "too"]


def test_inner_layers_are_indented_below_their_shortcut(nn):
    dense, innermost = "{type: dense, units: 3, activation: tanh}", "{type: shortcut, layers: [relu]}"
    inner = f"[{dense}, {{type: dropout, rate: 0.25}}, {innermost}]"
    layers = f"model.layers=[{{type: shortcut, layers: {inner}}}, {{type: dense, units: 1}}]"
    output = nn("show", "xor", "--set", layers).stdout
    table = output[output.index("\nlayer ") + 1 :].splitlines()
    assert [re.split("  +(?!  )", line.strip())[:3] for line in table[2:8]] == [
        ["shortcut", "(batch, 8)", "9"],
        ["dense", "(batch, 3)", "9"],
        ["dropout 0.25", "(batch, 3)", "0"],
        ["shortcut", "(batch, 6)", "0"],
        ["activation", "(batch, 3)", "0"],
        ["dense", "(batch, 1)", "9"],
    ]
    assert [len(line) - len(line.lstrip()) for line in table[2:8]] == [0, 2, 2, 2, 4, 0]


def test_shares_are_counted(nn):
    output = nn("show", "iris", "--set", "data={name: iris, validation: 0.2, test: 0.2}").stdout
    assert output.endswith("samples: 90 for training, 30 for validation, 30 for test\n")


@pytest.mark.parametrize("name", configs())
def test_what_is_shown_is_the_comment_and_a_configuration(nn, name):
    output = nn("show", name).stdout
    assert output.startswith("# ")
    text = re.split(r"^(?:column|layer) ", output, maxsplit=1, flags=re.MULTILINE)[0]
    assert Config.model_validate(yaml.safe_load(text))
    assert max(map(len, output.splitlines())) <= 110


def test_settings_are_shown_in_place(nn):
    output = nn(
        "show",
        "xor",
        "--seed",
        "3",
        "--set",
        "optimizer={type: adam, lr: 0.5}",
        "--set",
        "loss=mean_squared_error",
    ).stdout
    assert "seed: 3\n" in output
    assert "loss: {type: mse, reduction: mean}\n" in output
    assert "learning_rate: 0.5" in output


def test_configs_are_listed_with_what_they_teach(nn):
    output = nn("configs").stdout
    assert [line.split()[0] for line in output.splitlines() if not line.startswith(" ")] == configs()
    headline = nn("show", "iris").stdout.splitlines()[0].removeprefix("# ")
    assert headline[:60] in output


def test_data_are_listed_with_a_title(nn):
    output = nn("datasets").stdout
    listed = re.findall(r"^  ([\w-]+)  +\S", output, re.MULTILINE)
    assert listed == [*table_names(), *GENERATORS]
    assert "``" not in output


@pytest.mark.parametrize("columns", [80, 100])
@pytest.mark.parametrize("name", [None, *table_names(), *GENERATORS])
def test_what_is_said_of_data_fits_the_terminal(nn, monkeypatch, name, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    output = nn("datasets", *([name] if name else [])).stdout
    assert max(map(len, output.splitlines())) <= columns


def test_a_table_shows_source_licence_ranges_and_balance(nn):
    output = nn("datasets", "iris").stdout
    assert output.startswith("Iris flowers\n\n")
    assert "\n\nSource: " in output
    assert "\n\nLicence: " in output
    assert re.search(r"^petal_length +1 +3\.758 +6\.9 +\w", output, re.MULTILINE)
    assert "150 rows, 4 inputs, 3 classes: setosa (50), versicolor (50), virginica (50)" in output
    assert output.endswith("In a configuration: data: {name: iris}\n")


def test_a_table_of_words_and_gaps_shows_its_columns_as_they_are(nn):
    output = nn("datasets", "penguins").stdout
    assert re.search(r"^island +Biscoe, Dream or Torgersen$", output, re.MULTILINE)
    assert re.search(r"^bill_length_mm +32\.1 +43\.92 +59\.6 .*\(2 missing\)$", output, re.MULTILINE)
    assert "344 rows, 7 inputs, 3 classes" in output
    assert (
        nn("datasets", "penguins", "--csv").stdout.splitlines()[4] == "Adelie,Torgersen,NA,NA,NA,NA,NA,2007"
    )


def test_a_long_table_is_shown_in_part(nn):
    output = nn("datasets", "digits").stdout
    assert re.search(r"^… +48 more$", output, re.MULTILINE)
    assert len(re.findall(r"^pixel_\d_\d  ", output, re.MULTILINE)) == 16


@pytest.mark.parametrize("name", GENERATORS)
def test_a_generator_shows_its_options_as_a_configuration_takes_them(nn, name):
    line = " ".join(nn("datasets", name).stdout.split()).rpartition("In a configuration: data: ")[2]
    config = nn("show", "xor", "--set", f"data={line}", "--set", "loss=mse")
    assert "unknown key" not in config.output
    assert yaml.safe_load(line)["name"] == name


def test_regression_data_show_the_range_of_their_target(nn):
    assert "200 rows, 1 input, target y from -1." in nn("datasets", "sine").stdout


@pytest.mark.parametrize("name", ["iris", "xor", "sine"])
def test_csv_reads_back_as_the_same_data(nn, folder, name):
    (folder / "copy.csv").write_text(nn("datasets", name, "--csv").stdout)
    rows = list(csv.reader(io.StringIO((folder / "copy.csv").read_text())))
    original = load_table(name) if name in table_names() else GENERATORS[name](seed=0)
    assert rows[0] == [*original.inputs, *original.targets]
    assert [[float(cell) for cell in row[: len(original.inputs)]] for row in rows[1:]] == original.x.tolist()


def test_a_generator_draws_other_samples_for_another_seed(nn):
    assert nn("datasets", "moons", "--csv").stdout == nn("datasets", "moons", "--csv", "--seed", "0").stdout
    assert nn("datasets", "moons", "--csv").stdout != nn("datasets", "moons", "--csv", "--seed", "1").stdout


@pytest.mark.parametrize(("ending", "start"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")])
def test_a_plot_is_a_file_in_the_format_of_its_ending(nn, folder, ending, start):
    result = nn("datasets", "moons", "--plot", f"moons.{ending}")
    assert (result.output, result.exit_code) == ("", 0)
    assert (folder / f"moons.{ending}").read_bytes().startswith(start)
