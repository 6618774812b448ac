"""Compiled libraries are kept safely: whole, private, this user's, and compiled again where not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from nn.engine import compiler

pytestmark = pytest.mark.skipif(not compiler.compiler(), reason="no C compiler")
NINE = "int run(void) { return 9; }"


@pytest.fixture
def fresh(monkeypatch, tmp_path):
    """A user's cache folder of its own, and nothing remembered."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(compiler.sys, "platform", "linux")
    for remembered in (compiler.compiler, compiler.identity, compiler.cache_folder):
        remembered.cache_clear()
    yield tmp_path / "tiny-nn"
    for remembered in (compiler.compiler, compiler.identity, compiler.cache_folder):
        remembered.cache_clear()


def libraries(folder):
    return sorted(folder.iterdir()) if folder.exists() else []


def test_a_text_is_compiled_once_and_then_found(fresh, monkeypatch):
    assert compiler.load(NINE).run() == 9
    (library,) = libraries(fresh)
    monkeypatch.setattr(compiler.subprocess, "run", None)  # a second compilation would fail
    assert compiler.load(NINE).run() == 9
    assert libraries(fresh) == [library]


def test_the_folder_and_the_library_are_private(fresh):
    compiler.load(NINE)
    assert fresh.stat().st_mode & 0o077 == 0
    assert all(compiler.is_ours(path) for path in libraries(fresh))


@pytest.mark.parametrize(
    "damage", [lambda data: data[:100], lambda data: data[:-9] + b"\0" * 9, lambda data: b""]
)
def test_a_damaged_library_is_never_loaded_but_compiled_again(fresh, damage):
    compiler.load(NINE)
    (library,) = libraries(fresh)
    other = library.with_name("other")  # the loaded one stays as it is in memory
    other.write_bytes(damage(library.read_bytes()))
    other.replace(library)
    assert compiler.load(NINE).run() == 9
    assert [path.stem.split("-")[1] for path in libraries(fresh)] == [compiler.digest(library)]


def test_a_library_that_others_can_write_is_not_loaded(fresh):
    compiler.load(NINE)
    (library,) = libraries(fresh)
    library.chmod(0o777)
    assert not compiler.is_ours(library)
    assert compiler.load(NINE).run() == 9
    assert compiler.is_ours(library), "compiled again, and moved over it"


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no links")
def test_a_folder_that_is_not_ours_alone_is_not_used(fresh, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    fresh.symlink_to(elsewhere)
    assert compiler.load(NINE).run() == 9
    assert not libraries(elsewhere)


def test_a_folder_that_cannot_be_made_is_no_obstacle(fresh):
    fresh.write_text("a file is in the way")
    assert compiler.load(NINE).run() == 9


def test_two_processes_that_compile_the_same_text_both_succeed(fresh):
    code = f"from nn.engine.compiler import load; print(load({NINE!r}).run())"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    pair = [
        subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE)
        for _ in range(2)
    ]
    assert [process.communicate()[0].strip() for process in pair] == [b"9", b"9"]
    assert all(path.suffix == ".so" for path in libraries(fresh))


def test_text_that_does_not_compile_is_an_error_and_leaves_nothing(fresh):
    with pytest.raises(compiler.CompilerError, match=r"failed: .*error"):
        compiler.load("int run(void) { return nothing; }")
    assert not libraries(fresh)


def test_without_a_compiler_the_error_says_how_to_get_one(fresh, monkeypatch):
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setenv("PATH", str(fresh))
    monkeypatch.setattr(compiler, "find_spec", lambda name: None)
    with pytest.raises(compiler.CompilerError, match=r"needs a C compiler; install one .*tiny-nn\[native\]"):
        compiler.load(NINE)


def test_a_compiler_that_does_not_start_is_named(fresh, monkeypatch):
    monkeypatch.setenv("CC", "/no/such/compiler")
    with pytest.raises(compiler.CompilerError, match="/no/such/compiler does not start"):
        compiler.load(NINE)
