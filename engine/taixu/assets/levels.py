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
        Indices, the finest first.
    coverage
        For each level the least share of the screen's area that it is meant for; the last level is shown below its own, too. Empty
        where the model does not say: then triangles decide.
    """

    nodes: tuple[int, ...]
    coverage: tuple[float, ...] = ()


def link_levels(model: ModelData, finest: int, coarser: Sequence[int], *, coverage: Sequence[float] = ()) -> None:
    """Say that nodes are coarser forms of another; they are taken out of the scene's tree.

    Parameters
    ----------
    finest, coarser
        Node indices. Each has a mesh; coarser ones stand where the finest does, and have the same skin where it has one.
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
        if isinstance(ids, list) and _can_show(model, index):
            nodes = [each for each in ids if isinstance(each, int) and 0 <= each < len(model.nodes) and _can_show(model, each)]
            nodes = list(dict.fromkeys(each for each in nodes if each != index and model.nodes[each].skin == node.skin))
            if nodes:
                found[index] = Levels((index, *nodes[: MOST_LEVELS - 1]), _coverage(node, 1 + len(ids)))
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
            found[nodes[0]] = Levels(tuple(nodes[:MOST_LEVELS]))
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


def _coverage(node: Node, count: int) -> tuple[float, ...]:
    said = node.extras.get(_COVERAGE) if isinstance(node.extras, dict) else None
    if not isinstance(said, list) or len(said) != count:
        return ()
    values = [float(each) for each in said if isinstance(each, (int, float)) and math.isfinite(each) and 0.0 <= each <= 1.0]
    falls = all(a >= b for a, b in pairwise(values))
    return tuple(values) if len(values) == count and falls else ()
