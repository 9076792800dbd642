"""From pixels to entities that a person means: parts of a model or a prefab stand for the whole."""

from __future__ import annotations

from taixu.ecs import World
from taixu.edit import id_text
from taixu.edit.made import MadeEdits
from taixu.render import Renderer, View
from taixu.scene import Node

__all__ = ["owner_of", "pick_entities"]


def pick_entities(renderer: Renderer, view: View, world: World, rect: tuple[int, int, int, int]) -> list[str]:
    """Stable ids of what is seen in a rectangle (x, y, width, height from the upper left), each once."""
    found: dict[str, None] = {}
    for handle in renderer.pick_rect(view, *rect).tolist():
        owner = owner_of(world, handle)
        if owner is not None:
            found[id_text(world.stable_id(owner))] = None
    return list(found)


def owner_of(world: World, handle: int) -> int | None:
    """The entity that was placed by a person, or made for hands, of one that systems made from it; None for the dead.

    Of a plant that a step of a stack has sown it is the step.
    """
    if not world.alive(handle).all():
        return None
    node: Node | None = Node(world, handle)
    hands = world.resource(MadeEdits) if world.has_resource(MadeEdits) else MadeEdits()
    while node is not None and world.place(node.entity)[0].made and not hands.is_held(world, node.entity):
        owner = hands.owner(world, node.entity)
        node = node.parent if owner is None else Node(world, owner)
    return None if node is None else node.entity
