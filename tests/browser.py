"""A real browser for tests of pages, which hears what a page says and asks for."""

import shutil
from contextlib import contextmanager

import pytest
from playwright.sync_api import sync_playwright

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
needs_browser = pytest.mark.skipif(not BROWSER, reason="no Chromium")
PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1280, "height": 900}


@contextmanager
def started():
    """A browser that is running."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER)
        yield browser
        browser.close()


@contextmanager
def opened(browser, text, folder, viewport=PHONE, **options):
    """A page of a text; in ``heard`` are its messages, errors and requests, of which there should be none."""
    file = folder / "page.html"
    file.write_text(text, encoding="utf-8")
    context = browser.new_context(viewport=viewport, offline=True, **options)
    page = context.new_page()
    page.heard = []
    page.on("console", lambda message: page.heard.append(message.text))
    page.on("pageerror", lambda error: page.heard.append(str(error)))
    page.goto(file.as_uri())
    page.on("request", lambda request: page.heard.append(request.url))
    loaded = "performance.getEntriesByType('resource').map((entry) => entry.name)"
    page.heard += [url for url in page.evaluate(loaded) if not url.startswith("data:")]
    yield page
    context.close()


def is_too_wide(page):
    """Whether a page has to be scrolled sideways."""
    return page.evaluate("document.documentElement.scrollWidth > innerWidth")
