"""A world that is served, and the system's headless Chromium that looks at it."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import taixu as tx
from taixu.serve import Access, Server
from taixu.serve.access import Guest, Role
from taixu.serve.parts.page import viewer_folder
from taixu.twin.plugin import TwinPlugin, configure_twin

__all__ = ["PATIENCE_SECS", "TOKEN", "VIEW_TOKEN", "Browser", "Page", "ServedWorld", "browser", "serve_world"]

PATIENCE_SECS = float(os.environ.get("TAIXU_PATIENCE_SECS", "180"))
"""How long anything may take before it counts as not happening: a guard against hangs, on a machine that has much else to do."""
TOKEN, VIEW_TOKEN = "a" * 20, "v" * 20
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = [
    "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist", "--no-sandbox", "--mute-audio",
    "--disable-dev-shm-usage", "--force-color-profile=srgb", "--disable-lcd-text", "--hide-scrollbars",
    "--disable-gpu-watchdog",  # a software device that compiles on a busy machine is slow, not hung
]  # fmt: skip


@dataclass
class ServedWorld:
    """A server in a thread that stands for the program's main one."""

    app: Any
    server: Server
    thread: threading.Thread
    act: Callable[[Callable[[Any], Any]], Any]
    """Calls a function with the app, in the world's thread, and gives what it gives."""

    @property
    def url(self) -> str:
        """Where it is."""
        return self.server.url

    def stop(self) -> None:
        """End it."""
        self.server.stop()
        self.thread.join(PATIENCE_SECS)
        assert not self.thread.is_alive()


def serve_world(build: Callable[[Any], None] | None = None, *, world: Path | None = None, port: int = 0) -> ServedWorld:
    """Serve a world of a file, or one that `build` puts into the app (in the thread that runs it)."""
    ready, found, wrong = threading.Event(), list[Any](), list[BaseException]()

    def run() -> None:
        try:
            with tx.App.headless(plugins=(TwinPlugin(),)) as app:
                if world is not None:
                    app.open(world)
                if build is not None:
                    build(app)
                configure_twin(app.world)
                app.settle()
                access = Access({TOKEN: Guest("admin", Role.ADMIN), VIEW_TOKEN: Guest("eve", Role.VIEW)})
                server = Server(app, access, port=port)
                found.extend([app, server])
                ready.set()
                server.run(seconds=3600)
                server.close()
        except BaseException as error:
            wrong.append(error)
            ready.set()
            raise

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(PATIENCE_SECS) and not wrong, wrong
    app, server = found

    def act(function: Callable[[Any], Any]) -> Any:
        return server.errands.ask(lambda _: function(app)).result(PATIENCE_SECS)

    return ServedWorld(app, server, thread, act)


@dataclass
class Page:
    """A page of the viewer, and all that its console said."""

    page: Any
    said: list[str] = field(default_factory=list)

    def evaluate(self, script: str, argument: Any = None) -> Any:
        """Run a function in the page."""
        return self.page.evaluate(script, argument)

    def wait(self, condition: str, *, argument: Any = None) -> None:
        """Wait until a function of the page gives something true."""
        try:
            self.page.wait_for_function(condition, arg=argument, timeout=PATIENCE_SECS * 1000, polling=50)
        except Exception as error:
            state = "() => JSON.stringify([taixu.figures.value, taixu.connection.value, taixu.isReady(), taixu.isStill()])"
            raise AssertionError(f"{condition}: {error}; {self.page.evaluate(state)}; the console said {self.said}") from None

    def until(self, read: Callable[[], Any], holds: Callable[[Any], Any] = bool, *, what: str = "") -> Any:
        """Read again and again until what is read is so, and give it; what cannot be read yet counts as not being so."""
        from playwright.sync_api import Error

        end = time.monotonic() + PATIENCE_SECS
        while True:
            try:
                seen = read()
                if holds(seen):
                    return seen
            except (AssertionError, Error) as error:
                seen = error
            if time.monotonic() > end:
                raise AssertionError(f"{what or 'it'}: not so; last was seen {seen!r}; the console said {self.said[-20:]}")
            self.page.wait_for_timeout(100)

    def says(self, selector: str, *words: str) -> str:
        """Wait until something that a selector finds has all of these words in it; what it says then."""
        every = self.page.locator(selector)

        def read() -> list[str]:
            return [text for text in every.all_inner_texts() if all(word in text for word in words)]

        return str(self.until(read, what=f"{selector} says {words}")[0])

    def counts(self, selector: str, count: int) -> None:
        """Wait until a selector finds so many."""
        self.until(self.page.locator(selector).count, lambda found: found == count, what=f"{selector}, {count} times")

    def value(self, field: str, holds: Callable[[float], Any]) -> float:
        """Wait until the number of a field of what is selected is so; the number."""
        shown = self.page.locator(f'[data-field="{field}"] .value-number b')

        def read() -> float:
            texts = shown.all_inner_texts()
            assert len(texts) == 1 and texts[0].strip(" -0123456789.,") == "", texts
            return float(texts[0].replace(",", ""))

        return float(self.until(read, holds, what=field))

    def picture(self) -> Any:
        """What is seen, ``uint8[h, w, 3]``."""
        from taixu.assets.image import decode_image

        return decode_image(self.page.screenshot())[..., :3]

    @property
    def problems(self) -> list[str]:
        """Errors and warnings of the console, failed requests, what the policy refused."""
        return [line for line in self.said if not line.startswith(("log:", "info:", "debug:")) and "GPU stall" not in line]


class Browser:
    """Chromium, running."""

    def __init__(self, running: Any) -> None:
        self._running = running
        self._contexts: list[Any] = []

    def open(
        self, url: str, *, size: tuple[int, int] = (640, 360), token: str = TOKEN, touch: bool = False, ready: bool = True,
        script: str = "",
    ) -> Page:  # fmt: skip
        """Open the viewer of a server as somebody new; `script` runs before the page's own."""
        context = self._running.new_context(viewport={"width": size[0], "height": size[1]}, has_touch=touch, is_mobile=touch)
        context.add_init_script(script)
        self._contexts.append(context)
        context.set_default_timeout(PATIENCE_SECS * 1000)
        context.set_default_navigation_timeout(PATIENCE_SECS * 1000)
        page = Page(context.new_page())
        page.page.on("console", lambda message: page.said.append(f"{message.type}: {message.text}"))
        page.page.on("pageerror", lambda error: page.said.append(f"pageerror: {error}"))
        page.page.goto(f"{url}?token={token}")
        if ready:
            page.wait("() => window.taixu?.isReady()")
        return page

    def blank(self) -> Any:
        """An empty page, without a viewer."""
        context = self._running.new_context()
        self._contexts.append(context)
        context.set_default_timeout(PATIENCE_SECS * 1000)
        return context.new_page()

    def close_pages(self) -> None:
        """Let all pages go."""
        while self._contexts:
            self._contexts.pop().close()


@contextmanager
def browser() -> Iterator[Browser]:
    """A Chromium, or a skip that says why there is none."""
    path = next((found for name in _CHROMIUM if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip("there is no Chromium here (apt-get install chromium)")
    if not (viewer_folder() / "index.html").is_file():
        pytest.skip("the viewer is not built here (make viewer)")
    api = pytest.importorskip("playwright.sync_api", reason="playwright drives the browser")
    with api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=_ARGUMENTS, headless=True, timeout=PATIENCE_SECS * 1000)
        try:
            yield Browser(running)
        finally:
            running.close()
