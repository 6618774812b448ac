"""Compiled libraries are kept safely: whole, private, this user's, and compiled again where not."""

import os
import shlex
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from nn import SGD, Dense, MeanSquaredError, Sequential, fit, train
from nn.engine import compiler, libraries

pytestmark = [pytest.mark.optimized, pytest.mark.skipif(not compiler.compiler(), reason="no C compiler")]
NINE = "int run(void) { return 9; }"


def files(folder):
    return sorted(folder.iterdir()) if folder.exists() else []


def test_a_text_is_compiled_once_and_then_found(fresh, monkeypatch):
    assert compiler.load_library(NINE).run() == 9
    (library,) = files(fresh)
    monkeypatch.setattr(compiler.subprocess, "Popen", None)  # a second compilation would fail
    assert compiler.load_library(NINE).run() == 9
    assert files(fresh) == [library]


def test_the_folder_and_the_library_are_private(fresh):
    compiler.load_library(NINE)
    assert fresh.stat().st_mode & 0o077 == 0
    assert all(libraries.is_ours(path) for path in files(fresh))


@pytest.mark.parametrize(
    "damage", [lambda data: data[:100], lambda data: data[:-9] + b"\0" * 9, lambda data: b""]
)
def test_a_damaged_library_is_never_loaded_but_compiled_again(fresh, damage):
    compiler.load_library(NINE)
    (library,) = files(fresh)
    other = library.with_name("other")  # the loaded one stays as it is in memory
    other.write_bytes(damage(library.read_bytes()))
    other.replace(library)
    assert compiler.load_library(NINE).run() == 9
    assert [path.stem.split("-")[1] for path in files(fresh)] == [libraries.file_digest(library)]


def test_a_library_that_others_can_write_is_not_loaded(fresh):
    compiler.load_library(NINE)
    (library,) = files(fresh)
    library.chmod(0o777)
    assert not libraries.is_ours(library)
    assert compiler.load_library(NINE).run() == 9
    assert libraries.is_ours(library), "compiled again, and moved over it"


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no links")
def test_a_folder_that_is_not_ours_alone_is_not_used(fresh, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    fresh.symlink_to(elsewhere)
    assert compiler.load_library(NINE).run() == 9
    assert not files(elsewhere)


def test_a_folder_that_cannot_be_made_is_no_obstacle(fresh):
    fresh.write_text("a file is in the way")
    assert compiler.load_library(NINE).run() == 9


def test_threads_that_train_at_once_compile_a_step_once_and_train_as_one_alone_does(fresh, monkeypatch):
    started, together, run_compiler = [], Barrier(4), compiler.run_compiler

    def counted(*arguments):
        started.append(arguments)
        return run_compiler(*arguments)

    def trained(first):
        stack = Sequential([Dense(2), Dense(1)], inputs=2, seed=range(first, first + 3))
        together.wait()
        fit(stack, MeanSquaredError(), SGD(0.01), [[0, 1], [2, 3]], [1, 2], epochs=9, engine="native")
        return stack.parameters.tolist()

    monkeypatch.setattr(compiler, "run_compiler", counted)
    with ThreadPoolExecutor(4) as pool:
        a, b, same_as_a, same_as_b = pool.map(trained, [0, 1, 0, 1])
    assert (len(started), len(files(fresh))) == (1, 1)
    assert (a, b) == (same_as_a, same_as_b)
    assert a[1:] == b[:2]


def test_two_processes_that_compile_the_same_text_both_succeed(fresh):
    code = f"from nn.engine.compiler import load_library; print(load_library({NINE!r}).run())"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    pair = [
        subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE)
        for _ in range(2)
    ]
    assert [process.communicate()[0].strip() for process in pair] == [b"9", b"9"]
    assert all(path.suffix == ".so" for path in files(fresh))


def test_text_that_does_not_compile_is_an_error_and_leaves_nothing(fresh):
    with pytest.raises(compiler.CompilerError, match=r"failed: .*error"):
        compiler.load_library("int run(void) { return nothing; }")
    assert not files(fresh)


def test_without_a_compiler_the_error_says_how_to_get_one(fresh, monkeypatch):
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setenv("PATH", str(fresh))
    monkeypatch.setattr(compiler, "find_spec", lambda name: None)
    with pytest.raises(compiler.CompilerError, match=r"needs a C compiler; .*tiny-nn-trainer\[native\]"):
        compiler.load_library(NINE)


def test_a_compiler_that_does_not_start_is_named(fresh, monkeypatch):
    monkeypatch.setenv("CC", "/no/such/compiler")
    with pytest.raises(compiler.CompilerError, match="/no/such/compiler does not start"):
        compiler.load_library(NINE)


@pytest.fixture
def fake(fresh, monkeypatch, tmp_path):
    """Makes a script of sh the compiler; ``$out`` is the file that it is asked for."""

    def put(script, folder="bin"):
        path = tmp_path / folder / "fake-cc"
        path.parent.mkdir(exist_ok=True)
        last = 'for word; do [ "$before" = -o ] && out=$word; before=$word; done'
        path.write_text(f"#!/bin/sh\n{last}\n{script}\n", encoding="utf-8")
        path.chmod(0o700)
        monkeypatch.setenv("CC", str(path))
        compiler.compiler.cache_clear()
        compiler.identity.cache_clear()
        return path

    return put


HONEST = shlex.join(compiler.compiler())
WRONG = {
    "exit 0": r"fake-cc wrote no library; set CC to another",
    "cat > /dev/null; echo garbage > $out": r"fake-cc made does not load: .* invalid ELF header|too short",
    ": > $out": r"fake-cc made does not load: ",
    f"echo 'int other;' | {HONEST} -shared -x c - -o $out": r"left out the function run;",
    "printf 'error: \\377\\376 here' >&2; exit 1": r"fake-cc failed: error: \ufffd\ufffd here",
    "exit 3": r"fake-cc failed: exit code 3",
    "kill -9 $$": r"fake-cc failed: exit code -9",
}


@pytest.mark.parametrize("script", WRONG)
def test_a_compiler_that_fails_is_an_error_that_says_what_happened(fake, fresh, script):
    fake(script)
    with pytest.raises(compiler.CompilerError, match=WRONG[script]):
        compiler.load_library(NINE)
    assert not files(fresh)


def test_a_compiler_that_never_ends_is_stopped_with_all_that_it_started(fake, fresh, monkeypatch, tmp_path):
    monkeypatch.setattr(compiler, "COMPILE_SECONDS", 0.5)
    fake(f"sleep 1000 & echo $! > {tmp_path}/child; wait")
    with pytest.raises(compiler.CompilerError, match=r"fake-cc was stopped after 0.5 s; set CC to another"):
        compiler.load_library(NINE)
    child = int((tmp_path / "child").read_text())
    while runs(child):  # a signal may take its time
        time.sleep(0.01)


def runs(process):
    """Whether a process is at work, and not just to be waited for."""
    status = subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, check=False)
    return status.stdout.strip()[:1] not in (b"", b"Z")


@pytest.mark.parametrize("quoted", [False, True])
def test_the_command_may_hold_spaces_and_quotes(fake, fresh, monkeypatch, quoted):
    path = fake(f'exec {HONEST} "$@"', "a folder")
    if quoted:
        monkeypatch.setenv("CC", f"'{path}' -DNAME='a b'")
        compiler.compiler.cache_clear()
        assert compiler.compiler() == (str(path), "-DNAME=a b")
    assert compiler.load_library(NINE).run() == 9


def test_a_command_with_half_a_quote_is_named(fresh, monkeypatch):
    monkeypatch.setenv("CC", "cc 'half")
    with pytest.raises(compiler.CompilerError, match="does not start"):
        compiler.load_library(NINE)


def test_without_a_home_libraries_live_as_long_as_the_process(fresh, monkeypatch):
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr("os.path.expanduser", lambda path: path)  # as for a user without a passwd entry
    libraries.cache_folder.cache_clear()
    assert compiler.load_library(NINE).run() == 9
    assert libraries.cache_folder().name.startswith("tiny-nn-")


def test_without_any_folder_to_write_to_the_error_says_so(fresh, monkeypatch):
    fresh.write_text("a file is in the way")
    monkeypatch.setattr("tempfile.tempdir", "/no/such/folder")
    with pytest.raises(compiler.CompilerError, match=r"no place for compiled code: .*; set TMPDIR"):
        compiler.load_library(NINE)


@pytest.mark.parametrize("seeds", [0, range(50)], ids=["one network", "a stack"])
def test_auto_trains_with_numpy_where_a_compiler_fails_and_says_why(fake, seeds):
    fake("exit 0")
    line = Sequential([Dense(1)], inputs=1, seed=seeds)
    report = next(train(line, MeanSquaredError(), SGD(0.1), [[0], [1]], [[1], [3]], epochs=10**6))
    assert report.engine == "numpy"
    assert report.loss.shape == line.stack
    assert report.engine_note.startswith("NumPy runs, not compiled C: the C compiler ")
    assert "wrote no library" in report.engine_note


def test_the_cache_keeps_to_its_limit_and_what_was_used_last(fresh, monkeypatch):
    texts = [f"int run(void) {{ return {number}; }}" for number in range(4)]
    for number, text in enumerate(texts[:3]):
        assert compiler.load_library(text).run() == number
        for path in files(fresh):
            os.utime(path, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns - 10**9))
    compiler.load_library(texts[0])  # used again
    size = max(path.stat().st_size for path in files(fresh))
    monkeypatch.setattr(libraries, "LIMIT_BYTES", 2 * size)
    kept = {path for path in files(fresh) if path.stat().st_mtime_ns > time.time_ns() - 10**9}
    compiler.load_library(texts[3])
    assert len(files(fresh)) == 2
    assert kept < set(files(fresh))


def test_what_a_killed_compiler_left_goes_after_a_day(fresh):
    compiler.load_library(NINE)
    old, new = fresh / "old.tmp", fresh / "new.tmp"
    for path in (old, new):
        path.write_text("half")
    os.utime(old, (0, 0))
    compiler.load_library(NINE.replace("9", "8"))
    assert not old.exists()
    assert new.exists()


@pytest.mark.parametrize("name", ["XDG_CACHE_HOME", "TMPDIR"])
def test_a_folder_whose_programs_may_not_run_is_named(fresh, monkeypatch, tmp_path, name):
    """A real mount where that is allowed; else the file is emptied, which does not load either."""
    folder = tmp_path / "noexec"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "noexec", "tmpfs", str(folder)]
    mounted = not subprocess.run(mount, capture_output=True, check=False).returncode
    try:
        if name == "TMPDIR":
            monkeypatch.setattr("tempfile.tempdir", str(folder))
            fresh.write_text("a file is in the way")
        else:
            monkeypatch.setenv(name, str(folder))
        if not mounted:
            monkeypatch.setattr(libraries, "file_digest", lambda path: (path.write_bytes(b"") and "0") or "0")
        with pytest.raises(
            compiler.CompilerError, match=rf"{folder}.* is mounted noexec, set XDG_CACHE_HOME"
        ):
            compiler.load_library(NINE)
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(folder)], check=True)
