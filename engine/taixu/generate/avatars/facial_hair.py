"""Eyebrows and beards: shells over the skin of the face with painted hairs, which follow its units, and locks for long beards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from taixu.generate.avatars import hair as h
from taixu.generate.avatars.charts import skin_chart
from taixu.generate.avatars.face_units import units_on
from taixu.generate.avatars.paints import Paint, Picture
from taixu.generate.avatars.person import Person
from taixu.generate.avatars.surfaces import Piece, triangles_of

__all__ = ["BEARDS", "BROWS"]

Floats = NDArray[np.float64]
_BOX = (0.004, 0.062, 0.730, 0.770)
"""Of a brow in the base mesh: from the nose outwards, from below up, metres."""


@dataclass(frozen=True)
class _Brow:
    """A shape of brows.

    Attributes
    ----------
    start, end
        Heights at the nose and at the outer end, metres above the middle of the box.
    peak, peak_at
        How far the arch rises, and where between.
    thick_m, tail
        Thickness, and what is left of it at the end.
    hairs
        How many.
    """

    start: float = -0.0005
    end: float = -0.0075
    peak: float = 0.0060
    peak_at: float = 0.55
    thick_m: float = 0.0085
    tail: float = 0.35
    hairs: int = 420
    inner: float = 0.10
    outer: float = 0.90
    straggle: float = 1.0

    def __call__(self, person: Person) -> list[Piece]:
        """A shell over both brows."""
        data, chart = person.data, skin_chart("head")
        at = data.positions[chart.rows]
        x0, x1, y0, y1 = _BOX
        aside, up = np.abs(at[:, 0]), at[:, 1]
        inside = (aside > x0 - 0.004) & (aside < x1 + 0.004) & (up > y0 - 0.004) & (up < y1 + 0.004)
        inside &= (at[:, 2] > 0.08) & ~chart.inner
        quads = chart.quads[inside[chart.quads].all(1)]
        u = (np.abs(at[:, 0]) - x0) / (x1 - x0)
        coordinates = np.stack([np.clip(u, 0.0, 1.0), np.clip((y1 - at[:, 1]) / (y1 - y0), 0.0, 1.0)], 1)
        color = np.array(h.hair_color(person)) * 0.55
        grown_up = float(np.clip((person.spec.age_years - 6.0) / 14.0, 0.0, 1.0))
        childs = replace(self, thick_m=0.66 * self.thick_m, hairs=round(0.6 * self.hairs))
        picture = _brow_picture(self if grown_up > 0.5 else childs)
        paint = Paint("brows", (float(color[0]), float(color[1]), float(color[2]), 0.70 + 0.30 * grown_up), 0.0, 0.7, picture,
                      alpha="BLEND")
        normals = person.normals[chart.rows]
        whole = Piece(
            "brows", person.rows[chart.rows] + normals * 0.0007, normals, coordinates, triangles_of(quads),
            person.pose.joints[chart.rows],
            person.pose.weights[chart.rows], paint, units_on(person.units, chart.rows, turned=False), "face"
        )  # fmt: skip
        return [whole.kept(np.ones(len(whole.triangles), bool))]


@cache
def _brow_picture(brow: _Brow) -> Picture:
    """Hairs that lean outwards along an arch, as opacity."""
    chance = np.random.Generator(np.random.PCG64(31))
    width, height = 256, 160
    px_m = (_BOX[1] - _BOX[0]) / width
    across, down = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    alpha = np.zeros((height, width))
    for _ in range(brow.hairs):
        t = chance.uniform(0.0, 1.0) ** 0.9
        along = brow.inner + (brow.outer - brow.inner) * t
        arch = brow.start + (brow.end - brow.start) * t + brow.peak * np.exp(-(((t - brow.peak_at) / 0.32) ** 2))
        thick = brow.thick_m * (1.0 + (brow.tail - 1.0) * t**1.6) * min(1.0, 0.45 + 4.0 * t)
        off = np.clip(chance.normal(0.0, 0.30), -0.5, 0.5) * thick
        root_x, root_y = along * width, height / 2 - (arch + off) / px_m
        lean = np.radians(68.0 - 62.0 * min(1.0, t * 1.7) - 900.0 * off * (0.3 + t) + chance.normal(0, 7.0) * brow.straggle)
        length = chance.uniform(0.0040, 0.0066) / px_m * (1.0 - 0.35 * t)
        dx, dy = np.cos(lean), -np.sin(lean)
        reach = length + 4.0
        left, above = max(0, int(root_x - reach)), max(0, int(root_y - reach))
        window = slice(above, max(above, int(root_y + reach))), slice(left, max(left, int(root_x + reach)))
        x, y = across[window], down[window]
        s = (x - root_x) * dx + (y - root_y) * dy
        bend = 0.10 * (s / length) ** 2 * length
        gap = np.abs(-(x - root_x) * dy + (y - root_y) * dx - bend)
        share = np.clip(s / length, 0.0, 1.0)
        body = np.clip(1.35 - gap / (0.75 * (1.15 - share)), 0.0, 1.0) * (s > -0.5) * (s < length)
        alpha[window] = 1.0 - (1.0 - alpha[window]) * (1.0 - 0.8 * body)
    soft = alpha
    for _ in range(7):
        soft = (soft + np.roll(soft, 1, 0) + np.roll(soft, -1, 0) + np.roll(soft, 1, 1) + np.roll(soft, -1, 1)) / 5
    alpha = np.clip(0.45 * alpha + 0.72 * soft, 0.0, 1.0)
    pixels = np.full((height, width, 4), 255, np.uint8)
    pixels[..., 3] = np.rint(alpha * 255)
    return Picture(f"brows {hash_of(brow)}", pixels=pixels)


def hash_of(brow: _Brow) -> str:
    """A name for a shape of brows."""
    return "-".join(f"{value:g}" for value in (brow.start, brow.end, brow.peak, brow.thick_m, brow.hairs, brow.tail,
                                               brow.inner, brow.straggle))


BROWS: dict[str, Callable[[Person], list[Piece]]] = {
    "natural": _Brow(), "thick": _Brow(thick_m=0.0108, hairs=560), "thin": _Brow(thick_m=0.0052, hairs=260, peak=0.0075),
    "straight": _Brow(peak=0.003, start=0.0, end=-0.004, thick_m=0.0090, hairs=440),
    "arched": _Brow(peak=0.0095, peak_at=0.60, start=-0.002, end=-0.009, thick_m=0.0075),
    "bushy": _Brow(thick_m=0.0118, hairs=620, straggle=2.0, tail=0.6, inner=0.05),
    "angular": _Brow(peak=0.0095, peak_at=0.70, start=-0.003, end=-0.008, thick_m=0.0085, tail=0.2),
    "sparse": _Brow(hairs=110, thick_m=0.0085), "joined": _Brow(inner=0.0, hairs=340, thick_m=0.0095, start=-0.002),
    "short": _Brow(outer=0.66, thick_m=0.0095, tail=0.6, hairs=220),
}  # fmt: skip


def _regions(at: Floats) -> dict[str, Floats]:
    """Parts of a beard: values above zero where they are, for places in the base mesh."""
    x, y, z = np.abs(at[:, 0]), at[:, 1], at[:, 2]
    line = 0.669 + 0.40 * np.maximum(x - 0.035, 0.0)
    jaw = np.minimum(np.minimum(line - y, y - 0.614 - 0.25 * np.maximum(0.09 - z, 0.0)), (z - 0.028) * 0.5)
    mouth = 1.0 - np.hypot(x / 0.0285, (y - 0.6610) / 0.0165)
    jaw = np.minimum(jaw, -mouth * 0.014)
    moustache = 0.008 * (1.0 - np.hypot(x / 0.028, (y - 0.6755 + 0.30 * np.maximum(x - 0.016, 0.0)) / 0.0075))
    moustache = np.where(z > 0.115, moustache, -1.0)
    chin = np.minimum(jaw, 0.024 - x)
    round_mouth = np.minimum(jaw, 0.033 - x)
    side = np.minimum(np.minimum(0.735 - y, y - 0.655), np.minimum(x - 0.055, 0.011 - np.abs(z - 0.073)))
    strip = np.minimum(np.minimum(jaw, 0.006 + 0.0 * x), 0.640 + 0.55 * np.maximum(x - 0.02, 0) - y)
    return {"full": np.maximum(jaw, side), "moustache": moustache, "chin": chin, "goatee": round_mouth, "sideburns": side,
            "strap": strip}  # fmt: skip


@dataclass(frozen=True)
class _Beard:
    """A beard: shells over regions, and locks where it is long."""

    regions: tuple[str, ...]
    depth_m: float = 0.004
    long_m: float = 0.0
    locks: int = 0
    width_m: float = 0.016
    wave_m: float = 0.0
    moustache_m: float = 0.0

    def __call__(self, person: Person) -> list[Piece]:
        """Shells and locks."""
        data, chart = person.data, skin_chart("head")
        at = data.positions[chart.rows]
        regions = _regions(at)
        value = np.max([regions[name] for name in self.regions], 0)
        paint = h.beard_paint(person)
        pieces = []
        layers = max(1, min(2 if self.locks else 3, round(self.depth_m / 0.0015)))
        for layer in range(layers):
            offset = self.depth_m * (layer + 1) / layers
            shell = h.cap_piece(person, paint, offset_m=offset, value=value - 0.0016 * layer, name="beard")
            pieces.append(replace(shell, coordinates=shell.coordinates + (0.37 * layer, 0.0)))
        if self.locks:
            pieces.append(self._locks(person, chart.rows, value, at))
        if self.moustache_m:
            pieces.append(self._moustache(person, chart.rows, regions["moustache"], at))
        return pieces

    def _locks(self, person: Person, rows: NDArray[np.int64], value: Floats, at: Floats) -> Piece:
        head = h.head_of(person)
        chance = np.random.Generator(np.random.PCG64([person.spec.variation, 41]))
        chosen = chance.choice(np.nonzero(value > 0.002)[0], self.locks)
        roots, normals, places = person.rows[rows[chosen]], person.normals[rows[chosen]], at[chosen]
        center = np.clip(1.0 - np.abs(places[:, 0]) / 0.06, 0.15, 1.0)
        starts = normals * 0.7 + (0.0, -0.8, 0.0)
        length = head.size * self.long_m * center * chance.uniform(0.7, 1.05, self.locks)
        flow = np.stack([-6.0 * roots[:, 0], 0 * length, np.full(self.locks, 0.15)], 1)
        paths = h.grown(head, roots, starts, length_m=length, steps=4 if self.long_m < 0.1 else 6, gravity=1.0,
                        gap_m=np.full(self.locks, 0.008), hold=0.7, flow=flow,
                        wave_m=self.wave_m, waves=2.0, phases=chance.uniform(0, 6.28, self.locks))  # fmt: skip
        locks = h.locks_piece(person, head, paths, np.full(self.locks, self.width_m * head.size),
                              h.hair_paint(person, "beard", beard=True),
                              name="beard locks", taper=0.8, twist=chance.normal(0, 0.25, self.locks))  # fmt: skip
        return _following(person, locks, rows[chosen])

    def _moustache(self, person: Person, rows: NDArray[np.int64], value: Floats, at: Floats) -> Piece:
        head = h.head_of(person)
        chance = np.random.Generator(np.random.PCG64([person.spec.variation, 42]))
        count = 80
        chosen = chance.choice(np.nonzero(value > 0.0008)[0], count)
        roots, normals = person.rows[rows[chosen]], person.normals[rows[chosen]]
        side = np.sign(at[chosen, 0] + 1e-6)
        starts = normals * 0.5 + np.stack([side * 0.9, np.full(count, -0.35), 0 * side], 1)
        length = head.size * self.moustache_m * chance.uniform(0.7, 1.05, count)
        flow = np.stack([side * 0.8, np.full(count, 0.25), np.full(count, -0.35)], 1)
        paths = h.grown(head, roots, starts, length_m=length, steps=4, gravity=0.6, gap_m=np.full(count, 0.006), hold=0.7,
                        flow=flow)
        locks = h.locks_piece(person, head, paths, np.full(count, 0.008 * head.size), h.hair_paint(person, "beard", beard=True),
                              name="moustache", taper=0.7, twist=chance.normal(0, 0.2, count))  # fmt: skip
        return _following(person, locks, rows[chosen])


def _following(person: Person, locks: Piece, roots: NDArray[np.int64]) -> Piece:
    """Locks that go where the skin at their roots goes."""
    each = len(locks.positions) // len(roots)
    units = units_on(person.units, np.repeat(roots, each))
    still = {name: (at, moved, np.zeros_like(turned)) for name, (at, moved, turned) in units.items()}
    return replace(locks, units=still, node="face")


BEARDS: dict[str, Callable[[Person], list[Piece]]] = {
    "stubble": _Beard(("full", "moustache"), 0.0012), "short beard": _Beard(("full", "moustache"), 0.005),
    "full beard": _Beard(("full", "moustache"), 0.008, 0.05, 330, 0.0080, moustache_m=0.028),
    "long beard": _Beard(("full", "moustache"), 0.008, 0.22, 170, 0.020, 0.006, moustache_m=0.045),
    "goatee": _Beard(("goatee", "moustache"), 0.006), "chin beard": _Beard(("chin",), 0.006, 0.035, 40),
    "moustache": _Beard(("moustache",), 0.004, moustache_m=0.026),
    "handlebar": _Beard(("moustache",), 0.005, moustache_m=0.055),
    "sideburns": _Beard(("sideburns",), 0.005), "chin strap": _Beard(("strap",), 0.004),
    "sage's beard": _Beard(("chin", "moustache"), 0.006, 0.26, 70, 0.018, moustache_m=0.07),
}  # fmt: skip
