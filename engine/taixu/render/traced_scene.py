"""What rays meet: the triangles of a frame in world space, with what they send back, read off the device once.

A ray needs no more of a surface than what it is on the whole: every triangle has one colour of its diffuse and of its
mirror lobe, roughness, emission and coverage, taken from its material's textures in its middle at about its size.
Blended and transmissive surfaces stop no rays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from taixu.render.bindings import FLAG_VISIBLE
from taixu.render.instances import NOT_DEFORMED
from taixu.render.meshes import MODES, SURFACE_DTYPE
from taixu.render.signature import SRGB_SLOTS
from taixu.scene import CELL_M, WorldTransforms

if TYPE_CHECKING:
    from taixu.ecs import World
    from taixu.render.extraction import WorldMirror
    from taixu.render.materials import MaterialTable

__all__ = ["MOST_TRIANGLES", "TracedScene", "gather_triangles", "triangle_looks"]

MOST_TRIANGLES = 1 << 20
"""Worlds of more triangles are not traced."""
_TRIANGLES = MODES.index("triangles")
_LARGEST_READ = 256

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class TracedScene:
    """Triangles, relative to the camera's cell.

    Attributes
    ----------
    corners : float32[n, 3, 3]
    diffuse, mirror, emissive : float32[n, 3]
        Albedo of the diffuse lobe, reflectance of the mirror lobe seen straight on, radiance of their own.
    roughness, coverage : float32[n]
        Perceptual; how much of the triangle is there (holes).
    """

    corners: Floats
    diffuse: Floats
    mirror: Floats
    emissive: Floats
    roughness: Floats
    coverage: Floats


def gather_triangles(
    mirror: WorldMirror, materials: MaterialTable, world: World, *, cell: tuple[int, int, int], layers: int
) -> TracedScene | None:
    """All solid triangles that a view shows; None where there are none, or more than `MOST_TRIANGLES`."""
    pool, rows = mirror.pool, mirror.renderables.rows[: mirror.renderables.high]
    keys = materials.keys[rows["material"]]
    solid = np.array([key.alpha != "blend" for key in materials.draw_keys])[keys]
    shown = (rows["mesh"] > 0) & (rows["flags"] & FLAG_VISIBLE > 0) & (rows["layers"] & layers > 0) & solid
    shown &= pool.modes[rows["mesh"]] == _TRIANGLES
    chosen = np.flatnonzero(shown)
    counts = pool.rows["index_count"][rows["mesh"][chosen]] // 3
    if len(chosen) == 0 or not 0 < int(counts.sum()) <= MOST_TRIANGLES:
        return None
    places = world.resource(WorldTransforms)
    parts = []
    for slot in chosen.tolist():
        row = rows[slot]
        index = int(row["transform"])
        matrix = places.matrices[index].reshape(3, 4).astype(np.float64)
        offset = (places.cells[index] - np.asarray(cell)) * CELL_M + matrix[:, 3]
        parts.append(_triangles(mirror, materials, row, matrix[:, :3], offset))
    return TracedScene(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _triangles(
    mirror: WorldMirror, materials: MaterialTable, row: Any, turn: NDArray[np.float64], offset: NDArray[np.float64]
) -> tuple[Floats, ...]:
    """A renderable's share of every field of `TracedScene`."""
    pool, mesh = mirror.pool, int(row["mesh"])
    known = pool.rows[mesh]
    first, count = int(known["first_vertex"]), int(known["vertex_count"])
    if int(row["deformed"]) != NOT_DEFORMED:
        positions = mirror.deformer.read_positions(int(row["deformed"]))
    else:
        positions = pool.positions.read(np.float32, offset=first * 12, count=count * 3).reshape(-1, 3)
    surfaces = pool.surfaces.read(SURFACE_DTYPE, offset=first * SURFACE_DTYPE.itemsize, count=count)
    indices = pool.indices.read(np.uint32, offset=int(pool.first_indices[mesh]) * 4, count=int(known["index_count"]))
    indices = indices[: len(indices) // 3 * 3].reshape(-1, 3)
    world = (positions @ turn.T + offset).astype(np.float32)
    looks = _Looks(materials, int(row["material"]), surfaces, indices)
    return (world[indices], *looks.lobes())


def triangle_looks(
    materials: MaterialTable, material: int, surfaces: NDArray[Any], indices: NDArray[np.uint32]
) -> tuple[Floats, ...]:
    """Diffuse, mirror, emissive [n, 3], roughness and coverage [n] of a mesh's triangles [n, 3] in a material."""
    return _Looks(materials, material, surfaces, indices).lobes()


class _Looks:
    """A material in the middle of each triangle."""

    def __init__(self, materials: MaterialTable, material: int, surfaces: NDArray[Any], indices: NDArray[np.uint32]) -> None:
        self.materials, self.surfaces, self.indices = materials, surfaces, indices
        self.row = materials.row(material)
        self.key = materials.draw_keys[int(materials.keys[material])]

    def lobes(self) -> tuple[Floats, ...]:
        """Diffuse, mirror, emissive, roughness, coverage."""
        row, n = self.row, len(self.indices)
        color = (self.surfaces["color"][self.indices].astype(np.float32) / 65535).mean(1)
        base = color * row["base_color"] * self._texture("base_color")
        coverage = np.where(base[:, 3] >= row["alpha_cutoff"], 1.0, 0.0) if self.key.alpha == "mask" else np.ones(n)
        if self.key.unlit:
            dark = np.zeros((n, 3), np.float32)
            return dark, dark, base[:, :3].astype(np.float32), np.ones(n, np.float32), coverage.astype(np.float32)
        surface = self._texture("metallic_roughness")
        metallic = np.clip(row["metallic"] * surface[:, 2], 0, 1)[:, None]
        roughness = np.clip(row["roughness"] * surface[:, 1], 0, 1)
        ior = float(row["ior"])
        reflected = ((ior - 1) / (ior + 1)) ** 2 if ior > 0 else 1.0
        plain = np.minimum(reflected * row["specular_color"], 1.0) * row["specular"]
        mirror = plain * (1 - metallic) + base[:, :3] * metallic
        diffuse = base[:, :3] * (1 - metallic) * (1 - plain.max())
        if "sheen" in self.key.signature.layers:  # cloth sends nearly evenly what it sends
            diffuse = np.minimum(diffuse + 0.25 * row["sheen_color"] * self._texture("sheen_color")[:, :3], 1.0)
        emissive = row["emissive"] * self._texture("emissive")[:, :3]
        return tuple(a.astype(np.float32) for a in (diffuse, mirror, emissive, roughness, coverage))

    def _texture(self, slot: str) -> Floats:
        """The slot's texels in the middle of every triangle, linear: float32[n, 4]; ones where it has none."""
        n = len(self.indices)
        use = next((use for use in self.key.signature.textures if use.slot == slot), None)
        if use is None:
            return np.ones((n, 4), np.float32)
        texture = self.materials.texture_of(self.key, use)
        if texture.format.is_block:  # compressed: no texels to read
            return np.full((n, 4), 0.5, np.float32)
        level = min(max(0, int(np.ceil(np.log2(max(texture.size) / _LARGEST_READ)))), texture.levels - 1)
        texels = texture.read(level=level, layer=int(self._layers()[use.at]))
        values = _linear(texels, srgb=slot in SRGB_SLOTS)
        name = "uv1" if use.mapping == 1 else "uv0"
        corners = self.surfaces[name][self.indices]
        if use.mapping >= 2:
            u, v = self.row["mappings"][2 * (use.mapping - 2) : 2 * (use.mapping - 2) + 2]
            corners = self.surfaces["uv1" if v[3] > 0.5 else "uv0"][self.indices]
            corners = np.stack([corners @ u[:2] + u[2], corners @ v[:2] + v[2]], -1)
        return _sampled(values, corners)

    def _layers(self) -> NDArray[np.uint16]:
        layers: NDArray[np.uint16] = np.ascontiguousarray(self.row["texture_layers"]).view(np.uint16).reshape(-1)
        return layers


def _linear(texels: NDArray[Any], *, srgb: bool) -> Floats:
    values = texels.astype(np.float32)
    if texels.dtype.kind == "u":
        values = values / np.float32(np.iinfo(texels.dtype).max)
    if values.shape[-1] < 4:
        more = np.ones((*values.shape[:2], 4), np.float32)
        more[..., : values.shape[-1]] = values
        values = more
    if srgb:
        color = values[..., :3]
        values = values.copy()
        values[..., :3] = np.where(color <= 0.04045, color / 12.92, ((np.maximum(color, 0) + 0.055) / 1.055) ** 2.4)
    return values


def _sampled(values: Floats, corners: NDArray[np.float32]) -> Floats:
    """The mean of four points of each triangle, [n, 3, 2] in texture coordinates that repeat."""
    height, width = values.shape[:2]
    weights = np.array([[1 / 3, 1 / 3, 1 / 3], [0.6, 0.2, 0.2], [0.2, 0.6, 0.2], [0.2, 0.2, 0.6]], np.float32)
    points = np.nan_to_num(np.einsum("pc,nck->npk", weights, corners))
    x = (np.mod(points[..., 0], 1.0) * width).astype(np.intp) % width
    y = (np.mod(points[..., 1], 1.0) * height).astype(np.intp) % height
    result: Floats = values[y, x].mean(1)
    return result
