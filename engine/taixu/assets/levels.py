"""Levels of detail inside of a model: coarser forms of what a node shows, for where it is small.

Two ways to say them are understood. ``MSFT_lod`` (https://github.com/KhronosGroup/glTF/tree/main/extensions/2.0/Vendor/MSFT_lod)
names coarser nodes outside of the scene's tree, which programs that do not know it leave out: what Taixu writes is such. And
siblings called ``name_lod0``, ``name_lod1`` ..., as Unity and Unreal have them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from taixu.assets.model import ModelData, Node

__all__ = ["MOST_LEVELS", "Levels", "levels_of", "link_levels"]

MOST_LEVELS = 8
_LOD = "MSFT_lod"
_COVERAGE = "MSFT_screencoverage"
_NAMED = re.compile(r"(?P<stem>.*?)[ _.-]?lod[ _-]?(?P<level>\d)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Levels:
    """What one place shows.

    Attributes
    ----------
    nodes
        Indices, the finest first. The finest may be a node above several that have meshes: each coarser one stands for all of them.
    carrier
        The node with a mesh, of the finest or below it, that shows coarser meshes in place of its own: it stands where they do.
    coverage
        For each level the least share of the screen's area that it is meant for; the last level is shown below its own, too. Empty
        where the model does not say: then triangles decide.
    """

    nodes: tuple[int, ...]
    coverage: tuple[float, ...] = ()
    carrier: int = -1
    impostor: tuple[tuple[float, float, float, float], tuple[float, float]] | None = None
    """What an impostor after the last level shows, in the carrier's frame: middle and radius of a sphere, and radius and half the
    height of the cylinder in it; None where there shall be none."""

    def members(self, model: ModelData) -> list[int]:
        """The nodes with meshes that the finest level is, the carrier first."""
        found = [each for each in _below(model, self.nodes[0]) if model.nodes[each].mesh is not None]
        return sorted(found, key=lambda each: each != self.carrier)


def link_levels(model: ModelData, finest: int, coarser: Sequence[int], *, coverage: Sequence[float] = ()) -> None:
    """Say that nodes are coarser forms of another; they are taken out of the scene's tree.

    Parameters
    ----------
    finest, coarser
        Node indices. Coarser ones have a mesh each, stand where the finest does, and have the skin of a mesh of the finest.
    coverage
        As in `Levels`.
    """
    if not coarser:
        return
    lower = set(coarser)
    for scene in model.scenes:
        scene.nodes = [each for each in scene.nodes if each not in lower]
    for node in model.nodes:
        node.children = [each for each in node.children if each not in lower]
    for each in coarser:
        model.nodes[each].parent = None
    node = model.nodes[finest]
    node.extensions = {**node.extensions, _LOD: {"ids": list(coarser)}}
    if coverage:
        extras = node.extras if isinstance(node.extras, dict) else {}
        node.extras = {**extras, _COVERAGE: [float(each) for each in coverage]}
    if _LOD not in model.extensions_used:
        model.extensions_used.append(_LOD)


def levels_of(model: ModelData) -> dict[int, Levels]:
    """By the finest node's index. What a file says wrongly is left out: it shows its finest level."""
    found: dict[int, Levels] = {}
    for index, node in enumerate(model.nodes):
        said = node.extensions.get(_LOD)
        ids = said.get("ids") if isinstance(said, dict) else None
        if not isinstance(ids, list):
            continue
        nodes = [each for each in ids if isinstance(each, int) and 0 <= each < len(model.nodes) and _can_show(model, each)]
        nodes = list(dict.fromkeys(each for each in nodes if each != index))[: MOST_LEVELS - 1]
        carrier = _carrier(model, index, nodes)
        if carrier is not None:
            found[index] = Levels((index, *nodes), _coverage(node, 1 + len(ids)), carrier, _impostor(node))
    for siblings in ([node.children for node in model.nodes], [scene.nodes for scene in model.scenes]):
        for group in siblings:
            found |= _named(model, group)
    return found


def _named(model: ModelData, siblings: Sequence[int]) -> dict[int, Levels]:
    stems: dict[str, dict[int, int]] = {}
    for index in siblings:
        match = _NAMED.fullmatch(model.nodes[index].name)
        if match and _can_show(model, index) and not model.nodes[index].children:
            stems.setdefault(match["stem"], {}).setdefault(int(match["level"]), index)
    found = {}
    for by_level in stems.values():
        nodes = [by_level[each] for each in sorted(by_level)]
        if 0 in by_level and len(nodes) > 1 and all(_stand_alike(model.nodes[nodes[0]], model.nodes[each]) for each in nodes):
            found[nodes[0]] = Levels(tuple(nodes[:MOST_LEVELS]), carrier=nodes[0])
    return found


def _carrier(model: ModelData, finest: int, coarser: Sequence[int]) -> int | None:
    """A node that can show the meshes of coarser ones; None where none can."""
    members = [each for each in _below(model, finest) if _can_show(model, each)]
    if not coarser or any(model.nodes[each].instances is not None for each in _below(model, finest)):
        return None
    for each in members:
        node = model.nodes[each]
        # A skin says where vertices are, whatever its node's place; without one, only equal places are the same.
        if all(model.nodes[other].skin == node.skin for other in coarser) and (
            node.skin is not None or (each == finest and all(_stand_alike(node, model.nodes[other]) for other in coarser))
        ):
            return each
    return None


def _below(model: ModelData, index: int) -> list[int]:
    """A node and all below it."""
    found: list[int] = []
    waiting = [index]
    while waiting and len(found) <= len(model.nodes):
        found.append(waiting.pop(0))
        waiting += model.nodes[found[-1]].children
    return found


def _can_show(model: ModelData, index: int) -> bool:
    node = model.nodes[index]
    return node.mesh is not None and node.instances is None


def _stand_alike(one: Node, other: Node) -> bool:
    if one.skin != other.skin or (one.matrix is None) != (other.matrix is None):
        return False
    pairs = [(one.translation, other.translation), (one.rotation, other.rotation), (one.scale, other.scale)]
    if one.matrix is not None and other.matrix is not None:
        pairs.append((one.matrix, other.matrix))
    return all(np.allclose(a, b, atol=1e-5) for a, b in pairs)


def _impostor(node: Node) -> tuple[tuple[float, float, float, float], tuple[float, float]] | None:
    """What the node's extras say: a file may hold anything."""
    said = node.extras.get("impostor") if isinstance(node.extras, dict) else None
    if not isinstance(said, dict):
        return None
    middle = said.get("middle")
    if not isinstance(middle, (list, tuple)) or len(middle) != 3:
        return None
    values = [*middle, said.get("height_m"), said.get("radius_m")]
    if not all(isinstance(each, (int, float)) and not isinstance(each, bool) and abs(each) < 1e4 for each in values):
        return None
    x, y, z, height, radius = (float(each) for each in values)
    reach = math.hypot(height / 2.0, radius)
    return ((x, y, z, reach), (radius, height / 2.0)) if height > 0 and radius > 0 and math.isfinite(x + y + z + reach) else None


def _coverage(node: Node, count: int) -> tuple[float, ...]:
    said = node.extras.get(_COVERAGE) if isinstance(node.extras, dict) else None
    if not isinstance(said, list) or len(said) != count:
        return ()
    values = [float(each) for each in said if isinstance(each, (int, float)) and math.isfinite(each) and 0.0 <= each <= 1.0]
    falls = all(a >= b for a, b in pairwise(values))
    return tuple(values) if len(values) == count and falls else ()
