"""LAS, LAZ and COPC point clouds (laspy with lazrs): positions in float64, colours and classes, thinned to a budget.

A cloud becomes the ground of a place (`ground_of`: what the survey classed as ground, on a grid), or is drawn (`point_model`).
COPC files are LAZ files whose chunks are sorted; they are read as such.
"""

from __future__ import annotations

import io
import json
import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.apart import read_apart
from taixu.assets.building import ModelBuilder, mesh_primitive
from taixu.assets.geodata.elevation import Elevation
from taixu.assets.geodata.frames import LocalFrame
from taixu.assets.model import Material, ModelData
from taixu.assets.paths import read_bytes
from taixu.errors import MachineError, TaixuError

__all__ = ["GROUND", "POINT_SUFFIXES", "PointCloud", "ground_of", "local_points", "packed_points", "point_model",
           "read_point_model", "read_points"]

POINT_SUFFIXES = (".las", ".laz")
GROUND = 2
"""The class of ground (ASPRS LAS 1.4, table 17)."""
_MOST_POINTS = 500_000_000
_MOST_RECORDS = 10_000
_CHUNK_BYTES = 64 << 20
_DRAWN = 1_000_000
_GRID_EDGE = 2048
_NEAR_CELLS = 6
"""Cells without a ground point get one's height that lies so near."""


@dataclass(frozen=True)
class PointCloud:
    """Points of a survey.

    Attributes
    ----------
    crs
        As PROJ knows it; empty where the file says none.
    points : float64[n, 3]
        East and north as `crs` has them, and heights in metres.
    classes : uint8[n]
    colors : uint8[n, 3] or None
        sRGB.
    total
        How many points the file has, of the classes that were asked for.
    unit_m
        Metres of one unit of east and north; 0 where they are degrees.
    """

    name: str
    crs: str
    points: NDArray[np.float64]
    classes: NDArray[np.uint8]
    colors: NDArray[np.uint8] | None
    total: int
    unit_m: float = 1.0


def read_points(path: Path, *, most: int, classes: tuple[int, ...] = ()) -> PointCloud:
    """A file's points, evenly thinned to at most `most`.

    Parameters
    ----------
    classes
        Only points of these; all where it is empty.

    Raises
    ------
    TaixuError
        When it cannot be read, or has no such points.
    MachineError
        Without laspy.
    """
    try:
        import laspy  # noqa: F401
    except ImportError:
        raise MachineError('point clouds need laspy and lazrs; pip install "taixu[city]" brings them') from None
    data = read_bytes(path)
    is_packed = _weigh(data, path.name)
    return _read_apart(path, most, classes) if is_packed else _read(data, path.name, most, classes)


def _read(data: bytes, name: str, most: int, classes: tuple[int, ...]) -> PointCloud:
    import laspy

    try:
        with laspy.open(io.BytesIO(data)) as reader:
            crs, unit, up = _system(reader.header)
            size = max(1, min(1_000_000, _CHUNK_BYTES // reader.header.point_format.size))
            kept, shades, kinds, total = _thinned(_chunks(reader.chunk_iterator(size), classes, name), most)
    except (TaixuError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # what lazrs cannot go on with is a panic, and no Exception
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise TaixuError(f"{name}: it cannot be read as LAS ({' '.join(str(error).split())[:120]})") from None
    if not total:
        wanted = " and ".join(map(str, classes))
        raise TaixuError(f"{name}: it holds no points" + (f" of class {wanted}" if wanted else ""))
    kept[:, 2] *= up
    colors = None if shades is None else (shades >> 8 if int(shades.max()) > 255 else shades).astype(np.uint8)
    return PointCloud(name, crs, kept, kinds, colors, total, unit)


def _read_apart(path: Path, most: int, classes: tuple[int, ...]) -> PointCloud:
    """Read a packed file in a process of its own: on some bytes the decoder ends the process that it is in."""
    made = read_apart("taixu.assets.geodata.point_reading", str(path), str(most), *map(str, classes), name=path.name,
                      what="the reader of point clouds", gave_up="it cannot be read as LAZ: its decoder gave up")  # fmt: skip
    parts = np.load(io.BytesIO(made), allow_pickle=False)
    crs, total, unit = json.loads(str(parts["about"]))
    colors = parts["colors"] if len(parts["colors"]) else None
    return PointCloud(path.name, crs, parts["points"], parts["classes"], colors, total, unit)


def packed_points(path: Path, most: int, classes: tuple[int, ...]) -> bytes:
    """What the process that reads does: the cloud as npz."""
    cloud = _read(read_bytes(path), path.name, most, classes)
    about = json.dumps([cloud.crs, cloud.total, cloud.unit_m])
    colors = np.zeros((0, 3), np.uint8) if cloud.colors is None else cloud.colors
    held = io.BytesIO()
    np.savez(held, points=cloud.points, classes=cloud.classes, colors=colors, about=np.array(about))
    return held.getvalue()


def _weigh(data: bytes, name: str) -> bool:
    """Refuse headers that promise more than the bytes can hold (LAS 1.4 R15, section 2.4); whether points are packed."""
    if len(data) < 227 or data[:4] != b"LASF":
        raise TaixuError(f"{name}: it is no LAS file")
    header_bytes, at, records = struct.unpack_from("<HII", data, 94)
    form, length, count = struct.unpack_from("<BHI", data, 104)
    if data[25] >= 4 and len(data) >= 375:
        count = max(count, struct.unpack_from("<Q", data, 247)[0])
        first, extended = struct.unpack_from("<QI", data, 235)
        if extended and (extended > _MOST_RECORDS or first + 60 * extended > len(data)):
            raise TaixuError(f"{name}: its header promises more than its {len(data):,} bytes hold")
    is_packed = form & 0xC0
    held = (len(data) - at) // max(length, 1)
    if records > _MOST_RECORDS or header_bytes + 54 * records > at or at > len(data) or (not is_packed and count > held):
        raise TaixuError(f"{name}: its header promises more than its {len(data):,} bytes hold")
    if count > _MOST_POINTS:
        raise TaixuError(f"{name}: it has {count:,} points, and at most {_MOST_POINTS:,} are read; split it into tiles")
    return bool(is_packed)


def _chunks(chunks: Any, classes: tuple[int, ...], name: str) -> Iterator[tuple[Any, Any, Any]]:
    for chunk in chunks:
        points = np.stack([np.asarray(each, np.float64) for each in (chunk.x, chunk.y, chunk.z)], 1)
        kinds = np.asarray(chunk.classification, np.uint8)
        has_colors = "red" in chunk.point_format.dimension_names
        shades = np.stack([chunk.red, chunk.green, chunk.blue], 1) if has_colors else None
        if not np.isfinite(points).all() or (points.size and np.abs(points).max() > 1e9):
            raise TaixuError(f"{name}: its points lie where nothing can be")
        if classes:
            chosen = np.isin(kinds, classes)
            points, kinds, shades = points[chosen], kinds[chosen], None if shades is None else shades[chosen]
        yield points, kinds, shades


def _thinned(chunks: Iterator[tuple[Any, Any, Any]], most: int) -> tuple[Any, Any, Any, int]:
    """Every k-th point, where k doubles whenever twice as many as wanted were kept: one pass, whatever the header says."""
    rows: list[list[Any]] = [[], [], []]
    step, seen = 1, 0
    for points, kinds, shades in chunks:
        first = -seen % step
        seen += len(points)
        for row, part in zip(rows, (points, kinds, shades)):
            row.append(None if part is None else part[first::step].copy())
        while sum(map(len, rows[0])) > 2 * most:
            rows = [[_joined(row)] for row in rows]
            rows = [[None if row[0] is None else row[0][::2].copy()] for row in rows]
            step *= 2
    if not seen:
        return np.zeros((0, 3)), None, np.zeros(0, np.uint8), 0
    points, kinds, shades = (_joined(row) for row in rows)
    chosen = np.linspace(0, len(points) - 1, min(most, len(points))).round().astype(int)
    return points[chosen], None if shades is None else shades[chosen], kinds[chosen], seen


def _joined(parts: list[Any]) -> Any:
    return None if any(part is None for part in parts) else np.concatenate(parts)


def _system(header: Any) -> tuple[str, float, float]:
    """The horizontal coordinate system, metres of its unit (0 for degrees), and metres of a unit of height."""
    try:
        found = header.parse_crs()
    except Exception:  # a text that PROJ cannot read is none
        found = None
    if found is None:
        return "", 1.0, 1.0
    flat = found.sub_crs_list[0] if found.is_compound else found
    if not (flat.is_projected or flat.is_geographic):
        return "", 1.0, 1.0
    known = flat.to_authority(min_confidence=60)
    unit = 0.0 if flat.is_geographic else float(flat.axis_info[0].unit_conversion_factor)
    # A file that names no system of heights counts them as it counts the ground.
    up = float(found.axis_info[2].unit_conversion_factor) if len(found.axis_info) > 2 else unit or 1.0
    sane = math.isfinite(unit) and math.isfinite(up) and 0 <= unit <= 1e4 and 0 < up <= 1e4
    return (":".join(known) if known else flat.to_wkt()), unit if sane else 1.0, up if sane else 1.0


def ground_of(cloud: PointCloud) -> Elevation:
    """Heights over a grid: the mean of a cell's points, and of its neighbours where it has none."""
    low, high = cloud.points[:, :2].min(0), cloud.points[:, :2].max(0)
    spans = np.maximum(high - low, 1e-9)
    least = 0.5 / cloud.unit_m if cloud.unit_m else 5e-6
    cell = max(1.5 * math.sqrt(float(spans.prod()) / len(cloud.points)), float(spans.max()) / (_GRID_EDGE - 1), least)
    columns, rows = (int(span / cell) + 1 for span in spans)
    column = np.minimum(((cloud.points[:, 0] - low[0]) / cell).astype(int), columns - 1)
    row = np.minimum(((high[1] - cloud.points[:, 1]) / cell).astype(int), rows - 1)
    place = row * columns + column
    count = np.bincount(place, minlength=rows * columns).reshape(rows, columns).astype(np.float64)
    total = np.bincount(place, cloud.points[:, 2], rows * columns).reshape(rows, columns)
    for _ in range(_NEAR_CELLS):
        if count.all():
            break
        around, sums = _around(count > 0), _around(np.where(count > 0, total / np.maximum(count, 1e-9), 0.0))
        is_new = (count == 0) & (around > 0)
        total, count = np.where(is_new, sums, total), np.where(is_new, around, count)
    with np.errstate(invalid="ignore", divide="ignore"):
        heights = np.where(count > 0, total / count, np.nan).astype(np.float32)
    inverse = np.array([[1 / cell, 0.0, -low[0] / cell - 0.5], [0.0, -1 / cell, high[1] / cell - 0.5]])
    return Elevation(cloud.crs, heights, inverse)


def _around(grid: NDArray[Any]) -> NDArray[np.float64]:
    """Sums over the nine cells around each."""
    padded = np.pad(grid.astype(np.float64), 1)
    rows, columns = grid.shape
    return np.sum([padded[i : i + rows, j : j + columns] for i in range(3) for j in range(3)], axis=0)


def local_points(cloud: PointCloud) -> tuple[NDArray[np.float64], dict[str, Any]]:
    """World positions ``[n, 3]`` (x east, y up, z south) around the cloud's middle, and where that lies.

    The middle is taken away in float64, so that millimetres stay, however far from its system's origin the survey lies.
    """
    if cloud.crs:
        height = float(np.floor(cloud.points[:, 2].min()))
        frame = LocalFrame.around(cloud.points[:, :2], cloud.crs, height_m=height)
        local, where = frame.to_local(cloud.points, cloud.crs), {"crs": cloud.crs, **frame.settings()}
    else:
        low, high = cloud.points.min(0), cloud.points.max(0)
        origin = np.floor([*((low + high) / 2)[:2], low[2]])
        local, where = cloud.points - origin, {"origin": origin.tolist()}
    if not np.isfinite(local).all():
        raise TaixuError(f"{cloud.name}: some of its points are no place in {cloud.crs[:60]}")
    return np.stack([local[:, 0], local[:, 2], -local[:, 1]], 1), where


def point_model(cloud: PointCloud, positions: NDArray[np.float64], extras: dict[str, Any]) -> ModelData:
    """A model of points with their colours, or by class where the survey has none; the class stays as ``_CLASSIFICATION``."""
    builder = ModelBuilder(Path(cloud.name), generator="laspy")
    material = builder.material(Material(name="points", metallic=0.0, roughness=1.0, unlit=True))
    colors = cloud.colors if cloud.colors is not None and cloud.colors.any() else _CLASS_COLORS[np.minimum(cloud.classes, 18)]
    primitive = mesh_primitive(positions, None, colors=colors, material=material, name=cloud.name)
    primitive.attributes["_CLASSIFICATION"] = cloud.classes.astype(np.float32)
    builder.node(Path(cloud.name).stem, mesh=builder.mesh("points", primitive))
    model = builder.finish()
    model.nodes[0].extras = {"points": cloud.total, "drawn": len(positions), **extras}
    return model


def read_point_model(path: str | Path) -> ModelData:
    """A point cloud as a model, around its own middle; its node's extras say where that lies on the earth.

    Raises
    ------
    TaixuError
        When it cannot be read.
    """
    cloud = read_points(Path(path), most=_DRAWN)
    positions, where = local_points(cloud)
    return point_model(cloud, positions, where)


_CLASS_COLORS = np.array([
    (150, 150, 150), (150, 150, 150), (150, 120, 85), (120, 160, 80), (85, 140, 60), (50, 110, 45), (190, 90, 70), (220, 60, 60),
    (200, 200, 80), (60, 120, 200), (120, 100, 90), (95, 95, 100), (170, 170, 170), (230, 200, 60), (230, 200, 60), (110, 90, 150),
    (230, 170, 60), (160, 150, 140), (220, 60, 60),
], np.uint8)  # fmt: skip
