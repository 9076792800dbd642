"""Whether a world looks as it did: what stands still need not be drawn thirty times a second."""

from __future__ import annotations

from taixu.animation.components import Morph, Skin
from taixu.ecs import World
from taixu.ecs.changes import row_count
from taixu.render import Renderer, RenderFeatures
from taixu.scene import Camera, Environment, Light, Material, MeshInstance, Model, Shape, Visibility, WorldTransforms
from taixu.scene.components import Weather

__all__ = ["Stillness"]

_SEEN = (MeshInstance, Material, Light, Camera, Environment, Visibility, Shape, Model)
_ORDINARY = ("", "standard")


class Stillness:
    """Follows a world by its ticks (the world's thread).

    Skins and shapes that change, surfaces of somebody's own, which may move by time alone, weather, and features that plugins
    add are never taken for still.
    """

    def __init__(self) -> None:
        self._seen = -1
        self._materials = -1

    def has_changed(self, world: World, renderer: Renderer) -> bool:
        """Whether anything that can be seen changed since the last call. Transforms have been propagated."""
        since, self._seen = self._seen, world.tick
        version, self._materials = self._materials, renderer.materials.version
        changed = since < 0 or version != self._materials or _moves_by_itself(world, renderer) or _differs(world, since)
        world.advance()
        return changed


def _moves_by_itself(world: World, renderer: Renderer) -> bool:
    if world.has_resource(RenderFeatures) and world.resource(RenderFeatures).makers:
        return True
    if any(key.shader not in _ORDINARY for key in renderer.materials.draw_keys):
        return True
    return any(table.count for cls in (Skin, Morph, Weather) for table in world.query(cls).tables())


def _differs(world: World, since: int) -> bool:
    if row_count(world.resource(WorldTransforms).changed(since)):
        return True
    structure = world.structure.since(since)
    if structure is None or structure:
        return True
    for table in world.tables:
        if table.touched > since and table.count:
            watched = [cls for cls in _SEEN if cls in table.types]
            if watched and row_count(table.changed(watched, since=since)):
                return True
    return False
