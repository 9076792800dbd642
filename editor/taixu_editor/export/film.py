"""Films: along a path of cameras, or of the world as it is played. Drawn picture by picture, so that a window stays awake."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from taixu.assets.video import VideoWriter
from taixu.edit.world_document import document_of
from taixu.errors import UsageError
from taixu.render import View, ViewCamera, frame_camera

if TYPE_CHECKING:
    from taixu_editor.host import Host

__all__ = ["Film", "camera_on_path"]

Look = tuple[tuple[float, float, float], tuple[float, float, float]]
"""An eye and a target."""


class Film:
    """A film under way; `step` adds a picture.

    Parameters
    ----------
    looks
        Eyes and targets that the camera goes through, evenly in time; the main camera's own way where there are none.
    is_played
        Let a copy of the world run; otherwise it stands still. The edited world never changes.

    Raises
    ------
    TaixuError
        When the file cannot be written, or the world cannot be copied.
    """

    def __init__(
        self, host: Host, path: Path, *, size: tuple[int, int] = (1280, 720), seconds: float = 4.0, fps: int = 30,
        looks: Sequence[Look] = (), is_played: bool = False, camera: str = "",
    ) -> None:  # fmt: skip
        if path.suffix.lower() != ".mp4":
            raise UsageError(f"{path}: films are written as .mp4")
        self.path, self.count, self.done = path, max(1, round(seconds * fps)), 0
        self._size, self._fps, self._looks, self._is_played, self._camera = size, fps, tuple(looks), is_played, camera
        self._stack = ExitStack()
        try:
            self._app = host.make_app(host.session.project)
            self._stack.callback(self._app.close)
            self._fill(host)
            self._app.settle()
            self._writer = self._stack.enter_context(VideoWriter(path, size=size, fps=fps))
        except BaseException as error:
            self._stack.__exit__(type(error), error, error.__traceback__)
            raise
        self._view: View | None = None

    @property
    def is_done(self) -> bool:
        """Whether all pictures are drawn."""
        return self.done >= self.count

    def step(self) -> None:
        """Draw the next picture; the last one finishes the file. What fails leaves none behind."""
        try:
            self._draw()
        except BaseException as error:
            self._stack.__exit__(type(error), error, error.__traceback__)
            raise
        self.done += 1
        if self.is_done:
            self._release()
            self._stack.close()

    def cancel(self) -> None:
        """Stop; nothing is left behind."""
        if not self.is_done:
            self.done = self.count
            self._release()
            cancelled = _Cancelled()
            with suppress(_Cancelled):
                self._stack.__exit__(_Cancelled, cancelled, None)

    def run(self, progress: Callable[[float], bool] | None = None) -> Path:
        """Draw all of it; `progress` may end it by giving False."""
        while not self.is_done:
            self.step()
            if progress is not None and progress(self.done / self.count) is False:
                self.cancel()
        return self.path

    def _fill(self, host: Host) -> None:
        from taixu_editor.play import _fill

        _fill(self._app, document_of(host.session.world))

    def _draw(self) -> None:
        app = self._app
        settings = {"antialias": "fxaa"}
        if self._view is None:
            self._view = View(self._now(), self._size, settings=settings)
        self._view.camera = self._now()
        app.drawing.renderer.render(app.world, [self._view], delta_secs=1 / self._fps)
        self._writer.write(app.drawing.renderer.read(self._view))
        if self._is_played:
            app.run(seconds=1 / self._fps)

    def _now(self) -> ViewCamera:
        aspect = self._size[0] / self._size[1]
        if self._looks:
            return camera_on_path(self._looks, self.done / max(self.count - 1, 1))
        from taixu.defaults.drawing import main_camera

        entity = main_camera(self._app.world, name=self._camera)
        return frame_camera(self._app.world, aspect=aspect) if entity is None else ViewCamera.of_entity(self._app.world, entity)

    def _release(self) -> None:
        if self._view is not None:
            self._view.release()
            self._view = None


class _Cancelled(Exception):
    pass


def camera_on_path(looks: Sequence[Look], share: float) -> ViewCamera:
    """The camera at a share of a path's time: a Catmull-Rom curve through eyes and targets (Catmull and Rom, 1974)."""
    points = np.array([[*eye, *target] for eye, target in looks], np.float64)
    place = min(max(share, 0.0), 1.0) * (len(points) - 1)
    first = min(int(place), max(len(points) - 2, 0))
    a, b, c, d = (points[min(max(first + i, 0), len(points) - 1)] for i in (-1, 0, 1, 2))
    t = place - first
    at: NDArray[np.float64] = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    return ViewCamera.looking(at[:3], at[3:])
