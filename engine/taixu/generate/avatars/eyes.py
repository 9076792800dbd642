"""Eyes: a ball with a bulging cornea and a painted iris, turned by its bone, and lashes as strips with painted hairs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from taixu.assets.material import Clearcoat
from taixu.generate.avatars.face_units import units_on
from taixu.generate.avatars.paints import Paint, Picture
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
_SIZE = 384
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


def _picture(person: Person) -> NDArray[np.uint8]:
    """The ball seen from the front, the iris in the middle: fibres, a dark rim, a pupil; veins and shade in the white."""
    chance = np.random.Generator(np.random.PCG64(person.spec.variation))
    grid = (np.arange(_SIZE) + 0.5) / _SIZE - 0.5
    x, y = np.meshgrid(grid, grid)
    angle = np.hypot(x, y) * 2.0 * _SHOWN_DEG
    turn = np.arctan2(y, x)
    r = angle / _IRIS_DEG
    fibres = np.zeros_like(r)
    for count, power in ((23, 0.30), (41, 0.30), (67, 0.25), (101, 0.15)):
        phase, bend = chance.uniform(0, 2 * np.pi, 2)
        fibres += power * (0.5 + 0.5 * np.sin(count * (turn + 0.10 * np.sin(3.0 * turn + bend) + 0.06 * r) + phase))
    iris = np.array(linear_color(person.spec.eye_color))
    color = iris * (0.65 + 0.95 * fibres[..., None])
    inner = np.exp(-(((r - 0.47) / 0.16) ** 2))[..., None]
    color = color + inner * (iris * (1.15, 0.9, 0.55) + (0.035, 0.018, 0.002)) * (0.4 + 0.6 * fibres[..., None])
    color *= (1.0 - 0.72 * _step(r, 0.72, 1.0))[..., None]
    color *= (0.72 + 0.42 * np.clip(y / 0.5 / (2.0 * _IRIS_DEG / _SHOWN_DEG) + 0.5, 0, 1))[..., None]
    color = color * _step(r, 0.34, 0.42)[..., None] + 0.004
    white = np.array((0.70, 0.665, 0.63)) * (1.0 - 0.35 * _step(angle, 42.0, 85.0))[..., None]
    white = white * (1.0, 1.0 - 0.10 * 1.0, 1.0 - 0.12 * 1.0) ** _step(angle, 34.0, 70.0)[..., None]
    veins = np.zeros_like(r)
    for _ in range(22):
        at, wave = chance.uniform(-np.pi, np.pi), chance.uniform(0.02, 0.06)
        phase, width = chance.uniform(0, 6.3), chance.uniform(0.006, 0.014)
        path = at + wave * np.sin(angle * 0.25 + phase) + 0.03 * np.sin(angle * 0.6 + 2 * phase)
        gap = np.abs((turn - path + np.pi) % (2 * np.pi) - np.pi)
        veins = np.maximum(veins, np.exp(-((gap / width) ** 2)) * _step(angle, 40.0, 75.0))
    white = white * (1.0 - veins[..., None] * (0.12, 0.40, 0.38))
    rim = _step(r, 0.94, 1.08)[..., None]
    color = color * (1.0 - rim) + white * rim
    shown = np.where(color <= 0.0031308, color * 12.92, 1.055 * np.maximum(color, 1e-9) ** (1 / 2.4) - 0.055)
    return np.asarray(np.rint(np.clip(shown, 0, 1) * 255).astype(np.uint8))


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
                  picture=Picture("lashes", pixels=_hairs()))  # fmt: skip
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
        coordinates = np.stack([along * (3.0 if upper else 2.5), 0.98 - 0.96 * tip], 1)
        pieces.append(Piece(
            group, positions, quad_normals(shaped, quads)[rows], coordinates, triangles_of(number.reshape(-1, 4)),
            person.pose.joints[rows], person.pose.weights[rows], paint, units, "face"
        ))  # fmt: skip
    return pieces


def _hairs() -> NDArray[np.uint8]:
    """Curved hairs from the lower edge, tapering, as opacity over white; the picture repeats across."""
    chance = np.random.Generator(np.random.PCG64(7))
    width, height = 256, 64
    alpha = np.zeros((height, width))
    x, y = np.arange(width) + 0.5, np.arange(height) + 0.5
    for _ in range(42):
        root, lean = chance.uniform(0, width), chance.uniform(-14, 14)
        tall, thick = chance.uniform(0.6, 1.0) * height, chance.uniform(1.0, 1.7)
        up = (height - y) / tall
        middle = root + lean * up**1.6
        gap = np.abs((x[None, :] - middle[:, None] + width / 2) % width - width / 2)
        body = np.clip(1.0 - gap / (thick * np.clip(1.15 - up, 0.0, 1.0)[:, None] + 1e-6), 0.0, 1.0)
        alpha = np.maximum(alpha, np.minimum(1.0, 1.6 * body) * (up <= 1.0)[:, None])
    pixels = np.full((height, width, 4), 255, np.uint8)
    pixels[..., 3] = np.rint(alpha * 255)
    return pixels
