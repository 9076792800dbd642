"""Garments as layers of cloth: tops, trousers, skirts and what is sewn on them. Outfits are lists of these."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from taixu.generate.avatars.cloth import Places, Sheet, places, sheet_of
from taixu.generate.avatars.hanging import hung
from taixu.generate.avatars.paints import Paint
from taixu.generate.avatars.person import Person
from taixu.generate.avatars.shoe_facts import BOOTS_OVER, SHOES
from taixu.generate.avatars.surfaces import Piece, triangle_normals

__all__ = ["Layer", "band", "buttons", "collar", "crew", "dressed", "hanging", "let_out", "patch", "sewn", "skirt", "top",
           "trousers", "v_neck", "wide_neck"]  # fmt: skip

Floats = NDArray[np.float64]
Neck = Callable[[Places], Floats]
_FAR = 9.0
_INSTEP_M = 0.066
"""How far forward trousers reach over a foot, in the base mesh."""
_NECK_M = 0.058
"""Where a neck becomes shoulders, beside the middle."""


@dataclass(frozen=True)
class Layer:
    """A sheet in its paint. `covers` are rows of the tights that lie under it for good."""

    name: str
    sheet: Sheet
    paint: Paint
    covers: NDArray[np.bool_] | None = None
    thickness_m: float = 0.004
    fixed: bool = False
    """Sewn on: stays, whatever lies over it."""


def crew(height: float = 0.0) -> Neck:
    """Round, close to the neck; higher by so many metres."""

    def value(p: Places) -> Floats:
        beside = np.maximum(np.abs(p.at[:, 0]) - _NECK_M, 0.0)
        return 0.562 + height - 0.25 * p.at[:, 2] + 1.3 * beside - p.at[:, 1]

    return value


def v_neck(lowest: float = 0.42, width: float = 0.068, height: float = 0.006) -> Neck:
    """A V in front, down to a height in the base mesh (0.42 is between the breasts), so wide at the neck."""
    slope = (0.565 - lowest) / width

    def value(p: Places) -> Floats:
        front = np.where(p.at[:, 2] > 0.015, (lowest - p.at[:, 1]) / slope + np.abs(p.at[:, 0]), _FAR)
        return np.minimum(crew(height)(p), front)

    return value


def wide_neck(lowest: float = 0.47, width: float = 0.105) -> Neck:
    """From shoulder to shoulder, round in front and a little behind."""

    def value(p: Places) -> Floats:
        depth = np.where(p.at[:, 2] > 0.01, lowest, 0.5 * (lowest + 0.56))
        round_edge = (depth + (0.575 - depth) * (p.at[:, 0] / width) ** 2 - p.at[:, 1]) * 0.5
        return np.maximum(round_edge, np.abs(p.at[:, 0]) - width)

    return value


def top(
    person: Person, paint: Paint, *, sleeve: float = 0.55, neck: Neck | None = None, hem: float = 0.03, ease_m: float = 0.010,
    loose_m: float = 0.012, cuff_m: float = 0.012, smooth: int = 8, name: str = "top"
) -> Layer:  # fmt: skip
    """A shirt, a jacket, a vest.

    Parameters
    ----------
    sleeve
        Where sleeves end: 0 at the shoulder, 1 at the elbow, 2 at the wrist; below 0.1 there are none.
    hem
        Height of the lower edge in the base mesh: 0.17 at the waist, 0.0 at the seat.
    ease_m, loose_m, cuff_m
        Off the skin everywhere; more of it at the hem; more of it at the cuffs.
    """

    def keep(p: Places) -> Floats:
        on_arm = p.arm > -0.5
        arms = np.where(on_arm, sleeve - p.arm, _FAR) if sleeve >= 0.1 else np.where(
            p.at[:, 1] > 0.36, 0.158 - np.abs(p.at[:, 0]), np.where(on_arm & (p.arm > 0.2), -1.0, _FAR))  # fmt: skip
        body = np.where(p.arm < 0.35, p.at[:, 1] - hem, _FAR)
        return np.minimum(np.minimum(arms, body), (neck or crew())(p))

    sheet = sheet_of(person, "helper-tights", keep)
    down = np.clip((0.42 - sheet.at[:, 1]) / max(0.42 - hem, 0.05), 0.0, 1.0)
    on_arm = np.clip(sheet.arm, 0.0, 2.0)
    offset = ease_m + np.where(sheet.arm > 0.05, cuff_m * on_arm / max(sleeve, 0.3), loose_m * down)
    here = Places(sheet.rows, np.zeros((0, 4), np.int64), sheet.coordinates, sheet.at, sheet.arm, sheet.leg)
    near = np.clip((neck or crew())(here) / 0.04, 0.0, 1.0)  # lies closer about the neck
    offset = np.where(sheet.arm > 0.05, offset, 0.7 * ease_m + (offset - 0.7 * ease_m) * near)
    is_shoulder = (np.abs(sheet.at[:, 0]) > 0.065) & (sheet.at[:, 1] > 0.48) & (sleeve >= 0.1)
    offset = np.where(is_shoulder, np.maximum(offset, 0.011), offset)  # skin bulges there when arms are lowered
    return Layer(name, _draped(sheet, offset * person.scale, smooth), paint)


def _draped(sheet: Sheet, offset_m: Floats, smooth: int) -> Sheet:
    """Let out by an offset and smoothed, but nowhere nearer to the skin than half of that."""
    out = let_out(sheet, sheet.moved(offset_m).smoothed(smooth), offset_m)
    return let_out(sheet, out.rims_smoothed(6), offset_m)


def let_out(skin: Sheet, sheet: Sheet, offset_m: Floats | float) -> Sheet:
    """Nowhere nearer to the skin than most of an offset."""
    apart = ((sheet.positions - skin.positions) * skin.normals).sum(1)
    return sheet.moved(skin.normals * np.maximum(0.8 * offset_m - apart, 0.0)[:, None])


def trousers(
    person: Person, paint: Paint, *, leg: float = 2.06, waist: float = 0.165, ease_m: float = 0.007, knee_m: float = 0.008,
    cuff_m: float = 0.010, smooth: int = 6, wide_m: tuple[float, float] = (0.070, 0.068), name: str = "trousers"
) -> Layer:  # fmt: skip
    """Trousers, shorts, leggings.

    Parameters
    ----------
    leg
        Where they end: 1 is the knee, 2 the ankle.
    ease_m, knee_m, cuff_m
        Off the skin everywhere; more of it at the knee and at the cuff.
    wide_m
        Half widths at the knee and at the ankle that they have at least: cloth falls straight from a thigh.
    """

    def keep(p: Places) -> Floats:
        legs = np.where(p.leg > -0.5, leg - p.leg, _FAR)
        legs = np.where(p.leg > 1.8, np.minimum(legs, (_INSTEP_M - p.at[:, 2]) * 4.0), legs)  # or hems would lie on the instep
        return np.where(p.arm > 0.3, -1.0, np.minimum(legs, waist - p.at[:, 1]))

    sheet = sheet_of(person, "helper-tights", keep)
    along = np.clip(sheet.leg, 0.0, 2.0)
    offset = ease_m + np.interp(along, (0.0, 0.25, 1.0, 2.0), (0.0, 0.3 * knee_m, knee_m, cuff_m))
    out = _draped(sheet, offset * person.scale, smooth)
    return Layer(name, _straight(person, out, wide_m) if leg > 1.2 and wide_m[1] else out, paint)


def _straight(person: Person, sheet: Sheet, wide_m: tuple[float, float]) -> Sheet:
    """Legs of trousers at least so wide at knee and ankle."""
    boot = SHOES[person.spec.shoes].top if person.spec.shoes in BOOTS_OVER else -1.0
    side = np.where(sheet.at[:, 0] < 0, 1, 0)
    t = np.clip(sheet.leg, 0.0, 2.2)[:, None]
    hip, knee, ankle = (np.stack([person.joint(f"{letter}-{name}") for letter in "lr"])[side]
                        for name in ("upper-leg", "knee", "ankle"))  # fmt: skip
    middle = np.where(t < 1.0, hip + (knee - hip) * t, knee + (ankle - knee) * (t - 1.0))
    across = (sheet.positions - middle) * (1.0, 0.0, 1.0)
    far = np.maximum(np.linalg.norm(across, axis=1), 1e-6)
    wanted = np.interp(sheet.leg, (0.30, 1.0, 2.0), (0.0, *wide_m)) * person.scale
    wanted *= np.clip((sheet.at[:, 1] - boot) / 0.10, 0.0, 1.0)
    more = np.where(sheet.leg > 0.3, np.maximum(wanted - far, 0.0), 0.0)
    return sheet.moved(across / far[:, None] * more[:, None]).smoothed(2).rims_smoothed(6)


def hanging(person: Person, layer: Layer, *, hem: float, ease_m: float = 0.018, flare_m: float = 0.02, folds: int = 0,
            fold_m: float = 0.02) -> Layer:  # fmt: skip
    """A garment gone on below its lower edge, about both legs, to a height in the base mesh."""
    start = float(layer.sheet.at[layer.sheet.arm < 0.35, 1].min())
    sheet = hung(person, layer.sheet, hem=hem, ease_m=ease_m, flare_m=flare_m, folds=folds, fold_m=fold_m)
    covers = layer.sheet.covered(person)
    tights = places("helper-tights")
    inside = (tights.at[:, 1] > hem + 0.14) & (tights.at[:, 1] < start + 0.03) & (tights.arm < 0.3)
    covers[tights.rows[inside]] = True
    return replace(layer, sheet=sheet, covers=covers)


def skirt(
    person: Person, paint: Paint, *, hem: float = -0.37, waist: float = 0.16, flare_m: float = 0.03, ease_m: float = 0.012,
    folds: int = 0, fold_m: float = 0.03, name: str = "skirt"
) -> Layer:  # fmt: skip
    """A skirt to a height in the base mesh (-0.37 is the knee, -0.7 the ankle)."""
    sheet = sheet_of(person, "helper-tights", lambda p: np.where(p.arm > 0.3, -1.0, np.minimum(p.at[:, 1] - waist + 0.035,
                     waist - p.at[:, 1])))  # fmt: skip
    belt = Layer(name, _draped(sheet, np.full(len(sheet.positions), ease_m * person.scale), 2), paint)
    return hanging(person, belt, hem=hem, ease_m=ease_m, flare_m=flare_m, folds=folds, fold_m=fold_m)


def band(
    person: Person, paint: Paint, low: float, high: float, *, ease_m: float = 0.02, limb: str = "", name: str = "band"
) -> Layer:  # fmt: skip
    """A belt about the body between two heights of the base mesh, or a cuff about a ``limb`` (arm, leg) between two places."""

    def keep(p: Places) -> Floats:
        if limb:
            along = p.arm if limb == "arm" else p.leg
            return np.minimum(along - low, high - along)
        return np.where(p.arm > 0.3, -1.0, np.minimum(p.at[:, 1] - low, high - p.at[:, 1]))

    sheet = sheet_of(person, "helper-tights", keep)
    return Layer(name, _draped(sheet, np.full(len(sheet.positions), ease_m * person.scale), 3), paint, fixed=True)


def collar(person: Person, paint: Paint, *, low: float = 0.545, high: float = 0.585, open_m: float = 0.0, ease_m: float = 0.014,
           flare_m: float = 0.008, name: str = "collar") -> Layer:  # fmt: skip
    """A band about the neck, open in front by so much."""

    def keep(p: Places) -> Floats:
        front = np.where(p.at[:, 2] > 0.03, np.abs(p.at[:, 0]) - open_m, _FAR) if open_m else _FAR
        return np.minimum(np.minimum(-crew(low - 0.542)(p), crew(high - 0.542)(p)), front)

    sheet = sheet_of(person, "helper-tights", keep)
    up = np.clip((sheet.at[:, 1] + 0.25 * sheet.at[:, 2] - low - 0.005) / (high - low), 0.0, 1.0)
    offset = (ease_m + flare_m) * (1.0 - up) + 0.55 * ease_m * up  # close to the neck, out over what lies below
    return Layer(name, sheet.moved(offset * person.scale).smoothed(2).rims_smoothed(8), paint, fixed=True, thickness_m=0.004)


def patch(
    person: Person, paint: Paint, value: Callable[[Places], Floats], *, ease_m: float = 0.02, smooth: int = 4, name: str = "patch"
) -> Layer:  # fmt: skip
    """Where a value is above zero on the front of the body, sewn on: a tie, a pocket, a lapel."""
    sheet = sheet_of(person, "helper-tights", value)
    return Layer(name, _draped(sheet, np.full(len(sheet.positions), ease_m * person.scale), smooth), paint, fixed=True)


def sewn(under: Layer, paint: Paint, value: Callable[[Places], Floats], *, lift_m: float = 0.0025, name: str = "patch") -> Layer:
    """Where a value is above zero on a garment, another fabric on it: a stripe, a pocket."""
    sheet = under.sheet
    here = Places(sheet.rows, np.zeros((0, 4), np.int64), sheet.coordinates, sheet.at, sheet.arm, sheet.leg)
    normals = triangle_normals(sheet.positions, sheet.triangles)
    cut = replace(sheet, normals=normals).cut(value(here))
    return Layer(name, cut.moved(lift_m), paint, fixed=True, thickness_m=lift_m + 0.001)


def buttons(person: Person, under: Layer, paint: Paint, spots: list[tuple[float, float]], radius_m: float = 0.007) -> list[Piece]:
    """Discs on a layer's front at places (x, y) of the base mesh."""
    found = []
    sheet = under.sheet
    front = np.where(sheet.at[:, 2] > 0.0, 0.0, _FAR)
    turn = np.linspace(0.0, 2.0 * np.pi, 10, endpoint=False)
    for x, y in spots:
        near = np.argsort((sheet.at[:, 0] - x) ** 2 + (sheet.at[:, 1] - y) ** 2 + front)[:4]
        weight = 1.0 / (np.hypot(sheet.at[near, 0] - x, sheet.at[near, 1] - y) + 1e-3)
        weight /= weight.sum()
        middle, normal = weight @ sheet.positions[near], weight @ sheet.normals[near]
        normal /= np.linalg.norm(normal)
        side = np.cross((0.0, 1.0, 0.0), normal)
        side /= max(np.linalg.norm(side), 1e-9)
        up = np.cross(normal, side)
        ring = radius_m * (np.cos(turn)[:, None] * side + np.sin(turn)[:, None] * up)
        points = np.concatenate([middle + ring - 0.002 * normal, middle + ring + 0.002 * normal, [middle + 0.004 * normal]])
        n, at = 10, np.arange(10)
        after = (at + 1) % n
        triangles = np.concatenate([np.stack([at, after, n + at], 1), np.stack([after, n + after, n + at], 1),
                                    np.stack([n + at, n + after, np.full(n, 2 * n)], 1)])  # fmt: skip
        outward = np.concatenate([ring, ring + radius_m * normal, [normal]])
        outward /= np.linalg.norm(outward, axis=1, keepdims=True)
        order = np.argsort(-(weight @ sheet.weights[near]), kind="stable")[:4]
        shares = (weight @ sheet.weights[near])[order]
        found.append(Piece(
            "button", points, outward, np.zeros((len(points), 2)), triangles, np.tile(order, (len(points), 1)),
            np.tile(shares / shares.sum(), (len(points), 1)), paint, {}, "clothes"
        ))  # fmt: skip
    return found


def dressed(person: Person, layers: list[Layer]) -> tuple[list[Piece], NDArray[np.bool_]]:
    """Layers, the innermost first, as pieces without what others hide; and the rows of the tights that are covered."""
    covered = np.zeros(len(person.data.positions), bool)
    pieces: list[Piece] = []
    for layer in reversed(layers):
        sheet = layer.sheet
        if not layer.fixed:
            hidden = covered[sheet.rows][sheet.triangles].all(1)
            if hidden.all():
                continue
            if hidden.any():
                sheet = sheet.kept(sheet.triangles[~hidden])
        pieces.append(sheet.finished(person, layer.name, layer.paint, thickness_m=layer.thickness_m))
        if layer.covers is not None:
            covered |= layer.covers
        elif not layer.fixed:
            covered |= layer.sheet.covered(person)
    return pieces[::-1], covered
