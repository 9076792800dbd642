"""Coarser forms of a model put into it, as levels of detail that the run time chooses among."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any

from taixu.assets.levels import MOST_LEVELS, link_levels
from taixu.assets.mesh import Mesh
from taixu.assets.model import ModelData, Node
from taixu.assets.texture import TextureRef

__all__ = ["with_levels"]


def with_levels(fine: ModelData, coarser: Sequence[ModelData]) -> ModelData:
    """The fine model, whose nodes have the meshes of coarser ones as their levels of detail; finer ones first.

    Coarser models have the same nodes, joint for joint, as `decimate` leaves them. Morph targets stay with the finest.
    """
    chosen = list(coarser)[: MOST_LEVELS - 1]
    if not chosen:
        return fine
    model = replace(
        fine, scenes=[replace(each, nodes=list(each.nodes)) for each in fine.scenes], nodes=[_copied(each) for each in fine.nodes],
        meshes=list(fine.meshes), materials=list(fine.materials), textures=list(fine.textures), images=list(fine.images),
        samplers=list(fine.samplers), extensions_used=list(fine.extensions_used),
    )  # fmt: skip
    added: dict[int, list[int]] = {}
    for each in chosen:
        first = _add_meshes(model, each)
        for index, node in enumerate(fine.nodes):
            mesh = each.nodes[index].mesh
            if node.mesh is not None and mesh is not None and each.meshes[mesh].primitives and node.instances is None:
                added.setdefault(index, []).append(len(model.nodes))
                model.nodes.append(Node(
                    name=f"{node.name} level {len(added[index])}", mesh=first + mesh, skin=node.skin, translation=node.translation,
                    rotation=node.rotation, scale=node.scale, matrix=node.matrix,
                ))  # fmt: skip
    for index, levels in added.items():
        link_levels(model, index, levels)
    return model


def _copied(node: Node) -> Node:
    return replace(node, children=list(node.children), extensions=dict(node.extensions))


def _add_meshes(model: ModelData, other: ModelData) -> int:
    """Add a model's meshes with all that they wear; gives the number of the first."""
    first, materials = len(model.meshes), len(model.materials)
    textures, images, samplers = len(model.textures), len(model.images), len(model.samplers)
    model.images += other.images
    model.samplers += other.samplers
    model.textures += [
        replace(
            each, image=None if each.image is None else each.image + images,
            sampler=None if each.sampler is None else each.sampler + samplers,
        )
        for each in other.textures
    ]  # fmt: skip
    model.materials += [_moved(each, textures) for each in other.materials]
    model.meshes += [
        Mesh(name=each.name, primitives=[
            replace(part, material=None if part.material is None else part.material + materials, targets=[], variants={})
            for part in each.primitives
        ])
        for each in other.meshes
    ]  # fmt: skip
    return first


def _moved(value: Any, by: int) -> Any:
    """A material, or a layer of one, whose textures have numbers that are higher by so much."""
    changed: dict[str, Any] = {}
    for each in fields(value):
        part = getattr(value, each.name)
        if isinstance(part, TextureRef):
            changed[each.name] = replace(part, texture=part.texture + by)
        elif is_dataclass(part) and not isinstance(part, type):
            changed[each.name] = _moved(part, by)
    return replace(value, **changed)
