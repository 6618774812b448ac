"""A cache of compiled libraries for one test."""

import pytest

from nn.engine import compiler, libraries


@pytest.fixture
def fresh(monkeypatch, tmp_path):
    """A user's cache folder of its own, and nothing remembered."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(libraries.sys, "platform", "linux")
    for remembered in (compiler.compiler, compiler.identity, libraries.cache_folder):
        remembered.cache_clear()
    yield tmp_path / "tiny-nn"
    for remembered in (compiler.compiler, compiler.identity, libraries.cache_folder):
        remembered.cache_clear()
