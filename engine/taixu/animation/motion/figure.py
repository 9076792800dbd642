"""`Figure`: a model's skeleton as motion needs it, and the way from poses to the rotations of its nodes.

Motion knows one body: 55 bones in a T-pose, each with the axes of the world (left is +X, up +Y, front +Z). A pose says how
each bone is turned against that, within the bone above it. Models rest as they like: with W the world rotation of the node
above a bone at rest and R the bone's own rotation at rest, a turn n of the pose is the local rotation ``W^-1 n W R``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from taixu.animation.motion.turns import F32, inverse, multiply, rotate
from taixu.assets.humanoid import BONE_NUMBERS, BONE_PARENTS, BONES, Avatar
from taixu.assets.model import ModelData
from taixu.math.stacks import rotations_of

__all__ = ["ABOVE", "BONE", "CARRIES", "COUNT", "Carry", "Figure", "joint_places", "world_turns"]

COUNT = len(BONES)
BONE = BONE_NUMBERS
ABOVE: NDArray[np.intp] = np.array(BONE_PARENTS, np.intp)
CARRIES = ("raised", "hanging")
"""Held up before the body, or beside it with the arm down."""


@dataclass(frozen=True, slots=True)
class Carry:
    """How a right hand carries what it holds: one of `CARRIES`, or "" for nothing; and the hand's shape, by name."""

    how: str = ""
    hand: str = "grip"


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """One model's skeleton.

    Attributes
    ----------
    nodes : intp array [55]
        Node by bone; -1 where the model lacks it.
    offsets : float32 array [55, 3]
        From the bone above to the bone at rest, model space, metres; zero for a bone that is not there, the hips' is their
        place.
    places : float32 array [55, 3]
        Where bones are at rest; those that are not there lie on the bone above.
    above_turns, rest_turns : float32 array [4, 55]
        W and R of the module's text.
    hips_from_model : float32 array [3, 4]
        To the space in which the hips' translation stands.
    carry : Carry
        What a node below the right hand says in its extras: ``{"carry": {"how": "raised", "hand": "grip"}}``.
    """

    nodes: NDArray[np.intp]
    offsets: F32
    places: F32
    above_turns: F32
    rest_turns: F32
    hips_from_model: F32
    carry: Carry = Carry()

    @classmethod
    def of(cls, model: ModelData, avatar: Avatar | None = None) -> Figure:
        """Measure a model that has an avatar with bones."""
        found = avatar if avatar is not None else model.avatar
        assert found is not None, "a figure needs an avatar"
        matrices = _world_matrices(model, list(found.humanoid.values()))
        nodes = np.array([found.humanoid.get(bone, -1) for bone in BONES], np.intp)
        places = np.zeros((COUNT, 3))
        above_turns, rest_turns = np.tile(np.eye(4)[:, 3:], (1, COUNT)), np.tile(np.eye(4)[:, 3:], (1, COUNT))
        for bone, node in enumerate(nodes.tolist()):
            above = int(ABOVE[bone])
            places[bone] = matrices[node][:3, 3] if node >= 0 else places[above]
            if node >= 0:
                parent = model.nodes[node].parent
                if parent is not None:
                    above_turns[:, bone] = _turn(matrices[parent])
                rest_turns[:, bone] = model.nodes[node].rotation
        parent = model.nodes[nodes[0]].parent
        hips_from_model = np.linalg.inv(matrices[parent]) if parent is not None else np.eye(4)
        offsets = places - np.where(ABOVE[:, None] >= 0, places[ABOVE], 0.0)
        measured = (offsets, places, above_turns, rest_turns, hips_from_model[:3])
        apart, at, above_at_rest, rest, from_model = (one.astype(np.float32) for one in measured)
        return cls(nodes, apart, at, above_at_rest, rest, from_model, _carry_of(model, found.humanoid.get("rightHand")))

    @property
    def present(self) -> NDArray[np.bool_]:
        """Which of the 55 bones the model has."""
        return self.nodes >= 0

    def local_rotations(self, turns: F32) -> F32:
        """Rotations of the nodes of all bones that the model has.

        Parameters
        ----------
        turns : float32 array [55, 4, n]
            A pose. What it says of bones that are not there goes to those that hang on them.

        Returns
        -------
        float32 array [4, bones, n]
            In the order of ``nodes[nodes >= 0]``.
        """
        turns = self.folded(turns)
        kept = np.flatnonzero(self.present)
        above, rest = self.above_turns[:, kept, None], self.rest_turns[:, kept, None]
        chosen = np.moveaxis(turns[kept], 1, 0)
        return multiply(inverse(above), chosen, above, rest).astype(np.float32)

    def folded(self, turns: F32) -> F32:
        """The pose with the turns of missing bones given to those below them."""
        missing = [bone for bone in range(COUNT) if self.nodes[bone] < 0]
        if not missing:
            return turns
        turns = turns.copy()
        for bone in missing:  # those above come first
            for below in _BELOW[bone]:
                turns[below] = multiply(turns[bone], turns[below])
            turns[bone] = np.array([[0.0], [0.0], [0.0], [1.0]], np.float32)
        return turns

    def hips_translations(self, hips: F32) -> F32:
        """The hips node's translation where hips are at `hips` [3, n] in the model, metres."""
        return (self.hips_from_model[:, :3] @ hips + self.hips_from_model[:, 3:]).astype(np.float32)


_BELOW = [[below for below in range(COUNT) if BONE_PARENTS[below] == bone] for bone in range(COUNT)]


def world_turns(turns: F32, bones: list[int] | None = None) -> F32:
    """How bones stand against the model's axes, [55, 4, n] from a pose; only `bones` and those above are filled when given."""
    result = np.empty_like(turns)
    for bone in range(COUNT) if bones is None else bones:
        above = int(ABOVE[bone])
        result[bone] = turns[bone] if above < 0 else multiply(result[above], turns[bone])
    return result


def joint_places(turns: F32, hips: F32, offsets: F32) -> F32:
    """Where all joints are in the model, [55, 3, n].

    Parameters
    ----------
    turns : float32 array [55, 4, n]
        A pose.
    hips : float32 array [3, n]
        Place of the hips, metres.
    offsets : float32 array [55, 3] or [55, 3, n]
        Of the figures.
    """
    worlds = world_turns(turns)
    result = np.empty((COUNT, 3, turns.shape[2]), np.float32)
    for bone in range(COUNT):
        above = int(ABOVE[bone])
        offset = offsets[bone] if offsets.ndim == 3 else np.broadcast_to(offsets[bone][:, None], hips.shape)
        result[bone] = hips if above < 0 else result[above] + rotate(worlds[above], offset)
    return result


def _carry_of(model: ModelData, hand: int | None) -> Carry:
    for node in () if hand is None else model.nodes[hand].children:
        extras = model.nodes[node].extras
        said = extras.get("carry") if isinstance(extras, dict) else None
        if isinstance(said, dict) and isinstance(said.get("how"), str) and said["how"] in CARRIES:
            return Carry(said["how"], str(said.get("hand", "")))
    return Carry()


def _world_matrices(model: ModelData, nodes: list[int]) -> dict[int, NDArray[np.float64]]:
    """Matrices at rest of some nodes and all above them."""
    found: dict[int, NDArray[np.float64]] = {}
    for node in nodes:
        chain: list[int] = []
        place: int | None = node
        while place is not None and place not in found:
            chain.append(place)
            place = model.nodes[place].parent
        matrix = np.eye(4) if place is None else found[place]
        for one in reversed(chain):
            matrix = matrix @ model.nodes[one].parent_from_local().astype(np.float64)
            found[one] = matrix
    return found


def _turn(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    linear = matrix[:3, :3] / np.maximum(np.linalg.norm(matrix[:3, :3], axis=0), 1e-12)
    return np.asarray(rotations_of(linear[None])[0], np.float64)
