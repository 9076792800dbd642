"""Where pictures are drawn: the world's thread, with a renderer of its own, as much as leaves the world its time."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass
from typing import Any

import numpy as np

from taixu.ecs import World
from taixu.edit.prefab import FromPrefab
from taixu.errors import TaixuError
from taixu.gpu import Device, Readback, create_device
from taixu.render import Renderer, VideoReader, View, ViewCamera, frame_camera
from taixu.scene import CELL_M, FromModel, Name
from taixu.scene.cameras import main_camera
from taixu.serve.pictures.channel import Drawn
from taixu.serve.pictures.gallery import Shot
from taixu.serve.pictures.marks import HidingFeature, add_marks
from taixu.serve.pictures.stillness import Stillness
from taixu.serve.pictures.wishes import Pose

__all__ = ["Studio"]

_BATCH_SECS = 0.03
"""Drawing goes on to the next shot of a frame while it has taken less than this."""
_EARLY = 0.6
"""A camera that has just been moved is drawn so much of the time between two pictures early."""
_SHARE = 0.5
"""Of the world's time drawing takes at most so much."""
_UPRIGHT = 0.9999
_NEAR_M = 0.05
_BACKGROUND = (0.53, 0.54, 0.56, 1.0)
"""Of fast pictures, which have no sky: grey as a sky that nobody chose."""
_MOST_NESTED = 32


@dataclass(eq=False)
class _Stand:
    """What a shot has on the device, and the picture that is on its way."""

    view: View
    reader: VideoReader
    readback: Readback | None = None
    drawn_at: int = 0
    camera_number: int = 0

    def release(self) -> None:
        self.view.release()
        self.reader.release()


class Studio:
    """Draws shots (the world's thread).

    Raises
    ------
    MachineError
        When this machine has no OpenGL, or one too old.
    """

    def __init__(self) -> None:
        self.device: Device = create_device()
        self._renderer = Renderer(self.device)
        self._hiding = HidingFeature()
        self._renderer.add_feature(self._hiding)
        self._stands: dict[Shot, _Stand] = {}
        self._pointing: View | None = None
        self._framed: dict[float, ViewCamera] = {}
        self._stillness, self._changed_at = Stillness(), 0.0
        self._free_at = 0.0
        self._drawn_at = 0.0
        self.drawn = 0
        """Pictures so far."""
        self.times_secs: deque[float] = deque(maxlen=240)
        """What the latest took."""

    @property
    def is_software(self) -> bool:
        """Whether the processor draws, so that "auto" means "fast"."""
        return self.device.capabilities.is_software

    def draw(self, world: World, shots: tuple[Shot, ...], *, step_secs: float) -> list[tuple[Shot, str]]:
        """Draw what is due, and give what is ready to its channels; gives the shots that cannot be drawn, and why."""
        self.collect()
        for shot in [each for each in self._stands if each not in shots]:
            self._stands.pop(shot).release()
        now = time.perf_counter()
        if shots and self._stillness.has_changed(world, self._renderer):
            self._changed_at = now
        if now < self._free_at:
            return []
        early = step_secs / 2
        due = [
            shot for shot in shots
            if shot.is_wanted and not self._is_busy(shot) and shot.has_news(self._changed_at, now)
            and now >= shot.due - (_EARLY / shot.fps if shot.is_pressing else early)
        ]  # fmt: skip
        wrong: list[tuple[Shot, str]] = []
        began = now
        for shot in sorted(due, key=lambda each: each.due):
            if now - began > _BATCH_SECS:
                break
            try:
                self._draw(world, shot)
            except TaixuError as error:
                wrong.append((shot, str(error)))
            # A picture that came early puts the next ones off: there are never more than were wished for.
            shot.due = max(min(shot.due, now) + 1.0 / shot.fps, now)
            after = time.perf_counter()
            self.times_secs.append(after - now)
            now = after
        self._free_at = now + (now - began) * (1.0 / _SHARE - 1.0)
        return wrong

    def collect(self, *, until: float = 0.0) -> None:
        """Give pictures that are ready to their channels; waits for them until then (`time.perf_counter`)."""
        for shot, stand in self._stands.items():
            if stand.readback is None:
                continue
            if stand.readback.is_ready(timeout_secs=max(until - time.perf_counter(), 0.0)):
                readback, stand.readback = stand.readback, None
                shot.deliver(Drawn(stand.reader.take(readback), stand.camera_number, stand.drawn_at))

    def pick(self, world: World, shot: Shot, x: float, y: float) -> dict[str, Any] | None:
        """What is seen at a place of a picture (0, 0 is its upper left corner, 1, 1 its lower right): id, name, where.

        What a model is made of stands for the thing that has the model.
        """
        camera = self._camera(world, shot.camera[0], shot.size)
        if self._pointing is None:
            self._pointing = View(camera, shot.size, name="pick", quality="fast", outputs=frozenset({"color", "depth", "id"}))
        view = self._pointing
        view.camera, view.size = camera, shot.size
        self._hiding.kinds = shot.marks.hidden
        self._renderer.render(world, [view])
        column, row = (min(max(int(part * side), 0), side - 1) for part, side in zip((x, y), shot.size))
        entity = self._renderer.pick(view, column, row)
        if entity is None or not world.alive(np.array([entity], np.uint64))[0]:
            return None
        depth = float(self._renderer.read(view, "depth")[row, column].reshape(-1)[0])
        entity = _owner(world, entity)
        name = str(world.get(entity, Name).text) if world.has(entity, Name) else ""
        spot = _unprojected(camera, shot.size, (column + 0.5) / shot.size[0], (row + 0.5) / shot.size[1], depth)
        return {"id": f"{int(world.stable_ids(np.array([entity], np.uint64))[0]):016x}", "name": name, "at": spot}

    def close(self) -> None:
        """Give everything on the device back."""
        for stand in self._stands.values():
            stand.release()
        self._stands.clear()
        if self._pointing is not None:
            self._pointing.release()
        self._renderer.release()
        self.device.release()

    def _is_busy(self, shot: Shot) -> bool:
        stand = self._stands.get(shot)
        return stand is not None and stand.readback is not None

    def _draw(self, world: World, shot: Shot) -> None:
        seen_from = shot.camera
        where, number = seen_from
        camera = self._camera(world, where, shot.size)
        stand = self._stands.get(shot)
        if stand is None:
            stand = self._stands[shot] = _Stand(self._view(camera, shot), VideoReader(self.device, shot.size))
        stand.view.camera = camera
        now = time.perf_counter()
        marks, is_marked_anew = shot.marks, shot.marks != shot.drawn_marks
        shot.drawn_marks = marks
        self._hiding.kinds = marks.hidden
        add_marks(self._renderer, world, marks)
        self._renderer.render(world, [stand.view], delta_secs=min(now - self._drawn_at, 0.25))
        self._drawn_at = now
        shot.was_moving = seen_from is not shot.drawn_camera
        shot.drawn_camera, shot.drawn_at = seen_from, now
        if shot.was_moving or is_marked_anew:
            shot.moved_at = now
        stand.readback = stand.reader.begin(stand.view)
        stand.camera_number, stand.drawn_at = number, time.time_ns()
        self.drawn += 1

    def _view(self, camera: ViewCamera, shot: Shot) -> View:
        quality = shot.quality if shot.quality != "auto" else ("fast" if self.is_software else "full")
        if quality == "fast":
            return View(camera, shot.size, name="pictures", quality="fast", settings={"background": _BACKGROUND})
        if self.is_software:
            return View(camera, shot.size, name="pictures", settings={"antialias": "fxaa"})
        return View(camera, shot.size, name="pictures", samples=4)

    def _camera(self, world: World, where: Pose | str, size: tuple[int, int]) -> ViewCamera:
        if isinstance(where, str):
            entity = main_camera(world, name=where)
            if entity is not None:
                return ViewCamera.of_entity(world, entity)
            key = round(size[0] / size[1], 3)
            if key not in self._framed:  # once: a picture that follows what moves would sway
                self._framed[key] = frame_camera(world, aspect=key)
            return self._framed[key]
        towards = np.subtract(where.target, where.eye)
        steep = abs(towards[1]) > _UPRIGHT * np.linalg.norm(towards)
        up = (0.0, 0.0, -1.0) if steep else (0.0, 1.0, 0.0)
        return ViewCamera.looking(where.eye, where.target, fov_y_rad=where.fov_y_rad, near_m=_NEAR_M, up=up)


def _owner(world: World, entity: int) -> int:
    """Who has the model or the prefab that something is made of, or the thing itself."""
    for _ in range(_MOST_NESTED):
        if world.has(entity, FromModel):
            owner = int(world.get(entity, FromModel).owner)
        elif world.has(entity, FromPrefab):
            owner = int(world.get(entity, FromPrefab).instance)
        else:
            break
        if not owner:
            break
        entity = owner
    return entity


def _unprojected(camera: ViewCamera, size: tuple[int, int], x: float, y: float, depth: float) -> list[float]:
    """The place in the world, in metres, of a place of the picture at a (reversed) depth."""
    view_from_clip = np.linalg.inv(camera.clip_from_view(size[0] / size[1]))
    spot = view_from_clip @ np.array([2.0 * x - 1.0, 1.0 - 2.0 * y, max(depth, 1e-9), 1.0])
    world = camera.world_from_camera @ (spot / spot[3])
    return [round(float(each), 4) for each in world[:3] + np.array(camera.cell) * CELL_M]
