"""Lines of what collides: simple shapes by the thousand at once; hulls, meshes and heights by their edges; walkers; joints.

Places and sizes are physics' own (`world_placements`, `ShapeMaker`), so what is seen is what is hit. A body made of several
colliders shows all of them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.model import ModelData
from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.math.quaternion import rotate
from taixu.physics import Character, Collider, Joint
from taixu.physics.body_batches import instances_of
from taixu.physics.collider_shapes import NotLoaded, ShapeMaker
from taixu.physics.placement import world_placements
from taixu.physics.shapes import Shape, ShapeKind
from taixu.render import LineBatch
from taixu.scene import Model
from taixu.scene.models import ModelState
from taixu_editor.view.edges import height_lines, surface_edges
from taixu_editor.view.shapes import UNITS, capsule_segments

__all__ = ["COLLIDING", "add_colliders"]

COLLIDING = (Collider, Character, Joint)
"""Components whose lines these are."""
_MOST = 10_000
"""Simple shapes that are shown at most."""
_MOST_SURFACES = 500
_MOST_SEGMENTS = 400_000
_ORIGIN = np.zeros(3, np.int32)
Color = tuple[float, float, float, float]
Points = NDArray[np.float64]
_edges: dict[bytes, Points] = {}
"""Edges [n, 2, 3] by shape; shapes never change."""


def add_colliders(
    lines: LineBatch, world: World, *, color: Color, trigger_color: Color, joint_color: Color = (1.0, 1.0, 1.0, 1.0)
) -> bool:
    """Lines of all colliders, walkers and joints; False where a model is still being loaded."""
    is_whole = _add_colliders(lines, world, color, trigger_color)
    _add_characters(lines, world, color)
    _add_joints(lines, world, joint_color)
    return is_whole


def _add_colliders(lines: LineBatch, world: World, color: Color, trigger_color: Color) -> bool:
    handles = world.query(Collider).entities
    if not len(handles):
        return True
    kinds = np.asarray(world.gather(handles, Collider, "shape"))
    is_surface = np.isin(kinds, ("hull", "mesh", "heightfield"))
    keep = np.concatenate([np.flatnonzero(~is_surface)[:_MOST], np.flatnonzero(is_surface)[:_MOST_SURFACES]])
    handles, kinds = handles[keep], kinds[keep]
    poses, scales = world_placements(world, handles, _ORIGIN)
    sizes, offsets = (np.asarray(world.gather(handles, Collider, name), float).T for name in ("size", "offset"))
    turns = np.asarray(world.gather(handles, Collider, "rotation"), float).T
    triggers = np.asarray(world.gather(handles, Collider, "is_trigger"), bool)
    colors = np.where(triggers[:, None], np.array(trigger_color), np.array(color))
    sizes = np.abs(sizes * scales)
    sizes[kinds == "sphere"] = sizes[kinds == "sphere"].max(1, keepdims=True)
    round_kinds = kinds == "cylinder"
    sizes[round_kinds] = np.stack([sizes[round_kinds][:, (0, 2)].max(1), sizes[round_kinds][:, 1]], 1)[:, (0, 1, 0)]
    offsets = offsets * scales
    for kind in set(kinds[~np.isin(kinds, ("hull", "mesh", "heightfield"))].tolist()):
        rows = np.flatnonzero(kinds == kind)
        if kind == "capsule":
            units = capsule_segments(sizes[rows])
        elif kind in UNITS:
            units = UNITS[kind][None] * sizes[rows, None, None, :]
        else:
            continue
        _add(lines, units, turns[rows], offsets[rows], poses[rows], colors[rows])
    rows = np.flatnonzero(np.isin(kinds, ("hull", "mesh", "heightfield")))
    return _add_surfaces(lines, world, handles[rows], (turns[rows], offsets[rows], poses[rows], scales[rows], colors[rows]))


def _add_surfaces(lines: LineBatch, world: World, handles: NDArray[np.uint64], columns: tuple[Points, ...]) -> bool:
    turns, offsets, poses, scales, colors = columns
    is_whole, total = True, 0
    maker = ShapeMaker(lambda source: _model(world, source))
    for row, collider in enumerate(instances_of(world, handles, Collider)):
        own = str(world.get(int(handles[row]), Model).source) if world.has(int(handles[row]), Model) else ""
        try:
            segments = _edges_of(maker.make(collider, scales[row], own))
        except NotLoaded:
            is_whole = False
            continue
        except TaixuError:
            continue  # physics has said so
        total += len(segments)
        if total > _MOST_SEGMENTS:
            break
        one = slice(row, row + 1)
        _add(lines, segments[None], turns[one], offsets[one], poses[one], colors[one])
    return is_whole


def _edges_of(shape: Shape) -> Points:
    found = _edges.get(shape.key)
    if found is None:
        if len(_edges) > 1000:
            _edges.clear()
        if shape.kind is ShapeKind.HEIGHTFIELD:
            found = height_lines(shape.heights_m, shape.spacing_m)
        elif shape.kind is ShapeKind.HULL:
            from taixu.physics.hulls import convex_hull

            triangles = convex_hull(shape.points)
            found = np.zeros((0, 2, 3)) if triangles is None else surface_edges(shape.points, triangles, creases_only=True)
        else:
            found = surface_edges(shape.points, shape.triangles)
        _edges[shape.key] = found
    return found


def _model(world: World, source: str) -> ModelData | None:
    if not world.has_resource(ModelState):
        raise TaixuError(f"{source}: this world loads no models")
    found = world.resource(ModelState).store.model(source)
    return None if found is None else found[0]


def _add_characters(lines: LineBatch, world: World, color: Color) -> None:
    handles = world.query(Character).entities[:_MOST]
    if not len(handles):
        return
    poses, _ = world_placements(world, handles, _ORIGIN)
    radius, height = (np.asarray(world.gather(handles, Character, name), float) for name in ("radius_m", "height_m"))
    units = capsule_segments(np.stack([2 * radius, height + 2 * radius, 2 * radius], 1))
    up = np.stack([np.zeros_like(radius), radius + height / 2, np.zeros_like(radius)], 1)
    upright = np.tile([0.0, 0.0, 0.0, 1.0], (len(handles), 1))
    poses[:, 3:] = upright  # walkers never lean
    _add(lines, units, upright, up, poses, np.tile(np.array(color), (len(handles), 1)))


def _add_joints(lines: LineBatch, world: World, color: Color) -> None:
    """A cross where a joint is, its axis where it has one, and lines to what it holds."""
    handles = world.query(Joint).entities[:_MOST]
    if not len(handles):
        return
    poses, scales = world_placements(world, handles, _ORIGIN)
    anchors = _placed(poses, np.asarray(world.gather(handles, Joint, "anchor"), float).T * scales)
    size = 0.12
    cross = np.concatenate([np.stack([-np.eye(3), np.eye(3)], 1) * size, UNITS["sphere"][::4] * size])
    points = anchors[:, None, None] + cross[None]
    lines.add(points[:, :, 0].reshape(-1, 3), points[:, :, 1].reshape(-1, 3), color=color, on_top=True)
    kinds = np.asarray(world.gather(handles, Joint, "kind"))
    turning = np.isin(kinds, ("hinge", "slider"))
    if turning.any():
        axes = _turned(poses[turning], np.asarray(world.gather(handles[turning], Joint, "axis"), float).T)
        axes = axes / np.maximum(np.linalg.norm(axes, axis=1, keepdims=True), 1e-9) * size * 4
        lines.add(anchors[turning] - axes, anchors[turning] + axes, color=color, on_top=True)
    is_span = np.isin(kinds, ("distance", "rope", "spring"))
    faint = (*color[:3], color[3] * 0.6)
    ends = []
    for name in ("a", "b"):
        held = np.asarray(world.gather(handles, Joint, name), np.uint64)
        has = world.alive(held) & (held > 0)
        held = np.where(has, held, handles)
        there, spread = world_placements(world, held, _ORIGIN)
        offsets = np.asarray(world.gather(handles, Joint, f"anchor_{name}"), float).T * spread
        ends.append(_placed(there, np.where(is_span[:, None], offsets, 0.0)))
        rows = has & ~is_span
        if rows.any():
            lines.add(anchors[rows], ends[-1][rows], color=faint, on_top=True)
    if is_span.any():
        lines.add(ends[0][is_span], ends[1][is_span], color=color, on_top=True)


def _turned(poses: Points, vectors: Points) -> Points:
    return np.asarray(rotate(poses[:, 3:].T, vectors.T), float).T


def _placed(poses: Points, points: Points) -> Points:
    return poses[:, :3] + _turned(poses, points)


def _add(lines: LineBatch, units: Points, turns: Points, offsets: Points, poses: Points, colors: Points) -> None:
    """Segments [n, k, 2, 3] in each collider's frame, or [1, k, 2, 3] for one."""
    count, each = len(poses), units.shape[1]
    inner = _matrices(turns)
    outer = _matrices(poses[:, 3:])
    local = np.einsum("nij,nkpj->nkpi", inner, np.broadcast_to(units, (count, *units.shape[1:]))) + offsets[:, None, None, :]
    points = np.einsum("nij,nkpj->nkpi", outer, local) + poses[:, None, None, :3]
    flat = points.reshape(-1, 2, 3)
    lines.add(flat[:, 0], flat[:, 1], color=np.repeat(colors, each, axis=0), on_top=True)


def _matrices(rotations: Any) -> Points:
    """Of quaternions [n, 4]; those of length zero do not turn."""
    lengths = np.linalg.norm(rotations, axis=1, keepdims=True)
    unit = np.where(lengths > 1e-6, rotations / np.maximum(lengths, 1e-6), (0.0, 0.0, 0.0, 1.0)).T
    turned = [np.asarray(rotate(unit, np.repeat(axis[:, None], unit.shape[1], 1)), float) for axis in np.eye(3)]
    return np.stack(turned, 1).transpose(2, 0, 1)
