"""What is laid over a picture, and left out of it, for who sees it: fences, the mark of what is selected, hidden kinds of devices.

The browser's own picture shows the same; a picture from the server must not tell another story.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World, indices_of
from taixu.errors import TaixuError
from taixu.render import FrameContext, Renderer, View, visible_bounds
from taixu.render.bindings import FLAG_VISIBLE
from taixu.render.graph import PassNode
from taixu.scene import Hierarchy, MeshInstance
from taixu.serve.nearest import nearest_above
from taixu.serve.scenery import fences_of
from taixu.twin.device import Device

__all__ = ["NO_MARKS", "HidingFeature", "Marks", "add_marks", "read_marks"]

_MOST_KINDS, _MAX_NAME = 200, 200
_COLORS = {"danger": (1.0, 0.35, 0.31), "restricted": (1.0, 0.35, 0.31), "warning": (1.0, 0.69, 0.13), "safe": (0.24, 0.81, 0.56)}
_PLAIN = (0.45, 0.68, 0.86)
"""Of fences of no such kind; all of these are the browser's, too."""
_FOOT, _EDGE = 0.95, 0.35
_FEET_M = (0.0, 0.02, 0.04)
_CHOSEN = (0.53, 0.87, 1.0, 1.0)
_UNBOUNDED_M, _WALL_M = 500.0, 2.5
_CORNER = 0.22
"""How much of a box's edges the mark of what is selected shows, from each corner."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What somebody wants to have marked in his pictures.

    Attributes
    ----------
    hidden
        Kinds of devices that are left out; "" is what belongs to no device.
    fences
        Whether fences are drawn.
    selected
        Stable id of what has a mark around it; 0 is nothing.
    """

    hidden: tuple[str, ...] = ()
    fences: bool = False
    selected: int = 0


NO_MARKS = Marks()


def read_marks(raw: dict[str, Any]) -> Marks:
    """The marks of a wish.

    Raises
    ------
    TaixuError
        When they cannot be understood.
    """
    hidden, fences, selected = raw.get("hidden", []), raw.get("fences", False), raw.get("selected")
    if not isinstance(hidden, list) or len(hidden) > _MOST_KINDS or not all(isinstance(each, str) for each in hidden):
        raise TaixuError(f"hidden takes kinds of devices, at most {_MOST_KINDS}")
    if any(len(each) > _MAX_NAME for each in hidden) or not isinstance(fences, bool):
        raise TaixuError("hidden takes kinds of devices, fences true or false")
    try:
        chosen = 0 if selected is None else int(selected, 16) if isinstance(selected, str) and len(selected) == 16 else -1
    except ValueError:
        chosen = -1
    if chosen < 0:
        raise TaixuError("selected takes an id of 16 hex digits, or null")
    return Marks(tuple(sorted(set(hidden))), fences, chosen)


def add_marks(renderer: Renderer, world: World, marks: Marks) -> None:
    """Draw marks over the next picture."""
    if marks.fences:
        for fence in fences_of(world):
            _add_fence(renderer, fence)
    if marks.selected:
        _add_box(renderer, world, marks.selected, marks.hidden)


class HidingFeature:
    """Leaves out what belongs to devices of some kinds, in the pictures of one frame of its one world: set `kinds` before it."""

    name = "hiding"

    def __init__(self) -> None:
        self.kinds: tuple[str, ...] = ()
        self._left_out: NDArray[np.intp] | None = None

    def extract(self, frame: FrameContext) -> None:
        """Change the rows of what is hidden, and of what was."""
        before, self._left_out = self._left_out, None
        if before is None and not self.kinds:
            return
        renderables = frame.renderer.mirror(frame.world).renderables
        drawn, seen = _drawn(frame.world, len(renderables.first_slots))
        drawn &= renderables.first_slots >= 0
        if before is not None:
            self._show(renderables, before[drawn[before] & seen[before]], flag=True)
        if self.kinds:
            hidden = np.flatnonzero(drawn & _of_kinds(frame.world, self.kinds, len(drawn)))
            self._show(renderables, hidden, flag=False)
            self._left_out = hidden

    def prepare(self, frame: FrameContext, view: View) -> None:
        """Nothing: all views of a frame leave the same out."""

    def nodes(self, view: View) -> Sequence[PassNode]:
        """No passes."""
        return ()

    def _show(self, renderables: Any, indices: NDArray[np.intp], *, flag: bool) -> None:
        if not len(indices):
            return
        slots = renderables.slots_of(indices)
        flags = renderables.rows["flags"][slots]
        renderables.rows["flags"][slots] = flags | np.uint32(FLAG_VISIBLE) if flag else flags & ~np.uint32(FLAG_VISIBLE)
        renderables.mark(slots)
        renderables.version += 1


def _drawn(world: World, capacity: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which entity indices have a mesh, and which of them are visible as the world says."""
    drawn, seen = np.zeros(capacity, bool), np.zeros(capacity, bool)
    for table in world.query(MeshInstance).tables():
        indices = indices_of(table.entities)
        drawn[indices], seen[indices] = True, table.read(MeshInstance, "visible")
    return drawn, seen


def _of_kinds(world: World, kinds: tuple[str, ...], capacity: int) -> NDArray[np.bool_]:
    """Which entity indices belong to devices of some kinds."""
    hierarchy = world.resource(Hierarchy)
    hierarchy.update(world)
    is_device, is_hidden = np.zeros(capacity, bool), np.zeros(capacity, bool)
    for table in world.query(Device).tables():
        indices = indices_of(table.entities)
        is_device[indices] = True
        is_hidden[indices] = np.isin(table.read(Device, "kind").astype(str), kinds)
    device = nearest_above(hierarchy.parents, np.arange(capacity), is_device)
    return np.where(device > 0, is_hidden[device], "" in kinds)


def _add_fence(renderer: Renderer, fence: dict[str, Any]) -> None:
    bottom, top = fence["bottom"], fence["top"]
    low = 0.03 if abs(bottom) > _UNBOUNDED_M else max(bottom, min(top, 0.0)) + 0.03  # what reaches below the ground stands on it
    high = max(low, 0.0) + _WALL_M if abs(top) > _UNBOUNDED_M else top
    outline = np.array(fence["outline"], float)
    feet = np.stack([outline[:, 0], np.full(len(outline), low), outline[:, 1]], axis=1)
    heads = feet + np.array((0.0, high - low, 0.0))
    color = _COLORS.get(fence["kind"], _PLAIN)
    for rise_m in _FEET_M:  # lines are a pixel wide
        raised = feet + np.array((0.0, rise_m, 0.0))
        renderer.lines.add(raised, np.roll(raised, -1, axis=0), color=(*color, _FOOT))
    if fence["kind"] in _COLORS:
        renderer.lines.add(heads, np.roll(heads, -1, axis=0), color=(*color, _EDGE))
        renderer.lines.add(feet, heads, color=(*color, _EDGE))


def _add_box(renderer: Renderer, world: World, stable_id: int, hidden: tuple[str, ...]) -> None:
    entity = world.find(stable_id)
    if entity is None:
        return
    hierarchy = world.resource(Hierarchy)
    hierarchy.update(world)
    family = level = np.array([int(entity) & 0xFFFFFFFF])
    while len(level):
        level = hierarchy.children_of(level)
        family = np.concatenate([family, level])
    if hidden:
        family = family[~_of_kinds(world, hidden, world.index_capacity)[family]]
    bounds = visible_bounds(world, world.entities_at(family)) if len(family) else None
    if bounds is None:
        return
    corners = np.array([[bounds[i & 1, 0], bounds[i >> 1 & 1, 1], bounds[i >> 2, 2]] for i in range(8)])
    starts, ends = [], []
    for corner in range(8):
        for axis in range(3):
            starts.append(corners[corner])
            ends.append(corners[corner] + (corners[corner ^ (1 << axis)] - corners[corner]) * _CORNER)
    renderer.lines.add(np.array(starts), np.array(ends), color=_CHOSEN, on_top=True)
