"""What the first world that is opened needs, made ready while nobody does anything at the start page.

Parts of the engine that worlds need are imported by a thread, and the view's shaders are built with a small picture of a small
world: two tenths of a second each, which nobody has to wait for then.
"""

from __future__ import annotations

import gc
import logging
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from taixu.edit import Project
from taixu.errors import TaixuError
from taixu.render import View
from taixu.scene import Light, Material, Shape, Transform
from taixu_editor.view import OrbitCamera

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["Warming"]

_log = logging.getLogger(__name__)
_SIZE = (64, 64)
_SHOWN_FRAMES = 3
"""So many frames the start page has for itself."""


class Warming:
    """Done once, in parts."""

    def __init__(self, window: EditorWindow) -> None:
        self._window = window
        self._thread: Thread | None = None
        self._frames = 0
        self.is_done = False

    def frame(self) -> None:
        """Do a part while the start page is shown: imports once it is, what is drawn when nothing goes on."""
        window = self._window
        if self.is_done:
            return
        self._frames += 1
        if window.host.session.worlds:
            self._end()
        elif self._thread is None:
            if self._frames > _SHOWN_FRAMES:
                self._thread = Thread(target=_import_parts, name="taixu-warming", daemon=True)
                self._thread.start()
        elif window.pacing.rest_secs and not self._thread.is_alive():
            try:
                self._draw()
            except TaixuError as error:  # whoever opens a world will be told
                _log.info("the view's shaders are not ready: %s", error)
            self._end()

    def _end(self) -> None:
        """What stands now stands until the end: looking for garbage in it took a twentieth of a second, whatever went on."""
        self.is_done = True
        gc.freeze()

    def _draw(self) -> None:
        window = self._window
        app = window.host.make_app(Project(Path.cwd(), has_manifest=False))
        try:
            app.world.spawn(Transform(), Shape(), Material())
            app.world.spawn(Transform(translation=(0.0, 3.0, 0.0)), Light())
            app.settle()
            view = View(OrbitCamera().camera(), _SIZE, name="warming", outputs=frozenset({"color", "id", "depth"}))
            view.settings = {"antialias": "fxaa", "outline": True}
            window.renderer.render(app.world, [view])
            view.release()
        finally:
            app.close()


def _import_parts() -> None:
    import jsonschema  # noqa: F401  what operations are given is checked with it: half as much as all the rest

    from taixu.defaults import App

    try:
        App.headless().close()
    except TaixuError as error:
        _log.info("not all parts are ready: %s", error)
