"""nn trace: a training step as text that fits the terminal, and as Markdown that GitHub renders."""

import re

import pytest

from nn.config.source import config_names

SECOND_ORDER = ["iris-lbfgs", "sine-bayes", "sine-lm", "xor-lm"]
FOLLOWED = [name for name in config_names() if name not in SECOND_ORDER]


@pytest.mark.parametrize("name", FOLLOWED)
def test_every_bundled_configuration_is_told_within_the_terminal(nn, monkeypatch, name):
    monkeypatch.setenv("COLUMNS", "80")
    result = nn("trace", name)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    assert len(lines) <= 300
    titles = [line for line in lines if line.startswith(("Forward", "Backward", "Update"))]
    assert titles[0] == "Forward: layer 1, Dense"
    assert titles[-2:] == ["Backward: layer 1, Dense", "Update"]


def test_the_smallest_network_is_told_in_full(nn):
    output = nn("trace", "xor-2-2-1").stdout
    assert output.startswith("The first training step of xor-2-2-1, followed through with sample 4 of the 4")
    assert "Sample 4: x₁ = 1, x₂ = 1, t = 0" in output
    assert "more in the same way" not in output
    assert len(re.findall(r"^  [wb][¹²]\S* ←", output, re.MULTILINE)) == 9


def test_what_is_left_out_is_counted(nn):
    output = nn("trace", "digits").stdout
    assert "… and 126 more in the same way" in output
    assert re.search(r"\[61 more: −?[\d.]+\]", output)


def test_a_sample_is_chosen(nn):
    assert "Sample 2: x₁ = 0, x₂ = 1, t = 1" in nn("trace", "xor-2-2-1", "--sample", "2").stdout


def test_a_sample_beyond_the_batch_is_refused(nn):
    result = nn("trace", "xor-2-2-1", "--sample", "5")
    assert result.exit_code == 2
    assert (
        result.stderr == "Error: xor-2-2-1: --sample: expected a sample of the first batch, 1 to 4, got 5\n"
    )


def test_digits_are_chosen(nn):
    output = nn("trace", "xor-2-2-1", "--digits", "6").stdout
    assert re.search(r"y′ = y · \(1 − y\)\n     = 0\.\d{6} · \(1 − 0\.\d{6}\) = 0\.\d{6}\n", output)


@pytest.mark.parametrize("name", FOLLOWED)
def test_markdown_is_well_formed(nn, name):
    output = nn("trace", name, "--markdown").stdout
    assert output.startswith("# The first training step of ")
    blocks = re.findall(r"^```math\n\\begin\{aligned\}\n(.*?)\n\\end\{aligned\}\n```$", output, re.M | re.S)
    assert len(blocks) == output.count("```") / 2 == output.count("\n### ")
    for block in blocks:
        assert block.count("{") == block.count("}")
        assert block.count("(") == block.count(")")
        assert all(row.count("&") == 1 for row in re.split(r"\\\\(?:\[6pt\])?\n", block))
        assert block.isascii()


def test_markdown_has_the_numbers_of_the_text(nn):
    text, markdown = nn("trace", "xor-2-2-1").stdout, nn("trace", "xor-2-2-1", "--markdown").stdout
    number = r"\d\.\d{3,}"
    assert set(re.findall(number, text)) == set(re.findall(number, markdown))


def test_a_mistake_is_the_users(nn):
    result = nn("trace", "xor", "--set", "loss=categorical_crossentropy")
    assert (result.exit_code, result.stdout) == (2, "")


@pytest.mark.parametrize("name", SECOND_ORDER)
def test_a_second_order_method_has_no_step_to_follow(nn, name):
    result = nn("trace", name)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "searches for its steps" in result.stderr
    assert nn("trace", name, "--set", "optimizer=sgd").exit_code == 0


def test_dropout_and_weights_are_refused(nn):
    dropout = nn("trace", "xor", "--set", "model.layers=[{type: dropout}, {type: dense, units: 1}, sigmoid]")
    assert dropout.exit_code == 2
    assert "a trace does not support Dropout" in dropout.stderr
    weights = nn("trace", "xor", "--set", "training.class_weight=balanced")
    assert weights.exit_code == 2
    assert "takes all samples alike" in weights.stderr


def test_a_shortcut_hands_on_its_inputs_beside_what_it_makes_of_them(nn):
    output = nn("trace", "xor-2-1-1").stdout
    assert "  s¹₁ = x₁\n" in output
    assert "  s¹₃ = h¹\n" in output
    layers = (
        "model.layers=[{type: dense, units: 2}, {type: shortcut, layers: [tanh]}, {type: dense, units: 1}]"
    )
    deep = nn("trace", "xor", "--set", layers)
    assert deep.exit_code == 2
    assert "Shortcut as the first layer only" in deep.stderr
