"""What somebody sees of the own body: the meshes that VRM says belong to the eyes of others, or to one's own alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from taixu.assets.model import ModelData
from taixu.ecs import World
from taixu.scene import Visibility

__all__ = ["head_meshes", "show_as"]

_MOSTLY = 0.5
"""Share of a skinned mesh's weight on the head from which it counts as part of it."""


def show_as(world: World, model: ModelData, entities: NDArray[np.uint64], *, first_person: bool) -> None:
    """Show an avatar as others see it, or as it sees itself.

    Seen by itself, what is ``thirdPersonOnly`` is hidden and what is ``firstPersonOnly`` is shown; ``auto`` hides the meshes
    that hang on the head or move with it most of all. Hidden nodes hide what is below them.
    """
    if model.avatar is None:
        return
    heads = head_meshes(model)
    for node, one in enumerate(model.nodes):
        entity = int(entities[node])
        if one.mesh is None or not entity or not world.alive(np.array([entity], np.uint64))[0]:
            continue
        kind = model.avatar.first_person.get(node, "auto")
        others_only = kind == "thirdPersonOnly" or (kind == "auto" and node in heads)
        visible = one.visible and not (others_only if first_person else kind == "firstPersonOnly")
        if world.has(entity, Visibility):
            world.set(entity, Visibility, visible=visible)
        elif not visible:
            world.insert(entity, Visibility(visible=False))


def head_meshes(model: ModelData) -> set[int]:
    """Nodes with meshes that hang on the head, or whose skin's weights are mostly on it."""
    if model.avatar is None or "head" not in model.avatar.humanoid:
        return set()
    below = {model.avatar.humanoid["head"]}
    waiting = list(below)
    while waiting:
        children = model.nodes[waiting.pop()].children
        below.update(children)
        waiting.extend(children)
    return {
        place
        for place, node in enumerate(model.nodes)
        if node.mesh is not None and (place in below if node.skin is None else _is_head(model, node.mesh, node.skin, below))
    }


def _is_head(model: ModelData, mesh: int, skin: int, below: set[int]) -> bool:
    on_head = np.array([joint in below for joint in model.skins[skin].joints], bool)
    total = head = 0.0
    for part in model.meshes[mesh].primitives:
        joints, weights = part.attributes.get("JOINTS_0"), part.attributes.get("WEIGHTS_0")
        if joints is None or weights is None:
            continue
        total += float(weights.sum())
        head += float((weights * on_head[np.minimum(joints, len(on_head) - 1)]).sum())
    return total > 0.0 and head > _MOSTLY * total
