"""What of people's hair and clothes swings: tied and long hair on chains of the head, skirts and coat tails on those of the hips.

Parts need not know of it: where locks run is read from their texture coordinates, and where cloth hangs from its shape.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from taixu.generate.avatars.person import Person
from taixu.generate.avatars.surfaces import Piece
from taixu.generate.avatars.swinging import Chain, hung_weights, shared_weights

__all__ = ["swung"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_TIED = ("ponytail", "high ponytail", "pigtails", "braid", "twin braids")
_SKIRT_SHARE, _OFF_SIDES = 0.3, 0.3
"""How much of a hem swings at the sides, and how much of that in front and behind, where it lies on and below the thighs of who
sits; the rest goes with the legs."""
_HAIR_SECTORS = np.radians((180.0, 132.0, -132.0, 84.0, -84.0))
_CLOTH_SECTORS = np.radians(np.arange(8) * 45.0)


def swung(person: Person, pieces: list[Piece]) -> list[Piece]:
    """The pieces, those that swing on chains."""
    hair = [piece for piece in pieces if piece.node == "hair" and piece.name == "hair"]
    tails = hair[1:] if person.spec.hair in _TIED else []
    chains: tuple[Chain, ...] = () if tails else _hair_chains(person, hair)
    legs = _skirt_chains(person, pieces)
    found = []
    for piece in pieces:
        if any(piece is tail for tail in tails):
            found.append(_tail(person, piece, 1 + next(k for k, tail in enumerate(tails) if tail is piece)))
        elif chains and any(piece is one for one in hair):
            joints, weights = hung_weights(piece.positions, chains, person.bone("head"))
            found.append(replace(piece, joints=joints, weights=weights, chains=chains))
        elif piece.name in legs:
            found.append(_hem(person, piece, legs[piece.name]))
        else:
            found.append(piece)
    return found


def _tail(person: Person, piece: Piece, number: int) -> Piece:
    """Hair that is tied: a chain along the middle of its locks, whose coordinates say how far along they are."""
    along = piece.coordinates[:, 1]
    points = []
    for part in (0.04, 0.36, 0.68, 1.0):
        near = np.abs(along - part) < 0.13
        if near.any():
            points.append(piece.positions[near].mean(0))
    if len(points) < 2:  # a hat has taken most of it
        return piece
    chain = Chain(f"hair {number}", "head", np.array(points), 0.018 * person.scale, 0.7, 0.16, 0.35, ("upperChest", "head"))
    joints, weights = hung_weights(piece.positions, (chain,), person.bone("head"))
    return replace(piece, joints=joints, weights=weights, chains=(chain,))


def _hair_chains(person: Person, hair: list[Piece]) -> tuple[Chain, ...]:
    """Chains for hair that hangs below the neck."""
    if not hair:
        return ()
    points = np.concatenate([piece.positions for piece in hair])
    neck, head = (float(person.pose.heads[person.bone(bone)][1]) for bone in ("neck", "head"))
    low = float(np.quantile(points[:, 1], 0.02))
    if low > neck - 0.02 * person.scale:
        return ()
    middle = person.pose.heads[person.bone("head")]
    paths = _paths(points, middle, _HAIR_SECTORS, [head, head + 0.5 * (low - head), low])
    return tuple(Chain(f"hair {number + 1}", "head", path, 0.012 * person.scale, 0.9, 0.12, 0.45, ("upperChest",))
                 for number, path in enumerate(paths))  # fmt: skip


def _skirt_chains(person: Person, pieces: list[Piece]) -> dict[str, tuple[Chain, ...]]:
    """Chains for each kind of cloth that hangs about the legs without being trousers."""
    found = {}
    hips, knee = (person.pose.heads[person.bone(bone)] for bone in ("hips", "leftLowerLeg"))
    for name in dict.fromkeys(piece.name for piece in pieces if piece.node == "clothes" and piece.name in ("skirt", "top")):
        points = np.concatenate([piece.positions for piece in pieces if piece.name == name and piece.node == "clothes"])
        low = float(points[:, 1].min())
        if low > 0.45 * hips[1] + 0.55 * knee[1]:
            continue
        below = points[(points[:, 1] < hips[1] + 0.02) & (np.abs(points[:, 0]) < 0.4)]
        paths = _paths(below, hips, _CLOTH_SECTORS, [float(hips[1]), float(0.5 * (hips[1] + low)), low + 0.01])
        found[name] = tuple(
            Chain(f"{name} {number + 1}", "hips", path, 0.012 * person.scale, 1.2, 0.14, 0.5, ("leftUpperLeg", "rightUpperLeg"))
            for number, path in enumerate(paths)
        )
    return found


def _paths(points: Floats, middle: Floats, sectors: Floats, heights: list[float]) -> list[Floats]:
    """From above to below along what hangs there, one path a sector (by azimuth from the front) that has something all the way."""
    offset = points - middle
    azimuth = np.arctan2(offset[:, 0], offset[:, 2])
    reach = abs(heights[-1] - heights[0]) / (2.0 * (len(heights) - 1))
    paths = []
    for sector in sectors:
        inside = np.abs((azimuth - sector + np.pi) % (2.0 * np.pi) - np.pi) < 0.42
        path = []
        for height in heights:
            near = points[inside & (np.abs(points[:, 1] - height) < 0.5 * reach)]
            if len(near) < 6:
                break
            path.append((float(near[:, 0].mean()), height, float(near[:, 2].mean())))
        if len(path) == len(heights):
            paths.append(np.array(path))
    return paths


def _hem(person: Person, piece: Piece, chains: tuple[Chain, ...]) -> Piece:
    """Cloth whose lower part swings, the more the lower it is; each vertex keeps the four joints that move it most."""
    if not chains:
        return piece
    top = float(person.pose.heads[person.bone("hips")][1])
    low = min(float(chain.points[-1][1]) for chain in chains)
    part = np.clip((top - piece.positions[:, 1]) / (top - low), 0.0, 1.0)
    hips = person.pose.heads[person.bone("hips")]
    across = piece.positions[:, [0, 2]] - hips[[0, 2]]
    aside = across[:, 0] ** 2 / np.maximum((across**2).sum(1), 1e-9)
    share = _SKIRT_SHARE * (_OFF_SIDES + (1.0 - _OFF_SIDES) * aside) * part**3
    share = np.where(np.abs(piece.positions[:, 0]) < 0.42, share, 0.0)
    joints, weights = hung_weights(piece.positions, chains, person.bone("hips"), nearest=1)
    joints, weights = shared_weights((piece.joints, piece.weights), (joints[:, :2], weights[:, :2]), share)
    return replace(piece, joints=joints, weights=weights, chains=chains)
