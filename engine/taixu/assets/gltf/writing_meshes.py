"""Meshes and skins as JSON and accessors, brought into the ranges that the specification demands."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.gltf.packing import Packer, plain_floats
from taixu.assets.gltf.properties import Properties
from taixu.assets.mesh import Mesh, Mode, Primitive, Skin
from taixu.errors import TaixuError

__all__ = ["mesh_json", "skin_json"]

VARIANTS = "KHR_materials_variants"
_DIRECTIONS = ("NORMAL", "TANGENT")


def mesh_json(mesh: Mesh, packer: Packer, properties: Properties) -> dict[str, Any]:
    """Describe a mesh; primitives without vertices are left out."""
    names = {"targetNames": mesh.target_names} if mesh.target_names else {}
    extras = {**mesh.extras, **names} if isinstance(mesh.extras, dict) else mesh.extras or names or None
    result: dict[str, Any] = {
        "primitives": [_primitive_json(part, packer, properties) for part in mesh.primitives if is_drawn(part)]
    }
    if mesh.weights is not None and any(part.targets for part in mesh.primitives):
        result["weights"] = plain_floats(mesh.weights)
    return properties.finish(result, mesh, extras=extras)


def is_drawn(primitive: Primitive) -> bool:
    """Whether a primitive has vertices at all."""
    return any(len(values) for values in primitive.attributes.values())


def _primitive_json(primitive: Primitive, packer: Packer, properties: Properties) -> dict[str, Any]:
    weights = _weight_scale(primitive)
    result: dict[str, Any] = {
        "attributes": {
            name: _add_attribute(name, values, packer, scale=weights)
            for name, values in sorted(primitive.attributes.items())
        }
    }
    if primitive.indices is not None and len(primitive.indices):
        result["indices"] = _add_indices(primitive.indices, packer)
    if primitive.mode != Mode.TRIANGLES:
        result["mode"] = int(primitive.mode)
    if primitive.material is not None:
        result["material"] = primitive.material
    if primitive.targets:
        result["targets"] = [_target_json(target, primitive, packer) for target in primitive.targets]
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
    kind = name.rstrip("0123456789").rstrip("_")
    found = packer.find(values, "vertices", kind)
    if found is not None:
        return found
    stored = _conform(kind, values, scale=scale)
    return packer.add_array(values, stored, role="vertices", kind=kind, bounds=name == "POSITION")


def _conform(kind: str, values: NDArray[Any], *, scale: NDArray[np.float32] | None) -> NDArray[Any]:
    """Bring an attribute into the type and range that glTF demands."""
    if kind in _DIRECTIONS:
        return _unit(values.astype(np.float32))
    if kind == "COLOR":
        colors: NDArray[np.float32] = np.clip(values.astype(np.float32), 0.0, 1.0)
        return colors
    if kind == "WEIGHTS" and scale is not None:
        weights: NDArray[np.float32] = (np.maximum(values, 0.0) * scale).astype(np.float32)
        return weights
    if kind == "JOINTS":
        highest = int(values.max(initial=0))
        if highest > 65535:
            raise TaixuError(f"glTF holds at most 65,536 joints a skin, and this one has {highest + 1:,}; split it")
        return values.astype(np.uint8 if highest < 256 else np.uint16)
    if kind.startswith("_") and values.dtype.str[1:] in ("i1", "u1", "i2", "u2"):
        return values
    return values.astype(np.float32)


def _unit(directions: NDArray[np.float32]) -> NDArray[np.float32]:
    """Give directions the length 1 (those that have it stay bit for bit), and a tangent's w the value 1 or -1."""
    lengths = np.linalg.norm(directions[:, :3].astype(np.float64), axis=1)
    wrong = np.abs(lengths - 1.0) > 1e-4
    signs_wrong = directions.shape[1] == 4 and bool((np.abs(directions[:, 3]) != 1.0).any())
    if not wrong.any() and not signs_wrong:
        return directions
    result = directions.copy()
    divisors = np.where(lengths > 1e-12, lengths, 1.0)[:, None]
    result[wrong, :3] = (directions[:, :3] / divisors)[wrong]
    result[lengths <= 1e-12, :3] = (0.0, 1.0, 0.0)
    if signs_wrong:
        result[:, 3] = np.where(directions[:, 3] < 0.0, -1.0, 1.0)
    return result


def _weight_scale(primitive: Primitive) -> NDArray[np.float32] | None:
    """Give the factor, float32 [n, 1], that brings each vertex's weights to the sum 1; None where they have it."""
    sets = [values for name, values in primitive.attributes.items() if name.startswith("WEIGHTS_")]
    if not sets:
        return None
    totals = np.maximum(np.concatenate(sets, axis=1), 0.0).sum(axis=1, dtype=np.float64)
    if bool((np.abs(totals - 1.0) < 1e-6).all()) and all(bool((values >= 0.0).all()) for values in sets):
        return None
    return (1.0 / np.where(totals > 0.0, totals, 1.0)).astype(np.float32)[:, None]


def _target_json(target: dict[str, NDArray[np.float32]], primitive: Primitive, packer: Packer) -> dict[str, int]:
    if not target:
        target = {"POSITION": np.zeros((primitive.vertex_count, 3), np.float32)}
    result: dict[str, int] = {}
    for name, values in sorted(target.items()):
        found = packer.find(values, "vertices", "target")
        if found is None:
            stored = values.astype(np.float32)
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
