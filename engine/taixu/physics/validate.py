"""The gate in front of native code: what does not pass here never reaches an engine.

Engines answer bad numbers with silence, NaN worlds or a killed process, so every public verb checks its arguments with
these functions and refuses them with one sentence.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from taixu.errors import TaixuError

from .batch import WORLD_BODY, BodyBatch, BodyKind, JointBatch, JointKind, MotorMode
from .shapes import Shape, ShapeKind

__all__ = ["check_bodies", "check_ids", "check_joints", "check_poses", "check_rows", "check_shape", "check_step"]

MAX_EXTENT = 1.0e7
"""Metres; positions and sizes beyond are refused (cells keep worlds small, see `plugin`)."""
MAX_VALUE = 1.0e12
"""Forces, velocities, masses beyond are refused."""
MAX_MESH_TRIANGLES = 20_000_000


def check_shape(shape: Shape, name: str = "The shape") -> None:
    """Refuse a shape with sizes that are not finite and positive, or a mesh whose indices point outside."""
    sizes: list[tuple[str, float]] = []
    if shape.kind is ShapeKind.BOX:
        sizes = [("size", value) for value in shape.size_m]
    elif shape.kind is not ShapeKind.HEIGHTFIELD and shape.kind < ShapeKind.HULL:
        sizes = [("radius", shape.radius_m)]
    if shape.kind is ShapeKind.CYLINDER:
        sizes.append(("height", shape.height_m))
    if shape.kind is ShapeKind.CAPSULE and not 0 <= shape.height_m < MAX_EXTENT:
        raise TaixuError(f"{name}: a capsule's height is {shape.height_m}; give it zero or more metres.")
    if shape.kind is ShapeKind.HEIGHTFIELD:
        sizes = [("spacing", value) for value in shape.spacing_m]
    for label, value in sizes:
        if not (np.isfinite(value) and 0 < value < MAX_EXTENT):
            raise TaixuError(
                f"{name}: the {label} of a {shape.kind.name.lower()} is {value}; give it more than zero metres."
            )
    if shape.kind in (ShapeKind.HULL, ShapeKind.MESH):
        _check_points(shape, name)
    if shape.kind is ShapeKind.HEIGHTFIELD:
        heights = shape.heights_m
        if heights.ndim != 2 or min(heights.shape) < 2:
            raise TaixuError(f"{name}: a heightfield has shape {heights.shape}; it takes at least 2 by 2 heights.")
        if not np.isfinite(heights).all() or np.abs(heights).max() > MAX_EXTENT:
            raise TaixuError(f"{name}: a heightfield holds heights that are not finite; repair them.")


def _check_points(shape: Shape, name: str) -> None:
    points, triangles = shape.points, shape.triangles
    if len(points) < (4 if shape.kind is ShapeKind.HULL else 3):
        raise TaixuError(
            f"{name}: a {shape.kind.name.lower()} of {len(points)} points holds no volume; give it more points."
        )
    if not np.isfinite(points).all() or np.abs(points).max() > MAX_EXTENT:
        raise TaixuError(f"{name}: a {shape.kind.name.lower()} holds points that are not finite; repair the model.")
    if shape.kind is ShapeKind.HULL:
        if float(np.ptp(points, axis=0).max()) <= 0:
            raise TaixuError(f"{name}: all points of a hull are the same point; give it a volume.")
        return
    if not 0 < len(triangles) <= MAX_MESH_TRIANGLES:
        raise TaixuError(f"{name}: a mesh has {len(triangles)} triangles; it takes 1 to {MAX_MESH_TRIANGLES}.")
    if triangles.min() < 0 or triangles.max() >= len(points):
        raise TaixuError(
            f"{name}: a mesh refers to vertex {int(triangles.max())} of {len(points)}; repair its indices."
        )


def check_rows(values: ArrayLike, width: int, what: str, limit: float = MAX_VALUE) -> NDArray[np.float64]:
    """`values` as float64 [n, width], or a sentence when they are not finite or not of that shape."""
    try:
        rows = np.asarray(values, np.float64).reshape(-1, width)
    except (TypeError, ValueError):
        raise TaixuError(f"The {what} are not rows of {width} numbers.") from None
    bad = ~(np.isfinite(rows) & (np.abs(np.where(np.isfinite(rows), rows, 0)) <= limit)).all(axis=1)
    if bad.any():
        row = int(np.argmax(bad))
        raise TaixuError(f"Row {row} of the {what} is {rows[row].tolist()}; it must be finite and at most {limit:g}.")
    return rows


def check_poses(values: ArrayLike, what: str) -> NDArray[np.float64]:
    """Finite poses [n, 7] with quaternions brought to length one."""
    rows = check_rows(values, 7, what, MAX_EXTENT).copy()
    lengths = np.linalg.norm(rows[:, 3:], axis=1)
    if len(rows) and lengths.min() < 1e-6:
        raise TaixuError(
            f"Row {int(np.argmin(lengths))} of the {what} has a zero quaternion; a rotation has length one."
        )
    rows[:, 3:] /= lengths[:, None]
    return rows


def check_ids(ids: ArrayLike, alive: NDArray[np.bool_], what: str) -> NDArray[np.int64]:
    """Ids as int64 [n], each known to be alive."""
    array = np.atleast_1d(np.asarray(ids))
    if array.size and not np.issubdtype(array.dtype, np.integer):
        raise TaixuError(f"A {what} id is {array.dtype}; ids are whole numbers that create() returned.")
    array = array.astype(np.int64).ravel()
    known = (array >= 0) & (array < len(alive))
    known[known] = alive[array[known]]
    if not known.all():
        raise TaixuError(f"There is no {what} with id {int(array[np.argmin(known)])}; it was removed or never made.")
    return array


def check_bodies(batch: BodyBatch) -> None:
    """Refuse a batch with anything that is not finite, positive, known; normalise its quaternions."""
    batch.poses = check_poses(batch.poses, "poses")
    check_rows(batch.velocities, 6, "velocities", 1e6)
    if batch.n and int(batch.kinds.max()) > BodyKind.DYNAMIC:
        raise TaixuError(
            f"A body has the kind {int(batch.kinds.max())}; kinds are static 0, kinematic 1 and dynamic 2."
        )
    given = ~np.isnan(batch.masses_kg)
    if (given & ~((batch.masses_kg > 0) & (batch.masses_kg < MAX_VALUE)) & (batch.kinds == BodyKind.DYNAMIC)).any():
        raise TaixuError(
            "A dynamic body's mass is not a positive number of kilograms; give it one or make the body static."
        )
    check_rows(batch.gravity_scales, 1, "gravity scales", 1e6)
    for name, column in (("linear", batch.linear_dampings), ("angular", batch.angular_dampings)):
        if (check_rows(column, 1, f"{name} dampings", 1e6) < 0).any():
            raise TaixuError(f"A {name} damping is negative; a body would gain energy from nothing.")
    for index, shape in enumerate(batch.shapes):
        check_shape(shape, f"Shape {index}")
    _check_colliders(batch)


def _check_colliders(batch: BodyBatch) -> None:
    rows = batch.colliders
    if not len(rows):
        return
    for column, count, what in (("body", batch.n, "body"), ("shape", len(batch.shapes), "shape")):
        if rows[column].min() < 0 or rows[column].max() >= count:
            raise TaixuError(f"A collider refers to a {what} outside its batch of {count}.")
    rows["pose"] = check_poses(rows["pose"], "collider poses")
    for column in ("friction", "restitution", "density"):
        if (check_rows(rows[column], 1, f"{column} values") < 0).any():
            raise TaixuError(f"A collider's {column} is negative; it must be zero or more.")
    if rows["restitution"].max() > 1:
        raise TaixuError("A collider's restitution is above 1; a bounce would gain energy from nothing.")
    surfaces = np.array([shape.kind.is_surface for shape in batch.shapes])
    wrong = surfaces[rows["shape"]] & (batch.kinds[rows["body"]] == BodyKind.DYNAMIC)
    if wrong.any():
        kind = batch.shapes[int(rows["shape"][np.argmax(wrong)])].kind.name.lower()
        raise TaixuError(
            f"A dynamic body has a {kind} collider, which has no inside; use hulls or make the body kinematic."
        )


def check_joints(batch: JointBatch, alive: NDArray[np.bool_], kinds: NDArray[np.uint8]) -> None:
    """Refuse joints with unknown bodies or numbers that make no sense."""
    if batch.n and int(batch.kinds.max()) > JointKind.SPRING:
        raise TaixuError(f"A joint has the kind {int(batch.kinds.max())}; kinds are 0 to {int(JointKind.SPRING)}.")
    if batch.n and int(batch.motor_modes.max()) > MotorMode.POSITION:
        raise TaixuError(f"A joint's motor mode is {int(batch.motor_modes.max())}; modes are 0 to 2.")
    check_ids(batch.bodies_b, alive, "body")
    check_ids(batch.bodies_a[batch.bodies_a != WORLD_BODY], alive, "body")
    if (batch.bodies_a == batch.bodies_b).any():
        raise TaixuError("A joint connects a body with itself; give it two bodies.")
    fixed_a = (batch.bodies_a == WORLD_BODY) | (kinds[batch.bodies_a] != BodyKind.DYNAMIC)
    if (fixed_a & (kinds[batch.bodies_b] != BodyKind.DYNAMIC)).any():
        raise TaixuError("A joint connects two bodies that never move by forces; one of them must be dynamic.")
    batch.frames_a = check_poses(batch.frames_a, "joint frames")
    batch.frames_b = check_poses(batch.frames_b, "joint frames")
    low, high = batch.limits[:, 0], batch.limits[:, 1]
    if np.isnan(batch.limits).any() or (low > high).any():
        raise TaixuError("A joint's lower limit is above its upper limit, or not a number.")
    lengths = high[batch.kinds >= JointKind.DISTANCE]
    if not (np.isfinite(lengths) & (lengths >= 0)).all():
        raise TaixuError("A distance, rope or spring joint needs a finite length as its upper limit.")
    check_rows(batch.motor_targets, 1, "motor targets", 1e6)
    for column, what in (
        (batch.motor_forces, "motor force"),
        (batch.stiffnesses, "stiffness"),
        (batch.dampings, "damping"),
    ):
        if np.isnan(column).any() or (column < 0).any():
            raise TaixuError(f"A joint's {what} is negative or not a number.")


def check_step(n: int, dt: float) -> None:
    """Refuse a step count or length that no engine survives."""
    if not (isinstance(n, (int, np.integer)) and 0 <= n <= 100_000):
        raise TaixuError(f"step({n!r}): the number of steps is a whole number from 0 to 100,000.")
    if not (np.isfinite(dt) and 1e-6 <= dt <= 1.0):
        raise TaixuError(f"The fixed step is {dt} s; it must be between a microsecond and a second.")
