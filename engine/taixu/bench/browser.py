"""A real browser for benchmarks: this machine's Chromium, headless and without a GPU."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from taixu.errors import MachineError

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["find_chromium", "open_page"]

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_ARGUMENTS = (
    "--no-sandbox", "--disable-dev-shm-usage", "--enable-unsafe-swiftshader", "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding", "--disable-backgrounding-occluded-windows",
)  # fmt: skip


def find_chromium() -> str:
    """The browser's program: what ``TAIXU_CHROMIUM`` names, or what is on the path.

    Raises
    ------
    MachineError
        When there is none.
    """
    named = os.environ.get("TAIXU_CHROMIUM", "")
    found = shutil.which(named) if named else next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        raise MachineError("there is no Chromium on this machine (apt install chromium brings it; TAIXU_CHROMIUM may name one)")
    return found


@contextmanager
def open_page(*, size: tuple[int, int] = (1280, 720)) -> Iterator[Page]:
    """A page of a browser that is closed afterwards.

    Raises
    ------
    MachineError
        When there is no Chromium, or nothing to drive it with.
    """
    program = find_chromium()
    try:
        from playwright.sync_api import Error, sync_playwright
    except ModuleNotFoundError as error:
        raise MachineError("pages are driven by playwright; pip install playwright brings it") from error
    with sync_playwright() as driver:
        try:
            browser = driver.chromium.launch(executable_path=program, args=list(_ARGUMENTS))
        except Error as error:
            raise MachineError(f"{program} does not start: {str(error).splitlines()[0]}") from error
        try:
            yield browser.new_page(viewport={"width": size[0], "height": size[1]})
        finally:
            browser.close()
