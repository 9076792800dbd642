"""What PyVista's scenes share: a window off screen, one light, a camera, and pixels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.bench.peers.common import Request, Skipped

__all__ = ["Window"]


class Window:
    """A plotter off screen; `pv` and `vtk` are the modules."""

    def __init__(self, request: Request, background: Sequence[float], fov_y_deg: float, clip_m: tuple[float, float]) -> None:
        try:
            import pyvista as pv
            import vtk
        except ImportError:
            raise Skipped("PyVista is not installed; pip install pyvista brings it") from None
        self.pv, self.vtk, self.request, self.clip_m = pv, vtk, request, clip_m
        self.plotter = pv.Plotter(off_screen=True, window_size=[request.width, request.height], lighting="none")
        self.plotter.set_background(list(background))
        self.window = self.plotter.ren_win
        self.window.SetMultiSamples(0)
        self.plotter.camera.view_angle = fov_y_deg

    def add_sun(self, place: Sequence[float], strength: float) -> None:
        """One directional light."""
        light = self.pv.Light(position=tuple(place), focal_point=(0, 0, 0), intensity=strength, light_type="scene light")
        light.positional = False
        self.plotter.add_light(light)

    def draw(self, place: Sequence[float], target: Sequence[float]) -> NDArray[np.uint8] | None:
        """A frame from there, and its pixels where they are read back."""
        camera = self.plotter.camera
        camera.SetPosition(*place)
        camera.SetFocalPoint(*target)
        camera.SetViewUp(0, 1, 0)
        camera.SetClippingRange(*self.clip_m)
        self.window.Render()
        if not self.request.read_back:
            return None
        pixels = self.vtk.vtkUnsignedCharArray()
        width, height = self.request.width, self.request.height
        self.window.GetPixelData(0, 0, width - 1, height - 1, 0, pixels, 0)
        return np.frombuffer(pixels, np.uint8).reshape(height, width, 3)[::-1]

    def about(self) -> dict[str, Any]:
        """Version, and what draws."""
        return {"version": self.pv.__version__, "gpu": self.window.GetClassName()}
