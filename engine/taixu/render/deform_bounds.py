"""Where deformed things are, roughly: spheres from joints, which the CPU chooses by and the device culls by.

A skinned vertex is a weighted mean of where its joints take it, so it lies in the box round spheres about the joints, each
as wide as the vertices that the joint holds are far from it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from taixu.render.meshes import MeshPool
from taixu.scene import CELL_M, WorldTransforms

__all__ = ["Form", "JointBounds", "measure_form", "ranges"]

_Floats = NDArray[np.float64]
_Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """A mesh of the library with a skin.

    Attributes
    ----------
    extents : float32[j]
        How far from each joint its vertices are, in the joint's own axes; minus infinity where it holds none.
    reach : float64[t]
        The farthest that each morph target moves a vertex.
    rest : float64[4]
        Sphere of the vertices at rest, in the mesh's space.
    is_loose
        Whether vertices stay there that no joint holds.
    """

    extents: NDArray[np.float32]
    reach: _Floats
    rest: _Floats
    is_loose: bool


def measure_form(pool: MeshPool, meshes: NDArray[np.uint32], inverse_binds: NDArray[np.float32]) -> Form:
    """Measure pool meshes that joints with these inverse binds [j, 12] hold; none where nothing is skinned."""
    rows = pool.deforms.rows[meshes]
    count = len(inverse_binds)
    extents = np.full(count, -np.inf, np.float32)
    binds = inverse_binds.reshape(-1, 3, 4).astype(np.float64)
    for row in rows[rows["influence_sets"] > 0] if count else ():
        held = pool.deforms.spheres[row["joint_first"] : row["joint_first"] + row["joint_count"]]
        joint = np.minimum(np.arange(len(held)), count - 1)
        away = np.linalg.norm(np.einsum("nij,nj->ni", binds[joint, :, :3], held[:, :3]) + binds[joint, :, 3], axis=1)
        wide = np.linalg.norm(binds[joint, :, :3], ord=2, axis=(1, 2)) * held[:, 3]
        np.maximum.at(extents, joint, np.where(held[:, 3] >= 0, (away + wide) * 1.0001 + 1e-6, -np.inf).astype(np.float32))
    targets = rows[rows["target_count"] > 0]
    reach = np.zeros(int(targets["target_count"].max(initial=0)))
    for row in targets:
        mine = pool.deforms.reach[row["reach_first"] : row["reach_first"] + row["target_count"]]
        reach[: len(mine)] = np.maximum(reach[: len(mine)], mine)
    spheres = pool.rows["sphere"][meshes].astype(np.float64)
    low, high = (spheres[:, :3] - spheres[:, 3:]).min(0), (spheres[:, :3] + spheres[:, 3:]).max(0)
    middle = (low + high) / 2
    radius = float((np.linalg.norm(spheres[:, :3] - middle, axis=1) + spheres[:, 3]).max())
    plain = (rows["influence_sets"] == 0) & (rows["target_count"] > 0)
    loose = bool(rows["has_loose"].any() or plain.any() or not np.isfinite(extents).any())
    return Form(extents, reach, np.array((*middle, radius)), loose)


class JointBounds:
    """Spheres of bodies.

    Parameters
    ----------
    entities
        Entity index of each body, [b].
    forms, numbers
        All forms, and which each body has.
    joint_counts, joints
        How many joints each body has, and the entity indices of all of them, one body's after the other.
    weight_firsts, weight_counts
        Where each body's morph weights lie.
    """

    def __init__(
        self, entities: _Indices, forms: list[Form], numbers: _Indices, joint_counts: _Indices, joints: _Indices,
        weight_firsts: _Indices, weight_counts: _Indices,
    ) -> None:  # fmt: skip
        self.entities, self.joints = entities, joints
        self.spheres = np.zeros((len(entities), 4))
        self._bases, self._bases_revision = np.zeros(len(entities), np.intp), -1
        self._against = np.zeros((len(entities), 4))  # spheres against their bases, of those whose joints all have the same one
        self._counts, self._starts = joint_counts, np.cumsum(joint_counts) - joint_counts
        widest = max((len(form.extents) for form in forms), default=0)
        table = np.full((len(forms), widest + 1), -np.inf, np.float32)
        for row, form in enumerate(forms):
            table[row, : len(form.extents)] = form.extents
        owners = np.repeat(np.arange(len(entities)), joint_counts)
        self._extents = table[numbers[owners], np.arange(len(owners)) - self._starts[owners]]
        self._rest = np.array([form.rest for form in forms]).reshape(-1, 4)[numbers]
        self._is_loose = np.array([form.is_loose for form in forms], bool)[numbers] | (joint_counts == 0)
        reaches = np.array([len(form.reach) for form in forms], np.intp)[numbers]
        self._targets = np.minimum(reaches, weight_counts)
        self._weights = ranges(weight_firsts, self._targets)
        flat = np.concatenate([np.zeros(0), *(form.reach for form in forms)])
        firsts = np.cumsum([0, *(len(form.reach) for form in forms)])[:-1]
        self._reach = flat[ranges(firsts[numbers], self._targets)] if len(numbers) else flat

    def touched(self, moved: NDArray[np.bool_], places: WorldTransforms) -> NDArray[np.bool_]:
        """Which bodies are bent otherwise where these entities (by index) moved, [b]: a joint did, or the mesh against joints."""
        self._follow_bases(places)
        found = np.zeros(len(self.entities), bool)
        skinned = np.flatnonzero(self._counts > 0)
        if len(skinned):
            found[skinned] = np.logical_or.reduceat(moved[self.joints], self._starts[skinned])
            found[skinned] |= moved[self.entities[skinned]] & (self._bases[skinned] == 0)
        return found

    def follow(
        self, changed: NDArray[np.bool_], elsewhere: NDArray[np.bool_], places: WorldTransforms, weights: NDArray[np.float32]
    ) -> None:
        """Work out the spheres of bodies, relative to the cells of their entities: of those whose joints or weights changed, and
        of those whose entities are elsewhere.
        """
        self._follow_bases(places)
        is_held = self._bases > 0
        self._measure(np.flatnonzero(changed | (elsewhere & ~is_held)), places, weights)
        held = np.flatnonzero(is_held & (changed | elsewhere))
        if len(held):
            bases, spheres = self._bases[held], self._against[held]
            columns = np.ascontiguousarray(places.matrices.take(bases, axis=0).T)
            middles = np.einsum("ijn,nj->in", columns.reshape(3, 4, -1)[:, :3], spheres[:, :3]) + columns[3::4]
            apart = (places.cells[bases] - places.cells[self.entities[held]]) * CELL_M
            self.spheres[held, :3] = middles.T + apart
            self.spheres[held, 3] = spheres[:, 3] * _stretches(columns)

    def _follow_bases(self, places: WorldTransforms) -> None:
        """Who is relative to what; a body counts as held where all its joints have one base and nothing is left at rest."""
        if self._bases_revision == places.bases.revision:
            return
        self._bases_revision = places.bases.revision
        skinned = np.flatnonzero((self._counts > 0) & ~self._is_loose)
        self._bases[:] = 0
        if places.bases and len(skinned):
            of, every = places.bases.of[self.joints], np.flatnonzero(self._counts > 0)
            low = np.minimum.reduceat(of, self._starts[every])
            high = np.maximum.reduceat(of, self._starts[every])
            same = np.zeros(len(self.entities), np.intp)
            same[every] = np.where(low == high, low, 0)
            self._bases[skinned] = same[skinned]

    def _measure(self, bodies: _Indices, places: WorldTransforms, weights: NDArray[np.float32]) -> None:
        if not len(bodies):
            return
        grow = self._grown(weights)[bodies]
        low, high = np.full((3, len(bodies)), np.inf), np.full((3, len(bodies)), -np.inf)
        counts = self._counts[bodies]
        skinned = np.flatnonzero(counts > 0)
        if len(skinned):
            some, many = bodies[skinned], counts[skinned]
            # Most often everybody moved: then nothing has to be picked.
            flat = slice(None) if int(many.sum()) == len(self.joints) else ranges(self._starts[some], many)
            starts = np.cumsum(many) - many
            joints, owners = self.joints[flat], np.repeat(some, many)
            rows, cells = places.matrices.take(joints, axis=0), None
            if places.has_cells:
                cells = places.cells[joints]
            mixed = np.flatnonzero((places.bases.of[joints] > 0) & (self._bases[owners] == 0)) if places.bases else ()
            if len(mixed):
                rows[mixed], found = places.rows(joints[mixed])
                if cells is not None:
                    cells[mixed] = found
            columns = np.ascontiguousarray(rows.T)
            middles = columns[3::4]
            if cells is not None:
                apart = np.where(self._bases[owners, None] > 0, 0, cells - places.cells[self.entities[owners]])
                middles = middles + (apart.T * CELL_M).astype(np.float32)
            radii = (self._extents[flat] + np.repeat(grow[skinned], many).astype(np.float32)) * _stretches(columns)
            low[:, skinned] = np.minimum.reduceat(middles - radii, starts, axis=1)
            high[:, skinned] = np.maximum.reduceat(middles + radii, starts, axis=1)
        loose = np.flatnonzero(self._is_loose[bodies])
        if len(loose):
            columns = np.ascontiguousarray(places.matrices[self.entities[bodies[loose]]].T)
            rest = self._rest[bodies[loose]]
            middle = np.einsum("ijn,nj->in", columns.reshape(3, 4, -1)[:, :3], rest[:, :3]) + columns[3::4]
            radius = (rest[:, 3] + grow[loose]) * _stretches(columns)
            low[:, loose] = np.minimum(low[:, loose], middle - radius)
            high[:, loose] = np.maximum(high[:, loose], middle + radius)
        found = np.concatenate([(low + high) / 2, np.sqrt(np.square(high - low).sum(0, keepdims=True)) / 2]).T
        self._against[bodies] = self.spheres[bodies] = found

    def _grown(self, weights: NDArray[np.float32]) -> _Floats:
        """How far morph targets move anything, by body."""
        if not len(self._weights):
            return np.zeros(len(self.entities))
        owners = np.repeat(np.arange(len(self.entities)), self._targets)
        moved = np.abs(weights[self._weights]) * self._reach
        return np.asarray(np.bincount(owners, moved, minlength=len(self.entities)), np.float64)


def ranges(firsts: _Indices, counts: _Indices) -> _Indices:
    """The numbers of all ranges, one after the other."""
    starts = np.cumsum(counts) - counts
    return np.asarray(np.arange(int(counts.sum())) + np.repeat(firsts - starts, counts), np.intp)


def _stretches(columns: NDArray[np.float32]) -> NDArray[np.float32]:
    """The most that 3x4 matrices, as columns [12, n], make anything longer."""
    x, y, z = columns[0::4], columns[1::4], columns[2::4]
    lengths = np.stack([(x * x).sum(0), (y * y).sum(0), (z * z).sum(0)])
    largest = lengths.max(0)
    shear = np.abs((x * y).sum(0)) + np.abs((y * z).sum(0)) + np.abs((z * x).sum(0))
    # The Frobenius norm bounds every stretch, sheared ones too; without shear the longest axis is exact.
    return np.asarray(np.sqrt(np.where(shear > 1e-3 * largest, lengths.sum(0), largest * 1.002)), np.float32)
