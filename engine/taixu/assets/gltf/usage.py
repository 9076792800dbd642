"""What a whole document says that no single object shows: unused objects, missing declarations, tangent spaces."""

from __future__ import annotations

from typing import Any

from taixu.assets.gltf.fields import Fields
from taixu.assets.gltf.findings import Report
from taixu.assets.gltf.tangents import needs_tangents
from taixu.assets.mesh import Primitive
from taixu.assets.model import ModelData

__all__ = ["check_usage"]

_FLOAT = 5126


def check_usage(root: Fields, model: ModelData, report: Report) -> None:
    """Note what the parts of a document have to agree on."""
    _check_declared(root, report)
    _check_unused(model, report)
    _check_quantization(root, report)
    _check_views(root, report)
    for mesh_index, mesh in enumerate(model.meshes):
        for index, primitive in enumerate(mesh.primitives):
            _check_primitive(primitive, model, f"/meshes/{mesh_index}/primitives/{index}", report)
    for index, node in enumerate(model.nodes):
        if node.skin is None or node.mesh is None:
            continue
        if not any("JOINTS_0" in primitive.attributes for primitive in model.meshes[node.mesh].primitives):
            report.error(f"/nodes/{index}", "it has a skin, but its mesh has no joints")


def _check_declared(root: Fields, report: Report) -> None:
    used: set[str] = set()
    _collect_extensions(root.data, used)
    for name in root.schema.declared - used:
        if name not in ("KHR_mesh_quantization", "KHR_texture_transform"):
            report.add("info", "/extensionsUsed", f"{name[:80]} is declared, but nothing uses it")


def _collect_extensions(root: Any, used: set[str]) -> None:
    stack = [root]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            holder = value.get("extensions")
            if isinstance(holder, dict):
                used.update(name for name in holder if isinstance(name, str))
            stack.extend(item for name, item in value.items() if name != "extras" and isinstance(item, dict | list))
        elif isinstance(value, list):
            stack.extend(item for item in value if isinstance(item, dict | list))


def _check_unused(model: ModelData, report: Report) -> None:
    materials = {p.material for mesh in model.meshes for p in mesh.primitives}
    materials |= {to for mesh in model.meshes for p in mesh.primitives for to in p.variants.values()}
    textures = {ref.texture for material in model.materials for _, ref in material.texture_refs()}
    images = {image for texture in model.textures for image in (texture.image, texture.fallback)}
    for name, count, taken in (
        ("meshes", len(model.meshes), {node.mesh for node in model.nodes}),
        ("cameras", len(model.cameras), {node.camera for node in model.nodes}),
        ("skins", len(model.skins), {node.skin for node in model.nodes}),
        ("materials", len(model.materials), materials),
        ("textures", len(model.textures), textures),
        ("images", len(model.images), images),
    ):
        for index in range(count):
            if index not in taken:
                report.add("info", f"/{name}/{index}", "nothing uses it")


def _check_quantization(root: Fields, report: Report) -> None:
    """Without `KHR_mesh_quantization` positions and normals are floats."""
    required = root.data.get("extensionsRequired")
    if isinstance(required, list) and "KHR_mesh_quantization" in required:
        return
    accessors = root.data.get("accessors")
    for at, attributes in _attribute_maps(root):
        for name in ("POSITION", "NORMAL", "TANGENT"):
            index = attributes.get(name)
            if not isinstance(accessors, list) or type(index) is not int or not 0 <= index < len(accessors):
                continue
            accessor = accessors[index]
            if isinstance(accessor, dict) and accessor.get("componentType") != _FLOAT:
                message = "integers need KHR_mesh_quantization in extensionsRequired"
                report.error(f"{at}/{name}", message)
            if name == "POSITION" and isinstance(accessor, dict) and not ("min" in accessor and "max" in accessor):
                report.error(f"{at}/{name}", "the accessor of positions needs min and max")


def _attribute_maps(root: Fields) -> list[tuple[str, dict[str, Any]]]:
    found: list[tuple[str, dict[str, Any]]] = []
    meshes = root.data.get("meshes")
    for mesh_index, mesh in enumerate(meshes if isinstance(meshes, list) else []):
        primitives = mesh.get("primitives") if isinstance(mesh, dict) else None
        for index, primitive in enumerate(primitives if isinstance(primitives, list) else []):
            attributes = primitive.get("attributes") if isinstance(primitive, dict) else None
            if isinstance(attributes, dict):
                found.append((f"/meshes/{mesh_index}/primitives/{index}/attributes", attributes))
    return found


def _check_views(root: Fields, report: Report) -> None:
    """A buffer view that several accessors of vertices share needs a stride."""
    accessors, views = root.data.get("accessors"), root.data.get("bufferViews")
    if not isinstance(accessors, list) or not isinstance(views, list):
        return
    users: dict[int, set[int]] = {}
    for _, attributes in _attribute_maps(root):
        for index in attributes.values():
            if type(index) is int and 0 <= index < len(accessors) and isinstance(accessors[index], dict):
                view = accessors[index].get("bufferView")
                if type(view) is int and 0 <= view < len(views):
                    users.setdefault(view, set()).add(index)
    for view, indices in users.items():
        fields = views[view]
        if len(indices) > 1 and isinstance(fields, dict) and "byteStride" not in fields:
            report.error(f"/bufferViews/{view}", "several accessors of vertices share it, so it needs a byteStride")


def _check_primitive(primitive: Primitive, model: ModelData, where: str, report: Report) -> None:
    if primitive.material is None or primitive.material >= len(model.materials):
        return
    material = model.materials[primitive.material]
    for name, ref in material.texture_refs():
        if f"TEXCOORD_{ref.texcoord}" not in primitive.attributes:
            message = f"its material's {name} needs TEXCOORD_{ref.texcoord}, which it lacks"
            report.error(where, message)
    if "TANGENT" not in primitive.attributes and needs_tangents(material):
        report.error(where, "its material needs tangents, and has no normal map that they follow from")
