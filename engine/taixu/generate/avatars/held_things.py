"""Shapes of things that are held: each a list of surfaces with a paint, the fist at the origin, up +Y, ahead +Z, the body at +X."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from taixu.generate.avatars.cartoon.nets import Skin, around, ellipsoid, revolved, sheet, tube
from taixu.generate.avatars.paints import Paint, colored
from taixu.generate.avatars.spec import linear_color
from taixu.generate.avatars.surfaces import quad_normals, triangles_of

__all__ = ["GROUND", "THINGS", "Thing"]

Floats = NDArray[np.float64]
Part = tuple[str, Skin, Paint]
GROUND = -0.8
"""The least depth of the ground below a fist that is held up."""


@dataclass(frozen=True)
class Thing:
    """Something to hold.

    Attributes
    ----------
    how, hand
        As in `taixu.animation.motion.figure.Carry`.
    make
        Gives its parts for the height of the ground.
    """

    how: str
    hand: str
    make: Callable[[float], list[Part]]


def _paint(name: str, color: str, roughness: float = 0.6, *, glow: float = 0.0, double: bool = False) -> Paint:
    rgb = linear_color(color)
    return Paint(name, (*rgb, 1.0), 0.0, roughness, double_sided=double,
                 emissive=(glow * rgb[0], glow * rgb[1], glow * rgb[2]))  # fmt: skip


_WOOD, _DARK_WOOD = _paint("held wood", "#8a6238", 0.65), _paint("held dark wood", "#4a3020", 0.55)
_STEEL = colored("held steel", (0.56, 0.57, 0.58), 0.32, metallic=1.0)
_BLACK = _paint("held black", "#1b1c1f", 0.45)
_LEATHER = _paint("held leather", "#6b4025", 0.5)


def _rod(start: tuple[float, float, float], end: tuple[float, float, float], first: float, last: float, sides: int = 10) -> Skin:
    t = np.linspace(0.0, 1.0, 4)[:, None]
    return tube(np.array(start) * (1.0 - t) + np.array(end) * t, np.linspace(first, last, 4), sides)


def _lathe(profile: list[tuple[float, float]], at: tuple[float, float, float] = (0.0, 0.0, 0.0), segments: int = 20) -> Skin:
    """A profile (radius, height; from above to below) turned about an upright axis."""
    return tube(np.array([(at[0], at[1] + y, at[2]) for _, y in profile[::-1]]), np.array([r for r, _ in profile[::-1]]), segments)


def _block(half: tuple[float, float, float], at: tuple[float, float, float], turn: Floats | None = None, soft: float = 0.2) -> Skin:
    """A box whose edges are cut: three rings of eight corners and two ends."""
    x, y, z = half
    cut = soft * min(half)
    ring = np.array([(x, z - cut), (x - cut, z), (cut - x, z), (-x, z - cut),
                     (-x, cut - z), (cut - x, -z), (x - cut, -z), (x, cut - z)])  # fmt: skip
    end, whole = (1.0 - cut / x, 1.0 - cut / z), (1.0, 1.0)
    levels = ((y, end), (y - cut, whole), (cut - y, whole), (-y, end))
    rows = [np.column_stack([ring[:, 0] * scale[0], np.full(8, height), ring[:, 1] * scale[1]]) for height, scale in levels]
    points = np.concatenate([*rows, [(0.0, y, 0.0), (0.0, -y, 0.0)]])
    index = np.arange(32).reshape(4, 8)
    a, b = index[:-1], index[1:]
    quads = np.stack([a, np.roll(a, -1, 1), np.roll(b, -1, 1), b], -1).reshape(-1, 4)
    top = np.stack([np.full(8, 32), np.roll(index[0], -1), index[0], index[0]], 1)
    bottom = np.stack([np.full(8, 33), index[3], np.roll(index[3], -1), np.roll(index[3], -1)], 1)
    return _flat(points if turn is None else points @ turn.T, np.concatenate([quads, top, bottom]), np.array(at))


def _flat(points: Floats, quads: NDArray[np.int64], at: Floats) -> Skin:
    """With corners of its own for every face, so that edges are seen."""
    corners = points[quads].reshape(-1, 3)
    index = np.arange(len(corners)).reshape(-1, 4)
    triangles = triangles_of(index)
    edges = corners[triangles]
    area = np.linalg.norm(np.cross(edges[:, 1] - edges[:, 0], edges[:, 2] - edges[:, 0]), axis=1)
    return Skin(corners + at, quad_normals(corners, index), triangles[area > 1e-10])


def _about_x(angle: float) -> Floats:
    c, s = np.cos(angle), np.sin(angle)
    return np.array(((1.0, 0.0, 0.0), (0.0, c, -s), (0.0, s, c)))


def _handle(half_m: float, low_m: float, radius: float, *, aside_m: float = 0.0) -> Skin:
    """An arch through the fist: flat where it is held, down to `low_m` on both sides."""
    t = np.linspace(-1.0, 1.0, 15)
    reach = half_m * np.sin(0.5 * np.pi * t)
    y = low_m * np.abs(t) ** 2.6
    return tube(np.stack([np.full(15, aside_m), y, reach], 1), np.full(15, radius), 8)


def _umbrella(ground: float) -> list[Part]:
    lean = np.array((0.12, 1.0, -0.20))
    top = 0.92 * lean
    crook = np.linspace(0.0, np.pi, 8)
    hook = -0.10 * lean + np.stack([0.0 * crook, -0.035 * np.sin(crook), 0.035 * (1.0 - np.cos(crook))], 1)
    turn = np.linspace(0.0, 2 * np.pi, 41)[:-1]
    rib = np.abs(np.cos(4.0 * turn))  # eight ribs hold the cloth up; between them it hangs
    rows = []
    for t in np.linspace(0.03, 1.0, 8):
        radius = 0.54 * np.sin(0.5 * np.pi * t) * (1.0 - 0.05 * t * (1.0 - rib))
        height = 0.22 * np.cos(0.5 * np.pi * t) - 0.22 + 0.012 * t * (1.0 - rib)
        rows.append(np.stack([radius * np.sin(turn), height, radius * np.cos(turn)], 1))
    cloth = around(np.array(rows) + top, 0.003)
    ribs = [_rod(tuple(0.62 * lean), tuple(top + (0.40 * np.sin(a), -0.075, 0.40 * np.cos(a))), 0.0025, 0.002, 5)
            for a in np.arange(8) * np.pi / 4]  # fmt: skip
    return [
        ("umbrella handle", tube(np.concatenate([[0.10 * lean], hook]), np.full(9, 0.0135), 10), _DARK_WOOD),
        ("umbrella shaft", _rod(tuple(0.05 * lean), tuple(top + (0.0, 0.05, 0.0)), 0.006, 0.005, 8), _STEEL),
        *(("umbrella rib", each, _STEEL) for each in ribs),
        ("umbrella cloth", cloth, _paint("umbrella cloth", "#8c2433", 0.7, double=True)),
    ]


def _fishing_rod(ground: float) -> list[Part]:
    way = np.array((0.03, 0.80, 0.60)) / np.linalg.norm((0.03, 0.80, 0.60))
    tip = 1.75 * way + (0.0, -0.05, 0.10)
    t = np.linspace(0.0, 1.0, 9)[:, None]
    path = -0.26 * way * (1 - t) + tip * t + np.array((0.0, 0.06, -0.03)) * np.sin(np.pi * t)
    line = tip + np.array([(0.0, 0.0, 0.0), (0.0, -0.35, 0.02), (0.0, -0.72, 0.01)])
    across = np.array((1.0, 0.0, 0.0))
    reel = 0.10 * way + (0.0, -0.035, 0.04)
    spool = tube(np.array([reel - 0.022 * across, reel + 0.022 * across]), np.full(2, 0.026), 14)
    return [
        ("rod", tube(path, np.linspace(0.010, 0.0022, 9), 8), _paint("rod", "#3b2a18", 0.35)),
        ("rod grip", _rod(tuple(-0.28 * way), tuple(0.07 * way), 0.0145, 0.0135), _paint("cork", "#b98d5c", 0.85)),
        ("reel", spool, _STEEL),
        ("crank", _rod(tuple(reel - 0.022 * across), tuple(reel + (-0.05, -0.02, 0.0)), 0.004, 0.004, 6), _BLACK),
        ("line", tube(line, np.full(3, 0.0016), 4), _paint("line", "#d9dde0", 0.4)),
        ("float", ellipsoid(line[-1], np.array((0.016, 0.028, 0.016)), rings=6), _paint("float", "#c8352c", 0.35)),
    ]


def _phone(ground: float) -> list[Part]:
    turn = _about_x(-0.45)
    middle = np.array((0.004, 0.055, -0.004))
    return [
        ("phone", _block((0.036, 0.074, 0.0045), tuple(middle), turn, 0.3), _BLACK),
        ("screen", _block((0.0325, 0.069, 0.0006), tuple(middle + turn @ (0.0, 0.0, -0.0046)), turn),
         _paint("screen", "#9fc4e8", 0.2, glow=0.9)),
    ]  # fmt: skip


def _cup(ground: float) -> list[Part]:
    return [
        ("cup", _lathe([(0.036, 0.062), (0.036, 0.058), (0.034, 0.03), (0.027, -0.058), (0.025, -0.060)]),
         _paint("cup", "#efe9df", 0.8)),
        ("sleeve", _lathe([(0.0345, 0.028), (0.0355, 0.027), (0.0305, -0.028), (0.0295, -0.029)]),
         _paint("sleeve", "#9b6b43", 0.9)),
        ("lid", _lathe([(0.030, 0.076), (0.034, 0.074), (0.0385, 0.064), (0.0385, 0.058)]), _paint("lid", "#3a2c24", 0.5)),
    ]


def _bag(ground: float) -> list[Part]:
    return [
        ("bag", _block((0.055, 0.125, 0.17), (0.0, -0.30, 0.0), None, 0.5), _LEATHER),
        ("flap", _block((0.059, 0.045, 0.165), (0.0, -0.215, 0.0), None, 0.5), _paint("flap", "#57331d", 0.5)),
        ("clasp", _block((0.006, 0.016, 0.022), (-0.059, -0.255, 0.0)), _STEEL),
        *(("bag handle", _handle(0.085, -0.19, 0.0075, aside_m=x), _LEATHER) for x in (-0.009, 0.009)),
    ]


def _shopping_bag(ground: float) -> list[Part]:
    paper, bread = _paint("paper bag", "#c9a877", 0.95, double=True), _paint("bread", "#c08a4a", 0.85)
    profile = np.array([(0.145, -0.20), (0.147, -0.30), (0.135, -0.47), (0.125, -0.50)])
    wall = revolved(profile, 0.004, deep=1.25, segments=16)
    return [
        ("paper bag", wall, paper), ("paper bottom", _block((0.105, 0.005, 0.13), (0.0, -0.495, 0.0)), paper),
        *(("bag string", _handle(0.10, -0.21, 0.0045, aside_m=x), paper) for x in (-0.012, 0.012)),
        ("bread", tube(np.array([(0.02, -0.46, -0.05), (0.01, -0.30, -0.065), (0.0, -0.10, -0.085)]),
                       np.array((0.034, 0.036, 0.022)), 10), bread),
        ("greens", ellipsoid(np.array((-0.03, -0.20, 0.06)), np.array((0.075, 0.055, 0.075)), rings=6),
         _paint("greens", "#4f7a35", 0.8)),
    ]  # fmt: skip


def _basket(ground: float) -> list[Part]:
    straw = _paint("straw", "#b58a4c", 0.9, double=True)
    wall = revolved(np.array([(0.175, -0.26), (0.172, -0.30), (0.15, -0.38), (0.125, -0.42)]), 0.010, deep=1.2, segments=28,
                    folds=np.full(4, 0.02), count=14)  # fmt: skip
    apples = ((0.03, -0.295, 0.08, "#b3332b"), (-0.06, -0.30, 0.0, "#c96a2b"), (0.05, -0.30, -0.07, "#b3332b"),
              (-0.02, -0.29, -0.10, "#8fa53c"))  # fmt: skip
    return [
        ("basket", wall, straw), ("basket bottom", _lathe([(0.135, -0.405), (0.13, -0.42)]), straw),
        ("basket rim", tube(np.array([(0.178 * np.sin(a), -0.26, 0.213 * np.cos(a)) for a in np.linspace(0, 2 * np.pi, 29)]),
                            np.full(29, 0.012), 8), _WOOD),
        ("basket handle", _handle(0.20, -0.27, 0.010), _WOOD),
        *(("fruit", ellipsoid(np.array((x, y, z)), np.full(3, 0.045), rings=6), _paint(f"fruit {color}", color, 0.4))
          for x, y, z, color in apples),
    ]  # fmt: skip


def _bucket(ground: float) -> list[Part]:
    tin = Paint("tin", (0.50, 0.52, 0.54, 1.0), 1.0, 0.42, double_sided=True)
    return [
        ("bucket", revolved(np.array([(0.150, -0.20), (0.148, -0.22), (0.115, -0.45), (0.110, -0.46)]), 0.004, segments=28), tin),
        ("bucket bottom", _lathe([(0.113, -0.445), (0.11, -0.455)], segments=28), tin),
        ("water", _lathe([(0.140, -0.255), (0.138, -0.265)], segments=28), _paint("water", "#3d6f86", 0.05)),
        ("bail", _handle(0.150, -0.21, 0.004), _STEEL),
        ("bail grip", _rod((0.0, 0.0, -0.05), (0.0, 0.0, 0.05), 0.012, 0.012), _WOOD),
    ]  # fmt: skip


def _suitcase(ground: float) -> list[Part]:
    shell = _paint("suitcase", "#3d5a6c", 0.5)
    bands = [("suitcase band", _block((0.092, 0.172, 0.012), (0.0, -0.25, z), None, 0.3), _LEATHER) for z in (-0.13, 0.13)]
    return [
        ("suitcase", _block((0.088, 0.168, 0.23), (0.0, -0.25, 0.0), None, 0.35), shell), *bands,
        ("suitcase handle", _handle(0.065, -0.085, 0.011), _DARK_WOOD),
    ]


def _lantern(ground: float) -> list[Part]:
    corners = [(0.062 * np.sin(a), 0.062 * np.cos(a)) for a in np.arange(4) * np.pi / 2]
    posts = [("lantern post", _rod((x, -0.19, z), (x, -0.36, z), 0.004, 0.004, 5), _BLACK) for x, z in corners]
    flame = ellipsoid(np.array((0.0, -0.28, 0.0)), np.array((0.038, 0.062, 0.038)), rings=7)
    return [
        ("lantern bail", _handle(0.062, -0.16, 0.004), _BLACK),
        ("lantern roof", _lathe([(0.012, -0.11), (0.02, -0.13), (0.075, -0.175), (0.078, -0.19)]), _BLACK),
        ("lantern floor", _lathe([(0.070, -0.36), (0.076, -0.37), (0.070, -0.385)]), _BLACK), *posts,
        ("lantern flame", flame, _paint("flame", "#ffb04a", 0.5, glow=4.0)),
    ]


def _torch(ground: float) -> list[Part]:
    return [
        ("torch", _rod((0.0, -0.22, 0.0), (0.0, 0.32, 0.0), 0.013, 0.022), _DARK_WOOD),
        ("torch head", _lathe([(0.036, 0.42), (0.042, 0.39), (0.030, 0.30), (0.022, 0.29)]), _paint("pitch", "#1d1612", 0.9)),
        ("torch flame", tube(np.array([(0.0, 0.38, 0.0), (0.008, 0.45, 0.0), (-0.008, 0.54, 0.008), (0.006, 0.63, 0.0)]),
                             np.array((0.036, 0.052, 0.030, 0.003)), 10), _paint("torch flame", "#ff8a2a", 0.6, glow=5.0)),
    ]  # fmt: skip


def _staff(ground: float) -> list[Part]:
    y = np.linspace(ground + 0.015, 0.55, 9)
    wave = np.stack([0.012 * np.sin(7.0 * y), y, 0.010 * np.cos(9.0 * y)], 1) - (0.0, 0.0, 0.010)
    knob = ellipsoid(wave[-1] + (0.0, 0.02, 0.0), np.array((0.034, 0.045, 0.034)), rings=6)
    return [("staff", tube(wave, np.linspace(0.013, 0.019, 9), 9), _WOOD), ("staff knob", knob, _DARK_WOOD)]


def _broom(ground: float) -> list[Part]:
    low = ground + 0.02
    straw = tube(np.array([(0.0, low + 0.34, 0.0), (0.0, low + 0.26, 0.0), (0.0, low + 0.12, 0.0), (0.0, low, 0.0)]),
                 np.array((0.022, 0.05, 0.085, 0.105)), 14, flat=0.42)  # fmt: skip
    return [
        ("broom stick", _rod((0.0, low + 0.28, 0.0), (0.0, 0.42, 0.0), 0.0125, 0.0125), _WOOD),
        ("broom straw", straw, _paint("broom straw", "#c7a253", 0.95)),
        ("broom band", tube(np.array([(0.0, low + 0.28, 0.0), (0.0, low + 0.245, 0.0)]), np.array((0.045, 0.056)), 14, flat=0.45),
         _paint("broom band", "#8a2f2a", 0.8)),
    ]  # fmt: skip


def _flowers(ground: float) -> list[Part]:
    stems = _lathe([(0.055, 0.17), (0.014, 0.02), (0.012, -0.03), (0.022, -0.11)])
    found: list[Part] = [("stems", stems, _paint("stems", "#3f6a34", 0.8))]
    paints = {color: _paint(f"blossom {color}", color, 0.7) for color in ("#c2365a", "#e8c547", "#efe7ee")}
    for number in range(11):
        a, r = 2.399963 * number, 0.019 * np.sqrt(number)
        middle = np.array((r * np.sin(a), 0.225 - 6.0 * r * r, r * np.cos(a))) * (1.3, 1.0, 1.3)
        color = list(paints)[number % 3]
        blossom = ellipsoid(middle, np.array((0.030, 0.022, 0.030)), rings=5)
        found.append(("blossom", blossom, paints[color]))
    wrap = revolved(np.array([(0.070, 0.16), (0.042, 0.08), (0.019, 0.01)]), 0.003, segments=20)
    return [*found, ("paper wrap", wrap, _paint("paper wrap", "#e4d7c4", 0.9, double=True))]


def _book(ground: float) -> list[Part]:
    cover = _paint("book", "#2f4f7a", 0.6)
    pages = _block((0.010, 0.096, 0.066), (0.016, -0.075, 0.002), None, 0.1)
    return [("pages", pages, _paint("pages", "#eae2cf", 0.9)),
            *(("cover", _block((0.002, 0.102, 0.070), (x, -0.075, 0.0)), cover) for x in (0.004, 0.028)),
            ("spine", _block((0.014, 0.102, 0.002), (0.016, -0.075, -0.069)), cover)]  # fmt: skip


def _balloon(ground: float) -> list[Part]:
    t = np.linspace(0.0, 1.0, 7)
    string = np.stack([0.02 * np.sin(4.0 * t), -0.04 + 0.86 * t, 0.015 * np.sin(3.0 * t)], 1)
    top = string[-1]
    profile = [(0.003, 0.30), (0.055, 0.29), (0.105, 0.25), (0.128, 0.185), (0.115, 0.115), (0.07, 0.05), (0.012, 0.005),
               (0.018, -0.008)]  # fmt: skip
    return [("string", tube(string, np.full(7, 0.002), 5), _paint("string", "#e8e6df", 0.8)),
            ("balloon", _lathe(profile, tuple(top)), _paint("balloon", "#d23f4a", 0.18))]  # fmt: skip


def _flag(ground: float) -> list[Part]:
    u, v = np.meshgrid(np.linspace(0.0, 1.0, 11), np.linspace(0.0, 1.0, 7))
    grid = np.stack([0.045 * np.sin(7.0 * u - 1.2 * v) * u, 0.88 - 0.30 * v - 0.03 * u, -0.015 - 0.46 * u], -1)
    return [
        ("flagpole", _rod((0.0, -0.42, 0.0), (0.0, 0.90, 0.0), 0.0125, 0.011), _WOOD),
        ("flag", sheet(grid, 0.003), _paint("flag", "#2f6f8f", 0.85)),
        ("finial", ellipsoid(np.array((0.0, 0.92, 0.0)), np.full(3, 0.024), rings=6),
         colored("brass", (0.80, 0.55, 0.20), 0.3, metallic=1.0)),
    ]


def _sword(ground: float) -> list[Part]:
    turn = _about_x(0.42)  # the blade points ahead and down, clear of the ground
    blade_half = np.array([(0.0, 0.0, 0.085), (0.0, 0.0, 0.74), (0.0, 0.0, 0.86)])
    blade = tube(blade_half @ turn.T, np.array((0.025, 0.021, 0.0015)), 6, flat=0.22)
    ends = [tuple((turn @ (0.0, y, 0.075)).tolist()) for y in (-0.095, 0.095)]
    return [
        ("blade", blade, _STEEL), ("guard", _rod(ends[0], ends[1], 0.010, 0.010, 8), _STEEL),
        ("hilt", tube(np.array([(0.0, 0.0, -0.075), (0.0, 0.0, 0.075)]) @ turn.T, np.full(2, 0.0135), 10), _LEATHER),
        ("pommel", ellipsoid(turn @ (0.0, 0.0, -0.09), np.full(3, 0.021), rings=6), _STEEL),
    ]


def _hammer(ground: float) -> list[Part]:
    return [
        ("hammer handle", _rod((0.0, 0.0, -0.11), (0.0, 0.0, 0.21), 0.0145, 0.012), _WOOD),
        ("hammer head", _block((0.019, 0.056, 0.019), (0.0, -0.012, 0.205), None, 0.4), _STEEL),
    ]


def _ice_cream(ground: float) -> list[Part]:
    return [
        ("cone", _lathe([(0.030, 0.085), (0.031, 0.078), (0.010, -0.035), (0.003, -0.05)]), _paint("cone", "#c98f4e", 0.85)),
        ("scoop", ellipsoid(np.array((0.0, 0.100, 0.0)), np.full(3, 0.034), rings=7), _paint("scoop", "#f0d9c0", 0.55)),
        ("second scoop", ellipsoid(np.array((0.003, 0.146, 0.0)), np.full(3, 0.029), rings=7),
         _paint("second scoop", "#d4748a", 0.55)),
    ]


THINGS = {
    "umbrella": Thing("raised", "grip", _umbrella), "fishing rod": Thing("raised", "grip", _fishing_rod),
    "phone": Thing("raised", "wrap", _phone), "cup": Thing("raised", "wrap", _cup), "bag": Thing("hanging", "grip", _bag),
    "shopping bag": Thing("hanging", "grip", _shopping_bag), "basket": Thing("hanging", "grip", _basket),
    "bucket": Thing("hanging", "grip", _bucket), "suitcase": Thing("hanging", "grip", _suitcase),
    "lantern": Thing("hanging", "grip", _lantern), "torch": Thing("raised", "grip", _torch),
    "staff": Thing("raised", "grip", _staff), "broom": Thing("raised", "grip", _broom),
    "flowers": Thing("raised", "grip", _flowers),
    "book": Thing("hanging", "wrap", _book), "balloon": Thing("raised", "fist", _balloon), "flag": Thing("raised", "grip", _flag),
    "sword": Thing("hanging", "grip", _sword), "hammer": Thing("hanging", "grip", _hammer),
    "ice cream": Thing("raised", "grip", _ice_cream),
}  # fmt: skip
"""By name."""
