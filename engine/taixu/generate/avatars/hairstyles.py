"""Styles of hair, each a way to place and grow locks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from taixu.generate.avatars import hair as h
from taixu.generate.avatars.charts import skin_chart
from taixu.generate.avatars.person import Person
from taixu.generate.avatars.surfaces import Piece

__all__ = ["PARTS", "Style"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Style:
    """How hair falls.

    Attributes
    ----------
    locks, width_m
        How many strips, and how wide.
    top_m, side_m, back_m, fringe_m
        Lengths of hair above, at the sides, behind, and over the forehead.
    part
        Where it parts: -1 right, 0 in the middle, 1 left; None falls from the crown.
    lift
        How steeply it leaves the skin.
    flow
        Where it is combed to (x aside, y up, z forward), besides falling.
    wave_m, waves
        Waves.
    gap_m
        Volume.
    """

    locks: int = 260
    width_m: float = 0.022
    top_m: float = 0.10
    side_m: float = 0.06
    back_m: float = 0.07
    fringe_m: float = 0.06
    part: float | None = None
    lift: float = 0.45
    flow: tuple[float, float, float] = (0.0, 0.0, 0.0)
    gravity: float = 0.9
    wave_m: float = 0.0
    waves: float = 0.0
    gap_m: float = 0.012
    hairline: float = 0.0
    cap_m: float = 0.004
    steps: int = 7
    spread: float = 0.25
    hold: float = 0.6
    taper: float = 0.45
    has_fringe: bool = False

    def __call__(self, person: Person) -> list[Piece]:
        """A cap and its locks."""
        head = h.head_of(person)
        chance = np.random.Generator(np.random.PCG64([person.spec.variation, 17]))
        paint = h.hair_paint(person)
        roots, normals, at = h.scalp_roots(person, self.locks, chance, hairline=self.hairline)
        starts, flow, length = self._directions(roots, normals, at, chance)
        size = head.size
        steps = max(self.steps, min(11, int(length.max() / 0.040)))
        gap = (self.gap_m * chance.uniform(0.5, 1.1, len(roots)) + 0.003) * size
        paths = h.grown(head, roots, starts, length_m=length * size * chance.uniform(0.85, 1.1, len(roots)), steps=steps,
                        gravity=self.gravity,
                        gap_m=gap, flow=flow, hold=self.hold, wave_m=self.wave_m * size, waves=self.waves,
                        phases=chance.uniform(0, 2 * np.pi, len(roots)) * 0.35 + roots[:, 0] * 30.0)  # fmt: skip
        widths = self.width_m * size * chance.uniform(0.75, 1.25, len(roots))
        caps = h.cap_pieces(person, offset_m=self.cap_m, hairline=self.hairline)
        twist = chance.normal(0, 0.18, len(roots))
        return [*caps, h.locks_piece(person, head, paths, widths, paint, taper=self.taper, twist=twist)]

    def _directions(self, roots: Floats, normals: Floats, at: Floats, chance: np.random.Generator) -> tuple[Floats, Floats, Floats]:
        x, y, z = at[:, 0], at[:, 1], at[:, 2]
        front = np.clip((z - 0.055) / 0.05, 0.0, 1.0)
        back = np.clip((0.0 - z) / 0.06, 0.0, 1.0)
        side = np.clip((np.abs(x) - 0.045) / 0.025, 0.0, 1.0) * np.clip((0.80 - y) / 0.04, 0.0, 1.0)
        crown = np.array((0.0, 0.85, -0.03))
        if self.part is None:
            away = at - crown
        else:
            line = self.part * 0.032
            away = np.stack([np.sign(x - line + 1e-6) * (0.05 + 0.3 * np.abs(x - line)), 0.0 * x, -0.15 * z], 1)
            behind = np.maximum(np.clip((0.035 - z) / 0.05, 0.0, 1.0), side)[:, None]  # a parting ends at the crown
            down = (at - crown) / np.maximum(np.linalg.norm(at - crown, axis=1, keepdims=True), 1e-9)
            away = away / np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1e-9) * (1.0 - behind) + down * behind
        away = away - normals * (away * normals).sum(1, keepdims=True)
        away /= np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1e-9)
        flow = np.tile(np.array(self.flow), (len(at), 1)) + 0.0
        if self.part is not None:
            flow[:, 0] += np.sign(x - self.part * 0.032) * 0.35 * np.clip((y - 0.76) / 0.06, 0, 1)
        crown_m = np.linalg.norm(at - (0.0, 0.845, 0.035), axis=1, keepdims=True)
        lift = self.lift * np.clip(crown_m / 0.06, 0.15, 1.0)  # or locks of the crown would stand up
        starts = away + lift * normals + chance.normal(0.0, self.spread * 0.5, (len(at), 3))
        length = self.top_m + (self.fringe_m - self.top_m) * front
        length = length + (self.back_m - length) * back
        length = length + (self.side_m - length) * side
        if self.back_m < 0.10:  # a nape and what hangs before the ears are cut shorter
            low = np.where(z < 0.03, np.interp(y, (0.655, 0.745), (0.30, 1.0)), np.interp(y, (0.705, 0.765), (0.35, 1.0)))
            length = length * np.where((z < 0.03) | (np.abs(x) > 0.05), low, 1.0)
        if self.has_fringe:
            over = np.clip((z - 0.062) / 0.012, 0.0, 1.0) * np.clip((0.058 - np.abs(x)) / 0.012, 0.0, 1.0)
            brow = np.stack([x, np.full(len(x), 0.762), np.full(len(x), 0.150)], 1)
            length = length + (1.35 * np.linalg.norm(at - brow, axis=1) - length) * over
            starts = starts + over[:, None] * (0.0, 0.0, 0.6)
            behind = (1.0 - over) * np.clip((z + 0.01) / 0.04, 0.0, 1.0)
            flow += behind[:, None] * np.stack([np.sign(x) * 0.7, 0.0 * x, np.full(len(x), -0.4)], 1)
        return starts + 0.6 * flow, flow, length


def cropped(person: Person, *, depth_m: float, layers: int) -> list[Piece]:
    """Cut close: a cap, and layers of short hairs over it."""
    at = person.data.positions[skin_chart("head").rows]
    value = h.scalp_value(at)
    pieces = h.cap_pieces(person, offset_m=0.3 * depth_m)
    above = np.clip((at[:, 1] - 0.70) / 0.10, 0.35, 1.0)  # shorter at the sides and behind
    paint = h.beard_paint(person, beard=False)
    for layer in range(1, layers + 1):
        out = depth_m * (0.3 + 0.7 * layer / layers)
        shell = h.cap_piece(person, paint, offset_m=out, value=value - 0.0015 * layer, name="hair", share=above)
        pieces.append(replace(shell, coordinates=shell.coordinates * (1.0, 1.0) + (0.29 * layer, 0.0)))
    return pieces


def buzz(person: Person) -> list[Piece]:
    """Shaven to a few millimetres."""
    return cropped(person, depth_m=0.0035, layers=2)


def balding(person: Person) -> list[Piece]:
    """A ring of short hair about a bald head."""
    head = h.head_of(person)
    chance = np.random.Generator(np.random.PCG64([person.spec.variation, 18]))
    roots, normals, at = h.scalp_roots(person, 900, chance)
    low = (at[:, 1] < 0.775) & (at[:, 2] < 0.055)
    roots, normals, at = roots[low], normals[low], at[low]
    down = np.array((0.0, -1.0, -0.3)) + 0.35 * normals
    paths = h.grown(head, roots, down, length_m=np.full(len(roots), 0.030 * head.size), steps=4, gravity=0.8,
                    gap_m=np.full(len(roots), 0.006))  # fmt: skip
    return [h.locks_piece(person, head, paths, np.full(len(roots), 0.0095), h.hair_paint(person), taper=0.7)]


def _tied(person: Person, *, above: float, behind: float, tails: int = 1, length_m: float = 0.34, out_m: float = 0.0,
          bun: bool = False,
          braid: bool = False) -> list[Piece]:  # fmt: skip
    """Hair drawn to one knot or two, and what hangs from there."""
    head = h.head_of(person)
    chance = np.random.Generator(np.random.PCG64([person.spec.variation, 19]))
    paint = h.hair_paint(person)
    roots, _, at = h.scalp_roots(person, 240, chance)
    sides = (0.0,) if tails == 1 else (-1.0, 1.0)
    knots = [head.middle + head.size * np.array((side * out_m, above, behind)) for side in sides]
    knots = [h.pushed_out(head, knot[None], 0.012)[0] for knot in knots]
    pieces = h.cap_pieces(person, offset_m=0.006)
    steps = 8
    t = np.linspace(0.0, 1.0, steps + 1)[None, :, None]
    owner = np.zeros(len(roots), int) if tails == 1 else (at[:, 0] > 0).astype(int)
    goal = np.array(knots)[owner]
    straight = roots[:, None] * (1 - t) + goal[:, None] * t
    paths = h.pushed_out(head, straight, 0.007 * head.size)
    paths[:, 0] = roots
    pieces.append(h.locks_piece(person, head, paths, np.full(len(roots), 0.026 * head.size), paint, taper=0.6))
    for knot in knots:
        outward = (knot - head.middle) / np.linalg.norm(knot - head.middle)
        if bun:
            pieces += _bun(person, head, knot + outward * 0.022 * head.size, outward, chance)
        elif braid:
            pieces += _braid(person, head, knot, outward, length_m * head.size)
        else:
            count = 70
            start = outward * (1.0, 0.3, 1.0) + chance.normal(0, 0.22, (count, 3)) + (0.0, 0.05, 0.0)
            tail = h.grown(head, knot + chance.normal(0, 0.006, (count, 3)), start,
                           length_m=length_m * head.size * chance.uniform(0.8, 1.05, count),
                           steps=12, gravity=1.0, gap_m=0.02 + chance.uniform(0, 0.02, count), hold=0.62, wave_m=0.006, waves=2.0,
                           phases=chance.uniform(0, 6.28, count))  # fmt: skip
            pieces.append(h.locks_piece(person, head, tail, np.full(count, 0.026 * head.size), paint, taper=0.4,
                                        twist=chance.normal(0, 0.5, count)))
        pieces.append(_ring(person, knot, outward, head.size))
    return pieces


def _ring(person: Person, knot: Floats, outward: Floats, size: float) -> Piece:
    """A band about a knot."""
    from taixu.generate.avatars.paints import colored

    turn = np.linspace(0.0, 2 * np.pi, 15)
    first = np.cross(outward, (0.0, 1.0, 0.001))
    first /= np.linalg.norm(first)
    second = np.cross(outward, first)
    path = knot + 0.014 * size * (np.cos(turn)[:, None] * first + np.sin(turn)[:, None] * second)
    return h.tubes_piece(person, path[None], np.full((1, 15), 0.005 * size), colored("hair band", (0.04, 0.03, 0.03), 0.7),
                         name="hair band")


def _bun(person: Person, head: h.Head, middle: Floats, outward: Floats, chance: np.random.Generator) -> list[Piece]:
    """Coils about a ball."""
    turn = np.linspace(0.0, 5.0 * np.pi, 60)
    first = np.cross(outward, (0.0, 1.0, 0.001))
    first /= np.linalg.norm(first)
    second = np.cross(outward, first)
    rise = np.linspace(-0.6, 1.0, 60)
    radius = 0.026 * head.size * np.sqrt(np.clip(1.0 - rise**2, 0.0, 1.0) * 0.8 + 0.08)
    path = middle + radius[:, None] * (np.cos(turn)[:, None] * first + np.sin(turn)[:, None] * second)
    path = path + 0.020 * head.size * rise[:, None] * outward
    return [h.tubes_piece(person, path[None], np.full((1, 60), 0.0135 * head.size), h.hair_paint(person, solid=True), sides=8)]


def _braid(person: Person, head: h.Head, knot: Floats, outward: Floats, length_m: float) -> list[Piece]:
    """Three strands over and under each other."""
    steps = 40
    spine = h.grown(head, knot[None], (outward + (0.0, -0.4, 0.0))[None], length_m=np.array([length_m]), steps=steps, gravity=1.2,
                    gap_m=np.array([0.022]), hold=0.75)[0]  # fmt: skip
    tangent = np.gradient(spine, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    side = np.cross(tangent, outward)
    side /= np.maximum(np.linalg.norm(side, axis=1, keepdims=True), 1e-9)
    over = np.cross(side, tangent)
    turn = np.linspace(0.0, length_m / 0.34 * 6.0 * np.pi, steps + 1)
    fade = np.linspace(1.0, 0.62, steps + 1)
    wide = 0.013 * head.size * fade[:, None]
    strands = np.stack([
        spine + wide * (np.sin(turn + shift)[:, None] * side + 0.6 * np.sin(2 * (turn + shift))[:, None] * over)
        for shift in (0.0, 2 * np.pi / 3, 4 * np.pi / 3)
    ])  # fmt: skip
    radii = np.tile(0.0105 * head.size * fade, (3, 1))
    radii[:, -2:] *= (0.6, 0.15)
    return [h.tubes_piece(person, strands, radii, h.hair_paint(person, solid=True), sides=7)]


def afro(person: Person) -> list[Piece]:
    """A round cloud of curls."""
    return _curls(person, 620, 0.085, 0.026)


def curly(person: Person) -> list[Piece]:
    """Short curls."""
    return _curls(person, 520, 0.045, 0.020)


def _curls(person: Person, count: int, length_m: float, width_m: float) -> list[Piece]:
    head = h.head_of(person)
    chance = np.random.Generator(np.random.PCG64([person.spec.variation, 20]))
    roots, normals, _ = h.scalp_roots(person, count, chance)
    steps = 9
    t = np.linspace(0.0, 1.0, steps + 1)
    first = np.cross(normals, chance.normal(0, 1, normals.shape))
    first /= np.linalg.norm(first, axis=1, keepdims=True)
    second = np.cross(normals, first)
    turn = 2 * np.pi * (1.6 * t[None] + chance.uniform(0, 1, (count, 1)))
    reach = length_m * head.size * chance.uniform(0.75, 1.0, (count, 1)) * t[None]
    coil = 0.0085 * head.size * np.minimum(1.0, 3.0 * t)[None]
    paths = (roots[:, None] + normals[:, None] * reach[..., None] + coil[..., None] * (np.cos(turn)[..., None] * first[:, None]
             + np.sin(turn)[..., None] * second[:, None]))  # fmt: skip
    paths[..., 1] -= 0.25 * (reach**2) / length_m
    paths = np.concatenate([paths[:, :1], h.pushed_out(head, paths[:, 1:], 0.004)], 1)
    caps = h.cap_pieces(person, offset_m=0.35 * length_m)
    return [*caps, h.locks_piece(person, head, paths, np.full(count, width_m * head.size), h.hair_paint(person), taper=0.2,
                               twist=chance.uniform(-1.2, 1.2, count))]  # fmt: skip


def dreadlocks(person: Person) -> list[Piece]:
    """Ropes of hair to the shoulders."""
    head = h.head_of(person)
    chance = np.random.Generator(np.random.PCG64([person.spec.variation, 21]))
    count = 130
    roots, normals, at = h.scalp_roots(person, count, chance, hairline=0.004)
    away = np.stack([np.sign(at[:, 0]) * 0.5, np.full(count, 0.1), -0.5 + 0.0 * at[:, 2]], 1) + 0.8 * normals
    length = head.size * chance.uniform(0.20, 0.30, count)
    paths = h.grown(head, roots, away, length_m=length, steps=10, gravity=1.0, gap_m=0.008 + chance.uniform(0, 0.016, count),
                    hold=0.66,
                    flow=np.stack([np.sign(at[:, 0]) * 0.25, 0 * length, np.full(count, -0.3)], 1), wave_m=0.003, waves=2.5,
                    phases=chance.uniform(0, 6.28, count))  # fmt: skip
    radii = np.tile(0.0062 * head.size * np.array((1.0,) * 9 + (0.8, 0.3)), (count, 1)) * chance.uniform(0.85, 1.15, (count, 1))
    solid = h.hair_paint(person, solid=True)
    return [*h.cap_pieces(person, offset_m=0.004), h.tubes_piece(person, paths, radii, solid, sides=5)]


def mohawk(person: Person) -> list[Piece]:
    """A crest, shaven sides."""
    head = h.head_of(person)
    chance = np.random.Generator(np.random.PCG64([person.spec.variation, 22]))
    roots, normals, at = h.scalp_roots(person, 1100, chance)
    mid = np.abs(at[:, 0]) < 0.016
    roots, normals, at = roots[mid], normals[mid], at[mid]
    starts = normals * (0.0, 1.0, 1.0) + (0.0, 0.35, -0.25)
    length = head.size * 0.085 * chance.uniform(0.85, 1.1, len(roots))
    paths = h.grown(head, roots, starts, length_m=length, steps=6, gravity=-0.2, gap_m=np.full(len(roots), 0.003), hold=0.85)
    locks = h.locks_piece(person, head, paths, np.full(len(roots), 0.022), h.hair_paint(person), taper=0.6,
                          twist=chance.uniform(1.0, 2.1, len(roots)))
    return [*h.cap_pieces(person, offset_m=0.002), locks]


PARTS: dict[str, Callable[[Person], list[Piece]]] = {
    "short": Style(top_m=0.075, side_m=0.030, back_m=0.045, fringe_m=0.050, part=1.0, lift=0.7, flow=(0.0, 0.1, -0.2),
                   gap_m=0.012, locks=470, width_m=0.0155, steps=5, taper=0.75),
    "buzz cut": buzz,
    "crew cut": lambda person: cropped(person, depth_m=0.013, layers=6),
    "side part": Style(top_m=0.11, side_m=0.035, back_m=0.05, fringe_m=0.10, part=1.2, lift=0.6, flow=(0.0, 0.15, -0.35),
                       gap_m=0.013, locks=460, width_m=0.016, steps=6, taper=0.7),
    "slicked back": Style(top_m=0.13, side_m=0.08, back_m=0.07, fringe_m=0.13, lift=0.25, flow=(0.0, 0.1, -2.2), gap_m=0.007,
                          spread=0.08, locks=320),
    "quiff": Style(top_m=0.08, side_m=0.022, back_m=0.03, fringe_m=0.085, lift=1.3, flow=(0.0, 1.3, -0.3), gravity=0.3,
                   gap_m=0.02, locks=460, width_m=0.016, steps=5, taper=0.75),
    "spiky": Style(top_m=0.075, side_m=0.035, back_m=0.05, fringe_m=0.06, lift=1.8, gravity=0.1, flow=(0.0, 0.6, 0.2),
                   spread=0.7, taper=0.9,
                   hold=0.85, locks=300, width_m=0.024),
    "pixie": Style(top_m=0.085, side_m=0.06, back_m=0.055, fringe_m=0.085, part=0.9, lift=0.5, flow=(-0.15, 0.0, 0.05),
                   gap_m=0.011, locks=460, width_m=0.016, steps=5, taper=0.7),
    "bowl cut": Style(has_fringe=True, top_m=0.12, side_m=0.085, back_m=0.075, fringe_m=0.080, lift=0.25, gap_m=0.014,
                      spread=0.06, locks=330, taper=0.1),
    "bob": Style(top_m=0.22, side_m=0.16, back_m=0.13, fringe_m=0.21, part=0.8, lift=0.35, gap_m=0.016, spread=0.08,
                 locks=360, taper=0.15),
    "bob with fringe": Style(has_fringe=True, top_m=0.19, side_m=0.15, back_m=0.13, fringe_m=0.082, lift=0.3, gap_m=0.016,
                             spread=0.06, locks=380, taper=0.1),
    "long straight": Style(top_m=0.48, side_m=0.40, back_m=0.38, fringe_m=0.46, part=0.0, lift=0.3, gap_m=0.014, spread=0.06,
                           locks=340,
                           flow=(0.0, 0.0, -0.28), taper=0.2),
    "long wavy": Style(top_m=0.46, side_m=0.39, back_m=0.36, fringe_m=0.43, part=0.7, lift=0.4, gap_m=0.020, spread=0.10, locks=340,
                       flow=(0.0, 0.0, -0.25), wave_m=0.011, waves=3.0, taper=0.3),
    "shoulder length": Style(top_m=0.30, side_m=0.24, back_m=0.21, fringe_m=0.27, part=-0.7, lift=0.4, gap_m=0.017,
                             spread=0.08, locks=340,
                             flow=(0.0, 0.0, -0.2), wave_m=0.004, waves=1.5, taper=0.25),
    "princess cut": Style(has_fringe=True, top_m=0.50, side_m=0.42, back_m=0.40, fringe_m=0.082, lift=0.25, gap_m=0.014,
                          spread=0.04, locks=380,
                          flow=(0.0, 0.0, -0.12), taper=0.08),
    "curtains": Style(top_m=0.14, side_m=0.05, back_m=0.06, fringe_m=0.14, part=0.0, lift=0.8, flow=(0.0, 0.1, 0.0),
                      gap_m=0.016, locks=430, width_m=0.016, steps=6, taper=0.7),
    "shaggy": Style(top_m=0.14, side_m=0.11, back_m=0.11, fringe_m=0.09, lift=0.8, spread=0.5, gap_m=0.020, locks=340,
                    wave_m=0.006, waves=1.5),
    "ponytail": lambda person: _tied(person, above=0.035, behind=-0.11),
    "high ponytail": lambda person: _tied(person, above=0.095, behind=-0.065, length_m=0.36),
    "pigtails": lambda person: _tied(person, above=0.0, behind=-0.06, tails=2, out_m=0.085, length_m=0.26),
    "bun": lambda person: _tied(person, above=0.02, behind=-0.115, bun=True),
    "top knot": lambda person: _tied(person, above=0.12, behind=-0.02, bun=True),
    "space buns": lambda person: _tied(person, above=0.085, behind=-0.03, tails=2, out_m=0.065, bun=True),
    "braid": lambda person: _tied(person, above=-0.02, behind=-0.11, braid=True, length_m=0.40),
    "twin braids": lambda person: _tied(person, above=-0.055, behind=-0.045, tails=2, out_m=0.08, braid=True, length_m=0.32),
    "afro": afro, "curly": curly, "dreadlocks": dreadlocks, "mohawk": mohawk, "balding": balding,
}  # fmt: skip
