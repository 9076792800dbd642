"""PyVista (VTK): an actor for each box, or glyphs that the mapper instances."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.bench import boxes
from taixu.bench.peers.common import Request, measure_frames
from taixu.bench.peers.pyvista_window import Window

__all__ = ["measure"]


def measure(request: Request) -> dict[str, Any]:
    """Draw the scene with PyVista."""
    centres, phases, edge = boxes.grid(request.n)
    window = Window(request, boxes.BACKGROUND, boxes.FOV_Y_DEG, (boxes.NEAR, boxes.FAR * edge))
    window.add_sun(boxes.SUN_DIRECTION, boxes.SUN)
    put = (_actors if request.variant == "actors" else _glyphs)(window, centres)

    def frame(index: int) -> NDArray[np.uint8] | None:
        if request.scene == "S1":
            put(boxes.moved(centres, phases, index))
        return window.draw(boxes.camera_position(request.scene, edge, index), (0, 0, 0))

    return measure_frames(request, frame, **window.about())


def _paint(actor: Any) -> Any:
    look = actor.GetProperty()
    look.SetColor(*boxes.COLOR)
    look.SetAmbient(boxes.AMBIENT)
    look.SetInterpolationToFlat()
    return actor


def _actors(window: Window, places: NDArray[np.float32]) -> Any:
    mapper = window.pv.DataSetMapper(window.pv.Cube())
    actors = []
    for place in places.T.tolist():
        actor = _paint(window.vtk.vtkActor())
        actor.SetMapper(mapper)
        actor.SetPosition(place)
        window.plotter.renderer.AddActor(actor)
        actors.append(actor)

    def put(now: NDArray[np.float32]) -> None:
        for actor, place in zip(actors, now.T.tolist()):
            actor.SetPosition(place)

    return put


def _glyphs(window: Window, places: NDArray[np.float32]) -> Any:
    points = window.pv.PolyData(np.ascontiguousarray(places.T))
    mapper = window.vtk.vtkGlyph3DMapper()
    mapper.SetInputData(points)
    mapper.SetSourceData(window.pv.Cube())
    mapper.SetScaling(False)
    mapper.SetOrient(False)
    mapper.ScalarVisibilityOff()
    actor = _paint(window.vtk.vtkActor())
    actor.SetMapper(mapper)
    window.plotter.renderer.AddActor(actor)

    def put(now: NDArray[np.float32]) -> None:
        points.points[:] = now.T
        points.GetPoints().Modified()
        points.Modified()

    return put
