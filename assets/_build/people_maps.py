"""Masks and relief of skin, as pictures in the layouts of `taixu.generate.avatars.charts`: ``assets/avatars/skin_*.jpg``.

All of it is computed on the base mesh: masks of lips, nails and the like are MakeHuman's (CC0), the rest is places on the body,
curvature and noise. An avatar's skin is a mixture of these, so making one decodes pictures and adds them up.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from people_source import Source
from PIL import Image

from taixu.assets.image import encode_jpeg
from taixu.generate.avatars.asset import people_data
from taixu.generate.avatars.charts import Chart, skin_chart
from taixu.generate.mesh_texturing.raster import cover, triangle_weights

__all__ = ["skin_pictures"]

Floats = NDArray[np.float64]
_SIZE = 1024
_QUALITY = 88
_AT_ONCE = 1 << 14
"""Points whose noise is computed at a time: what that takes stays in the processor's cache."""


@dataclass
class _Texels:
    """What is under each texel of a chart: place on the base body (metres), cavity, old layout; and how long texels are."""

    place: Floats
    hollow: Floats
    layout: Floats
    inner: Floats
    covered: NDArray[np.bool_]
    stretch: Floats


def skin_pictures(source: Source) -> dict[str, bytes]:
    """JPEGs by name."""
    found: dict[str, bytes] = {}
    for part in ("head", "body"):
        texels = _texels(skin_chart(part))
        masks = {name: _mask(source, name, texels) for name in ("lips", "eyelids", "ears", "fingernails", "toenails",
                                                                "inside-mouth")}
        pictures = _head(texels, masks) if part == "head" else _body(texels, masks)
        for name, pixels in pictures.items():
            found[f"skin_{part}_{name}.jpg"] = encode_jpeg(np.rint(np.clip(pixels, 0, 1) * 255).astype(np.uint8), quality=_QUALITY)
    return found


def _texels(chart: Chart) -> _Texels:
    data = people_data()
    triangles = np.concatenate([chart.quads[:, [0, 1, 2]], chart.quads[:, [0, 2, 3]]])
    corners = chart.coordinates[triangles] * _SIZE
    owner = np.full(_SIZE * _SIZE, -1)
    for margin in (3.0, 0.0):
        for which, pixels in cover(corners, _SIZE, _SIZE, margin=margin):
            owner[pixels] = which
    at = np.nonzero(owner >= 0)[0]
    weights = triangle_weights(corners, owner[at], at, _SIZE)
    values = np.concatenate(
        [data.positions[chart.rows], _hollows()[chart.rows][:, None], chart.layout, chart.inner[:, None].astype(float)], 1
    )
    image = np.zeros((_SIZE * _SIZE, values.shape[1]))
    image[at] = np.einsum("nk,nkc->nc", weights, values[triangles[owner[at]]])
    image = image.reshape(_SIZE, _SIZE, -1)
    place = image[..., :3]
    along = [np.linalg.norm(np.gradient(place, axis=axis), axis=-1) for axis in (1, 0)]
    return _Texels(place, image[..., 3], image[..., 4:6], image[..., 6], (owner >= 0).reshape(_SIZE, _SIZE),
                   np.clip(np.stack(along, -1), 5e-5, 4e-3))  # fmt: skip


def _hollows() -> Floats:
    """How deep each vertex lies among its neighbours, metres, over a few rings."""
    data = people_data()
    quads = data.quads[data.group("body")]
    count = len(data.positions)
    pairs = np.concatenate([quads[:, [a, (a + 1) % 4]] for a in range(4)])
    pairs = np.unique(np.sort(pairs, 1), axis=0)
    degree = np.maximum(np.bincount(pairs.ravel(), minlength=count), 1)[:, None]

    def smooth(values: Floats) -> Floats:
        total = np.zeros_like(values)
        np.add.at(total, pairs[:, 0], values[pairs[:, 1]])
        np.add.at(total, pairs[:, 1], values[pairs[:, 0]])
        return np.asarray(total / degree)

    normals = np.zeros_like(data.positions)
    flat = np.cross(data.positions[quads[:, 2]] - data.positions[quads[:, 0]],
                    data.positions[quads[:, 3]] - data.positions[quads[:, 1]])
    for corner in range(4):
        np.add.at(normals, quads[:, corner], flat)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    around = data.positions
    for _ in range(4):
        around = smooth(around)
    found = ((around - data.positions) * normals).sum(1)[:, None]
    return np.asarray(smooth(found)[:, 0])


def _mask(source: Source, name: str, texels: _Texels) -> Floats:
    with Image.open(io.BytesIO(source.read(f"mpfb2/textures/mpfb_{name}.jpg"))) as picture:
        pixels = np.asarray(picture.convert("L"), np.float64) / 255.0
    size = len(pixels)
    x = np.clip(texels.layout[..., 0] * size - 0.5, 0, size - 1.001)
    y = np.clip(texels.layout[..., 1] * size - 0.5, 0, size - 1.001)
    i, j = y.astype(int), x.astype(int)
    a, b = y - i, x - j
    return np.asarray(
        (1 - a) * ((1 - b) * pixels[i, j] + b * pixels[i, j + 1]) + a * ((1 - b) * pixels[i + 1, j] + b * pixels[i + 1, j + 1])
    )


def _noise(place: Floats, size_m: float, seed: int, octaves: int = 1) -> Floats:
    """Value noise in space, [0, 1]; the same on both sides of a seam."""
    points = place.reshape(-1, 3)
    found = np.empty(len(points))
    for first in range(0, len(points), _AT_ONCE):
        part = slice(first, first + _AT_ONCE)
        found[part] = _noise_at(points[part], size_m, seed, octaves)
    return found.reshape(place.shape[:-1])


def _noise_at(points: Floats, size_m: float, seed: int, octaves: int) -> Floats:
    total, amount = np.zeros(len(points)), 0.0
    for octave in range(octaves):
        keys, weights = [], []  # of the lower and the upper corner, by axis
        for axis, prime in enumerate((73856093, 19349663, 83492791)):
            p = points[:, axis] / (size_m * 0.5**octave) + 100.0
            cell = np.floor(p)
            t = p - cell
            t = t * t * (3.0 - 2.0 * t)
            key = cell.astype(np.int64).astype(np.uint64) * np.uint64(prime)
            keys.append((key, key + np.uint64(prime)))
            weights.append((1.0 - t, t))
        value = np.zeros(len(points))
        for x, y, z in ((corner & 1, corner >> 1 & 1, corner >> 2 & 1) for corner in range(8)):
            mixed = keys[0][x] ^ keys[1][y] ^ keys[2][z]
            mixed = (mixed + np.uint64(seed * 7919 + octave)) * np.uint64(0x9E3779B97F4A7C15)
            mixed ^= mixed >> np.uint64(29)
            mixed *= np.uint64(0xBF58476D1CE4E5B9)
            value += weights[0][x] * weights[1][y] * weights[2][z] * (mixed >> np.uint64(40)).astype(np.float64) / 2**24
        total += value * 0.5**octave
        amount += 0.5**octave
    return total / amount


def _blob(texels: _Texels, places: tuple[tuple[float, float, float, float], ...]) -> Floats:
    """Soft balls about places (x on both sides), with radii."""
    p = texels.place.copy()
    p[..., 0] = np.abs(p[..., 0])
    found = np.zeros(p.shape[:-1])
    for x, y, z, radius in places:
        found = np.maximum(found, np.exp(-((p - (x, y, z)) ** 2).sum(-1) / radius**2))
    return found


def _step(value: Floats, low: float, high: float) -> Floats:
    t = np.clip((value - low) / (high - low), 0.0, 1.0)
    return np.asarray(t * t * (3.0 - 2.0 * t))


def _dots(texels: _Texels, size_m: float, seed: int, share: float) -> Floats:
    """Round spots of many sizes: one in a share of a lattice's cells, its middle and radius by chance; seams do not show."""
    points = texels.place.reshape(-1, 3) / size_m + 100.0
    low = np.floor(points - 0.5)
    found = np.zeros(len(points))
    for corner in np.ndindex(2, 2, 2):  # spots stay in the middle half of their cells, so others are too far away
        cell = low + corner
        x, y, z, radius, dark, there = (_noise_of_cells(cell, seed + 100 * number) for number in range(6))
        far = np.linalg.norm(points - cell - 0.25 - 0.5 * np.stack([x, y, z], 1), axis=1)
        reach = 0.10 + 0.28 * radius**2
        found = np.maximum(found, (there < share) * (0.4 + 0.6 * dark) * (1.0 - _step(far, 0.45 * reach, reach)))
    return found.reshape(texels.place.shape[:-1])


def _noise_of_cells(cell: Floats, seed: int) -> Floats:
    """A value of chance for each cell of a lattice, [0, 1): that of `_noise_at` in its corner."""
    x, y, z = (cell + 100.0).astype(np.int64).astype(np.uint64).T
    mixed = x * np.uint64(73856093) ^ y * np.uint64(19349663) ^ z * np.uint64(83492791)
    mixed = (mixed + np.uint64(seed * 7919)) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    return np.asarray((mixed >> np.uint64(40)).astype(np.float64) / 2**24)


def _normals(texels: _Texels, height_m: Floats) -> Floats:
    """A height in metres as a normal map; +Y up in the picture."""
    du = np.gradient(height_m, axis=1) / texels.stretch[..., 0]
    dv = np.gradient(height_m, axis=0) / texels.stretch[..., 1]
    normal = np.stack([-du, dv, np.ones_like(du)], -1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    normal[~texels.covered] = (0.0, 0.0, 1.0)
    return np.asarray(normal * 0.5 + 0.5)


def _pores(texels: _Texels) -> Floats:
    fine, coarse = _noise(texels.place, 0.0011, 3), _noise(texels.place, 0.004, 4, 2)
    return np.asarray(-0.00008 * _step(fine, 0.55, 0.95) + 0.00010 * coarse)


def _shade(texels: _Texels) -> Floats:
    """Hollows, 0 to 1, where light hardly comes and blood shows."""
    return np.asarray(np.clip(texels.hollow / 0.0022, 0.0, 1.0))


def _head(texels: _Texels, masks: dict[str, Floats]) -> dict[str, Floats]:
    x, y, z = np.abs(texels.place[..., 0]), texels.place[..., 1], texels.place[..., 2]
    outside = 1.0 - np.clip(texels.inner, 0, 1)
    lips = masks["lips"] * outside
    mottle = _noise(texels.place, 0.02, 11, 4)
    flush = _blob(texels, ((0.040, 0.688, 0.128, 0.026), (0.0, 0.690, 0.166, 0.016), (0.0, 0.640, 0.148, 0.016),
                           (0.012, 0.684, 0.155, 0.010)))  # fmt: skip
    flush = np.clip(0.85 * flush + 0.8 * masks["ears"] + 0.5 * masks["eyelids"], 0, 1) * (0.6 + 0.6 * mottle) * outside
    under = _blob(texels, ((0.031, 0.712, 0.136, 0.0115), (0.018, 0.722, 0.136, 0.008)))
    shade = np.clip(_shade(texels) + 0.55 * under + 0.35 * masks["eyelids"], 0, 1)
    line = 0.668 + 0.40 * np.maximum(x - 0.035, 0.0)
    jaw = (1.0 - _step(y - line, -0.006, 0.008)) * _step(y - 0.60, 0.008, 0.03) * _step(z - 0.03, 0.0, 0.03)
    moustache = (1.0 - _step(np.hypot(x / 0.029, (y - 0.6755) / 0.0075), 0.75, 1.15)) * _step(z, 0.12, 0.14)
    stubble = np.clip(np.maximum(jaw, moustache), 0, 1) * (1.0 - lips) * outside
    freckles = _dots(texels, 0.0035, 21, 0.34) * np.clip(_blob(texels, ((0.035, 0.70, 0.135, 0.045), (0.0, 0.705, 0.15, 0.03)))
                                                         * 1.2 + 0.15, 0, 1) * outside  # fmt: skip
    follicles = _step(_noise(texels.place, 0.0013, 31), 0.5, 0.85) * stubble
    inner = np.clip(texels.inner, 0, 1)
    lip_lines = 0.00006 * lips * np.sin(texels.place[..., 0] * 2600.0 + 9.0 * _noise(texels.place, 0.004, 41))
    young = _pores(texels) * (1.0 - 0.7 * lips) + lip_lines
    old = young + _wrinkles(texels, x, y) + 0.00025 * _noise(texels.place, 0.006, 51, 3)
    return {
        "tone": np.stack([lips, flush, shade], -1), "hair": np.stack([0.35 * stubble + 0.65 * follicles, freckles, mottle], -1),
        "inner": inner[..., None].repeat(3, -1)[::4, ::4],
        "young": _normals(texels, young * outside), "old": _normals(texels, old * outside),
    }  # fmt: skip


def _wrinkles(texels: _Texels, x: Floats, y: Floats) -> Floats:
    """Lines of the forehead, beside the eyes, about the mouth, on the neck: metres."""
    warp = _noise(texels.place, 0.02, 61, 2) - 0.5
    forehead = np.exp(-(((y - 0.778) / 0.022) ** 4)) * np.exp(-((x / 0.048) ** 4))
    lines = -forehead * np.abs(np.sin((y + 0.012 * warp + 0.12 * x * x / 0.05) * np.pi / 0.0105)) ** 6
    dx, dy = x - 0.0475, y - 0.7270
    angle, far = np.arctan2(dy, np.maximum(dx, 1e-6)), np.hypot(dx, dy)
    feet = np.exp(-(((far - 0.016) / 0.010) ** 2)) * (dx > 0) * np.exp(-((angle / 0.9) ** 4))
    lines -= 0.8 * feet * np.abs(np.sin((angle + 0.5 * warp) * 6.5)) ** 5
    under = _blob(texels, ((0.033, 0.712, 0.136, 0.014),))
    lines -= 0.5 * under * np.abs(np.sin((y + 0.02 * warp) * np.pi / 0.0042)) ** 4
    neck = np.exp(-(((y - 0.632) / 0.016) ** 4)) * (texels.place[..., 2] < 0.10)
    lines -= 0.5 * neck * np.abs(np.sin((y + 0.03 * warp) * np.pi / 0.009)) ** 5
    return 0.00042 * lines


def _body(texels: _Texels, masks: dict[str, Floats]) -> dict[str, Floats]:
    x, y, z = np.abs(texels.place[..., 0]), texels.place[..., 1], texels.place[..., 2]
    nails = np.maximum(masks["fingernails"], masks["toenails"])
    mottle = _noise(texels.place, 0.06, 12, 4)
    tips = _step(x, 0.44, 0.49) + _step(-y, 0.76, 0.80) * _step(z, 0.1, 0.19)
    joints = _blob(texels, ((0.150, -0.27, 0.06, 0.05), (0.285, 0.29, -0.03, 0.035), (0.45, 0.17, 0.22, 0.03)))
    flush = np.clip(0.8 * tips + 0.6 * joints, 0, 1) * (0.6 + 0.6 * mottle)
    relief = _pores(texels) + 0.00012 * _noise(texels.place, 0.012, 71, 3)
    knuckles = _step(x, 0.40, 0.43) * np.clip(texels.hollow / 0.0012, 0, 1)
    relief -= 0.0002 * knuckles
    tone = np.stack([nails, flush, _shade(texels)], -1)
    hair = np.stack([_dots(texels, 0.004, 81, 0.16), _dots(texels, 0.0035, 22, 0.3), mottle], -1)
    return {"tone": tone, "hair": hair, "young": _normals(texels, relief)}

