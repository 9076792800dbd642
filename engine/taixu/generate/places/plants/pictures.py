"""Pictures of leaves, needles, blades, flowers and bark, drawn by code; and of whole trees, for those far away."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.generate.places.noise import fbm, ridged

__all__ = ["bark_picture", "card_picture", "leaf_sheet", "stone_picture"]

Pixels = NDArray[np.uint8]
Color = tuple[float, float, float]
_OVER = 4
"""Drawn so much larger, then made smaller: soft edges."""


def leaf_sheet(kind: str, colors: list[Color], *, size: int, seed: int) -> Pixels:
    """Four twigs (two by two) with leaves of a kind, uint8 [size, size, 4]; colours (sRGB) go through to the edges' texels."""
    from PIL import Image, ImageDraw

    random = np.random.Generator(np.random.PCG64([seed, 3]))
    half = size // 2
    big = half * _OVER
    sheet = np.zeros((size, size, 4), np.uint8)
    for cell in range(4):
        image = Image.new("RGBA", (big, big), (*_bytes(colors[0]), 0))
        draw = ImageDraw.Draw(image)
        _KINDS[kind](draw, big, colors, random)
        small = np.array(image.resize((half, half), Image.Resampling.BOX))
        y, x = (cell // 2) * half, (cell % 2) * half
        sheet[y : y + half, x : x + half] = _bled(small)
    return sheet


def _bytes(color: Color, gain: float = 1.0) -> tuple[int, int, int]:
    r, g, b = (int(np.clip(c * 255 * gain, 0, 255)) for c in color)
    return r, g, b


def _pick(colors: list[Color], random: np.random.Generator, gain: float = 1.0) -> tuple[int, int, int]:
    a, b = (np.array(colors[int(random.integers(len(colors)))]) for _ in range(2))
    t = random.uniform()
    mixed = a * (1 - t) + b * t
    return _bytes((float(mixed[0]), float(mixed[1]), float(mixed[2])), gain * random.uniform(0.8, 1.15))


def _leaf(draw: Any, at: Any, angle: float, length: float, width: float, color: tuple[int, int, int], *, lobes: int = 0) -> None:
    t = np.linspace(0, 1, 14)
    edge = np.sin(np.pi * t**0.85) * (1 + (0.28 * np.sin(2 * np.pi * lobes * t) if lobes else 0))
    edge = np.clip(edge, 0, None) * width / 2
    along = np.array([np.cos(angle), np.sin(angle)])
    across = np.array([-along[1], along[0]])
    left = at + t[:, None] * length * along + edge[:, None] * across
    right = at + t[:, None] * length * along - edge[:, None] * across
    points = [tuple(p) for p in np.concatenate([left, right[::-1]])]
    draw.polygon(points, fill=(*color, 255))
    dark = tuple(int(c * 0.78) for c in color)
    draw.polygon([tuple(p) for p in np.concatenate([right, (at + t[:, None] * length * along)[::-1]])], fill=(*dark, 255))
    pale = tuple(min(255, int(c * 1.12 + 8)) for c in color)
    draw.line([tuple(at), tuple(at + along * length * 0.9)], fill=(*pale, 255), width=max(1, int(width * 0.05)))


def _twig(
    draw: Any, big: int, colors: list[Color], random: np.random.Generator, *, lobes: int, slim: float, count: int, size: float
) -> None:
    """A stalk from the lower edge's middle with leaves in all directions, the nearer ones brighter."""
    stems = [np.array([big / 2, big * 0.99])]
    wood = _bytes((0.25, 0.19, 0.13))
    for k in range(5):
        angle = -np.pi / 2 + (k - 2) * 0.36 + random.normal(0, 0.1)
        end = stems[0] + np.array([np.cos(angle), np.sin(angle)]) * big * random.uniform(0.5, 0.72)
        draw.line([tuple(stems[0]), tuple(end)], fill=(*wood, 255), width=max(2, big // 90))
        stems.append(end)
    for layer in range(count):
        k = int(random.integers(1, len(stems)))
        t = random.uniform(0.22, 1.0)
        at = stems[0] * (1 - t) + stems[k] * t
        heading = np.arctan2(*(stems[k] - stems[0])[::-1])
        angle = heading + random.choice([-1, 1]) * random.uniform(0.15, 1.35)
        length = big * size * random.uniform(0.75, 1.15)
        at = np.clip(at, big * 0.12, big * 0.99)
        reach = at + np.array([np.cos(angle), np.sin(angle)]) * length
        if (reach < big * 0.015).any() or reach[0] > big * 0.985 or reach[1] > big * 0.99:
            continue
        gain = 0.62 + 0.45 * layer / count
        _leaf(draw, at, angle, length, length * slim, _pick(colors, random, gain), lobes=lobes)


def _oak(draw: Any, big: int, colors: list[Color], random: np.random.Generator) -> None:
    _twig(draw, big, colors, random, lobes=4, slim=0.56, count=70, size=0.2)


def _birch(draw: Any, big: int, colors: list[Color], random: np.random.Generator) -> None:
    _twig(draw, big, colors, random, lobes=0, slim=0.7, count=90, size=0.125)


def _shrub(draw: Any, big: int, colors: list[Color], random: np.random.Generator) -> None:
    _twig(draw, big, colors, random, lobes=0, slim=0.45, count=90, size=0.16)


def _needles(draw: Any, big: int, colors: list[Color], random: np.random.Generator) -> None:
    """A flat spray: side twigs on a stalk, needles on all of them."""
    foot = np.array([big / 2, big * 0.99])
    top = np.array([big / 2 + random.normal(0, big * 0.02), big * 0.04])
    wood = _bytes((0.23, 0.17, 0.11))
    stalks = [(foot, top)]
    for k in range(11):
        t = (k + 0.5) / 11.5
        at = foot * (1 - t) + top * t
        length = big * (0.46 * (1 - t) ** 0.75 + 0.05)
        for sign in (-1, 1):
            angle = -np.pi / 2 + sign * random.uniform(0.7, 1.0)
            end = at + np.array([np.cos(angle), np.sin(angle)]) * length * random.uniform(0.82, 1.0)
            stalks.append((at, np.clip(end, big * 0.02, big * 0.98)))
    for a, b in stalks:
        draw.line([tuple(a), tuple(b)], fill=(*wood, 255), width=max(2, big // 110))
        span = float(np.linalg.norm(b - a))
        heading = np.arctan2(*(b - a)[::-1])
        for _ in range(max(6, int(span / big * 85))):
            t = random.uniform(0.02, 1)
            at = a * (1 - t) + b * t
            angle = heading + random.choice([-1, 1]) * random.uniform(0.35, 0.95)
            tip = at + np.array([np.cos(angle), np.sin(angle)]) * big * random.uniform(0.035, 0.065)
            draw.line([tuple(at), tuple(tip)], fill=(*_pick(colors, random), 255), width=max(2, big // 95))


def _frond(draw: Any, big: int, colors: list[Color], random: np.random.Generator) -> None:
    """A palm's leaf, from foot to tip."""
    middle = big / 2
    for k in range(64):
        t = (k + 0.5) / 64
        y = big * (0.98 - 0.95 * t)
        length = big * 0.47 * np.sin(np.pi * np.clip(t * 0.93 + 0.07, 0, 1)) ** 0.55
        for sign in (-1, 1):
            tip = (middle + sign * length * random.uniform(0.88, 1.0), y - big * random.uniform(0.08, 0.13))
            color = _pick(colors, random)
            draw.polygon([(middle, y + big * 0.011), (middle, y - big * 0.011), tip], fill=(*color, 255))
    draw.line([(middle, big * 0.99), (middle, big * 0.03)], fill=(*_bytes((0.42, 0.4, 0.2)), 255), width=max(2, big // 60))


def _blades(draw: Any, big: int, colors: list[Color], random: np.random.Generator) -> None:
    for _ in range(34):
        x = big * random.uniform(0.2, 0.8)
        tall = big * random.uniform(0.4, 0.97)
        bend = (x - big / 2) * random.uniform(0.2, 0.75) + random.normal(0, big * 0.06)
        t = np.linspace(0, 1, 8)
        cx = np.clip(x + bend * t**2, big * 0.02, big * 0.98)
        cy = big * 0.995 - tall * t
        w = big * random.uniform(0.011, 0.02) * (1 - t) ** 0.7
        outline = [(a - b, c) for a, b, c in zip(cx, w, cy, strict=True)] + [(a + b, c) for a, b, c in zip(cx, w, cy, strict=True)][
            ::-1
        ]
        draw.polygon(outline, fill=(*_pick(colors, random, random.uniform(0.7, 1.1)), 255))


def _flowers(draw: Any, big: int, colors: list[Color], random: np.random.Generator) -> None:
    petals, greens = colors[:-2], colors[-2:]
    _blades(draw, big, greens, random)
    for _ in range(6):
        x, y = big * random.uniform(0.18, 0.82), big * random.uniform(0.08, 0.45)
        draw.line(
            [(x, y), (big / 2 + (x - big / 2) * 0.4, big * 0.99)], fill=(*_pick(greens, random), 255), width=max(2, big // 90)
        )
        color = _pick(petals, random)
        radius = big * random.uniform(0.045, 0.07)
        for k in range(7):
            angle = 2 * np.pi * k / 7
            px, py = x + np.cos(angle) * radius * 0.8, y + np.sin(angle) * radius * 0.55
            draw.ellipse((px - radius * 0.5, py - radius * 0.36, px + radius * 0.5, py + radius * 0.36), fill=(*color, 255))
        draw.ellipse(
            (x - radius * 0.3, y - radius * 0.22, x + radius * 0.3, y + radius * 0.22), fill=(*_bytes((0.85, 0.65, 0.15)), 255)
        )


_KINDS = {
    "oak": _oak, "birch": _birch, "shrub": _shrub, "needles": _needles, "frond": _frond, "blades": _blades, "flowers": _flowers,
}  # fmt: skip


def _bled(pixels: Pixels) -> Pixels:
    """Colours go on beyond edges, so that mip maps are not rimmed with black; what was mixed with nothing is made whole."""
    color, alpha = pixels[..., :3].astype(np.float32), pixels[..., 3:].astype(np.float32) / 255
    total, weight = color * alpha, alpha.copy()
    known = total / np.maximum(weight, 1e-4)
    for step in (1, 2, 4, 8, 16, 32):
        sums = sum(np.roll(total, (dy * step, dx * step), (0, 1)) for dy in (-1, 0, 1) for dx in (-1, 0, 1))
        counts = sum(np.roll(weight, (dy * step, dx * step), (0, 1)) for dy in (-1, 0, 1) for dx in (-1, 0, 1))
        empty = (weight < 0.02) & (counts > 0.01)
        spread = sums / np.maximum(counts, 1e-4)
        known = np.where(empty, spread, known)
        total, weight = np.where(empty, spread * 0.05, total), np.where(empty, 0.05, weight)
    return np.concatenate([np.clip(known, 0, 255), alpha * 255], -1).round().astype(np.uint8)


def bark_picture(kind: str, *, size: int, seed: int) -> Pixels:
    """Bark that repeats, uint8 [size, size, 3]."""
    line = (np.arange(size, dtype=np.float32) + np.float32(0.5)) / np.float32(size)
    z, x = np.meshgrid(line, line, indexing="ij")
    fine = fbm(x * 16, z * 16, seed + 1, octaves=4, gain=0.6, period=16)
    if kind == "birch":
        streaks = fbm(x * 4, z * 32, seed, octaves=2, period=32)
        marks = np.clip(fbm(x * 3, z * 24, seed + 3, octaves=3, gain=0.6, period=24) * 3.2 - 1.5, 0, 1)
        tone = 0.83 + 0.07 * streaks + 0.05 * fine
        color = tone[..., None] * np.array([1.0, 0.985, 0.95]) * (1 - 0.82 * marks[..., None])
    elif kind == "palm":
        rings = np.abs(np.sin(np.pi * (z * 9 + 0.1 * fine)))
        color = (0.3 + 0.3 * rings + 0.08 * fine)[..., None] * np.array([1.0, 0.9, 0.74])
    else:
        furrows = ridged(x * 10 + 0.25 * fine, z * 3 + 0.15 * fine, seed, octaves=3, period=0)
        plates = ridged(x * 8, z * 4, seed + 2, octaves=3, period=4)
        tone = 0.16 + 0.4 * plates + 0.08 * fine + 0.06 * furrows
        tint = {"pine": (1.0, 0.72, 0.52), "dead": (1.0, 0.97, 0.92)}.get(kind, (1.0, 0.86, 0.7))
        color = tone[..., None] * np.array(tint) * (1.25 if kind == "dead" else 1.0)
        if kind == "oak":
            moss = np.clip(fbm(x * 5, z * 5, seed + 5, octaves=4, period=5) * 1.8 - 0.6, 0, 0.5)[..., None]
            color = color * (1 - moss) + np.array([0.24, 0.27, 0.12]) * moss
    return np.rint(np.clip(color, 0, 1) * 255).astype(np.uint8)


def stone_picture(*, size: int, seed: int, snow: bool = False) -> Pixels:
    """A stone's skin, uint8 [size, size, 3]."""
    from taixu.generate.places.layers import layer_pictures

    color = layer_pictures("cliff", size, seed=seed)[0][..., :3]
    return np.clip(color.astype(np.float32) * 0.92 + 4, 0, 255).astype(np.uint8)


def card_picture(
    wood: Any, leaves: Any, sheet: Pixels | None, bark: Color, *, height_m: float, width_m: float, size: int, azimuth: float
) -> Pixels:
    """A tree seen from the side, uint8 [size, size, 4]: branches as strokes, each card of leaves pasted, far ones first."""
    from PIL import Image, ImageDraw

    image = Image.new("RGBA", (size, size), (0, 0, 0, 0))
    c, s = np.cos(azimuth), np.sin(azimuth)

    def project(p: Any) -> tuple[Any, Any, Any]:
        x = (p[:, 0] * c + p[:, 2] * s) / width_m + 0.5
        return x * size, (1 - p[:, 1] / height_m) * size, -p[:, 0] * s + p[:, 2] * c

    draw = ImageDraw.Draw(image)
    points, parents, radii = wood
    x, y, _ = project(points)
    for index in np.argsort(-radii).tolist():
        if index:
            parent = int(parents[index])
            width = max(1, round(2 * radii[index] / width_m * size))
            draw.line([(x[parent], y[parent]), (x[index], y[index])], fill=(*_bytes(bark, 0.85), 255), width=width)
    if sheet is not None and len(leaves[0]):
        half = sheet.shape[0] // 2
        cells = [Image.fromarray(sheet[(k // 2) * half :][:half, (k % 2) * half :][:, :half]) for k in range(4)]
        spots, directions, sizes = leaves
        x, y, z = project(spots + directions * sizes[:, None] * 0.5)
        order = np.argsort(z)
        span = np.ptp(z) or 1.0
        tiny: dict[tuple[int, int, int, int], Any] = {}
        dx = directions[:, 0] * c + directions[:, 2] * s
        angles = np.degrees(np.arctan2(dx, directions[:, 1]))
        for count, index in enumerate(order.tolist()):
            edge = max(4, round(float(sizes[index]) / height_m * size * 0.95))
            shade = int(np.clip(7 + 3.5 * (z[index] - z.min()) / span + 2.2 * (1 - y[index] / size), 6, 13))
            key = (count % 4, edge, shade, round(float(angles[index]) / 30))
            if key not in tiny:
                small = cells[key[0]].resize((edge, edge), Image.Resampling.BOX).rotate(-key[3] * 30, expand=False)
                lit = [min(255, value * shade // 10) for value in range(256)]
                tiny[key] = small.point([*lit, *lit, *lit, *range(256)])
            image.alpha_composite(
                tiny[key], (int(np.clip(x[index] - edge / 2, 0, size - edge)), int(np.clip(y[index] - edge / 2, 0, size - edge)))
            )
    return _bled(np.array(image))
