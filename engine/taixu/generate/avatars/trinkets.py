"""Glasses, jewellery, scarves, bags: accessories of face, neck, back and wrists."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from taixu.generate.avatars import hair as h
from taixu.generate.avatars.accessory_shapes import ball, on_bone, on_head
from taixu.generate.avatars.cloth import places
from taixu.generate.avatars.eyes import eye_ball
from taixu.generate.avatars.fabrics import fabric
from taixu.generate.avatars.garments import band
from taixu.generate.avatars.paints import Paint, colored
from taixu.generate.avatars.person import Person
from taixu.generate.avatars.spec import linear_color
from taixu.generate.avatars.surfaces import Piece

__all__ = ["TRINKETS"]

Floats = NDArray[np.float64]
_GOLD = colored("gold trinket", (0.85, 0.58, 0.20), 0.25, metallic=1.0)
_SILVER = colored("silver", (0.80, 0.80, 0.82), 0.25, metallic=1.0)
_WRIST_SIDES = 24
_PEARL = colored("pearl", (0.82, 0.78, 0.72), 0.22)


def _glasses(person: Person, *, half_m: tuple[float, float], power: float = 2.0, tint: tuple[float, float, float, float],
             frame: Paint,
             wire_m: float = 0.0016, sides: tuple[str, ...] = ("left", "right"), drop: float = 0.0) -> list[Piece]:  # fmt: skip
    """Rims (superellipses), lenses, a bridge and temples."""
    head = h.head_of(person)
    size = head.size
    turn = np.linspace(0.0, 2 * np.pi, 33)
    c, s = np.cos(turn), np.sin(turn)
    shape = np.stack([np.sign(c) * np.abs(c) ** (2 / power) * half_m[0], np.sign(s) * np.abs(s) ** (2 / power) * half_m[1]],
                     1) * size
    shape[:, 1] -= drop * size * np.abs(shape[:, 0]) / half_m[0]
    lens = Paint("lens", tint, 0.0, 0.05, alpha="BLEND", double_sided=True)
    nose = float(person.rows[: len(person.data.under),
                             2][person.rows[: len(person.data.under), 1] > head.middle[1] - 0.09 * size].max())
    pieces, inner, outer = [], [], []
    for side in sides:
        middle, radius = eye_ball(person, side)
        sign = 1.0 if side == "left" else -1.0
        front = middle + np.array((sign * 0.0015, -0.001, 0.0)) * size
        front[2] = max(front[2] + radius + 0.013 * size, nose - 0.024 * size)
        rim = front + np.stack([shape[:, 0], shape[:, 1], np.where(shape[:, 0] * sign > 0, -0.12, 0.02) * np.abs(shape[:, 0])], 1)
        pieces.append(on_head(person, h.tubes_piece(person, rim[None], np.full((1, 33), wire_m * size), frame, name="rim")))
        points = np.concatenate([rim[:-1], [rim[:-1].mean(0)]])
        at = np.arange(32)
        quads = np.stack([at, (at + 1) % 32, np.full(32, 32), np.full(32, 32)], 1)
        pieces.append(on_bone(person, "lens", points, quads, lens, "head"))
        inner.append(front + (-sign * half_m[0] * size, 0.004 * size, 0.0))
        outer.append((sign, rim[0] if sign > 0 else rim[16]))
    if len(sides) == 2:
        t = np.linspace(0.0, 1.0, 9)
        path = inner[0] + t[:, None] * (inner[1] - inner[0]) + np.stack([0 * t, 0.004 * size * np.sin(np.pi * t),
                                                                         0.003 * size * np.sin(np.pi * t)], 1)
        pieces.append(on_head(person, h.tubes_piece(person, path[None], np.full((1, 9), wire_m * size), frame, name="bridge")))
        for sign, start in outer:
            ear = head.middle + size * np.array((sign * 0.0795, -0.012, -0.012))
            path = start + t[:, None] * (ear - start)
            path[:, 0] += sign * 0.006 * size * np.sin(np.pi * np.minimum(t * 1.6, 1.0))
            path = np.concatenate([path,
                                   [ear + size * np.array((0.0, -0.008, -0.012)),
                                    ear + size * np.array((-sign * 0.002, -0.022, -0.019))]])
            pieces.append(on_head(person, h.tubes_piece(person, path[None], np.full((1, len(path)), wire_m * size), frame,
                                                        name="temple")))
    return pieces


def _eye_patch(person: Person) -> list[Piece]:
    """A patch over the left eye, on a string."""
    head = h.head_of(person)
    middle, radius = eye_ball(person, "left")
    leather = fabric("leather", linear_color("#15110f"))
    patch = ball(person, middle + (0.002, 0.001, 0.55 * radius), 1.75 * radius, leather, squash=(0.98, 0.88, 0.42))
    turn = np.linspace(0.0, 2 * np.pi, 41)
    ring = np.stack([np.sin(turn) * 0.30, 0.020 + 0.024 * np.sin(turn - 0.9), np.cos(turn) * 0.30], 1)
    path = h.pushed_out(head, head.middle + (ring * (0.2, 1.0, 0.2)) * head.size, 0.003)
    return [patch, on_head(person, h.tubes_piece(person, path[None], np.full((1, 41), 0.0018 * head.size), leather, name="string"))]


def _earrings(person: Person, *, hoop_m: float, paint: Paint) -> list[Piece]:
    """At both lobes."""
    data = person.data
    at = data.positions
    found = []
    turn = np.linspace(0.0, 2 * np.pi, 25)
    for sign in (1.0, -1.0):
        ear = np.nonzero((at[:, 0] * sign > 0.068) & (at[:, 1] > 0.67) & (at[:, 1] < 0.70) & (np.abs(at[:, 2] - 0.03) < 0.03))[0]
        ear = ear[ear < len(data.under)]
        lobe = person.rows[ear[np.argmin(at[ear, 1])]]
        if hoop_m:
            ring = lobe + np.stack([0.0 * turn + 0.002 * sign, -hoop_m + hoop_m * np.cos(turn), hoop_m * np.sin(turn)], 1)
            found.append(on_head(person, h.tubes_piece(person, ring[None], np.full((1, 25), 0.0012), paint, name="earring")))
        else:
            found.append(ball(person, lobe + (0.003 * sign, 0.003, 0.002), 0.0042, paint))
    return found


def _about_neck(person: Person, *, low_m: float, gap_m: float, count: int) -> Floats:
    """A loop that lies on neck and chest, lower in front."""
    head = h.head_of(person)
    turn = np.linspace(0.0, 2 * np.pi, count)
    front = 0.5 + 0.5 * np.cos(turn)
    base = float(person.joint("neck")[1]) - 0.012 * person.scale
    y = base + 0.018 * person.scale - low_m * person.scale * front**2.0
    ring = np.stack([0.055 * np.sin(turn), y - head.middle[1], 0.055 * np.cos(turn)], 1)
    return h.pushed_out(head, head.middle + ring, gap_m)


def _necklace(person: Person) -> list[Piece]:
    """Pearls."""
    path = _about_neck(person, low_m=0.075, gap_m=0.006, count=58)
    return [_carried(person, ball(person, at, 0.0052 * person.scale, _PEARL, rings=5)) for at in path[:-1]]


def _pendant(person: Person) -> list[Piece]:
    """A chain with a stone."""
    path = _about_neck(person, low_m=0.115, gap_m=0.004, count=60)
    chain = _carried(person, h.tubes_piece(person, path[None], np.full((1, 60), 0.0011), _SILVER, name="chain"))
    stone = _carried(person,
                     ball(person, path[0] + (0.0, -0.008, 0.004), 0.0085, colored("sapphire", (0.02, 0.06, 0.40), 0.08),
                          squash=(0.8, 1.1, 0.5)))
    return [chain, stone]


def _carried(person: Person, piece: Piece, bone: str = "upperChest") -> Piece:
    joints = np.zeros_like(piece.joints)
    joints[:, 0] = person.bone(bone)
    weights = np.zeros_like(piece.weights)
    weights[:, 0] = 1.0
    return Piece(piece.name, piece.positions, piece.normals, piece.coordinates, piece.triangles, joints, weights, piece.paint,
                 {}, "accessories")


def _scarf(person: Person) -> list[Piece]:
    """Two turns of wool, the ends hanging in front."""
    size = person.scale
    wool = fabric("wool", linear_color("#9a3b34"))
    pieces = []
    for turn, low in ((0, 0.030), (1, 0.012)):
        path = _about_neck(person, low_m=low, gap_m=0.026 + 0.008 * turn, count=41) + (0.0, 0.024 * turn * size, 0.0)
        path = np.concatenate([path[20:-1], path[:21]])  # its ends meet behind
        pieces.append(_carried(person, h.tubes_piece(person, path[None], np.full((1, 41), 0.024 * size), wool, name="scarf",
                                                     sides=10)))
    head = h.head_of(person)
    start = pieces[0].positions[220:231].mean(0) + (0.035 * size, 0.0, 0.0)
    t = np.linspace(0.0, 1.0, 12)
    path = h.pushed_out(head, start + np.stack([0.01 * t, -0.26 * size * t, 0.0 * t], 1), 0.034)
    radii = 0.026 * size * np.concatenate([np.ones(11), [0.85]])
    end = h.tubes_piece(person, path[None], radii[None], wool, name="scarf end", sides=10)
    pieces.append(_carried(person, end))
    return [Piece(p.name, p.positions, p.normals, p.coordinates * (0.15, 0.4), p.triangles, p.joints, p.weights, p.paint, {},
                  p.node) for p in pieces]


def _bow_tie(person: Person) -> list[Piece]:
    """Under the chin."""
    path = _about_neck(person, low_m=0.02, gap_m=0.014, count=41)
    silk = fabric("silk", linear_color("#7a1f2b"))
    middle = path[0] + (0.0, 0.0, 0.006)
    return [_carried(person,
                     ball(person, middle + (sign * 0.026, 0.0, -0.003), 0.026, silk,
                          squash=(1.0, 0.62, 0.32))) for sign in (-1.0, 1.0)] + [
        _carried(person, ball(person, middle, 0.010, silk, squash=(0.9, 1.0, 0.8)))]  # fmt: skip


def _backpack(person: Person) -> list[Piece]:
    """A rucksack and its straps."""
    from taixu.generate.avatars.garments import patch

    size = person.scale
    cloth = fabric("canvas", linear_color("#55613c"))
    at = person.data.positions[: len(person.data.under)]
    back = person.rows[np.argmin(np.abs(at[:, 1] - 0.40) + np.where((np.abs(at[:, 0]) < 0.05) & (at[:, 2] < 0.0), 0.0, 9.0))]
    bag = ball(person, back + np.array((0.0, -0.06, -0.085)) * size, 0.19 * size, cloth, squash=(0.82, 1.05, 0.52))
    pocket = ball(person, back + np.array((0.0, -0.12, -0.165)) * size, 0.10 * size, cloth, squash=(1.0, 0.8, 0.5))
    straps = patch(person, cloth, lambda p: np.minimum(0.020 - np.abs(np.abs(p.at[:, 0]) - 0.095), np.minimum(p.at[:, 1] - 0.33,
                   np.where(p.arm > 0.25, -1.0, 9.0))), ease_m=0.034, name="straps")  # fmt: skip
    sewn = straps.sheet.finished(person, "straps", cloth, thickness_m=0.008, node="accessories")
    return [_carried(person, bag), _carried(person, pocket), sewn]


def _wrist(person: Person, *, at: float, wide_m: float, thick_m: float, paint: Paint, dial: bool = False) -> list[Piece]:
    """A closed band about the left forearm, where `at` is 2 at the wrist; it lies on the hull of what it is about."""
    size = person.scale
    elbow, wrist = (person.pose.heads[person.bone(bone)] for bone in ("leftLowerArm", "leftHand"))
    axis = (wrist - elbow) / np.linalg.norm(wrist - elbow)
    middle = elbow + (at - 1.0) * (wrist - elbow)
    found = places("helper-tights")
    skin = person.rows[found.rows[found.at[:, 0] > 0.0]] - middle
    near = skin[(np.abs(skin @ axis) < 0.012 * size) & (np.linalg.norm(skin, axis=1) < 0.09 * size)]
    up = np.array((0.0, 1.0, 0.0)) - axis[1] * axis
    up /= np.linalg.norm(up)
    turn = np.linspace(0.0, 2.0 * np.pi, _WRIST_SIDES + 1)
    out = np.sin(turn)[:, None] * np.cross(up, axis) + np.cos(turn)[:, None] * up
    reach = (near @ out.T).max(0)  # the support in each direction
    least = out @ out.T
    reach = np.where(least > 0.05, reach / np.maximum(least, 0.05), np.inf).min(1)  # and so the hull's edge
    profile = ((-1.0, 0.0), (-0.9, 0.8), (-0.6, 1.0), (0.6, 1.0), (0.9, 0.8), (1.0, 0.0))
    points = np.stack([middle + along * 0.5 * wide_m * size * axis + out * (reach + (0.0005 + lift * thick_m) * size)[:, None]
                       for along, lift in profile])  # fmt: skip
    index = np.arange(points.shape[0] * points.shape[1]).reshape(points.shape[:2])
    quads = np.stack([index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]], -1).reshape(-1, 4)
    pieces = [on_bone(person, "strap", points.reshape(-1, 3), quads, paint, "leftLowerArm")]
    if dial:
        top = middle + (float(reach[0]) + thick_m * size) * up
        pieces.append(_carried(person, ball(person, top, 0.017 * size, _SILVER, squash=(1.0, 0.30, 1.0)), "leftLowerArm"))
    return pieces


def _gloves(person: Person) -> list[Piece]:
    """Cuffs of leather about the forearms."""
    layer = band(person, fabric("leather", linear_color("#3a2515")), 1.55, 1.98, ease_m=0.012, limb="arm")
    return [layer.sheet.finished(person, "vambrace", layer.paint, node="accessories")]


_HORN, _WIRE = colored("horn frame", (0.03, 0.02, 0.014), 0.3), colored("wire", (0.65, 0.62, 0.58), 0.3, metallic=1.0)
_CLEAR = (0.85, 0.9, 0.92, 0.10)

TRINKETS: dict[str, Callable[[Person], list[Piece]]] = {
    "round glasses": partial(_glasses, half_m=(0.0215, 0.0205), tint=_CLEAR, frame=_WIRE, wire_m=0.0012),
    "square glasses": partial(_glasses, half_m=(0.0255, 0.0170), power=4.0, tint=_CLEAR, frame=_HORN, wire_m=0.0021),
    "sunglasses": partial(_glasses, half_m=(0.0265, 0.0195), power=3.2, tint=(0.01, 0.01, 0.012, 0.93), frame=_HORN, wire_m=0.0022),
    "aviators": partial(_glasses, half_m=(0.0265, 0.0215), power=2.4, tint=(0.05, 0.04, 0.02, 0.82), frame=_GOLD,
                        wire_m=0.0011, drop=0.003),
    "monocle": partial(_glasses, half_m=(0.0195, 0.0195), tint=_CLEAR, frame=_GOLD, sides=("left",)),
    "eye patch": _eye_patch, "hoop earrings": partial(_earrings, hoop_m=0.016, paint=_GOLD),
    "stud earrings": partial(_earrings, hoop_m=0.0, paint=_PEARL),
    "pearl necklace": _necklace, "pendant": _pendant, "scarf": _scarf, "bow tie": _bow_tie, "backpack": _backpack,
    "wristwatch": partial(_wrist, at=1.90, wide_m=0.019, thick_m=0.0022, dial=True,
                          paint=colored("watch strap", (0.03, 0.018, 0.012), 0.5)),
    "bracelet": partial(_wrist, at=1.93, wide_m=0.006, thick_m=0.0035, paint=_GOLD), "bracers": _gloves,
}  # fmt: skip
