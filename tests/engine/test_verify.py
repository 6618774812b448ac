"""What a compiler makes of a step is proved before it trains; compilers have bugs."""

import shlex
import sys

import numpy as np
import pytest

from nn import ELU, SGD, Dense, MeanSquaredError, Sequential, Sigmoid, train
from nn.engine import compiler, libraries

pytestmark = [pytest.mark.optimized, pytest.mark.skipif(not compiler.compiler(), reason="no C compiler")]
LYING = """
import subprocess, sys
text = sys.stdin.read()
if {condition}:
    assert "exp_(" in text
    text = text.replace(" = exp_(", " = 1.001 * exp_(")
sys.exit(subprocess.run([*{honest!r}, *sys.argv[1:]], input=text, text=True).returncode)
"""


@pytest.fixture
def compiler_that_lies(monkeypatch, tmp_path):
    """Puts a compiler first that makes something else of exp where a condition holds."""
    honest = compiler.compiler()
    remembered = (compiler.compiler, compiler.identity, libraries.cache_folder)

    def put(condition):
        script = tmp_path / "lying.py"
        script.write_text(LYING.format(condition=condition, honest=list(honest)), encoding="utf-8")
        monkeypatch.setenv("CC", shlex.join([sys.executable, str(script)]))
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
        for function in remembered:
            function.cache_clear()

    yield put
    monkeypatch.undo()
    for function in remembered:
        function.cache_clear()


def trained(engine, epochs, inputs=1):
    network = Sequential([Dense(2), ELU(), Dense(4), Sigmoid()], inputs=inputs, seed=3)
    rng = np.random.default_rng(1)
    x, t = rng.normal(size=(2, inputs)), np.eye(4)[rng.integers(0, 4, 2)]
    options = {"epochs": epochs, "report_every": epochs, "engine": engine}
    for _ in train(network, MeanSquaredError(), SGD(0.1), x, t, **options):
        pass
    return network.parameters


def test_a_step_that_gcc_12_vectorises_wrongly_trains_as_by_the_formulas():
    assert np.allclose(trained("native", 5), trained("formulas", 5), rtol=1e-12)


def test_a_program_that_comes_out_wrong_is_compiled_again_with_care(compiler_that_lies):
    compiler_that_lies("'-O3' in sys.argv")
    assert np.allclose(trained("native", 5), trained("formulas", 5), rtol=1e-12)


def test_the_native_engine_refuses_a_compiler_that_is_always_wrong(compiler_that_lies):
    compiler_that_lies("'-x' in sys.argv")
    with pytest.raises(compiler.CompilerError, match="makes something else of this step"):
        trained("native", 5)


def test_auto_trains_with_numpy_where_the_compiler_is_wrong(compiler_that_lies):
    compiler_that_lies("'-x' in sys.argv")
    assert np.array_equal(trained("auto", 100_000), trained("numpy", 100_000))
