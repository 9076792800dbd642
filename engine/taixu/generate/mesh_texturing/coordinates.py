"""Texture coordinates that a texture can be painted by: those of the model where they serve, else new ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from taixu.errors import MachineError, TaixuError
from taixu.generate.mesh_texturing.raster import cover_counts
from taixu.generate.mesh_texturing.subject import Surface, face_areas, remapped

__all__ = ["MOST_UNWRAPPED", "coordinates_fault", "lay_coordinates", "unwrap"]

MOST_UNWRAPPED = 1_500_000
"""Triangles that are unwrapped; so many take a quarter of a minute."""

_MOST_IN_A_PIECE = 12_000
_JUDGED_PX = 512
_MOST_DOUBLE = 0.005
_MOST_FLAT = 0.01
_FLAT = 1e-4
Floats = NDArray[np.float64]


def coordinates_fault(surfaces: Sequence[Surface]) -> str:
    """Why texture coordinates cannot serve for one texture over all surfaces that are painted; empty where they can."""
    parts = []
    areas = []
    for surface in (each for each in surfaces if each.is_painted):
        found = surface.primitive.attributes.get("TEXCOORD_0")
        if found is None:
            return "lacking"
        triangles = surface.primitive.triangles()
        parts.append(found[triangles].astype(np.float64))
        areas.append(face_areas(surface.primitive.attributes["POSITION"][triangles].astype(np.float64)))
    corners, area = np.concatenate(parts), np.concatenate(areas)
    if not np.isfinite(corners).all():
        return "no numbers"
    if corners.min() < -1e-4 or corners.max() > 1.0001:
        return "outside of the picture"
    edges = corners[:, 1:] - corners[:, :1]
    flat = np.abs(edges[:, 0, 0] * edges[:, 1, 1] - edges[:, 0, 1] * edges[:, 1, 0]) / 2
    typical = flat.sum() / max(float(area.sum()), 1e-30)
    if area[flat <= _FLAT * typical * area].sum() > _MOST_FLAT * area.sum():
        return "without area"
    try:
        counts = cover_counts(corners * _JUDGED_PX, _JUDGED_PX, _JUDGED_PX)
    except TaixuError:
        return "overlapping"
    covered = int(np.count_nonzero(counts))
    return "overlapping" if np.count_nonzero(counts > 1) > _MOST_DOUBLE * max(covered, 1) else ""


def lay_coordinates(surfaces: Sequence[Surface], size_px: int, scales: Sequence[float], *, anew: bool = False) -> str:
    """See that the surfaces have coordinates for one texture, in place; gives what was wrong with theirs.

    `scales` are those of `stand_scales`: charts are as large as what they cover is in the world.
    """
    fault = "unwanted" if anew else coordinates_fault(surfaces)
    painted = [each for each in surfaces if each.is_painted]
    if fault:
        sizes = [scale for scale, each in zip(scales, surfaces, strict=True) if each.is_painted]
        for surface, laid in zip(painted, unwrap(painted, size_px, sizes), strict=True):
            sources, triangles, texcoords = laid
            surface.primitive = remapped(surface.primitive, sources, triangles, TEXCOORD_0=texcoords)
    for surface in painted:  # what else lay by other coordinates, or along them, is no longer there
        for name in [*surface.primitive.attributes]:
            if name == "TANGENT" or (name.startswith("TEXCOORD_") and name != "TEXCOORD_0"):
                del surface.primitive.attributes[name]
        surface.primitive.targets = [
            {name: values for name, values in target.items() if name != "TANGENT" and not name.startswith("TEXCOORD_")}
            for target in surface.primitive.targets
        ]
    return fault


Laid = tuple[NDArray[np.int64], NDArray[np.uint32], NDArray[np.float32]]


def unwrap(surfaces: Sequence[Surface], size_px: int, scales: Sequence[float]) -> list[Laid]:
    """Charts of all surfaces in one square, as dense everywhere as they are large (xatlas, with room between for filtering).

    Returns
    -------
    list of (sources int64 [n], triangles uint32 [t, 3], texcoords float32 [n, 2])
        For each surface: new vertices, each a copy of an old one.

    Raises
    ------
    MachineError
        Where xatlas is not installed.
    TaixuError
        Where there are too many triangles, or it finds no charts.
    """
    try:
        import xatlas
    except ImportError:
        raise MachineError(
            'its texture coordinates do not serve, and new ones need xatlas; pip install "taixu[models]" brings it'
        ) from None
    count = sum(len(each.primitive.triangles()) for each in surfaces)
    if count > MOST_UNWRAPPED:
        raise TaixuError(
            f"its texture coordinates do not serve, and {count:,} triangles are more than the {MOST_UNWRAPPED:,} that are"
            " unwrapped; unwrap it elsewhere, or make a coarser model of it"
        )
    atlas = xatlas.Atlas()
    common = _common_scale(surfaces, scales)
    pieces: list[list[tuple[NDArray[np.int64], NDArray[np.int64]]]] = []
    for surface, scale in zip(surfaces, scales, strict=True):
        have = surface.primitive.attributes
        positions = have["POSITION"].astype(np.float64) * (scale * common)
        pieces.append(_pieces(positions, surface.primitive.triangles().astype(np.int64)))
        for vertices, triangles in pieces[-1]:
            atlas.add_mesh(
                np.ascontiguousarray(positions[vertices], np.float32), np.ascontiguousarray(triangles, np.uint32),
                np.ascontiguousarray(have["NORMAL"][vertices], np.float32),
            )  # fmt: skip
    charts, packing = xatlas.ChartOptions(), xatlas.PackOptions()
    charts.max_iterations = 2 if count <= 20_000 else 1
    packing.resolution, packing.padding, packing.bilinear = size_px, max(2, size_px // 256), True
    packing.bruteForce = count <= 5_000 and size_px <= 1024
    atlas.generate(charts, packing)
    if not atlas.atlas_count or atlas.width == 0 or atlas.height == 0:
        raise TaixuError("no texture coordinates can be found for it; mend the mesh first")
    square = np.array((atlas.width, atlas.height), np.float64) / max(atlas.width, atlas.height)
    laid: list[Laid] = []
    number = 0
    for parts in pieces:
        found: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]] = []
        count = 0
        for vertices, _ in parts:
            sources, triangles, texcoords = atlas[number]
            found.append((vertices[sources], triangles.astype(np.int64) + count, np.clip(texcoords * square, 0.0, 1.0)))
            count += len(sources)
            number += 1
        columns = [np.concatenate(column) for column in zip(*found, strict=True)]
        laid.append((columns[0], columns[1].astype(np.uint32), columns[2].astype(np.float32)))
    return laid


def _pieces(positions: Floats, triangles: NDArray[np.int64]) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Triangles in pieces, each beside itself in space, with the vertices that each has: xatlas breaks down over large ones."""
    middles = positions[triangles].mean(1)
    waiting = [np.arange(len(triangles))]
    done: list[NDArray[np.int64]] = []
    while waiting:
        rows = waiting.pop()
        if len(rows) <= _MOST_IN_A_PIECE:
            done.append(np.sort(rows))
            continue
        axis = int(np.ptp(middles[rows], axis=0).argmax())
        order = rows[np.argsort(middles[rows, axis], kind="stable")]
        waiting += [order[len(order) // 2 :], order[: len(order) // 2]]
    pieces = []
    for rows in done:
        vertices, local = np.unique(triangles[rows], return_inverse=True)
        pieces.append((vertices, local.reshape(-1, 3).astype(np.int64)))
    return pieces


def _common_scale(surfaces: Sequence[Surface], scales: Sequence[float]) -> float:
    """xatlas takes small things for points: the largest extent becomes a hundred."""
    extents = [float(np.ptp(each.primitive.attributes["POSITION"].astype(np.float64), axis=0).max()) for each in surfaces]
    return 100.0 / max(max(extent * scale for extent, scale in zip(extents, scales, strict=True)), 1e-12)
