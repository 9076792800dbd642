"""What a fine model looks like, asked at texels of a coarse one: colours, roughness, metal, glow, relief of the nearest place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.flattening import flatten_model
from taixu.assets.image import decode_image
from taixu.assets.material import Material
from taixu.assets.model import ModelData
from taixu.assets.texture import TextureRef, Wrap
from taixu.errors import MachineError, TaixuError
from taixu.generate.gate.closest import closest_on_triangles
from taixu.generate.mesh_texturing.texels import Texels, sample_bilinear

__all__ = ["FineLook", "Look", "need_search"]

Floats = NDArray[np.float64]
Pixels = NDArray[np.float32]

_SAMPLES = 400_000
"""Places strewn over the fine model, by area: which triangles lie near is asked of them, where exactly of the triangles."""
_NEAR = 6
_AGAINST = 4.0
"""How much farther a place counts that faces the other way: the two sides of a thin wall keep their own colours."""


def need_search() -> Any:
    """SciPy's tree of places.

    Raises
    ------
    MachineError
        Where it is not installed.
    """
    try:
        from scipy.spatial import cKDTree
    except ImportError:
        raise MachineError('fewer triangles need SciPy; pip install "taixu[models]" brings it') from None
    return cKDTree


@dataclass(slots=True)
class Look:
    """What is seen at some places: linear colours [m, 3], unit normals of the model's space [m, 3], and numbers [m]."""

    base_color: Floats
    emission: Floats
    normals: Floats
    occlusion: Floats
    roughness: Floats
    metallic: Floats


class FineLook:
    """A model that can be asked how it looks somewhere near its surface.

    Only opaque materials are asked; textures that lie by a second set of coordinates count as white.

    Raises
    ------
    MachineError
        Where SciPy is not installed.
    TaixuError
        When a picture is damaged, or nothing opaque is shown.
    """

    def __init__(self, model: ModelData) -> None:
        self._model = model
        self._pictures: dict[int, Pixels | None] = {}
        pieces = [each for each in flatten_model(model) if len(each.triangles) and _is_solid(model, each.material)]
        if not pieces:
            raise TaixuError("it shows nothing opaque, which alone can be made of fewer triangles")
        starts = np.cumsum([0, *(len(each.positions) for each in pieces)])
        self._positions = np.concatenate([each.positions for each in pieces])
        self._triangles = np.concatenate([each.triangles.astype(np.int64) + at for each, at in zip(pieces, starts, strict=False)])
        self._normals = np.concatenate([_normals(each.positions, each.triangles, each.normals) for each in pieces])
        self._texcoords = np.concatenate([_rows(each.texcoords, len(each.positions), np.zeros(2)) for each in pieces])
        self._colors = np.concatenate([_rows(each.colors, len(each.positions), np.ones(4)) for each in pieces])[:, :3]
        self._materials = np.repeat(
            [-1 if each.material is None else each.material for each in pieces], [len(each.triangles) for each in pieces]
        )
        self._corners = self._positions[self._triangles]
        strewn, self._of_strewn = _strewn(self._corners)
        self._tree = need_search()(strewn)

    def at(self, texels: Texels) -> Look:
        """How it looks where texels lie, [m]."""
        rows, weights = self._nearest(texels.positions, texels.normals)
        vertices = self._triangles[rows]
        texcoords = np.einsum("mk,mkc->mc", weights, self._texcoords[vertices])
        normals = np.einsum("mk,mkc->mc", weights, self._normals[vertices])
        normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
        colors = np.einsum("mk,mkc->mc", weights, self._colors[vertices])
        count = len(rows)
        look = Look(np.zeros((count, 3)), np.zeros((count, 3)), normals, np.ones(count), np.ones(count), np.zeros(count))
        whose = self._materials[rows]
        for number in np.unique(whose).tolist():
            own = np.flatnonzero(whose == number)
            material = self._model.materials[number] if 0 <= number < len(self._model.materials) else Material()
            self._fill(look, own, material, texcoords[own], colors[own], rows[own])
        return look

    def _nearest(self, places: Floats, normals: Floats) -> tuple[NDArray[np.int64], Floats]:
        near = min(_NEAR, len(self._of_strewn))
        _, found = self._tree.query(places, k=near, workers=-1)
        candidates = self._of_strewn[np.asarray(found).reshape(len(places), near)]
        best = np.full(len(places), np.inf)
        rows, weights = candidates[:, 0].copy(), np.zeros((len(places), 3))
        for column in range(near):
            at = candidates[:, column]
            corners = self._corners[at]
            shares, squared = closest_on_triangles(places, corners)
            faces = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
            faces /= np.maximum(np.linalg.norm(faces, axis=1, keepdims=True), 1e-30)
            against = np.maximum(-np.einsum("mc,mc->m", faces, normals), 0.0)
            squared = squared * (1.0 + _AGAINST * against) + 1e-12 * against
            nearer = squared < best
            best[nearer], rows[nearer], weights[nearer] = squared[nearer], at[nearer], shares[nearer]
        return rows, weights

    def _fill(
        self, look: Look, own: NDArray[np.int64], material: Material, texcoords: Floats, colors: Floats, rows: NDArray[np.int64]
    ) -> None:
        def picture(ref: TextureRef | None) -> Floats | None:
            return None if ref is None else self._sampled(ref, texcoords)

        base = picture(material.base_color_texture)
        look.base_color[own] = np.array(material.base_color[:3]) * colors * (1.0 if base is None else _linear(base))
        glow = picture(material.emissive_texture)
        look.emission[own] = np.array(material.emissive) * material.emissive_strength * (1.0 if glow is None else _linear(glow))
        orm = picture(material.metallic_roughness_texture)
        look.roughness[own] = material.roughness * (1.0 if orm is None else orm[:, 1])
        look.metallic[own] = material.metallic * (1.0 if orm is None else orm[:, 2])
        hidden = picture(material.occlusion_texture)
        if hidden is not None and material.occlusion_texture is not None:
            look.occlusion[own] = 1.0 + material.occlusion_texture.strength * (hidden[:, 0] - 1.0)
        bumps = picture(material.normal_texture)
        if bumps is not None and material.normal_texture is not None:
            bent = (bumps * 2.0 - 1.0) * np.array((material.normal_texture.strength, material.normal_texture.strength, 1.0))
            look.normals[own] = self._bent(look.normals[own], bent, rows)

    def _bent(self, normals: Floats, bumps: Floats, rows: NDArray[np.int64]) -> Floats:
        """Normals of a normal map in the model's space: along rising u, by the triangle's own coordinates."""
        corners, laid = self._corners[rows], self._texcoords[self._triangles[rows]]
        along, across = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
        (du1, dv1), (du2, dv2) = (laid[:, 1] - laid[:, 0]).T, (laid[:, 2] - laid[:, 0]).T
        turn = du1 * dv2 - du2 * dv1
        tangents = (along * dv2[:, None] - across * dv1[:, None]) * np.sign(turn)[:, None]
        tangents -= normals * np.einsum("mc,mc->m", normals, tangents)[:, None]
        lengths = np.linalg.norm(tangents, axis=1, keepdims=True)
        usable = (lengths[:, 0] > 1e-30) & (turn != 0)
        tangents /= np.maximum(lengths, 1e-30)
        # v goes down in glTF, so that the map's green points along falling v: the mirror of the cross product's sense.
        bitangents = np.cross(normals, tangents) * -np.sign(turn)[:, None]
        bent = tangents * bumps[:, :1] + bitangents * bumps[:, 1:2] + normals * bumps[:, 2:3]
        bent = np.where(usable[:, None], bent, normals)
        found: Floats = bent / np.maximum(np.linalg.norm(bent, axis=1, keepdims=True), 1e-12)
        return found

    def _sampled(self, ref: TextureRef, texcoords: Floats) -> Floats | None:
        pixels = self._picture(ref.texture) if ref.texcoord == 0 else None
        if pixels is None:
            return None
        c, s = np.cos(ref.rotation_rad), np.sin(ref.rotation_rad)
        places = texcoords * np.array(ref.scale) @ np.array([[c, s], [-s, c]]).T + np.array(ref.offset)
        sampler = self._model.textures[ref.texture].sampler
        wraps = sampler is None or self._model.samplers[sampler].wrap_s != Wrap.CLAMP_TO_EDGE
        places = places - np.floor(places) if wraps else np.clip(places, 0.0, 1.0)
        return sample_bilinear(pixels, places[:, 0] * pixels.shape[1], places[:, 1] * pixels.shape[0], wrap=wraps)

    def _picture(self, number: int) -> Pixels | None:
        if number not in self._pictures:
            self._pictures[number] = self._read(number)
        return self._pictures[number]

    def _read(self, number: int) -> Pixels | None:
        if not 0 <= number < len(self._model.textures):
            return None
        texture = self._model.textures[number]
        for index in (texture.image, texture.fallback):
            if index is None or not 0 <= index < len(self._model.images):
                continue
            image = self._model.images[index]
            try:
                pixels = decode_image(image.read(), name=image.name or "a texture")
            except OSError as error:
                raise TaixuError(f"the texture {image.name!r} cannot be read ({error.strerror})") from error
            white = 2 ** (8 * pixels.dtype.itemsize) - 1 if pixels.dtype.kind == "u" else 1
            numbers: Pixels = (pixels / white).astype(np.float32)
            return numbers[..., :3] if numbers.shape[2] >= 3 else np.repeat(numbers[..., :1], 3, axis=-1)
        return None


def _is_solid(model: ModelData, number: int | None) -> bool:
    if number is None or not 0 <= number < len(model.materials):
        return True
    material = model.materials[number]
    return material.alpha_mode == "OPAQUE" and material.transmission is None


def _strewn(corners: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """Places on triangles [t, 3, 3], at least one each, the others by area (a low-discrepancy row, Roberts 2018), and whose."""
    areas = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    shares = areas / max(float(areas.sum()), 1e-30) * _SAMPLES
    counts = np.maximum(np.floor(shares).astype(np.int64), 1)
    whose = np.repeat(np.arange(len(corners)), counts)
    number = np.arange(len(whose)) - np.repeat(np.cumsum(counts) - counts, counts)
    u, v = (number * 0.7548776662466927 + 1 / 3) % 1.0, (number * 0.5698402909980532 + 1 / 3) % 1.0
    over = u + v > 1.0
    u, v = np.where(over, 1.0 - u, u), np.where(over, 1.0 - v, v)
    shares3 = np.stack([1.0 - u - v, u, v], axis=1)
    return np.einsum("mk,mkc->mc", shares3, corners[whose]), whose


def _normals(positions: Floats, triangles: NDArray[Any], normals: Floats | None) -> Floats:
    if normals is not None:
        return normals
    corners = positions[triangles]
    faces = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    summed = np.zeros_like(positions)
    for corner in range(3):
        np.add.at(summed, triangles[:, corner], faces)
    found: Floats = summed / np.maximum(np.linalg.norm(summed, axis=1, keepdims=True), 1e-30)
    return found


def _rows(values: NDArray[Any] | None, count: int, otherwise: Floats) -> Floats:
    return np.tile(otherwise, (count, 1)) if values is None else values.astype(np.float64)


def _linear(encoded: Floats) -> Floats:
    """sRGB's numbers as light (IEC 61966-2-1)."""
    found: Floats = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    return found
