"""The lessons of docs are what the code of today writes."""

import re
from pathlib import Path

import pytest
from write_lessons import DOCS, ROOT, SHOWN, write

NUMBER = re.compile(r"\d+(\.\d*)?(e[+-]?\d+)?")
"""Their last digits may differ between machines."""


def parts(file: Path) -> tuple[str, str]:
    """The page without its data, and without numbers; the keys of its data."""
    page, _, rest = file.read_text(encoding="utf-8").partition('<script type="application/json" id="data">')
    data, _, end = rest.partition("</script>")
    return NUMBER.sub("0", page + end), ", ".join(re.findall(r'"(\w+)":', data))


@pytest.mark.parametrize("name", SHOWN)
def test_a_lesson_in_docs_has_the_page_of_today(name, tmp_path, monkeypatch):
    """Else: python scripts/write_lessons.py."""
    monkeypatch.chdir(ROOT)
    write(f"docs/lessons/{name}.yaml", tmp_path / "page.html")
    assert parts(tmp_path / "page.html") == parts(DOCS / "lessons" / f"{name}.html")
