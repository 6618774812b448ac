"""nn train FILE --target COLUMN and nn data FILE: a table without a configuration."""

import re

import pytest
import yaml

SHOPS = """\
shop,size,sells,open,turnover
north,120,shoes,yes,410
south,80,books,no,205
east,,shoes,yes,398
west,95,toys,no,251
centre,150,toys,yes,520
harbour,70,books,no,190
market,110,shoes,yes,377
station,60,toys,yes,260
airport,130,books,no,333
hill,90,shoes,yes,300
lake,105,toys,no,280
mill,75,books,yes,230
"""
EPOCHS = ("--set", "training.epochs=3", "--no-plot")


@pytest.fixture
def shops(folder):
    (folder / "shops.csv").write_text(SHOPS)
    return "shops.csv"


def saved(folder, run="runs/shops-001"):
    return yaml.safe_load((folder / run / "config.yaml").read_text())


def test_a_table_is_trained_and_leaves_a_run_that_says_everything(nn, folder, shops):
    result = nn("train", shops, "--target", "turnover", *EPOCHS)
    assert result.exit_code == 0
    data = saved(folder)["data"]
    assert (data["target"], data["task"], data["columns"]["sells"]["type"], data["columns"]["shop"]) == (
        "turnover",
        "regression",
        "category",
        "ignore",
    )
    assert nn("train", "runs/shops-001/config.yaml", "--out", "again", "--no-plot").exit_code == 0
    metrics = [(folder / run / "model.npz").read_bytes() for run in ("runs/shops-001", "again")]
    assert metrics[0] == metrics[1]


def test_what_was_inferred_is_said_on_standard_error_unless_quiet(nn, shops):
    said = nn("train", shops, "--target", "turnover", *EPOCHS).stderr
    assert "Target 'turnover': numbers" in said
    assert "'shop' holds other words in each row" in said
    assert not nn("train", shops, "--target", "turnover", "--quiet", *EPOCHS).stderr


def test_task_seed_out_and_settings_work_as_ever(nn, folder, shops):
    options = ["--task", "regression", "--seed", "5", "--out", "mine", "--set", "model.layers.0.units=4"]
    assert nn("train", shops, "--target", "-1", *options, *EPOCHS).exit_code == 0
    config = saved(folder, "mine")
    assert (config["seed"], config["model"]["layers"][0]["units"], config["data"]["target"]) == (5, 4, -1)


def test_without_a_target_the_columns_are_listed(nn, folder, shops):
    result = nn("train", shops)
    assert (result.exit_code, [*folder.iterdir()]) == (2, [folder / "shops.csv"])
    assert "--target COLUMN" in result.stderr
    assert "'shop', 'size', 'sells', 'open', 'turnover'" in result.stderr


def test_a_missing_file_is_a_missing_file(nn):
    result = nn("train", "none.csv", "--target", "y")
    assert (result.exit_code, result.stderr) == (2, "Error: none.csv: no such file or directory\n")


@pytest.mark.parametrize("options", [("--target", "y"), ("--task", "regression")])
def test_a_configuration_takes_no_target_of_the_command(nn, options):
    result = nn("train", "xor", *options)
    assert result.exit_code == 2
    assert "xor: --target and --task are for tables; its data.target says it" in result.stderr


def test_all_mistakes_are_told_with_how_to_write_what_mends_them(nn, folder):
    rows = [f"{n % 17 or 'none'},{'$' * (n % 2)}{n},{n % 5}" for n in range(1, 40)]
    (folder / "bad.csv").write_text("\n".join(["a,b,y", *rows]) + "\n")
    result = nn("train", "bad.csv", "--target", "y", "--task", "regression", *EPOCHS)
    assert result.exit_code == 2
    assert re.search(r"column 'a'.*\n.*column 'b'", result.stderr)
    assert "--set 'data.columns={sex: category}'" in result.stderr
    mended = ["--set", "data.missing_values=[none]", "--set", "data.drop=[b]"]
    assert nn("train", "bad.csv", "--target", "y", "--task", "regression", *mended, *EPOCHS).exit_code == 0


def test_a_file_without_names_says_how_to_read_it(nn, folder):
    (folder / "raw.csv").write_text("".join(f"{n},{n * n % 17},{n % 2}\n" for n in range(30)))
    result = nn("train", "raw.csv", "--target", "-1", *EPOCHS)
    assert result.stderr.startswith("Error: raw.csv:1: the first line looks like data")
    assert "--set data.header=false" in result.stderr
    assert nn("train", "raw.csv", "--target", "-1", "--set", "data.header=false", *EPOCHS).exit_code == 0


@pytest.mark.parametrize("columns", [100, 80, 40])
def test_the_profile_fits_the_terminal(nn, shops, columns, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(columns))
    shown = nn("data", shops).stdout.partition("\ndata:")[0]
    assert max(map(len, shown.splitlines())) <= columns
    assert all(word in shown for word in ("shop", "size", "60", "150", "books", "12 rows"))


def test_the_profile_shows_ranges_in_six_digits_and_dates_as_they_are(nn, folder):
    rows = [f"{n / 7},2024-03-{n + 1:02d},{n % 2}" for n in range(28)]
    (folder / "ranges.csv").write_text("\n".join(["x,day,y", *rows]) + "\n")
    shown = nn("data", "ranges.csv").stdout
    assert re.search(r"^x .* 0 … 3\.85714$", shown, re.MULTILINE)
    assert re.search(r"^day +date .* 2024-03-01 … 2024-03-28$", shown, re.MULTILINE)


def test_the_profile_names_what_is_odd(nn, folder):
    rows = [f"{n * 7 + 100},{n},{2 * n + 1},5,{n * n % 11}" for n in range(40)]
    (folder / "odd.csv").write_text("\n".join(["code,y,copy,same,x", *rows]) + "\n")
    shown = " ".join(nn("data", "odd.csv", "--target", "y").stdout.split())
    assert "- same is constant" in shown
    assert re.search("- copy .*is as good as the target", shown)


def test_what_is_pasted_trains_as_the_table_alone(nn, folder, shops):
    shown = nn("data", shops, "--target", "turnover").stdout
    (folder / "pasted.yaml").write_text(shown[shown.index("seed: 0\n") :])
    assert nn("train", "pasted.yaml", "--out", "pasted", *EPOCHS).exit_code == 0
    assert nn("train", shops, "--target", "turnover", *EPOCHS).exit_code == 0
    assert (folder / "pasted/model.npz").read_bytes() == (folder / "runs/shops-001/model.npz").read_bytes()


def test_without_a_target_the_data_alone_are_there_to_paste(nn, shops):
    shown = nn("data", shops).stdout
    data = yaml.safe_load(shown[shown.index("\ndata:\n") :])["data"]
    assert (data["file"], data["columns"]["sells"], "target" in data) == ("shops.csv", "category", False)


def test_the_profile_takes_what_says_how_the_file_is_read_and_pastes_it(nn, folder):
    (folder / "raw.csv").write_text("".join(f"{n},{n * n % 17},{n % 2}\n" for n in range(30)))
    shown = nn("data", "raw.csv", "--target", "-1", "--set", "data.header=false").stdout
    (folder / "pasted.yaml").write_text(shown[shown.index("seed: 0\n") :])
    assert nn("show", "pasted.yaml").exit_code == 0
    refused = nn("data", "raw.csv", "--set", "training.epochs=3")
    assert (refused.exit_code, "data.header" in refused.stderr) == (2, True)


def test_commas_of_two_meanings_say_how_to_read_them(nn, folder):
    (folder / "commas.csv").write_text("x;y\n" + "".join(f"1,{100 + n};{n % 2}\n" for n in range(30)))
    result = nn("train", "commas.csv", "--target", "y", *EPOCHS)
    assert result.exit_code == 2
    setting = result.stderr.splitlines()[-1].partition("--set ")[2].strip("'")
    assert nn("train", "commas.csv", "--target", "y", "--set", setting, *EPOCHS).exit_code == 0


def test_a_table_from_standard_input_is_kept_in_its_run_and_training_resumes(nn, folder):
    result = nn("train", "-", "--target", "turnover", *EPOCHS, stdin=SHOPS)
    assert result.exit_code == 0, result.stderr
    assert (folder / "runs/stdin-001/table.csv").read_text() == SHOPS
    assert nn("resume", "runs/stdin-001", "--epochs", "6").exit_code == 0
    assert nn("evaluate", "runs/stdin-001").exit_code == 0


def test_a_mistake_in_standard_input_leaves_no_run(nn, folder):
    result = nn("train", "-", "--target", "y", *EPOCHS, stdin=SHOPS)
    assert (result.exit_code, [*folder.iterdir()]) == (2, [])
    assert result.stderr.startswith("Error: <stdin>: there is no target column 'y'")


def test_the_profile_reads_standard_input(nn):
    assert "12 rows, 5 columns" in nn("data", "-", stdin=SHOPS).stdout
