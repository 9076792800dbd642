"""Eyes: a ball with a bulging cornea and a painted iris, turned by its bone, and lashes as strips with painted hairs."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from taixu.assets.material import Clearcoat
from taixu.generate.avatars.face_units import units_on
from taixu.generate.avatars.paints import Paint, Picture, shipped
from taixu.generate.avatars.skin import shown_bytes
from taixu.generate.avatars.spec import linear_color
from taixu.generate.avatars.surfaces import Piece, Units, quad_normals, triangles_of

if TYPE_CHECKING:
    from taixu.generate.avatars.person import Person

__all__ = ["eye_pieces", "lash_pieces"]

Floats = NDArray[np.float64]
_SEGMENTS = 32
_RINGS_DEG = (0.0, 5.0, 10.0, 15.0, 20.0, 24.0, 27.0, 30.0, 34.0, 40.0, 50.0, 62.0, 76.0, 92.0, 115.0)
_IRIS_DEG = 28.0
_BULGE = 0.045
"""How far the cornea stands out, in radii."""
_SHOWN_DEG = 115.0
_SIZE = 320
_LOOKS = {
    "eyeLookUp": (-1.0, 0.0), "eyeLookDown": (1.0, 0.0), "eyeLookOut": (0.0, 1.0), "eyeLookIn": (0.0, -1.0),
}  # fmt: skip
_LOOK_RAD = 0.45


def eye_pieces(person: Person) -> list[Piece]:
    """Two eyes of one paint."""
    paint = Paint("eyes", roughness=0.35, picture=Picture("eye", pixels=_picture(person)),
                  clearcoat=Clearcoat(factor=1.0, roughness=0.02))
    return [_eye(person, side, paint) for side in ("left", "right")]


def eye_ball(person: Person, side: str) -> tuple[Floats, float]:
    """Middle and radius of an eye, metres."""
    rows = np.unique(person.data.quads[person.data.group(f"helper-{side[0]}-eye")])
    points = person.rows[rows]
    middle = (points.min(0) + points.max(0)) / 2.0
    size = points.max(0) - points.min(0)
    radius = float(size[:2].mean()) / 2.0
    middle[2] = points[:, 2].max() - radius * (1.0 + 0.5 * _BULGE)
    return middle, radius


def _eye(person: Person, side: str, paint: Paint) -> Piece:
    middle, radius = eye_ball(person, side)
    rings = np.radians(_RINGS_DEG)
    around = np.linspace(0.0, 2.0 * np.pi, _SEGMENTS, endpoint=False)
    angle, turn = np.repeat(rings, _SEGMENTS), np.tile(around, len(rings))
    outward = np.stack([np.sin(angle) * np.cos(turn), np.sin(angle) * np.sin(turn), np.cos(angle)], 1)
    edge = np.radians(_IRIS_DEG + 4.0)
    bulge = _BULGE * np.clip(1.0 - (angle / edge) ** 2, 0.0, 1.0) ** 1.5
    points = outward * (radius * (1.0 + bulge))[:, None]
    count = len(rings)
    index = np.arange(count * _SEGMENTS).reshape(count, _SEGMENTS)
    near, far = index[:-1], index[1:]
    quads = np.stack([near, far, np.roll(far, -1, 1), np.roll(near, -1, 1)], -1).reshape(-1, 4)
    normals = quad_normals(points, quads)
    normals[:_SEGMENTS] = (0.0, 0.0, 1.0)
    reach = angle / np.radians(_SHOWN_DEG) * 0.5
    coordinates = np.stack([0.5 + reach * np.cos(turn), 0.5 - reach * np.sin(turn)], 1)
    triangles = triangles_of(quads)
    triangles = triangles[(points[triangles[:, 0]] != points[triangles[:, 1]]).any(1) | (triangles[:, 0] >= _SEGMENTS)]
    corners = points[triangles]
    triangles = triangles[np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1) > 1e-12]
    joints = np.zeros((len(points), 4), np.int64)
    joints[:, 0] = person.bone(f"{side}Eye")
    weights = np.zeros((len(points), 4))
    weights[:, 0] = 1.0
    units: Units = {}
    everywhere = np.arange(len(points))
    for unit, (down, out) in _LOOKS.items():
        turned = _turn(_LOOK_RAD * down, _LOOK_RAD * out * (1.0 if side == "left" else -1.0))
        units[f"{unit}{side.capitalize()}"] = (everywhere, points @ turned.T - points, normals @ turned.T - normals)
    return Piece(f"{side} eye", points + middle, normals, coordinates, triangles, joints, weights, paint, units, "face")


def _turn(down_rad: float, left_rad: float) -> Floats:
    c, s, d, t = np.cos(down_rad), np.sin(down_rad), np.cos(left_rad), np.sin(left_rad)
    about_x = np.array(((1.0, 0.0, 0.0), (0.0, c, -s), (0.0, s, c)))
    about_y = np.array(((d, 0.0, t), (0.0, 1.0, 0.0), (-t, 0.0, d)))
    return np.asarray(about_y @ about_x)


_VARIANTS = 8


def _picture(person: Person) -> NDArray[np.uint8]:
    """The ball seen from the front, the iris in the middle: fibres, a dark rim, a pupil; veins and shade in the white."""
    fibres, inner, plain, still, rim = _layers(person.spec.variation % _VARIANTS)
    iris = np.array(linear_color(person.spec.eye_color), np.float32)[:, None, None]
    warm = np.array((1.15, 0.9, 0.55), np.float32)[:, None, None]
    glow = np.array((0.035, 0.018, 0.002), np.float32)[:, None, None]
    color = ((iris * fibres + inner * (iris * warm + glow)) * plain + np.float32(0.004)) * rim + still
    return shown_bytes(color)


@cache
def _layers(variant: int) -> tuple[Floats, ...]:
    """What eyes of a variant share: fibres, the light inner ring, rim and pupil, all but the iris, where that is."""
    chance = np.random.Generator(np.random.PCG64(variant))
    grid = (np.arange(_SIZE) + 0.5) / _SIZE - 0.5
    x, y = np.meshgrid(grid, grid)
    angle = np.hypot(x, y) * 2.0 * _SHOWN_DEG
    turn = np.arctan2(y, x)
    r = angle / _IRIS_DEG
    fibres = np.zeros_like(r)
    for count, power in ((23, 0.30), (41, 0.30), (67, 0.25), (101, 0.15)):
        phase, bend = chance.uniform(0, 2 * np.pi, 2)
        fibres += power * (0.5 + 0.5 * np.sin(count * (turn + 0.10 * np.sin(3.0 * turn + bend) + 0.06 * r) + phase))
    inner = np.exp(-(((r - 0.47) / 0.16) ** 2)) * (0.4 + 0.6 * fibres)
    plain = (1.0 - 0.72 * _step(r, 0.72, 1.0)) * (0.72 + 0.42 * np.clip(y / 0.5 / (2.0 * _IRIS_DEG / _SHOWN_DEG) + 0.5, 0, 1))
    plain *= _step(r, 0.34, 0.42)
    white = np.array((0.70, 0.665, 0.63))[:, None, None] * (1.0 - 0.35 * _step(angle, 42.0, 85.0))
    white = white * np.array((1.0, 0.90, 0.88))[:, None, None] ** _step(angle, 34.0, 70.0)
    white = white * (1.0 - _veins(chance, angle, turn) * np.array((0.12, 0.40, 0.38))[:, None, None])
    rim = 1.0 - _step(r, 0.94, 1.08)
    up_deg = -y * 2.0 * _SHOWN_DEG
    lid = 1.0 - 0.50 * _step(up_deg, 2.0, 27.0)  # what the upper lid keeps from the sky
    light = np.zeros_like(r)
    for (aside_deg, high_deg), size_deg, amount in (((-8.0, 9.5), 4.6, 0.95), ((9.0, -9.0), 2.6, 0.18)):
        gap = np.hypot(x * 2.0 * _SHOWN_DEG - aside_deg, up_deg - high_deg)
        light += amount * (1.0 - _step(gap, 0.6 * size_deg, size_deg))
    still = white * (1.0 - rim) * lid + light
    return tuple(np.asarray(each, np.float32) for each in (0.65 + 0.95 * fibres, inner, plain, still, rim * lid))


def _veins(chance: np.random.Generator, angle: Floats, turn: Floats) -> Floats:
    """Fine wavering lines from the edge of the white inwards."""
    veins = np.zeros_like(angle)
    shade = _step(angle, 40.0, 75.0)
    there = (shade > 0.0) & (angle < _SHOWN_DEG)
    far, around = angle[there].astype(np.float32), turn[there].astype(np.float32)
    found = np.zeros_like(far)
    for _ in range(22):
        at, wave = chance.uniform(-np.pi, np.pi), chance.uniform(0.02, 0.06)
        phase, width = chance.uniform(0, 6.3), chance.uniform(0.006, 0.014)
        path = at + wave * np.sin(far * 0.25 + phase) + 0.03 * np.sin(far * 0.6 + 2 * phase)
        gap = np.abs(around - path)
        gap = np.minimum(gap, 2 * np.pi - gap)
        near = gap < 2.5 * width
        found[near] = np.maximum(found[near], np.exp(-((gap[near] / width) ** 2)))
    veins[there] = found * shade[there]
    return veins


def _step(value: Floats, low: float, high: float) -> Floats:
    t = np.clip((value - low) / (high - low), 0.0, 1.0)
    return np.asarray(t * t * (3.0 - 2.0 * t))


def lash_pieces(person: Person) -> list[Piece]:
    """Upper and lower lashes of both eyes; none where their length is 0."""
    if not person.spec.lashes:
        return []
    data = person.data
    groups = [f"helper-{side}-eyelashes-{row}" for side in "lr" for row in (1, 2)]
    pieces = []
    ink = np.array(linear_color(person.spec.hair_color)) * 0.25
    paint = Paint("lashes", (float(ink[0]), float(ink[1]), float(ink[2]), 1.0), roughness=0.6, alpha="BLEND", double_sided=True,
                  picture=shipped("lashes"))  # fmt: skip
    for group in groups:
        quads = data.quads[data.group(group)]
        rows, number = np.unique(quads, return_inverse=True)
        side = "left" if "-l-" in group else "right"
        middle, _ = eye_ball(person, side)
        offset = person.rows[rows] - middle
        far = np.linalg.norm(offset, axis=1)
        tip = (far - far.min()) / max(float(np.ptp(far)), 1e-9)
        along = offset[:, 0] / max(float(np.ptp(offset[:, 0])), 1e-9)
        upper = group.endswith("2")
        length = (0.45 + 1.1 * person.spec.lashes) * (1.0 if upper else 0.7)
        root = offset * (far.min() / far)[:, None]
        positions = middle + root + (offset - root) * length
        shaped = person.rows.copy()
        shaped[rows] = positions
        units = units_on(person.units, rows)
        coordinates = np.stack([along * (3.0 if upper else 2.5), (0.98 if upper else 0.80) * (1.0 - 0.98 * tip)], 1)
        pieces.append(Piece(
            group, positions, quad_normals(shaped, quads)[rows], coordinates, triangles_of(number.reshape(-1, 4)),
            person.pose.joints[rows], person.pose.weights[rows], paint, units, "face"
        ))  # fmt: skip
    return pieces
