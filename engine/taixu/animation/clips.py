"""A model's clips, compiled: which numbers go to which nodes, joints of all players at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

import numpy as np
from numpy.typing import NDArray

from taixu.animation.pointers import PointerTarget, find_target, node_channels
from taixu.animation.sampling import Track, make_tracks
from taixu.assets.model import Animation, Channel, ModelData, TargetPath

__all__ = ["ALL", "Clip", "ClipSet", "find_clip"]

ALL = "*"
"""Name of the clip that plays all clips together."""

Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """One animation of one model.

    Attributes
    ----------
    nodes : list of (Track, intp array [m])
        Tracks that move nodes or morph meshes, with the node of each channel.
    pointers : list of (Track, list of PointerTarget)
        The others, with the target of each channel.
    targets : intp array
        All nodes that any track moves or morphs.
    """

    name: str
    duration_secs: float
    nodes: list[tuple[Track, Indices]]
    pointers: list[tuple[Track, list[PointerTarget]]]
    targets: Indices


@dataclass(frozen=True, slots=True, eq=False)
class ClipSet:
    """All clips of a model, and its nodes at rest."""

    model: ModelData
    clips: tuple[Clip, ...]
    translations: NDArray[np.float32]
    """float32 [3, n]."""
    rotations: NDArray[np.float32]
    """float32 [4, n]."""
    scales: NDArray[np.float32]
    """float32 [3, n]."""

    @classmethod
    def of(cls, model: ModelData) -> ClipSet:
        """Compile all animations of a model."""
        nodes = model.nodes
        return cls(
            model,
            tuple(_compile(animation, model) for animation in [*model.animations, *_together(model)]),
            np.stack([node.translation for node in nodes], 1).astype(np.float32),
            np.stack([node.rotation for node in nodes], 1).astype(np.float32),
            np.stack([node.scale for node in nodes], 1).astype(np.float32),
        )


def find_clip(clips: tuple[Clip, ...], name: str) -> int:
    """Return the index of a clip by name or number; -1 where there is none.

    An empty name is the first clip; "*" is all clips together where they do not move the same things, else the first.
    """
    if not name or (name == ALL and (not clips or clips[-1].name != ALL)):
        return 0 if clips else -1
    for number, clip in enumerate(clips):
        if clip.name == name:
            return number
    return int(name) if name.isdecimal() and int(name) < len(clips) else -1


def _together(model: ModelData) -> list[Animation]:
    """One animation of all channels, for models whose clips complement each other."""
    channels = [channel for animation in model.animations for channel in animation.channels]
    moved = {(channel.node, channel.path, channel.pointer) for channel in channels}
    if len(model.animations) < 2 or len(moved) != len(channels):
        return []
    return [Animation(ALL, channels)]


def _compile(animation: Animation, model: ModelData) -> Clip:
    moving: list[tuple[Channel, int]] = []
    pointing: list[tuple[Channel, PointerTarget]] = []
    widths = {"translation": 3, "rotation": 4, "scale": 3}
    for channel in animation.channels:
        for node, path in node_channels(channel, model):
            width = channel.values.shape[1] if channel.values.ndim == 2 else 0
            wanted = widths.get(path, _morph_count(model, node))
            if width == wanted and width:
                moving.append((replace(channel, path=cast(TargetPath, path), node=node), node))
        if channel.path == "pointer":
            target = find_target(channel.pointer, model)
            if target is not None:
                pointing.append((channel, target))
    tracks = make_tracks([channel for channel, _ in moving], [channel.path == "rotation" for channel, _ in moving])
    nodes = np.array([node for _, node in moving], np.intp)
    pointers = make_tracks([channel for channel, _ in pointing], [False] * len(pointing))
    return Clip(
        animation.name,
        animation.duration_secs,
        [(track, nodes[track.channels]) for track in tracks],
        [(track, [pointing[number][1] for number in track.channels]) for track in pointers],
        np.unique(nodes),
    )


def _morph_count(model: ModelData, node: int) -> int:
    mesh = model.nodes[node].mesh
    return 0 if mesh is None else max((len(primitive.targets) for primitive in model.meshes[mesh].primitives), default=0)
