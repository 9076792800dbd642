"""Years on a shape: edges that hands and weather have rubbed, dirt where nobody wipes, moss where rain stays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from taixu.generate.mesh_texturing.solid import SolidMaps, solid_noise

__all__ = ["weather"]

Floats = NDArray[np.float64]
_DIRT = np.array((0.0685, 0.0437, 0.0232))


def weather(
    made: SolidMaps, *, positions: Floats, normals: Floats, curvature: Floats, openness: Floats, lump_m: float, seed: int,
    wear: float = 0.0, dirt: float = 0.0, moss: float = 0.0, under: SolidMaps | None = None, mossy: SolidMaps | None = None,
) -> SolidMaps:  # fmt: skip
    """A material as it looks on a shape that has been used.

    Parameters
    ----------
    curvature, openness : [m]
        From `taixu.generate.mesh_texturing.shape`.
    lump_m
        How large patches are.
    wear, dirt, moss
        How much, 0 to 1.
    under
        What shows where edges are worn; the material itself, paler and smoother, by default.
    mossy
        What moss looks like.
    """
    patches = solid_noise(positions / lump_m, seed, octaves=4)
    if wear > 0:
        chips = solid_noise(positions / lump_m * 9.0, seed + 7, octaves=3)
        rub = curvature + 0.55 * (patches - 0.5) + 0.5 * (chips - 0.5) + 0.3 * (made.height - 0.5)
        worn = _smooth(1.0 - 0.85 * wear, 1.12 - 0.85 * wear, rub)
        made = _mixed(made, under if under is not None else _rubbed(made), worn)
    if moss > 0 and mossy is not None:
        damp = 0.55 * (normals[:, 1] * 0.5 + 0.5) + 0.35 * (1 - openness) - 0.25 * curvature + 0.7 * (patches - 0.5)
        grown = _smooth(0.95 - 0.85 * moss, 1.03 - 0.85 * moss, damp + 0.1 * (mossy.height - 0.5))
        made = _mixed(made, mossy, grown)
    if dirt > 0:
        film = solid_noise(positions / (lump_m * 3), seed + 101, octaves=5)
        hollow = np.maximum(-curvature, 0.0) * 0.8 + 1.1 * (1 - openness) + 0.15 * (0.5 - made.height)
        soiled = np.clip(_smooth(0.1, 0.75, hollow + 0.45 * (film - 0.5)) * dirt * 1.3 + 0.25 * dirt * film, 0.0, 1.0)
        made = _mixed(made, _soil(made), soiled)
    return made


def _rubbed(made: SolidMaps) -> SolidMaps:
    dull = made.metallic[:, None] < 0.5
    color = np.where(dull, np.minimum(made.base_color * 1.5 + 0.04, 0.9), made.base_color)
    smooth = made.roughness * 0.65 + 0.05
    return SolidMaps(color, made.normals, smooth, made.metallic, made.height, made.occlusion, made.emission * 0.3)


def _soil(made: SolidMaps) -> SolidMaps:
    count = len(made.height)
    return SolidMaps(
        np.tile(_DIRT, (count, 1)), made.normals, np.full(count, 0.92), np.zeros(count), made.height, made.occlusion,
        np.zeros((count, 3)),
    )  # fmt: skip


def _mixed(a: SolidMaps, b: SolidMaps, share: Floats) -> SolidMaps:
    rows = share[:, None]
    normals = a.normals * (1 - rows) + b.normals * rows
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
    names = ("roughness", "metallic", "height", "occlusion")
    plain = {name: getattr(a, name) * (1 - share) + getattr(b, name) * share for name in names}
    colors = {name: getattr(a, name) * (1 - rows) + getattr(b, name) * rows for name in ("base_color", "emission")}
    return SolidMaps(normals=normals, **plain, **colors)


def _smooth(low: float, high: float, values: Floats) -> Floats:
    part = np.clip((values - low) / (high - low), 0.0, 1.0)
    smooth: Floats = part * part * (3 - 2 * part)
    return smooth
