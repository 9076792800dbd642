"""What a path tracer makes of a view while its camera rests: better with every sample, in the time that a frame leaves."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.gpu import Texture
from taixu.render import ViewCamera
from taixu.render.path_tracing import PathSettings, PathTracer, clean
from taixu.render.post.finishing import finish_still, is_finished_late
from taixu.render.stills import develop, particle_layer, under
from taixu.render.tonemap import encode

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from taixu_editor.window import EditorWindow

__all__ = ["ReferencePicture"]

_RESTS_SECS = 0.3
_FRAME_SECS = 0.02
"""What it takes of a frame, or one step where that takes longer."""
_TILE = 96
_MOST_SAMPLES = 256
_SMOOTHED_FROM = 16
"""Samples from which on noise is taken out, which takes a moment itself."""
_PARTICLE_SAMPLES = 8
"""Frames of particles, which no path meets."""


class ReferencePicture:
    """One view's picture by paths of light.

    Attributes
    ----------
    texture
        What is to be shown; None while there is nothing yet.
    samples
        How many of them went into it.
    """

    def __init__(self, window: EditorWindow) -> None:
        self._window = window
        self.texture: Texture | None = None
        self.samples = 0
        self._tracer: PathTracer | None = None
        self._key: Any = None
        self._since = 0.0
        self._is_refused = False
        self._is_finished_late = False
        self._camera: ViewCamera | None = None
        self._particles: NDArray[np.float32] | None = None

    def follow(self, world: World, camera: ViewCamera, size: tuple[int, int], key: Any) -> None:
        """Go on with it, or begin anew where `key` says that something looks different."""
        if key != self._key:
            self.forget()
            self._key, self._since, self._is_refused = key, perf_counter(), False
        if self._is_refused or self.samples >= _MOST_SAMPLES:
            return
        self._window.pacing.wake()
        if perf_counter() - self._since < _RESTS_SECS:
            return
        if self._tracer is None:
            try:
                paths = PathSettings(tile=_TILE)
                self._is_finished_late = is_finished_late(world, {}, camera)
                plain = {"exposure_ev": 0.0} if self._is_finished_late else None
                self._tracer = PathTracer(self._window.renderer, world, camera, size=size, settings=paths, view_settings=plain)
                self._camera = camera
                self._particles = particle_layer(
                    self._window.renderer, world, camera, size=size, samples=_PARTICLE_SAMPLES, settings=plain or {}
                )
            except TaixuError as error:
                self._is_refused = True
                self._window.shell.toasts.say(str(error), "warning")
                return
        start, is_more = perf_counter(), False
        while perf_counter() - start < _FRAME_SECS:
            is_more |= self._tracer.step()
        # Each picture has half as many samples more than the one before: what is shown costs as much at any time.
        if is_more and self._tracer.samples >= min(self.samples + max(self.samples // 2, 1), _MOST_SAMPLES):
            self._show(self._tracer)
        if self.samples >= _MOST_SAMPLES:
            self._end()

    def forget(self) -> None:
        """Nothing is to be shown any more."""
        self._end()
        if self.texture is not None:
            self._window.gui.painter.forget(self.texture)
            self.texture.release()
        self.texture, self.samples, self._key = None, 0, None

    def _end(self) -> None:
        if self._tracer is not None:
            self._tracer.release()
        self._tracer = self._particles = None

    def _show(self, tracer: PathTracer) -> None:
        found = tracer.read()
        light = under(self._particles, clean(found) if found.samples >= _SMOOTHED_FROM else found.mean)
        renderer = self._window.renderer
        if self._is_finished_late:
            assert self._camera is not None
            display = finish_still(renderer, tracer.world, self._camera, light, encoding="display", settings={})
        else:
            display = develop(renderer, light, {})
        pixels = np.empty((*display.shape[:2], 4), np.uint8)
        pixels[..., :3] = np.rint(np.clip(encode(display[..., :3]), 0.0, 1.0) * 255)
        pixels[..., 3] = 255
        if self.texture is not None:
            self._window.gui.painter.forget(self.texture)
            self.texture.release()
        self.texture = self._window.device.texture(tracer.size, "rgba8", data=pixels, label="reference picture")
        self.samples = found.samples
