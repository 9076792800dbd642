"""Hats and what else is worn on the head: turned shapes, sized to the head."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from taixu.generate.avatars import hair as h
from taixu.generate.avatars.fabrics import fabric
from taixu.generate.avatars.paints import Paint, colored
from taixu.generate.avatars.person import Person
from taixu.generate.avatars.spec import linear_color
from taixu.generate.avatars.surfaces import Piece, quad_normals, triangles_of

__all__ = ["HATS", "HAT_LINES", "ball", "on_bone", "on_head", "turned_shape"]

Floats = NDArray[np.float64]
_WIDTH, _DEPTH = 0.0845, 0.104
"""Half axes of a hat's rim about a head of usual size, metres, with room for hair."""
_SEGMENTS = 36
HAT_LINES = {
    "sailor cap": 0.032, "beanie": 0.012, "baseball cap": 0.022, "top hat": 0.030, "cowboy hat": 0.026, "straw hat": 0.026,
    "fedora": 0.026, "beret": 0.040, "wizard hat": 0.026, "chef's hat": 0.028, "helmet": 0.0, "hard hat": 0.024,
}  # fmt: skip
"""Height above the head's middle (for a head of usual size) over which hair is under the hat."""
_TILT_RAD = -0.13
_LOWER = 0.012


def on_bone(person: Person, name: str, points: Floats, quads: NDArray[np.int64], paint: Paint, bone: str,
            coordinates: Floats | None = None,
            node: str = "accessories") -> Piece:  # fmt: skip
    """A rigid piece that a bone carries."""
    joints = np.zeros((len(points), 4), np.int64)
    joints[:, 0] = person.bone(bone)
    weights = np.zeros((len(points), 4))
    weights[:, 0] = 1.0
    flat = np.zeros((len(points), 2)) if coordinates is None else coordinates
    return Piece(name, points, quad_normals(points, quads), flat, triangles_of(quads), joints, weights, paint, {}, node)


def turned_shape(profile: list[tuple[float, float]],
                 wobble: Callable[[Floats, Floats], Floats] | None = None) -> tuple[Floats, NDArray[np.int64], Floats]:
    """A profile (radius in rims, height in metres; from the middle of the top outwards and down) turned about Y."""
    radius, height = np.array(profile).T
    turn = np.linspace(0.0, 2 * np.pi, _SEGMENTS + 1)
    x = radius[:, None] * np.sin(turn) * _WIDTH
    z = radius[:, None] * np.cos(turn) * _DEPTH
    y = np.broadcast_to(height[:, None], x.shape)
    points = np.stack([x, y, z], -1)
    if wobble is not None:
        points[..., 1] += wobble(np.broadcast_to(turn, x.shape), np.broadcast_to(radius[:, None], x.shape))
    index = np.arange(x.size).reshape(x.shape)
    a, b, c, d = index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]
    length = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(radius) * 0.095, np.diff(height)))])
    coordinates = np.stack(np.broadcast_arrays(turn[None, :] * 0.095, length[:, None]), -1)
    return points.reshape(-1, 3), np.stack([a, b, c, d], -1).reshape(-1, 4), coordinates.reshape(-1, 2)


def _placed(person: Person, points: Floats, *, tilt_rad: float = _TILT_RAD) -> Floats:
    head = h.head_of(person)
    c, s = np.cos(tilt_rad), np.sin(tilt_rad)
    turned = points @ np.array(((1.0, 0.0, 0.0), (0.0, c, -s), (0.0, s, c))).T
    width, front, back = _rim(person, head)
    fitted = turned * (width / _WIDTH, head.size, 0.5 * (front + back) / _DEPTH)
    return np.asarray(head.middle + (0.0, -_LOWER * head.size, 0.5 * (front - back)) + fitted)


def _rim(person: Person, head: h.Head) -> tuple[float, float, float]:
    """How far the head reaches aside, forward and backward where hats sit, with room for hair."""
    at = person.data.positions[: len(person.data.under)]
    around = (at[:, 1] > 0.765) & (at[:, 1] < 0.80)
    offset = person.rows[: len(at)][around] - head.middle
    room = 0.007 * head.size
    return float(offset[:, 0].max()) + room, float(offset[:, 2].max()) + room, float(-offset[:, 2].min()) + room


def _hat(person: Person, *, parts: tuple[tuple[list[tuple[float, float]], str, str], ...], tilt_rad: float = _TILT_RAD,
         wobble: Callable[[Floats, Floats], Floats] | None = None) -> list[Piece]:  # fmt: skip
    """Turned parts: profile, fabric, colour."""
    pieces = []
    for profile, cloth, color in parts:
        points, quads, coordinates = turned_shape(profile, wobble)
        placed = _placed(person, points, tilt_rad=tilt_rad)
        pieces.append(on_bone(person, "hat", placed, quads, fabric(cloth, linear_color(color)), "head", coordinates))
    return pieces


def _dome(base: float, top: float, *, flat: float = 0.0, radius: float = 1.0) -> list[tuple[float, float]]:
    angles = np.linspace(0.0, np.pi / 2, 9)
    return [(radius * float(np.sin(a)) ** (1.0 - 0.5 * flat),
             base + (top - base) * float(np.cos(a)) ** (1.0 - flat)) for a in angles]


def _baseball_cap(person: Person) -> list[Piece]:
    """A cap with a visor."""
    pieces = _hat(person, parts=((_dome(0.022, 0.140, flat=0.35, radius=1.04), "canvas", "#27446b"),))
    across, along = np.meshgrid(np.linspace(-1.0, 1.0, 13), np.linspace(0.0, 1.0, 6))
    x = across * _WIDTH * (0.86 - 0.22 * along**2)
    z = np.sqrt(np.clip(1.0 - (x / _WIDTH) ** 2, 0.0, 1.0)) * _DEPTH * (1.0 - 0.02) + along * 0.072 * (1.0 - 0.35 * across**2)
    y = 0.024 - 0.020 * along**1.5 - 0.016 * across**2 * (0.3 + along)
    top = np.stack([x, y, z], -1)
    index = np.arange(top.shape[0] * top.shape[1]).reshape(top.shape[:2])
    a, b, c, d = index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]
    quads = np.stack([a, b, c, d], -1).reshape(-1, 4)
    count = index.size
    points = np.concatenate([top.reshape(-1, 3), top.reshape(-1, 3) - (0.0, 0.003, 0.0)])
    both = np.concatenate([quads, quads[:, ::-1] + count])
    paint = fabric("canvas", linear_color("#1d3350"))
    return [*pieces,
            on_bone(person, "visor", _placed(person, points), both, paint, "head", np.tile(top.reshape(-1, 3)[:, [0, 2]], (2, 1)))]


def _crown(person: Person) -> list[Piece]:
    """A golden crown with points and stones."""
    def points_up(turn: Floats, radius: Floats) -> Floats:
        return np.where(radius > 1.06, 0.032 * np.abs(np.sin(turn * 4.0)) ** 1.5, 0.0)

    gold = colored("gold", (0.85, 0.58, 0.20), 0.28, metallic=1.0, double_sided=True)
    shape, quads, _ = turned_shape([(1.02, 0.050), (1.02, 0.052), (1.08, 0.098), (1.10, 0.098), (1.06, 0.049), (1.02, 0.049)],
                                   points_up)
    pieces = [on_bone(person, "crown", _placed(person, shape), quads, gold, "head")]
    ruby = colored("ruby", (0.45, 0.01, 0.03), 0.08)
    for turn in np.arange(8) * np.pi / 4 + np.pi / 8:
        middle = np.array((np.sin(turn) * _WIDTH * 1.075, 0.066, np.cos(turn) * _DEPTH * 1.075))
        pieces.append(ball(person, _placed(person, middle[None])[0], 0.0065, ruby))
    return pieces


def ball(person: Person, middle: Floats, radius_m: float, paint: Paint, bone: str = "head",
         squash: tuple[float, float, float] = (1, 1, 1), rings: int = 8) -> Piece:  # fmt: skip
    """A ball that a bone carries."""
    sides = 3 * rings // 2
    theta, phi = np.meshgrid(np.linspace(0.0, np.pi, rings + 1), np.linspace(0.0, 2 * np.pi, sides + 1), indexing="ij")
    points = np.stack([np.sin(theta) * np.sin(phi), np.cos(theta), np.sin(theta) * np.cos(phi)], -1).reshape(-1, 3)
    index = np.arange(theta.size).reshape(theta.shape)
    quads = np.stack([index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]], -1).reshape(-1, 4)
    piece = on_bone(person, "ball", middle + points * radius_m * np.array(squash), quads, paint, bone)
    return Piece(piece.name, piece.positions, points, piece.coordinates, piece.triangles, piece.joints, piece.weights, paint,
                 {}, piece.node)


def _headphones(person: Person) -> list[Piece]:
    """A band over the head and two cups."""
    head = h.head_of(person)
    turn = np.linspace(-0.5 * np.pi, 0.5 * np.pi, 21)
    path = head.middle + head.size * np.stack([0.098 * np.sin(turn), 0.128 * np.cos(turn) - 0.012, 0.0 * turn - 0.012], 1)
    dark, soft = colored("headphones", (0.02, 0.02, 0.022), 0.4), colored("ear cups", (0.05, 0.05, 0.055), 0.8)
    pieces = [on_head(person, h.tubes_piece(person, path[None], np.full((1, 21), 0.0065 * head.size), dark, name="band"))]
    for side in (-1.0, 1.0):
        middle = head.middle + head.size * np.array((side * 0.089, -0.022, -0.012))
        pieces.append(ball(person, middle, 0.034 * head.size, soft, squash=(0.5, 1.0, 1.0)))
    return pieces


def on_head(person: Person, piece: Piece) -> Piece:
    """A piece carried by the head."""
    joints = np.zeros_like(piece.joints)
    joints[:, 0] = person.bone("head")
    weights = np.zeros_like(piece.weights)
    weights[:, 0] = 1.0
    return Piece(piece.name, piece.positions, piece.normals, piece.coordinates, piece.triangles, joints, weights, piece.paint,
                 {}, "accessories")


def _wreath(person: Person) -> list[Piece]:
    """Flowers about the head."""
    head = h.head_of(person)
    turn = np.linspace(0.0, 2 * np.pi, 41)
    ring = np.stack([np.sin(turn) * _WIDTH * 1.03, 0.058 + 0.0 * turn, np.cos(turn) * _DEPTH * 1.03], 1)
    path = _placed(person, ring)
    pieces = [on_head(person,
                      h.tubes_piece(person, path[None], np.full((1, 41), 0.005 * head.size),
                                    colored("stems", (0.05, 0.14, 0.03), 0.8)))]
    colors = [colored(f"petals {at}", color, 0.7) for at,
              color in enumerate(((0.75, 0.22, 0.30), (0.85, 0.75, 0.30), (0.80, 0.78, 0.82)))]
    for number, at in enumerate(path[:-1:2]):
        pieces.append(ball(person, at + (0.0, 0.004, 0.0), 0.0135 * head.size, colors[number % 3], squash=(1.0, 0.75, 1.0)))
    return pieces


def _cat_ears(person: Person) -> list[Piece]:
    """Ears of felt on a band."""
    head = h.head_of(person)
    turn = np.linspace(-0.5 * np.pi, 0.5 * np.pi, 21)
    path = head.middle + head.size * np.stack([0.093 * np.sin(turn), 0.126 * np.cos(turn) - 0.008, 0.0 * turn + 0.012], 1)
    dark, pink = colored("felt", (0.03, 0.028, 0.03), 0.9), colored("pink felt", (0.62, 0.25, 0.30), 0.9)
    pieces = [on_head(person, h.tubes_piece(person, path[None], np.full((1, 21), 0.004 * head.size), dark, name="band"))]
    for side in (-1.0, 1.0):
        base = head.middle + head.size * np.array((side * 0.058, 0.100, 0.012))
        tip = base + head.size * np.array((side * 0.022, 0.062, 0.004))
        t = np.linspace(0.0, 1.0, 7)
        spine = base + t[:, None] * (tip - base)
        for paint, width, shift in ((dark, 0.030, 0.0), (pink, 0.020, 0.009)):
            pieces.append(on_head(person, h.tubes_piece(person, (spine + (0.0, 0.0, shift * head.size))[None] * 1.0,
                                                        (width * head.size * (1.0 - t) + 0.0008)[None], paint,
                                                        sides=10)))  # fmt: skip
    return pieces


def _brim(radius: float, height: float, base: float, drop: float = 0.0) -> list[tuple[float, float]]:
    return [(1.0, height), (1.0, base + 0.004), (radius, base + 0.004 - drop), (radius, base - drop), (1.0, base - 0.002)]


def _curl(turn: Floats, radius: Floats) -> Floats:
    """Sides of a brim that rise."""
    return np.where(radius > 1.02, 0.075 * (radius - 1.0) * np.abs(np.sin(turn)) ** 2 * 1.6, 0.0)


HATS: dict[str, Callable[[Person], list[Piece]]] = {
    "sailor cap": partial(_hat, parts=(
        ([(0.0, 0.115), (0.9, 0.112), (1.22, 0.096), (1.30, 0.084), (1.22, 0.072), (1.02, 0.066)], "cotton", "#f1efe8"),
        ([(1.0, 0.070), (1.03, 0.070), (1.03, 0.034), (1.0, 0.034)], "canvas", "#1b2740"))),
    "beanie": partial(_hat,
                      parts=((_dome(0.03, 0.142), "wool", "#7a2f2f"),
                             ([(1.0, 0.045), (1.05, 0.042), (1.06, 0.012), (1.0, 0.010)], "wool", "#6a2828"))),
    "baseball cap": _baseball_cap,
    "top hat": partial(_hat, parts=(([(0.0, 0.21), (1.02, 0.21), (1.06, 0.205), *_brim(1.42, 0.10, 0.030)], "silk", "#131316"),
                                    ([(1.02, 0.072), (1.035, 0.070), (1.02, 0.036)], "silk", "#5a1f28"))),
    "cowboy hat": partial(_hat,
                          parts=(([(0.0, 0.120), (0.45, 0.126), (0.75, 0.134), (0.9, 0.120), *_brim(1.75, 0.06, 0.026)],
                                  "leather", "#7a5433"),
                                       ([(1.0, 0.050), (1.03, 0.048), (1.02, 0.028)], "leather", "#3a2414")), wobble=_curl),
    "straw hat": partial(_hat, parts=(([*_dome(0.04, 0.115, flat=0.3)[:-1], *_brim(1.95, 0.05, 0.026, 0.012)], "wool", "#c9a760"),
                                      ([(1.0, 0.056), (1.025, 0.054), (1.02, 0.030)], "cotton", "#8a2f2a"))),
    "fedora": partial(_hat,
                      parts=(([(0.0, 0.112), (0.35, 0.118), (0.72, 0.128), (0.90, 0.118), *_brim(1.48, 0.06, 0.026, 0.004)],
                              "velvet", "#3a3531"),
                                   ([(0.995, 0.058), (1.02, 0.056), (1.02, 0.030)], "silk", "#121110"))),
    "beret": partial(_hat,
                     parts=(([(0.0, 0.130), (0.7, 0.124), (1.15, 0.100), (1.28, 0.078), (1.15, 0.060), (1.0, 0.044),
                              (1.02, 0.036)], "wool",
                                   "#8a2430"),), tilt_rad=-0.22),
    "wizard hat": partial(_hat,
                          parts=(([(0.0, 0.42), (0.10, 0.40), (0.28, 0.31), (0.5, 0.21), (0.78, 0.11),
                                   *_brim(1.75, 0.055, 0.026, 0.01)], "velvet",
                                        "#2c2a5e"), ([(1.0, 0.062), (1.02, 0.060), (1.02, 0.030)], "leather", "#8a6a2f"))),
    "chef's hat": partial(_hat,
                          parts=(([(0.0, 0.215), (0.8, 0.212), (1.25, 0.190), (1.38, 0.160), (1.25, 0.125), (1.02, 0.100)],
                                  "cotton", "#f5f4f0"),
                                       ([(1.0, 0.110), (1.03, 0.108), (1.03, 0.030), (1.0, 0.030)], "cotton", "#ecece8"))),
    "helmet": partial(_hat,
                      parts=((_dome(-0.012, 0.136, radius=1.06), "plate", "#b9bcc2"),
                             ([(1.06, 0.004), (1.10, 0.0), (1.10, -0.018), (1.05, -0.020)],
                                   "plate", "#8d8f95"))),
    "hard hat": partial(_hat,
                        parts=(([*_dome(0.03, 0.142, radius=1.07)[:-1], (1.07, 0.034), (1.26, 0.026), (1.26, 0.022),
                                 (1.04, 0.024)], "rubber", "#e0b020"),)),
    "headband": partial(_hat, parts=(([(1.0, 0.052), (1.025, 0.050), (1.03, 0.030), (1.0, 0.028)], "cotton", "#b3261e"),)),
    "crown": _crown, "headphones": _headphones, "flower wreath": _wreath, "cat ears": _cat_ears,
}  # fmt: skip
