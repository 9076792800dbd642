"""Plants and stones as models with levels of detail: full, lean, and two crossed cards with the whole tree on them."""

from __future__ import annotations

from typing import Any

import numpy as np

from taixu.assets.image import encode_png
from taixu.assets.model import Image, Material, Mesh, ModelData, Node, Primitive, Texture, TextureRef
from taixu.generate.places.plants.branches import Branches, colonise, whorls
from taixu.generate.places.plants.meshes import Arrays, cards, joined, lump, primitive, tubes, two_sided
from taixu.generate.places.plants.pictures import bark_picture, card_picture, leaf_sheet, stone_picture
from taixu.generate.places.plants.species import KINDS, Kind, PlantSpec, colors_of

__all__ = ["plant_model"]


def plant_model(spec: PlantSpec, seed: int) -> ModelData:
    """A plant. Nodes ``lod0`` to ``lod2`` hold the same thing, finest first; all but the first are hidden.

    Raises
    ------
    TaixuError
        Where there is no such plant.
    """
    spec = spec.check()
    kind = KINDS[spec.kind]
    random = np.random.Generator(np.random.PCG64([seed & 0xFFFFFFFFFFFFFFFF, 1]))
    height = spec.height_m or kind.height_m * (0.45 + 0.9 * spec.age) * random.uniform(0.92, 1.08)
    model = ModelData()
    if kind.form == "stone":
        return _stone(model, spec, height, seed)
    if kind.form == "tuft":
        return _tuft(model, spec, kind, height, random, seed)
    return _tree(model, spec, kind, height, random, seed)


def _tree(model: ModelData, spec: PlantSpec, kind: Kind, height: float, random: np.random.Generator, seed: int) -> ModelData:
    scale = height / kind.height_m
    wood = _palm_stem(height, kind, random) if kind.form == "palm" else _branches(kind, height, scale, spec, random)
    colors = colors_of(spec)
    bark = _add_material(model, "bark", bark_picture(kind.bark, size=spec.texture_px // 2, seed=seed), rough=0.92)
    lods = [[primitive(tubes(wood, sides=8, least_m=0.011 * scale ** 0.5, tile_m=1.1), bark)],
            [primitive(tubes(wood, sides=5, least_m=0.035 * scale, tile_m=1.1), bark)]]  # fmt: skip
    sheet, leaves = None, (np.zeros((0, 3)), np.zeros((0, 3)), np.zeros(0))
    if colors and spec.fullness > 0:
        sheet = leaf_sheet(kind.leaf, list(colors), size=spec.texture_px, seed=seed)
        look = _add_material(model, "leaves", sheet, mask=0.4, rough=0.8)
        leaves = _leaves(kind, wood, scale, spec, random)
        spots, directions, lengths = leaves
        center = np.array([0.0, max(float(wood.points[:, 1].max()) * 0.55, kind.trunk_m * scale), 0.0])
        flat = kind.form in ("whorls", "palm")
        for level, share in ((0, 1.0), (1, 0.34)):
            few = np.arange(len(spots))[:: max(1, round(1 / share))]
            grown = 1.0 if level == 0 else 1.0 / share ** 0.42
            made = cards(
                spots[few], directions[few], width_m=lengths[few] * (0.42 if kind.form == "palm" else 0.95) * grown,
                length_m=lengths[few] * min(grown, 1.35), center=center, random=np.random.Generator(np.random.PCG64([seed, 9])),
                roundness=0.45 if flat else 0.8, bend=0.32 if kind.form == "palm" else 0.06,
            )  # fmt: skip
            lods[level].append(primitive(made, look))
    lods.append([_crossed(model, wood, leaves, sheet, kind, spec)])
    return _with_lods(model, lods, spec.kind)


def _branches(kind: Kind, height: float, scale: float, spec: PlantSpec, random: np.random.Generator) -> Branches:
    if kind.form == "whorls":
        bare = kind.trunk_m * scale * random.uniform(0.7, 1.1)
        return whorls(
            height_m=height, bare_m=bare, reach_m=kind.width_m * scale * 0.5, rows=max(7, round(height * 0.95)),
            droop=0.42 if spec.kind == "spruce" else 0.05, random=random, thickness_m=kind.thickness_m * scale,
            cone=1.0 if spec.kind == "spruce" else 0.62,
        )  # fmt: skip
    trunk = kind.trunk_m * scale * random.uniform(0.85, 1.2)
    crown = height - trunk * 0.7
    count = 620 if kind.leaf else 520
    # Points of a lumpy egg, more of them near its skin.
    ball = random.normal(size=(count, 3))
    ball /= np.linalg.norm(ball, axis=1, keepdims=True)
    ball *= (random.uniform(0.25, 1.0, count) ** 0.5)[:, None]
    lumps = random.normal(size=(7, 3))
    lumps /= np.linalg.norm(lumps, axis=1, keepdims=True)
    ball *= (0.8 + 0.24 * np.max(ball @ lumps.T, axis=1) / 0.9)[:, None]
    ball[:, 1] = np.where(ball[:, 1] < 0, ball[:, 1] * 0.72, ball[:, 1])
    width = kind.width_m * scale / 2
    air = ball * np.array([width, crown / 1.85, width]) + np.array([0, trunk * 0.7 + crown * 0.46, 0])
    lean = random.normal(0, 0.05 + 0.1 * spec.age, 3) * np.array([1, 0, 1])
    step = max(0.06, 0.046 * height) * (0.8 if kind.width_m < 0.5 * kind.height_m else 1.0)
    return colonise(
        air, trunk_m=trunk, step_m=step, reach_m=step * 1.5, lean=lean, random=random, gravity=kind.gravity,
        thickness_m=kind.thickness_m * scale * (0.75 + 0.5 * spec.age), most=900, exponent=2.1 if kind.leaf else 2.3,
    )  # fmt: skip


def _palm_stem(height: float, kind: Kind, random: np.random.Generator) -> Branches:
    t = np.linspace(0, 1, 14)
    lean = random.normal(0, 0.13, 2)
    points = np.stack([lean[0] * height * t**2, height * 0.88 * t, lean[1] * height * t**2], 1)
    radii = kind.thickness_m * (height / kind.height_m) * (1.0 - 0.35 * t + 0.5 * np.exp(-t * 14))
    return Branches(points, np.maximum(np.arange(14) - 1, 0), radii)


def _leaves(kind: Kind, wood: Branches, scale: float, spec: PlantSpec, random: np.random.Generator) -> tuple[Any, Any, Any]:
    """Where cards hang, whither they point, and how long they are."""
    if kind.form == "palm":
        count = round(17 * min(spec.fullness, 1.6))
        angles = np.arange(count) * 2.39996 + random.normal(0, 0.12, count)
        rise = np.linspace(0.95, -0.5, count)
        directions = np.stack([np.cos(angles) * np.cos(rise), np.sin(rise), np.sin(angles) * np.cos(rise)], 1)
        return np.repeat(wood.points[-1:], count, 0), directions, kind.card_m * scale * random.uniform(0.85, 1.1, count)
    points, parents = wood.points, wood.parents
    along = points - points[parents]
    lengths = np.linalg.norm(along, axis=1)
    fine = (wood.radii < 0.33 * kind.thickness_m * scale) & (lengths > 1e-6)
    fine[0] = False
    if kind.form == "whorls":
        stem = np.hypot(along[:, 0], along[:, 2]) < 0.25 * lengths
        fine = (lengths > 1e-6) & ~stem
        fine[0] = False
    which = np.flatnonzero(fine)
    weight = np.full(len(which), kind.density * spec.fullness * (1.3 if kind.form == "whorls" else 1.35))
    tips = np.isin(which, wood.tips)
    weight[tips] *= 1.5
    copies = np.floor(weight + random.uniform(size=len(which))).astype(int)
    which = np.repeat(which, copies)
    t = random.uniform(0.1, 1.0, len(which))[:, None]
    spots = points[parents[which]] * (1 - t) + points[which] * t
    unit = along[which] / lengths[which][:, None]
    if kind.form == "whorls":
        directions = unit + random.normal(0, 0.22, unit.shape) + np.array([0, 0.05 if spec.kind == "pine" else -0.06, 0])
        far = np.hypot(points[which, 0], points[which, 2]) / max(kind.width_m * scale / 2, 0.1)
        sizes = kind.card_m * scale * random.uniform(0.75, 1.1, len(which)) * (0.72 + 0.3 * np.clip(far, 0, 1))
        spots = spots - unit * sizes[:, None] * 0.4
    else:
        outward = spots - np.array([0, points[:, 1].max() * 0.5, 0])
        outward /= np.maximum(np.linalg.norm(outward, axis=1, keepdims=True), 1e-6)
        directions = 0.6 * unit + 0.6 * outward + random.normal(0, 0.5, unit.shape) + np.array([0, -0.1, 0])
        sizes = kind.card_m * max(scale, 0.55) * random.uniform(0.75, 1.2, len(which))
        spots = spots - directions / np.linalg.norm(directions, axis=1, keepdims=True) * sizes[:, None] * 0.3
    directions /= np.maximum(np.linalg.norm(directions, axis=1, keepdims=True), 1e-6)
    return spots, directions, sizes


def _crossed(model: ModelData, wood: Branches, leaves: Any, sheet: Any, kind: Kind, spec: PlantSpec) -> Primitive:
    """Two quads that cross in the stem, with pictures of the tree from two sides."""
    spots, directions, sizes = leaves
    reach = np.concatenate([wood.points, spots + directions * sizes[:, None]]) if len(spots) else wood.points
    height = float(reach[:, 1].max()) * 1.02
    width = float(np.abs(reach[:, [0, 2]]).max()) * 2.04
    size = max(64, spec.texture_px // 2)
    views = [
        card_picture((wood.points, wood.parents, wood.radii), leaves, sheet, kind.bark_color,
                     height_m=height, width_m=width, size=size,
                     azimuth=angle) for angle in (0.0, np.pi / 2)
    ]  # fmt: skip
    look = _add_material(model, "card", np.concatenate(views, 1), mask=0.35, rough=0.9)
    parts: list[Arrays] = []
    for k, (dx, dz) in enumerate(((1.0, 0.0), (0.0, 1.0))):
        x = np.array([-0.5, 0.5, -0.5, 0.5]) * width
        y = np.array([0.0, 0.0, height, height])
        positions = np.stack([x * dx, y, x * dz], 1)
        normals = np.stack([x * dx * 0.5, np.full(4, width * 0.6), x * dz * 0.5], 1)
        normals /= np.linalg.norm(normals, axis=1, keepdims=True)
        uv = np.stack([np.array([0.003, 0.497, 0.003, 0.497]) + 0.5 * k, np.array([1.0, 1.0, 0.0, 0.0])], 1)
        parts.append(
            {"POSITION": positions, "NORMAL": normals, "TEXCOORD_0": uv, "indices": two_sided(np.array([0, 1, 2, 1, 3, 2]))}
        )
    return primitive(joined(parts), look)


def _tuft(model: ModelData, spec: PlantSpec, kind: Kind, height: float, random: np.random.Generator, seed: int) -> ModelData:
    colors = colors_of(spec)
    sheet = leaf_sheet(
        kind.leaf, list(colors or KINDS["dry_grass"].leaves["winter"]), size=max(64, spec.texture_px // 2), seed=seed
    )
    look = _add_material(model, "blades", sheet, mask=0.3, rough=0.9)
    lods = []
    for tufts, count in ((7, 3), (3, 2)):
        parts: list[Arrays] = []
        for tuft in range(tufts):
            away, heading = (0.0 if tuft == 0 else kind.width_m * random.uniform(0.45, 0.95)), tuft * 2.4
            middle = np.array([np.cos(heading) * away, 0.0, np.sin(heading) * away])
            size = random.uniform(0.75, 1.15)
            for angle in (np.arange(count) * np.pi / count + random.uniform(0, 2)).tolist():
                side = np.array([np.cos(angle), 0, np.sin(angle)])
                out = np.array([-side[2], 0, side[0]]) * random.normal(0, 0.16)
                foot = middle + side[None] * (np.array([-0.5, 0.5])[:, None] * kind.width_m * size) + out * 0.4
                top = foot + np.array([0, height * size, 0]) + out * height
                positions = np.concatenate([foot, top]) - np.array([0, 0.05 * height, 0])
                cell = int(random.integers(4))
                uv = np.array([[0, 1], [1, 1], [0, 0], [1, 0]]) * 0.494 + 0.003 + np.array([cell % 2, cell // 2]) * 0.5
                normals = np.tile([0.0, 1.0, 0.0], (4, 1)) + out * 0.5
                normals /= np.linalg.norm(normals, axis=1, keepdims=True)
                parts.append({"POSITION": positions, "NORMAL": normals, "TEXCOORD_0": uv,
                              "indices": two_sided(np.array([0, 1, 2, 1, 3, 2]))})  # fmt: skip
        lods.append([primitive(joined(parts), look)])
    return _with_lods(model, lods, spec.kind)


def _stone(model: ModelData, spec: PlantSpec, height: float, seed: int) -> ModelData:
    look = _add_material(model, "stone", stone_picture(size=spec.texture_px // 2, seed=seed), rough=0.9)
    lods = []
    for detail in (12, 5, 2):
        arrays = lump(detail=detail, seed=seed & 0xFFFF)
        arrays["POSITION"] = arrays["POSITION"] * height * 1.4
        lods.append([primitive(arrays, look)])
    return _with_lods(model, lods, spec.kind)


def _add_material(model: ModelData, name: str, pixels: Any, *, mask: float = 0.0, rough: float) -> int:
    model.images.append(Image(name=name, data=encode_png(pixels, level=6), mime="image/png"))
    model.textures.append(Texture(image=len(model.images) - 1))
    model.materials.append(Material(
        name=name, base_color_texture=TextureRef(texture=len(model.textures) - 1), metallic=0.0, roughness=rough,
        alpha_mode="MASK" if mask else "OPAQUE", alpha_cutoff=mask or 0.5,
    ))  # fmt: skip
    return len(model.materials) - 1


def _with_lods(model: ModelData, lods: list[list[Primitive]], name: str) -> ModelData:
    for level, parts in enumerate(lods):
        model.meshes.append(Mesh(f"{name}_lod{level}", [part for part in parts if part.vertex_count]))
        model.nodes.append(Node(name=f"lod{level}", mesh=level, visible=level == 0))
    return model
