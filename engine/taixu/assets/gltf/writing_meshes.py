"""Meshes and skins as JSON and accessors, brought into the ranges that the specification demands."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.gltf.conforming import conform, name_attributes, weight_scale
from taixu.assets.gltf.packing import Packer, plain_floats
from taixu.assets.gltf.properties import Properties
from taixu.assets.gltf.semantics import semantic_of
from taixu.assets.gltf.tangents import make_tangents
from taixu.assets.mesh import Mesh, Mode, Primitive, Skin

__all__ = ["mesh_json", "skin_json"]

VARIANTS = "KHR_materials_variants"
_SPARSE = 0.5
"""Morph targets that move a smaller part of their vertices are written as that part."""


def mesh_json(mesh: Mesh, packer: Packer, properties: Properties, *, bumpy: set[int]) -> dict[str, Any]:
    """Describe a mesh; primitives without vertices are left out.

    `bumpy` are the materials that need tangents: primitives that lack them get some.
    """
    names = {"targetNames": mesh.target_names} if mesh.target_names else {}
    extras = {**mesh.extras, **names} if isinstance(mesh.extras, dict) else mesh.extras or names or None
    result: dict[str, Any] = {
        "primitives": [_primitive_json(part, packer, properties, bumpy=bumpy) for part in mesh.primitives if is_drawn(part)]
    }
    if mesh.weights is not None and any(part.targets for part in mesh.primitives):
        result["weights"] = plain_floats(mesh.weights)
    return properties.finish(result, mesh, extras=extras)


def is_drawn(primitive: Primitive) -> bool:
    """Whether a primitive has vertices at all."""
    return any(len(values) for values in primitive.attributes.values())


def _primitive_json(primitive: Primitive, packer: Packer, properties: Properties, *, bumpy: set[int]) -> dict[str, Any]:
    attributes = name_attributes(primitive.attributes)
    if primitive.material in bumpy and "TANGENT" not in attributes and {"POSITION", "NORMAL"} <= attributes.keys():
        attributes = {**attributes, "TANGENT": make_tangents(primitive)}
    weights = weight_scale(attributes)
    result: dict[str, Any] = {
        "attributes": {name: _add_attribute(name, values, packer, scale=weights) for name, values in sorted(attributes.items())}
    }
    if primitive.indices is not None and len(primitive.indices):
        result["indices"] = _add_indices(primitive.indices, packer)
    if primitive.mode != Mode.TRIANGLES:
        result["mode"] = int(primitive.mode)
    if primitive.material is not None:
        result["material"] = primitive.material
    if primitive.targets:
        result["targets"] = [_target_json(target, attributes, packer) for target in primitive.targets]
    if primitive.variants:
        by_material: dict[int, list[int]] = {}
        for variant, material in sorted(primitive.variants.items()):
            by_material.setdefault(material, []).append(variant)
        mappings = [{"material": material, "variants": variants} for material, variants in by_material.items()]
        properties.extend(result, VARIANTS, {"mappings": mappings})
    return properties.finish(result, primitive)


def _add_indices(indices: NDArray[np.uint32], packer: Packer) -> int:
    found = packer.find(indices, "indices")
    if found is not None:
        return found
    # The highest number of each type restarts strips on some devices, and is not allowed.
    narrow = int(indices.max()) < 65535
    return packer.add_array(indices, indices.astype(np.uint16 if narrow else np.uint32), role="indices")


def _add_attribute(name: str, values: NDArray[Any], packer: Packer, *, scale: NDArray[np.float32] | None) -> int:
    kind = semantic_of(name) or "custom"
    found = packer.find(values, "vertices", kind)
    if found is not None:
        return found
    stored = conform(kind, values, scale=scale)
    return packer.add_array(values, stored, role="vertices", kind=kind, bounds=name == "POSITION")


def _target_json(target: dict[str, NDArray[np.float32]], attributes: dict[str, NDArray[Any]], packer: Packer) -> dict[str, int]:
    target = {name: values for name, values in target.items() if name in attributes}
    if not target:
        target = {"POSITION": np.zeros((len(attributes["POSITION"]), 3), np.float32)}
    result: dict[str, int] = {}
    for name, values in sorted(target.items()):
        found = packer.find(values, "vertices", "target")
        if found is None:
            stored = values.astype(np.float32)
            rows = np.flatnonzero(np.logical_or.reduce([column != 0.0 for column in stored.T]))
            if len(rows) < _SPARSE * len(stored):
                found = packer.add_sparse(values, stored, rows, kind="target")
            else:
                found = packer.add_array(values, stored, role="vertices", kind="target", bounds=name == "POSITION")
        result[name] = found
    return result


def skin_json(skin: Skin, packer: Packer, properties: Properties, *, inner: dict[int, int]) -> dict[str, Any]:
    """Describe a skin; `inner` names the nodes that stand in for sheared joints."""
    result: dict[str, Any] = {"joints": [inner.get(joint, joint) for joint in skin.joints]}
    if skin.skeleton is not None:
        result["skeleton"] = skin.skeleton
    matrices = skin.inverse_bind_matrices
    if len(matrices):
        found = packer.find(matrices, "data")
        if found is None:
            columns = matrices.astype(np.float32).transpose(0, 2, 1).reshape(-1, 16)
            found = packer.add_array(matrices, columns, role="data")
        result["inverseBindMatrices"] = found
    return properties.finish(result, skin)
