"""The renderer's part of reflection probes: takes their pictures when it is time, and binds them for surfaces."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from math import pi
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary, finalize

import numpy as np

from taixu.ecs import World
from taixu.gpu import Device
from taixu.render.bindings import TextureSlot, UniformSlot
from taixu.render.context import FrameContext, PassContext
from taixu.render.graph import PassNode, Rank, TextureSpec
from taixu.render.indirect import IndirectFeature
from taixu.render.lighting import LightingFeature
from taixu.render.reflections.boxes import ProbeBox, box_rows, find_boxes, reflections_glsl
from taixu.render.reflections.cubes import FACES, Cubes, face_pose
from taixu.render.reflections.following import Surroundings
from taixu.render.views import View, ViewCamera
from taixu.scene import CELL_M, ReflectionProbe

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ReflectionFeature", "bind_reflections", "has_reflections"]

OPAQUE_UNIT, GLASS_UNIT = TextureSlot.PASS, TextureSlot.PASS + 2
_NEAR_M = 0.02
_OF_A_FACE: dict[str, Any] = {
    "reflections": False, "background": "transparent", "occlusion": False, "contact_shadows": False, "fog": False,
    "aerial": False, "post": "none", "antialias": "", "culls_hidden": False, "traced": False, "stars": False,
    "geometry": (),
}  # fmt: skip
"""Mirrors show no mirrors but by the sky; what lies between, and how the camera sees, belongs to the camera."""


def has_reflections(view: View) -> bool:
    """Whether the view's surfaces show what reflection probes see."""
    return bool(view.choices.get(ReflectionFeature.name))


@dataclass
class _Kept:
    """What is known of a world."""

    surroundings: Surroundings
    cubes: Cubes | None = None
    boxes: list[ProbeBox] = field(default_factory=list)
    places: dict[int, int] = field(default_factory=dict)
    """The cube of each entity."""
    taken: dict[int, ProbeBox] = field(default_factory=dict)
    """By entity, from where its pictures were taken."""
    stale: list[int] = field(default_factory=list)
    """Entities whose pictures are to be taken anew, one face a frame."""
    again: set[int] = field(default_factory=set)
    """Of those that something changed around while their faces were taken."""
    face: int = 0
    view: View | None = None

    def release(self) -> None:
        if self.cubes is not None:
            self.cubes.release()
        if self.view is not None:
            self.view.release()
        self.cubes = self.view = None
        self.taken.clear()


class ReflectionFeature:
    """Reflection probes of a world that has some.

    ``view.settings["reflections"]`` False leaves them out. Pictures that were never taken are taken before anything is drawn; those
    that are out of date are taken a face a frame, or in a still before its first frame.
    """

    name = "reflections"

    def __init__(self, device: Device, lighting: LightingFeature, indirect: IndirectFeature) -> None:
        self.device, self.lighting, self.indirect = device, lighting, indirect
        device.shaders.add_source("generated/reflections.glsl", reflections_glsl())
        self._kept: WeakKeyDictionary[World, _Kept] = WeakKeyDictionary()
        self._orphans: list[_Kept] = []

    def choose(self, world: World, view: View) -> Hashable:
        """Whether the view shows what probes see."""
        settings = view.settings
        if view.quality == "fast" or not settings.get("reflections", True) or settings.get("traced") or settings.get("reference"):
            return False
        return any(
            bool(world.get(int(entity), ReflectionProbe).enabled)
            for table in world.query(ReflectionProbe) for entity in table.entities
        )  # fmt: skip

    def extract(self, frame: FrameContext) -> None:
        """Follow the world: where probes stand, and what changed around them."""
        while self._orphans:
            self._orphans.pop().release()
        views = [view for view in frame.views if has_reflections(view)]
        if not views:
            return
        kept = self._kept.get(frame.world)
        if kept is None:
            kept = self._kept[frame.world] = _Kept(Surroundings(self.lighting, self.indirect))
            finalize(frame.world, self._orphans.append, kept)
        kept.boxes = find_boxes(frame.world, views[0].eye().position)
        self._reserve(kept)
        changed = kept.surroundings.changed(frame, kept.boxes)
        for box in kept.boxes:
            before = kept.taken.get(box.entity)
            if before is None or not before.is_same_place(box):
                kept.taken.pop(box.entity, None)
            elif box.follows and box.entity in changed:
                if box.entity not in kept.stale:
                    kept.stale.append(box.entity)
                elif kept.face and box.entity == kept.stale[0]:
                    kept.again.add(box.entity)
        here = {box.entity for box in kept.boxes}
        first = kept.stale[:1]
        kept.stale = [entity for entity in kept.stale if entity in here and entity in kept.taken]
        if kept.stale[:1] != first:
            kept.face = 0

    def faces(self, frame: FrameContext) -> Iterator[View]:
        """Views that are to be drawn before this frame's, one after the other."""
        views = [view for view in frame.views if has_reflections(view)]
        kept = self._kept.get(frame.world)
        if not views or kept is None or kept.cubes is None:
            return
        cubes = kept.cubes
        view = self._face_view(kept, views[0], cubes.resolution)
        fresh = [box for box in kept.boxes if box.entity not in kept.taken]
        if any(view.history.get("sample", (1,))[0] == 0 for view in views):
            fresh += [box for box in kept.boxes if box.entity in kept.stale]
        for box in fresh:
            for face in range(len(FACES)):
                yield self._look(view, box, face)
                cubes.take_face(view.history["reflection"], face)
            self._finish(kept, box)
        if fresh:
            kept.face = 0
        elif kept.stale:
            box = next(box for box in kept.boxes if box.entity == kept.stale[0])
            yield self._look(view, box, kept.face)
            cubes.take_face(view.history["reflection"], kept.face)
            kept.face += 1
            if kept.face == len(FACES):
                kept.face = 0
                self._finish(kept, box)

    def prepare(self, frame: FrameContext, view: View) -> None:
        """Upload where boxes stand."""
        if not has_reflections(view):
            return
        kept = self._kept[frame.world]
        known = [(box, kept.places[box.entity]) for box in kept.boxes if box.entity in kept.taken]
        count = np.zeros(4, np.uint32)
        count[0] = len(known)
        block = np.concatenate([box_rows(known, view.camera.cell).view(np.uint8), count.view(np.uint8)])
        self.device.push_uniform(UniformSlot.REFLECTIONS, block)
        view.history["reflection_cubes"] = None if kept.cubes is None else kept.cubes.texture

    def nodes(self, view: View) -> Sequence[PassNode]:
        """What keeps a face; the light itself is part of the colour passes."""
        return (_FacePass(),) if view.settings.get("is_reflection_face") else ()

    def release(self) -> None:
        """Give the memory back."""
        for kept in (*self._kept.values(), *self._orphans):
            kept.release()
        self._kept.clear()
        self._orphans.clear()

    def _reserve(self, kept: _Kept) -> None:
        """A cube for each box; where they are too few or of another size, all pictures are taken anew."""
        if not kept.boxes:
            return
        resolution, count = max(box.resolution for box in kept.boxes), len(kept.boxes)
        if kept.cubes is None or kept.cubes.resolution != resolution or kept.cubes.count < count:
            kept.release()
            kept.cubes = Cubes(self.device, resolution, 1 << (count - 1).bit_length())
            kept.places.clear()
        here = {box.entity for box in kept.boxes}
        for entity in [entity for entity in kept.places if entity not in here]:
            del kept.places[entity]
            kept.taken.pop(entity, None)
        free = [cube for cube in range(kept.cubes.count) if cube not in kept.places.values()]
        for box in kept.boxes:
            if box.entity not in kept.places:
                kept.places[box.entity] = free.pop(0)

    def _face_view(self, kept: _Kept, like: View, resolution: int) -> View:
        """The view that faces are drawn with: lit as the one that they are for."""
        settings = {**like.settings, **_OF_A_FACE, "is_reflection_face": True}
        if kept.view is None or kept.view.size[0] != resolution or kept.view.settings != settings:
            if kept.view is not None:
                kept.view.release()
            kept.view = View(like.camera, (resolution, resolution), name="reflection", outputs=frozenset(), settings=settings)
        return kept.view

    def _look(self, view: View, box: ProbeBox, face: int) -> View:
        cell = np.floor(box.middle / CELL_M).astype(int)
        x, y, z = cell.tolist()
        view.camera = ViewCamera(face_pose(face, box.middle - cell * CELL_M), (x, y, z), pi / 2, _NEAR_M)
        return view

    def _finish(self, kept: _Kept, box: ProbeBox) -> None:
        assert kept.cubes is not None
        kept.cubes.finish(kept.places[box.entity])
        kept.taken[box.entity] = replace(box)
        if box.entity in kept.stale:
            kept.stale.remove(box.entity)
        if box.entity in kept.again:  # its faces are of several moments; others come first
            kept.again.remove(box.entity)
            kept.stale.append(box.entity)


@dataclass(frozen=True)
class _FacePass:
    """Remembers what was drawn, for the cube."""

    name: str = "reflection face"
    rank: int = Rank.TONEMAP
    reads: Sequence[str] = ("radiance",)
    is_needed: bool = True

    @property
    def writes(self) -> Mapping[str, TextureSpec | None]:
        """No textures."""
        return {}

    def run(self, context: PassContext) -> None:
        """Remember."""
        context.view.history["reflection"] = context.texture("radiance")


def bind_reflections(context: PassContext, *, glass: bool = False) -> None:
    """Bind the pictures for what is drawn next: surfaces that one sees through have units of their own."""
    cubes = context.view.history.get("reflection_cubes") if has_reflections(context.view) else None
    if cubes is not None:
        context.device.bind_texture(GLASS_UNIT if glass else OPAQUE_UNIT, cubes, context.device.sampler(wrap="clamp"))
