"""Hair: a cap of painted hair on the scalp, and locks that grow from it, bend down and lie on head and shoulders.

A lock is a strip whose picture shows many hairs, thin and clear at its end; or a tube. Locks grow by steps: each follows its
style's flow, gravity and the surface below it, for all locks at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from taixu.assets.material import Specular
from taixu.generate.avatars.charts import skin_chart
from taixu.generate.avatars.face_units import units_on
from taixu.generate.avatars.paints import Paint, shipped
from taixu.generate.avatars.person import Person
from taixu.generate.avatars.spec import linear_color
from taixu.generate.avatars.surfaces import Piece, triangles_of

__all__ = ["BEYOND", "Head", "beard_paint", "cap_paint", "cap_piece", "cap_pieces", "grown", "hair_color", "hair_paint", "head_of",
           "locks_piece", "over_cloth", "scalp_roots", "tubes_piece"]  # fmt: skip

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_RINGS, _TURNS = 40, 48
_FALL = 0.55
_FADE_M = 0.010
"""Beyond the edge of the scalp, within which hair thins out."""
BEYOND = 2.5
_SOLID = 0.12
"""Pictures of hair that thins out end at 1 / this of their height: corners of quads lie further out."""


_MATT = Specular(factor=0.0)
"""Of layers of short hairs: a smooth shell would show the sky at the edge of a cheek."""


@dataclass(frozen=True)
class Head:
    """A head to grow hair on: its middle, how large it is, and how far out the surface is in every direction.

    Attributes
    ----------
    middle : float64 [3]
        Of the skull.
    size : float
        1 for the base mesh's.
    shell : float64 [rings, turns]
        Distance from the middle to the skin, by polar angle from above and by azimuth from the front.
    torso : float64 [rings, turns]
        Distance of neck and shoulders from the vertical axis through the middle, by depth below the middle and by azimuth.
    """

    middle: Floats
    size: float
    shell: Floats
    torso: Floats
    deepest_m: float


def head_of(person: Person) -> Head:
    """The head of a person, measured once: every lock and hat asks for it."""
    if "head" not in person.measured:
        person.measured["head"] = _head_of(person)
    head: Head = person.measured["head"]
    return head


def _head_of(person: Person) -> Head:
    eyes = 0.5 * (person.joint("l-eye") + person.joint("r-eye"))
    chart = skin_chart("head")
    rows = np.unique(chart.rows[~chart.inner])
    points = person.rows[rows]
    top = float(points[:, 1].max())
    size = (top - float(eyes[1])) / 0.121
    middle = np.array((0.0, eyes[1] + 0.022 * size, points[:, 2].min() + 0.095 * size))
    offset = points - middle
    far = np.linalg.norm(offset, axis=1)
    theta, phi = np.arccos(np.clip(offset[:, 1] / far, -1, 1)), np.arctan2(offset[:, 0], offset[:, 2])
    shell = _table(theta / np.pi * _RINGS, phi, far)
    deepest = 0.62 * person.scale
    body = person.rows[np.unique(skin_chart("body").rows)]
    near = (np.abs(body[:, 0]) < 0.12 * person.scale) & (body[:, 1] > middle[1] - deepest)
    both = np.concatenate([body[near], points]) - middle
    below = both[:, 1] < 0.0
    torso = _table(-both[below, 1] / deepest * _RINGS, np.arctan2(both[below, 0], both[below, 2]),
                   np.hypot(both[below, 0], both[below, 2]))
    return Head(middle, size, shell, torso, deepest)


def _table(rings: Floats, phi: Floats, far: Floats) -> Floats:
    """The farthest in each cell, gaps filled from their neighbours, smoothed."""
    i = np.clip(rings.astype(int), 0, _RINGS - 1)
    j = ((phi + np.pi) / (2 * np.pi) * _TURNS).astype(int) % _TURNS
    table = np.zeros((_RINGS, _TURNS))
    np.maximum.at(table, (i, j), far)
    for _ in range(30):
        around = np.stack([np.roll(table, 1, 1), np.roll(table, -1, 1), np.vstack([table[:1], table[:-1]]),
                           np.vstack([table[1:], table[-1:]])])
        count = (around > 0).sum(0)
        table = np.where(table > 0, table, around.sum(0) / np.maximum(count, 1))
        if (table > 0).all():
            break
    soft = (2 * table + np.roll(table, 1, 1) + np.roll(table, -1, 1)) / 4
    return np.asarray(np.maximum(table, soft))


def _look(table: Floats, ring: Floats, phi: Floats) -> Floats:
    """A table between its cells."""
    a = np.clip(ring - 0.5, 0.0, _RINGS - 1.001)
    b = ((phi + np.pi) / (2 * np.pi) * _TURNS - 0.5) % _TURNS
    i, j = a.astype(int), b.astype(int)
    s, t = a - i, b - j
    k = (j + 1) % _TURNS
    j %= _TURNS
    upper, lower = (1 - t) * table[i, j] + t * table[i, k], (1 - t) * table[i + 1, j] + t * table[i + 1, k]
    return np.asarray((1 - s) * upper + s * lower)


def pushed_out(head: Head, points: Floats, gap_m: Floats | float) -> Floats:
    """Points, those inside of head, neck or shoulders brought out to a gap from the skin."""
    offset = points - head.middle
    far = np.maximum(np.linalg.norm(offset, axis=-1), 1e-6)
    phi = np.arctan2(offset[..., 0], offset[..., 2])
    theta = np.arccos(np.clip(offset[..., 1] / far, -1, 1))
    wanted = _look(head.shell, theta / np.pi * _RINGS, phi) + gap_m
    lift = np.maximum(wanted / far, 1.0)
    upper = (theta < 1.75)[..., None]
    across = np.maximum(np.hypot(offset[..., 0], offset[..., 2]), 1e-6)
    depth = np.clip(-offset[..., 1] / head.deepest_m, 0.0, 1.0)
    around = _look(head.torso, depth * _RINGS, phi) + gap_m
    side = np.maximum(around / across, 1.0)
    low = offset * np.stack([side, np.ones_like(side), side], -1)
    return np.asarray(head.middle + np.where(upper, offset * lift[..., None], low))


def over_cloth(person: Person, hair: Piece, cloth: Sequence[Piece], *, above_m: float = 0.0) -> Piece:
    """Hair that hangs below the neck, brought out over what is worn there, from so far above it on."""
    head = head_of(person)
    low = hair.positions[:, 1] < head.middle[1] - _CHIN * head.size
    shown = [piece.positions for piece in cloth if piece.node == "clothes"]
    if not low.any() or not shown:
        return hair
    points = np.concatenate(shown) - head.middle
    near = (np.abs(points[:, 0]) < 0.14 * person.scale) & (points[:, 1] > -head.deepest_m) & (points[:, 1] < 0.0)
    if not near.any():
        return hair
    points = points[near]
    far = np.hypot(points[:, 0], points[:, 2])
    table = _table(-points[:, 1] / head.deepest_m * _RINGS, np.arctan2(points[:, 0], points[:, 2]), far)
    offset = hair.positions[low] - head.middle
    top = float(points[:, 1].max())
    across = np.maximum(np.hypot(offset[:, 0], offset[:, 2]), 1e-6)
    depth = np.clip(-offset[:, 1] / head.deepest_m, 0.0, 1.0)
    wanted = _look(table, depth * _RINGS, np.arctan2(offset[:, 0], offset[:, 2])) + _OVER_M * person.scale
    more = np.maximum(wanted - across, 0.0) * np.clip((top + above_m - offset[:, 1]) / 0.05, 0.0, 1.0)
    positions = hair.positions.copy()
    positions[low] += offset * (1.0, 0.0, 1.0) / across[:, None] * more[:, None]
    return replace(hair, positions=positions)


_CHIN, _OVER_M = 0.06, 0.006
"""How far below the middle of the head what is worn may be in the way; how far hair lies over it."""

_FRONT = ((0.0, 0.025, 0.044, 0.058, 0.070), (0.787, 0.788, 0.7935, 0.786, 0.770))
"""Beside the middle, and how high the hairline is there."""
_TEMPLE = ((0.700, 0.712, 0.735, 0.745, 0.755, 0.770, 0.785, 0.800, 0.815),
           (0.070, 0.071, 0.074, 0.081, 0.091, 0.104, 0.118, 0.140, 0.200))  # fmt: skip
"""Height, and how far forward hair grows at the sides: the temple, and what hangs before the ear."""
_NAPE = ((-0.050, -0.012, 0.000, 0.018, 0.026, 0.033, 0.057, 0.061, 0.075),
         (0.652, 0.655, 0.660, 0.676, 0.700, 0.740, 0.740, 0.714, 0.710))  # fmt: skip
"""Forward, and how far down hair grows there: the nape, round the ear, and before it."""


def scalp_value(at: Floats, hairline: float = 0.0) -> Floats:
    """Above zero where hair grows, for places in the base mesh, metres; a higher hairline goes back from the forehead."""
    x, y, z = np.abs(at[:, 0]), at[:, 1], at[:, 2]
    front = np.where(z > 0.06, y - np.interp(x, *_FRONT) - hairline, 1.0)
    temple = np.interp(y - hairline, *_TEMPLE) - z
    aside = np.clip((x - 0.046) / 0.014, 0.0, 1.0)
    above = np.where(y > 0.795, np.maximum(front, temple), front * (1.0 - aside) + temple * aside)
    return np.asarray(np.minimum(above, y - np.interp(z, *_NAPE)))


def _is_ear(at: Floats) -> NDArray[np.bool_]:
    x, y, z = np.abs(at[:, 0]), at[:, 1], at[:, 2]
    return np.asarray((x > 0.066) & (y > 0.675) & (y < 0.741) & (z > 0.024) & (z < 0.066))


def scalp_roots(person: Person, count: int, chance: np.random.Generator, *, hairline: float = 0.0) -> tuple[Floats, Floats, Floats]:
    """Roots spread evenly over the scalp: places in the T-pose, normals, places in the base mesh, each float64 [n, 3]."""
    data = person.data
    chart = skin_chart("head")
    quads = chart.rows[chart.quads]
    value = scalp_value(data.positions, hairline)
    ear = _is_ear(data.positions)
    quads = quads[(value[quads] > 0.0).any(1) & ~ear[quads].all(1) & ~chart.inner[chart.quads].any(1)]
    corner = data.positions[quads]
    area = np.linalg.norm(np.cross(corner[:, 2] - corner[:, 0], corner[:, 3] - corner[:, 1]), axis=1)
    cumulated = np.cumsum(area)
    tries = 2 * count
    at = (np.arange(tries) + chance.uniform(0.0, 1.0, tries)) / tries * cumulated[-1]
    which = np.minimum(np.searchsorted(cumulated, at), len(quads) - 1)
    u, v = chance.uniform(0, 1, (2, tries))
    weight = np.stack([(1 - u) * (1 - v), u * (1 - v), u * v, (1 - u) * v], 1)[..., None]
    places = (data.positions[quads[which]] * weight).sum(1)
    inside = np.nonzero((scalp_value(places, hairline) > 0.0) & ~_is_ear(places))[0]
    kept = inside[np.linspace(0, len(inside) - 1, count).astype(np.int64)]
    chosen, weight = quads[which[kept]], weight[kept]
    normal = (person.normals[chosen] * weight).sum(1)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    return (person.rows[chosen] * weight).sum(1), normal, places[kept]


def grown(
    head: Head, roots: Floats, starts: Floats, *, length_m: Floats, steps: int, gravity: float, gap_m: Floats,
    flow: Floats | None = None,
    hold: float = 0.75, wave_m: float = 0.0, waves: float = 0.0, phases: Floats | None = None
) -> Floats:  # fmt: skip
    """Paths of locks, float64 [n, steps + 1, 3].

    Parameters
    ----------
    starts : [n, 3]
        Directions at the roots.
    gravity
        How soon they hang.
    gap_m : [n]
        How far off the skin they stay.
    flow : [n, 3]
        A direction that they follow besides.
    hold
        How much of a step's direction the next one keeps.
    wave_m, waves
        How far they swing aside, and how often.
    """
    step = (length_m / steps)[:, None]
    direction = starts / np.maximum(np.linalg.norm(starts, axis=1, keepdims=True), 1e-9)
    points = [roots + 0.0 * direction]
    down = np.array((0.0, -1.0, 0.0))
    for number in range(steps):
        pull = gravity * down + (flow * max(0.0, 1.0 - 1.25 * number / steps) if flow is not None else 0.0)
        direction = hold * direction + (1.0 - hold) * pull
        direction /= np.maximum(np.linalg.norm(direction, axis=1, keepdims=True), 1e-9)
        ease = min(1.0, (number + 1) / 2.0)
        target = pushed_out(head, points[-1] + step * direction, gap_m * ease)
        moved = target - points[-1]
        length = np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9)
        direction = moved / length
        outward = (points[-1] - head.middle) * (1.0, 0.0, 1.0)
        outward /= np.maximum(np.linalg.norm(outward, axis=1, keepdims=True), 1e-9)
        away = np.maximum((direction * outward).sum(1, keepdims=True), 0.0)
        points.append(points[-1] + direction * step)
        direction = direction - _FALL * away * outward  # or hair that slides down a head would fly off it
    paths = np.stack(points, 1)
    if wave_m:
        along = np.linspace(0.0, 1.0, steps + 1)[None, :, None]
        tangent = np.gradient(paths, axis=1)
        tangent /= np.maximum(np.linalg.norm(tangent, axis=2, keepdims=True), 1e-9)
        outward = paths - head.middle
        side = np.cross(tangent, outward)
        side /= np.maximum(np.linalg.norm(side, axis=2, keepdims=True), 1e-9)
        turn = 2 * np.pi * waves * along + (0.0 if phases is None else phases[:, None, None])
        paths = paths + wave_m * along**0.6 * (np.sin(turn) * side)
        paths = np.concatenate([paths[:, :1], pushed_out(head, paths[:, 1:], gap_m[:, None] * 0.6)], 1)
    return paths


def hair_color(person: Person, beard: bool = False) -> tuple[float, float, float]:
    """Of the hair with its grey, linear."""
    text = (person.spec.beard_color if beard else "") or person.spec.hair_color
    color, grey = np.array(linear_color(text)), np.array((0.55, 0.54, 0.52))
    amount = 0.25 * person.spec.grey if beard and person.spec.beard_color else person.spec.grey
    r, g, b = (np.maximum(color, 0.01) ** (1.0 - amount) * grey**amount).tolist()  # their sum is pink
    return (r, g, b)


def hair_paint(person: Person, name: str = "hair", *, beard: bool = False, solid: bool = False) -> Paint:
    """Strips of hair: many strands, clear between them toward the end."""
    color = hair_color(person, beard)
    picture = "strands_solid" if solid else "strands"
    return Paint(f"{name}{' solid' if solid else ''}", (*color, 1.0), 0.0, 0.48, shipped(picture),
                 shipped(f"{picture}_normal"), 0.8, alpha="OPAQUE" if solid else "MASK",
                 cutoff=0.42, double_sided=True, ior=1.5)  # fmt: skip


def cap_paint(person: Person, *, beard: bool = False) -> Paint:
    """Hair close to the skin, thinning out at its edge."""
    return Paint(f"hair cap {beard}", (*hair_color(person, beard), 1.0), 0.0, 0.6, shipped("hair_cap"), None, alpha="BLEND")


def beard_paint(person: Person, *, beard: bool = True) -> Paint:
    """A layer of a beard, or of cropped hair: short hairs with skin between them, fewer at the edge."""
    return Paint(f"short hairs {beard}", (*hair_color(person, beard=beard), 1.0), 0.0, 0.65, shipped("hair_short"),
                 alpha="BLEND", specular=_MATT)


def _head_weights(person: Person, points: Floats) -> tuple[Ints, Floats]:
    """The head moves hair; what hangs below the neck, the chest in part."""
    neck = float(person.pose.heads[person.bone("neck")][1])
    down = np.clip((neck + 0.01 - points[:, 1]) / 0.16, 0.0, 1.0) * 0.75
    joints = np.zeros((len(points), 4), np.int64)
    joints[:, 0], joints[:, 1] = person.bone("head"), person.bone("upperChest")
    weights = np.zeros((len(points), 4))
    weights[:, 0], weights[:, 1] = 1.0 - down, down
    return joints, weights


def locks_piece(person: Person, head: Head, paths: Floats, widths_m: Floats, paint: Paint, *, name: str = "hair",
                taper: float = 0.5, twist: Floats | None = None) -> Piece:  # fmt: skip
    """Strips along paths, lying on the head; normals look away from the head, so that strips shade as one."""
    count, steps = paths.shape[:2]
    tangent = np.gradient(paths, axis=1)
    tangent /= np.maximum(np.linalg.norm(tangent, axis=2, keepdims=True), 1e-9)
    outward = paths - (head.middle - (0.0, 0.02, 0.0))
    low = paths[..., 1:2] < head.middle[1]
    outward = np.where(low, outward * (1.0, 0.15, 1.0), outward)
    outward = outward - tangent * (outward * tangent).sum(2, keepdims=True)
    outward /= np.maximum(np.linalg.norm(outward, axis=2, keepdims=True), 1e-9)
    side = np.cross(tangent, outward)
    if twist is not None:
        c, s = np.cos(twist)[:, None, None], np.sin(twist)[:, None, None]
        side = c * side + s * outward
    along = np.linspace(0.0, 1.0, steps)
    half = 0.5 * widths_m[:, None] * (1.0 - taper * along**2)[None, :]
    crown = 0.18 * half[..., None] * outward
    points = np.stack([paths - side * half[..., None], paths + crown, paths + side * half[..., None]], 2)
    normals = np.stack([outward - 0.35 * side, outward, outward + 0.35 * side], 2)
    normals /= np.linalg.norm(normals, axis=3, keepdims=True)
    u = np.broadcast_to(np.array((0.0, 0.5, 1.0)), (count, steps, 3))
    v = np.broadcast_to(along[None, :, None], (count, steps, 3))
    index = np.arange(count * steps * 3).reshape(count, steps, 3)
    a, b, c, d = index[:, :-1, :-1], index[:, 1:, :-1], index[:, 1:, 1:], index[:, :-1, 1:]
    quads = np.stack([a, d, c, b], -1).reshape(-1, 4)
    flat = points.reshape(-1, 3)
    joints, weights = _head_weights(person, flat)
    return Piece(name, flat, normals.reshape(-1, 3), np.stack([u, v], -1).reshape(-1, 2), triangles_of(quads), joints,
                 weights, paint, {}, "hair", strips=(count, steps, 3))


def tubes_piece(person: Person, paths: Floats, radii_m: Floats, paint: Paint, *, name: str = "hair", sides: int = 6) -> Piece:
    """Closed tubes along paths; radii are [n, steps]."""
    count, steps = paths.shape[:2]
    tangent = np.gradient(paths, axis=1)
    tangent /= np.maximum(np.linalg.norm(tangent, axis=2, keepdims=True), 1e-9)
    helper = np.where(np.abs(tangent[..., 1:2]) > 0.9, np.array((1.0, 0.0, 0.0)), np.array((0.0, 1.0, 0.0)))
    first = np.cross(tangent, helper)
    first /= np.maximum(np.linalg.norm(first, axis=2, keepdims=True), 1e-9)
    second = np.cross(tangent, first)
    turn = np.linspace(0.0, 2 * np.pi, sides + 1)
    around = np.cos(turn)[:, None] * first[:, :, None, :] + np.sin(turn)[:, None] * second[:, :, None, :]
    points = paths[:, :, None, :] + around * radii_m[:, :, None, None]
    index = np.arange(count * steps * (sides + 1)).reshape(count, steps, sides + 1)
    a, b, c, d = index[:, :-1, :-1], index[:, 1:, :-1], index[:, 1:, 1:], index[:, :-1, 1:]
    quads = np.stack([a, d, c, b], -1).reshape(-1, 4)
    u = np.broadcast_to(turn / (2 * np.pi), points.shape[:3])
    v = np.broadcast_to(np.linspace(0.0, 1.0, steps)[None, :, None], points.shape[:3])
    flat = points.reshape(-1, 3)
    joints, weights = _head_weights(person, flat)
    return Piece(name, flat, around.reshape(-1, 3), np.stack([u, v], -1).reshape(-1, 2), triangles_of(quads), joints, weights,
                 paint, {}, "hair", strips=(count, steps, sides + 1))


def cap_pieces(person: Person, *, offset_m: float = 0.0025, hairline: float = 0.0) -> list[Piece]:
    """The scalp in the colour of hair: solid but for its edge, where single hairs are blended with the skin."""
    paint = cap_paint(person)
    whole = cap_piece(person, paint, offset_m=offset_m, hairline=hairline)
    is_inner = np.asarray((whole.coordinates[whole.triangles][..., 1] < _SOLID).all(1))
    return [replace(whole.kept(is_inner), paint=paint.solid), whole.kept(np.asarray(~is_inner))]


def cap_piece(person: Person, paint: Paint, *, offset_m: float = 0.0025, hairline: float = 0.0, name: str = "hair cap",
              value: Floats | None = None, share: Floats | None = None) -> Piece:  # fmt: skip
    """The scalp let out a little, in the colour of hair, so that no skin shows between locks.

    Parameters
    ----------
    value, share : [n], optional
        For the head's vertices: above zero where hair grows, and the part of the offset that each gets.
    """
    data = person.data
    chart = skin_chart("head")
    at = data.positions[chart.rows]
    grows = scalp_value(at, hairline) if value is None else value
    keep = (grows[chart.quads] > -_FADE_M).any(1) & ~_is_ear(at)[chart.quads].all(1) & ~chart.inner[chart.quads].any(1)
    quads = chart.quads[keep]
    offset = offset_m * np.clip((grows + 0.004) / 0.016, 0.0, 1.0) * (1.0 if share is None else share)
    positions = person.rows[chart.rows] + person.normals[chart.rows] * (offset[:, None] * person.scale + 0.0004)
    beyond = 1.0 - (grows + _FADE_M) / 0.03
    crown = np.clip((0.84 - at[:, 1]) / 0.06, 0.0, 1.0)  # or there would be a pole
    around = np.abs(np.arctan2(at[:, 0], at[:, 2] - 0.02)) * crown
    coordinates = np.stack([around * 2.2, np.clip(beyond / BEYOND, 0.11, 0.985)], 1)
    whole = Piece(
        name, positions, person.normals[chart.rows], coordinates, triangles_of(quads), person.pose.joints[chart.rows],
        person.pose.weights[chart.rows], paint, units_on(person.units, chart.rows, turned=False), "face"
    )  # fmt: skip
    return whole.kept(np.ones(len(whole.triangles), bool))
