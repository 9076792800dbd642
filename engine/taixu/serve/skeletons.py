"""Skeletons for viewers, by the hash of what is in them: what poses turn, and which joints bend which mesh.

A skeleton is told once for a model however many stand: `/scene/skeletons/HASH` is JSON::

    {"parents": [-1, 0, ...], "translations": [x, y, z, ...], "rotations": [x, y, z, w, ...], "scales": [...],
     "unit_m": metres of a step of a told translation, "weights": [rest, ...],
     "skins": [{"node": 3, "joints": [0, 1, ...], "binds": [12 numbers of each, rows of a 3x4 matrix]}, ...],
     "meshes": [{"skin": 0, "weights": [first, count]}, ...]}

Nodes come after those that they hang on; -1 hangs on the thing itself. A skin's `node` is that of its mesh, a mesh without joints
has skin -1.
"""

from __future__ import annotations

import hashlib
import json
import threading
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.model import ModelData
from taixu.serve.quantised import pack_shifts, pack_sizes, pack_turns, pack_weights

__all__ = ["Skeleton", "SkeletonShelf", "skeleton_of"]

_MOST_NODES = 2048
_MOST_WEIGHTS = 4096
_ROOM = 4.0
"""So many times as far as anything is at rest may a joint be moved from the one above."""


@dataclass(frozen=True, slots=True, eq=False)
class Skeleton:
    """What poses of a model turn.

    Attributes
    ----------
    key
        Hash of `text`, 16 hex digits.
    text
        What viewers fetch.
    nodes
        Numbers in the model, ``intp[n]``.
    meshes
        Numbers in the model of the nodes that joints or weights deform, ``intp[m]``.
    weights
        How many weights each of those has, ``intp[m]``.
    turns, shifts, sizes, rests
        As at rest, in steps: ``uint32[n]``, ``int16[3, n]``, ``float16[3, n]``, and weights ``int16[w]``.
    unit_m
        Metres of a step of `shifts`.
    """

    key: str
    text: str
    nodes: NDArray[np.intp]
    meshes: NDArray[np.intp]
    weights: NDArray[np.intp]
    turns: NDArray[np.uint32]
    shifts: NDArray[np.int16]
    sizes: NDArray[np.float16]
    rests: NDArray[np.int16]
    unit_m: float


class SkeletonShelf:
    """Skeletons by hash, from any number of worlds; safe for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._texts: dict[str, str] = {}

    def put(self, skeleton: Skeleton) -> None:
        """Lay one down for those who fetch it."""
        with self._lock:
            self._texts.setdefault(skeleton.key, skeleton.text)

    def text(self, key: str) -> str | None:
        """What is said of one; None where nobody put it here."""
        with self._lock:
            return self._texts.get(key)


def skeleton_of(model: ModelData) -> Skeleton | None:
    """The skeleton of a model; None where nothing of it is deformed, or too much for viewers."""
    meshes = [node for node in _shown(model) if _is_deformed(model, node)]
    needed = {each for mesh in meshes for each in _line(model, mesh)}
    for mesh in meshes:
        skin = model.nodes[mesh].skin
        if skin is not None:
            needed |= {each for joint in model.skins[skin].joints for each in _line(model, joint)}
    nodes = [node for node in _shown(model) if node in needed]
    counts = [_weights_of(model, mesh) for mesh in meshes]
    total = sum(len(each) for each in counts)
    if not meshes or len(nodes) != len(needed) or len(nodes) > _MOST_NODES or total > _MOST_WEIGHTS:
        return None
    place = {node: number for number, node in enumerate(nodes)}
    stands = [model.nodes[node] for node in nodes]
    translations = np.array([each.translation for each in stands], np.float32)
    rotations = np.array([each.rotation for each in stands], np.float32)
    scales = np.array([each.scale for each in stands], np.float32)
    rests = np.concatenate([np.zeros(0, np.float32), *counts])
    unit = max(float(np.abs(translations).max()), 1e-3) * _ROOM / 32767
    skins, bent = _skins(model, meshes, place)
    firsts = np.cumsum([0, *map(len, counts)]).tolist()
    told = {
        "parents": [place.get(_above(model, node), -1) for node in nodes],
        "translations": _plain(translations), "rotations": _plain(rotations), "scales": _plain(scales),
        "unit_m": unit, "weights": _plain(rests), "skins": skins,
        "meshes": [{"skin": bent[i], "weights": [firsts[i], len(counts[i])]} for i in range(len(meshes))],
    }  # fmt: skip
    text = json.dumps(told, separators=(",", ":"))
    key = hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
    return Skeleton(
        key, text, np.array(nodes, np.intp), np.array(meshes, np.intp), np.array([len(each) for each in counts], np.intp),
        pack_turns(rotations.T), pack_shifts(translations.T, unit), pack_sizes(scales.T), pack_weights(rests), unit,
    )  # fmt: skip


def _shown(model: ModelData) -> list[int]:
    """Nodes of the shown scene, those above first."""
    found: list[int] = []
    waiting = list(model.roots())[::-1]
    while waiting:
        node = waiting.pop()
        found.append(node)
        waiting.extend(model.nodes[node].children[::-1])
    return found


def _above(model: ModelData, node: int) -> int:
    parent = model.nodes[node].parent
    return -1 if parent is None else parent


def _line(model: ModelData, node: int) -> list[int]:
    """A node and all above it."""
    found = []
    while node >= 0:
        found.append(node)
        node = _above(model, node)
    return found


def _is_deformed(model: ModelData, number: int) -> bool:
    node = model.nodes[number]
    return node.mesh is not None and node.instances is None and (node.skin is not None or len(_weights_of(model, number)) > 0)


def _weights_of(model: ModelData, number: int) -> NDArray[np.float32]:
    """Weights at rest of a node's mesh."""
    node = model.nodes[number]
    assert node.mesh is not None
    mesh = model.meshes[node.mesh]
    weights = np.zeros(max((len(primitive.targets) for primitive in mesh.primitives), default=0), np.float32)
    given = node.weights if node.weights is not None else mesh.weights
    if given is not None:
        weights[: len(given)] = given[: len(weights)]
    return weights


def _skins(model: ModelData, meshes: list[int], place: dict[int, int]) -> tuple[list[dict[str, Any]], list[int]]:
    """Skins, and each mesh's. Meshes that stand alike share one: a dressed person is bent once."""
    told: list[dict[str, Any]] = []
    known: dict[Any, int] = {}
    bent: list[int] = []
    for mesh in meshes:
        node = model.nodes[mesh]
        if node.skin is None:
            bent.append(-1)
            continue
        stands = tuple(float(part) for column in (node.translation, node.rotation, node.scale) for part in column)
        key = (node.skin, node.parent, stands, mesh if mesh in model.skins[node.skin].joints else None)
        if key not in known:
            skin = model.skins[node.skin]
            binds = skin.inverse_bind_matrices[: len(skin.joints)]
            if len(binds) < len(skin.joints):  # the file leaves them out: glTF says identity
                binds = np.tile(np.eye(4, dtype=np.float32), (len(skin.joints), 1, 1))
            known[key] = len(told)
            told.append({"node": place[mesh], "joints": [place[joint] for joint in skin.joints], "binds": _plain(binds[:, :3])})
        bent.append(known[key])
    return told, bent


def _plain(values: NDArray[np.float32]) -> list[float]:
    return [float(f"{part:.7g}") for part in values.reshape(-1).tolist()]
