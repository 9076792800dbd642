"""Pictures of an app's world: the device and the renderer, made when the first picture is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World
from taixu.scene import Details
from taixu.scene.cameras import main_camera

if TYPE_CHECKING:
    from taixu.gpu import Device
    from taixu.render import Picture, Renderer, View, ViewCamera

__all__ = ["Drawing", "main_camera"]


class Drawing:
    """Draws a world off screen or into a window (a resource); costs nothing until then.

    Parameters
    ----------
    size
        (width, height) of pictures in pixels.

    Attributes
    ----------
    hud
        Whether what scripts and mods show is in the pictures.
    quality
        The tier that frames are drawn with (`taixu.render.quality`); empty is one that fits any machine.
    """

    def __init__(self, size: tuple[int, int]) -> None:
        self.size = size
        self.hud = True
        self.quality = ""
        self._device: Device | None = None
        self._renderer: Renderer | None = None
        self._view: View | None = None

    @property
    def device(self) -> Device:
        """The GPU, or what stands in for it; without a window it is made here, off screen."""
        if self._device is None:
            from taixu.gpu import create_device

            self._device = create_device()
        return self._device

    def attach(self, device: Device) -> None:
        """Use a window's device."""
        self._device = device

    @property
    def renderer(self) -> Renderer:
        """The renderer on that device."""
        if self._renderer is None:
            from taixu.render import Renderer

            self._renderer = Renderer(self.device)
        return self._renderer

    def camera(self, world: World, *, name: str = "", aspect: float) -> ViewCamera:
        """The camera of a name, or the main one, or one that frames everything where there is none."""
        from taixu.render import ViewCamera, frame_camera

        entity = main_camera(world, name=name)
        return frame_camera(world, aspect=aspect) if entity is None else ViewCamera.of_entity(world, entity)

    def still(
        self, world: World, *, camera: ViewCamera | None = None, size: tuple[int, int] | None = None, samples: int = 8,
        linear: bool = False, settings: dict[str, Any] | None = None, quality: str = "",
    ) -> Picture:
        """A picture that takes its time; see `taixu.render.render_still`. What scripts show stands on it, unless it is linear."""
        from taixu.render import render_still
        from taixu.render.hud import draw_over

        shape = size or self.size
        seen = self.camera(world, aspect=shape[0] / shape[1]) if camera is None else camera
        encoding = "linear" if linear else "srgb"
        with world.resource(Details).waiting():
            picture = render_still(
                self.renderer, world, seen, size=shape, samples=samples, encoding=encoding, settings=settings,
                quality=quality,
            )
        return picture if linear or not self.hud else draw_over(self.device, world, picture)

    def frame(
        self, world: World, *, camera: ViewCamera | None = None, delta_secs: float = 0.0,
        settings: dict[str, Any] | None = None,
    ) -> View:
        """Draw the next frame of a film or a window into the view that is kept for it."""
        from taixu.render import View

        seen = self.camera(world, aspect=self.size[0] / self.size[1]) if camera is None else camera
        if self._view is None or self._view.size != self.size:
            if self._view is not None:
                self._view.release()
            if self.quality:
                self._view = View(seen, self.size, quality=self.quality, settings={"hud": self.hud, **(settings or {})})
            elif self.device.capabilities.is_software:  # where four samples cost three times one
                lean = {"antialias": "fxaa", "shadow_texels": 512, "hud": self.hud}
                self._view = View(seen, self.size, settings={**lean, **(settings or {})})
            else:
                self._view = View(seen, self.size, samples=4, settings={"hud": self.hud, **(settings or {})})
        self._view.camera = seen
        self.renderer.render(world, [self._view], delta_secs=delta_secs)
        return self._view

    def choose_quality(self, *, again: bool = False) -> str:
        """Draw frames with the best tier that this machine draws in time, and say which; measured once on each, or `again`."""
        from taixu.render.quality.measuring import best_tier, tier_costs

        self.quality = best_tier(tier_costs(self.device, again=again), self.size)
        return self.quality

    def read(self, view: View) -> NDArray[np.uint8]:
        """The pixels of a drawn frame, uint8 [height, width, 4], top row first."""
        pixels: NDArray[np.uint8] = self.renderer.read(view)
        return pixels

    def close(self) -> None:
        """Give everything on the device back."""
        if self._view is not None:
            self._view.release()
        if self._renderer is not None:
            self._renderer.release()
        self._view = self._renderer = None

    def fork(self, world: World) -> Drawing:
        return Drawing(self.size)
