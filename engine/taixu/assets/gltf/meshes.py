"""Meshes: primitives with decoded attributes, morph targets, variants, and flat normals where there are
none."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.gltf.accessors import Accessors, normalize
from taixu.assets.gltf.draco import decode_draco, has_draco
from taixu.assets.gltf.fields import Fields
from taixu.assets.gltf.flat_normals import add_flat_normals
from taixu.assets.gltf.semantics import WIDTHS, is_custom, semantic_of
from taixu.assets.mesh import Mesh, Mode, Primitive

__all__ = ["read_mesh"]

PRIMITIVE_BYTES = 8192
"""What a primitive counts for beside its arrays, so that a small file cannot list hundreds of thousands."""
MOST_WEIGHTS = 10_000
DRACO = "KHR_draco_mesh_compression"
VARIANTS = "KHR_materials_variants"


def read_mesh(fields: Fields, accessors: Accessors) -> Mesh:
    """Read a mesh with all its primitives."""
    mesh = Mesh(name=fields.name, extras=fields.extras, extensions=fields.other_extensions())
    for part in fields.objects("primitives"):
        mesh.primitives.append(_read_primitive(part, accessors))
    if not mesh.primitives:
        fields.report.error(fields.where, "the mesh has no primitives")
    count = max((len(primitive.targets) for primitive in mesh.primitives), default=0)
    if any(len(primitive.targets) != count for primitive in mesh.primitives):
        fields.report.error(fields.where, "its primitives have different numbers of morph targets")
    mesh.weights = read_weights(fields)
    if mesh.weights is not None and len(mesh.weights) != count:
        fields.report.error(fields.at("weights"), f"there are {len(mesh.weights)} weights for {count} morph targets")
        mesh.weights = np.resize(np.append(mesh.weights, np.zeros(count, np.float32)), count) if count else None
    names = fields.extras.get("targetNames") if isinstance(fields.extras, dict) else None
    if isinstance(names, list) and len(names) == count:
        mesh.target_names = [str(name) for name in names]
    return mesh


def read_weights(fields: Fields) -> NDArray[np.float32] | None:
    """Read the morph weights of a mesh or node, float32 [t]; None where there are none."""
    values = fields.items("weights")
    if not values:
        return None
    if len(values) > MOST_WEIGHTS:
        raise fields.fail("weights", f"there are more than {MOST_WEIGHTS:,} weights")
    with np.errstate(over="ignore"):
        weights = np.array(fields.numbers("weights", [0.0] * len(values)), np.float32)
    return np.where(np.isfinite(weights), weights, np.float32(0))


def _read_primitive(fields: Fields, accessors: Accessors) -> Primitive:
    if not accessors.budget.spend(PRIMITIVE_BYTES):
        raise fields.fail("", "there are more primitives than a file of this size may have; join them")
    named = fields.object("attributes")
    if named is None:
        raise fields.fail("", "it has no attributes")
    if not named.data:
        fields.report.error(named.where, "the primitive has no attributes")
    primitive = Primitive(
        mode=Mode(fields.integer("mode", 4, maximum=6)),
        material=fields.index("material", "materials"),
        extras=fields.extras,
        extensions=fields.other_extensions(DRACO, VARIANTS),
    )
    index = {name: named.need(name, "accessors") for name in named.data}
    packed = _read_draco(fields, accessors)
    highest = -1
    if packed is None:
        primitive.attributes = {name: _read_attribute(name, at, named, accessors) for name, at in index.items()}
        indices = fields.index("indices", "accessors")
        if indices is not None:
            primitive.indices = accessors.indices(indices)
            highest = accessors.highest(indices)
    else:
        faces, raw = packed
        primitive.indices = faces if len(faces) else None
        highest = int(faces.max(initial=0))
        for name, at in index.items():
            if name in raw:
                values = _convert(name, raw[name], accessors.header(at).normalized, named)
            else:
                values = _read_attribute(name, at, named, accessors)
            primitive.attributes[name] = values
    _check_counts(primitive, fields, highest=highest)
    _read_targets(primitive, fields, accessors)
    _read_variants(primitive, fields)
    _warn_of_attributes(primitive, fields)
    if "NORMAL" not in primitive.attributes and primitive.mode >= Mode.TRIANGLES and primitive.vertex_count:
        _flatten(primitive, fields, accessors)
    return primitive


def _read_draco(fields: Fields, accessors: Accessors) -> tuple[NDArray[np.uint32], dict[str, NDArray[Any]]] | None:
    packed = fields.extension(DRACO)
    if packed is None:
        return None
    if not has_draco() and _has_fallback(fields, accessors):
        return None
    named = packed.object("attributes")
    ids = {name: named.integer(name) for name in named.data} if named is not None else {}
    data = accessors.buffers.view(packed.need("bufferView", "bufferViews"))
    indices, attributes = decode_draco(data, ids, packed)
    if not accessors.budget.spend(2 * (indices.nbytes + sum(values.nbytes for values in attributes.values()))):
        raise packed.fail("", "decoded it takes more memory than a file of this size may; split the model")
    return indices, attributes


def _has_fallback(fields: Fields, accessors: Accessors) -> bool:
    named = fields.object("attributes")
    position = None if named is None else named.index("POSITION", "accessors")
    return position is not None and accessors.header(position).view is not None


def _read_attribute(name: str, index: int, fields: Fields, accessors: Accessors) -> NDArray[Any]:
    """Decode one attribute to the type that `Primitive` promises."""
    base = semantic_of(name)
    if base and base != "JOINTS":
        if base == "COLOR":
            return accessors.colors(index, alpha=1.0)
        return accessors.vectors(index, *WIDTHS[base])
    if base == "JOINTS":
        return accessors.joints(index)
    values = accessors.raw(index)
    return values[:, 0] if accessors.header(index).kind == "SCALAR" else values


def _convert(name: str, raw: NDArray[Any], normalized: bool, fields: Fields) -> NDArray[Any]:
    """Bring an attribute that Draco decoded to the type that `Primitive` promises."""
    base = semantic_of(name)
    if base and base != "JOINTS":
        if raw.shape[1] not in WIDTHS[base]:
            raise fields.fail(name, f"the Draco data has {raw.shape[1]} components an element")
        values = normalize(raw) if normalized and raw.dtype.kind in "iu" else raw.astype(np.float32)
        if not np.isfinite(values).all():
            fields.report.error(fields.at(name), "it holds numbers that are not finite, which become 0")
            values = np.where(np.isfinite(values), values, np.float32(0))
        return _opaque(values) if base == "COLOR" and values.shape[1] == 3 else values
    if base == "JOINTS":
        if raw.dtype.kind not in "iu" or raw.shape[1] != 4:
            raise fields.fail(name, "the Draco data has no four integers an element")
        return raw.astype(np.uint16)
    return raw[:, 0] if raw.shape[1] == 1 else raw


def _opaque(colors: NDArray[np.float32]) -> NDArray[np.float32]:
    result = np.ones((len(colors), 4), np.float32)
    result[:, :3] = colors
    return result


def _check_counts(primitive: Primitive, fields: Fields, *, highest: int) -> None:
    counts = {len(values) for values in primitive.attributes.values()}
    if len(counts) > 1:
        raise fields.fail("attributes", f"the attributes have different lengths: {sorted(counts)}"[:200])
    count = next(iter(counts), 0)
    if highest >= count and primitive.indices is not None and len(primitive.indices):
        raise fields.fail("indices", f"an index is {highest}, but there are {count} vertices")
    drawn = count if primitive.indices is None else len(primitive.indices)
    least = (1, 2, 2, 2, 3, 3, 3)[primitive.mode]
    leftover = {Mode.LINES: drawn % 2, Mode.TRIANGLES: drawn % 3}.get(primitive.mode, 0)
    if drawn and (drawn < least or leftover):
        kind = primitive.mode.name.lower()
        fields.report.warning(fields.where, f"{drawn} vertices do not make whole {kind}")


def _read_targets(primitive: Primitive, fields: Fields, accessors: Accessors) -> None:
    count = primitive.vertex_count
    for target in fields.objects("targets"):
        offsets: dict[str, NDArray[np.float32]] = {}
        for name in target.data:
            base = semantic_of(name)
            index = target.need(name, "accessors")
            if base in ("POSITION", "NORMAL", "TANGENT"):
                values = accessors.vectors(index, 3)
            elif base == "TEXCOORD":
                values = accessors.vectors(index, 2)
            elif base == "COLOR":
                values = accessors.colors(index, alpha=0.0)
            else:
                continue
            if len(values) != count:
                raise target.fail(name, f"it has {len(values)} elements for {count} vertices")
            offsets[name] = values
        primitive.targets.append(offsets)


def _read_variants(primitive: Primitive, fields: Fields) -> None:
    extension = fields.extension(VARIANTS)
    if extension is None:
        return
    for mapping in extension.objects("mappings"):
        material = mapping.need("material", "materials")
        for variant in mapping.indices("variants", "variants"):
            if variant in primitive.variants:
                fields.report.error(mapping.where, f"variant {variant} is mapped twice")
            primitive.variants[variant] = material


def _warn_of_attributes(primitive: Primitive, fields: Fields) -> None:
    names = primitive.attributes.keys()
    where = fields.at("attributes")
    if "POSITION" not in names:
        fields.report.warning(where, "there is no POSITION, so nothing is drawn")
    if "TANGENT" in names and "NORMAL" not in names:
        fields.report.warning(where, "there is TANGENT without NORMAL")
    for name in names:
        if name.startswith("JOINTS_") and name.replace("JOINTS", "WEIGHTS") not in names:
            fields.report.error(where, f"there is {name} without its weights")
        if not is_custom(name) and not semantic_of(name):
            fields.report.error(where, f"'{name[:40]}' is no attribute of glTF; custom names begin with _")


def _flatten(primitive: Primitive, fields: Fields, accessors: Accessors) -> None:
    drawn = primitive.vertex_count if primitive.indices is None else len(primitive.indices)
    row = sum(values.nbytes for values in primitive.attributes.values()) // max(primitive.vertex_count, 1) + 12
    row += sum(12 * len(target) for target in primitive.targets)
    if not accessors.budget.spend(3 * drawn * (row + 60)):
        raise fields.fail("", "it has no normals, and making them would take more memory than allowed")
    add_flat_normals(primitive)
