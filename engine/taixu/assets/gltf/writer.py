"""Writing glTF 2.0: `ModelData` as one ``.glb``, or as ``.gltf`` with its buffer and images beside it.

Nodes, materials, textures, images, cameras, lights and variants keep their indices, so that animation
pointers and extensions that Taixu does not know stay true. A model with an avatar becomes a VRM 1.0.
What the reader decoded is written plainly: no Draco, no meshopt, no quantisation.
"""

from __future__ import annotations

import json
import re
import struct
from pathlib import Path
from typing import Any
from urllib.parse import quote

from taixu.assets.atomic import atomic_path, write_atomic
from taixu.assets.gltf.container import BIN_CHUNK, JSON_CHUNK, MAGIC
from taixu.assets.gltf.metadata import METADATA, metadata_json
from taixu.assets.gltf.packing import Packer
from taixu.assets.gltf.properties import Properties, to_json
from taixu.assets.gltf.shears import split_shears
from taixu.assets.gltf.tangents import needs_tangents
from taixu.assets.gltf.textures import sniff_mime
from taixu.assets.gltf.writing_materials import material_json, sampler_json, texture_json
from taixu.assets.gltf.writing_meshes import is_drawn, mesh_json, skin_json
from taixu.assets.gltf.writing_nodes import animation_json, camera_json, light_json, node_json, scene_json
from taixu.assets.model import Image, ModelData
from taixu.errors import TaixuError

__all__ = ["glb_bytes", "write_glb", "write_gltf"]

LIGHTS, VARIANTS = "KHR_lights_punctual", "KHR_materials_variants"
_ENDINGS = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    "image/ktx2": ".ktx2",
    "image/avif": ".avif",
}
_MOST_BYTES = 2**32 - 1


def write_glb(model: ModelData, path: str | Path) -> None:
    """Write a model as one binary file; either all of it, or nothing.

    Raises
    ------
    TaixuError
        An image is missing, the model is too large, or the file cannot be written.
    """
    head, chunks = _glb(model, f"{path}")
    with atomic_path(path) as temporary, temporary.open("wb") as file:
        file.write(head)
        file.writelines(chunks)


def glb_bytes(model: ModelData, image_uris: list[str] | None = None) -> bytes:
    """A model as the bytes of a GLB.

    Parameters
    ----------
    image_uris
        Where its images lie, for a file that does not carry them; nothing is read then.

    Raises
    ------
    TaixuError
        An image is missing, or the model is too large.
    """
    head, chunks = _glb(model, model.name, image_uris)
    return b"".join([head, *chunks])


def _glb(model: ModelData, where: str, image_uris: list[str] | None = None) -> tuple[bytes, list[Any]]:
    images = _encode_images(model) if image_uris is None else [(b"", image.mime) for image in model.images]
    packer = Packer()
    root = _document(model, packer, images=images, uris=image_uris)
    if packer.size:
        root["buffers"] = [{"byteLength": packer.size}]
    text = _dump(root)
    text += b" " * (-len(text) % 4)
    binary = packer.size + -packer.size % 4
    total = 12 + 8 + len(text) + (8 + binary if packer.size else 0)
    if total > _MOST_BYTES:
        raise TaixuError(f"{where}: the model has {total:,} bytes, and a GLB at most 4 GiB; split it or write a .gltf")
    head = struct.pack("<4s4I", MAGIC, 2, total, len(text), JSON_CHUNK) + text
    if not packer.size:
        return head, []
    return head + struct.pack("<2I", binary, BIN_CHUNK), [*packer.chunks, bytes(binary - packer.size)]


def write_gltf(model: ModelData, path: str | Path) -> None:
    """Write a model: ``.gltf`` as text with ``NAME.bin`` and its images beside it, any other ending as a GLB.

    Each file appears whole, the text last.

    Raises
    ------
    TaixuError
        An image is missing, or a file cannot be written.
    """
    file = Path(path)
    if file.suffix.lower() != ".gltf":
        write_glb(model, file)
        return
    images = _encode_images(model)
    names = _image_names(model.images, [mime for _, mime in images], stem=file.stem)
    packer = Packer()
    root = _document(model, packer, images=images, uris=[quote(name) for name in names])
    if packer.size:
        buffer = file.with_suffix(".bin")
        root["buffers"] = [{"byteLength": packer.size, "uri": quote(buffer.name)}]
        with atomic_path(buffer) as temporary, temporary.open("wb") as stream:
            stream.writelines(packer.chunks)
    for name, (data, _) in zip(names, images, strict=True):
        write_atomic(file.parent / name, data)
    write_atomic(file, _dump(root, indent=1))


def _dump(root: dict[str, Any], indent: int | None = None) -> bytes:
    separators = (",", ":") if indent is None else (",", ": ")
    return json.dumps(root, indent=indent, separators=separators, ensure_ascii=False, allow_nan=False, default=to_json).encode()


def _encode_images(model: ModelData) -> list[tuple[bytes, str]]:
    """Give bytes and type of every image; types that glTF does not know are turned into PNG."""
    result: list[tuple[bytes, str]] = []
    for index, image in enumerate(model.images):
        try:
            data = image.read()
        except OSError as error:
            what = image.uri or image.name or f"image {index}"
            raise TaixuError(f"{model.name}: the image '{what}' cannot be read ({error.strerror})") from None
        mime = sniff_mime(data[:12])
        if mime not in _ENDINGS:
            from taixu.assets.image import decode_image, encode_png

            data, mime = encode_png(decode_image(data, name=image.name or f"image {index}")), "image/png"
        result.append((data, mime))
    return result


def _image_names(images: list[Image], mimes: list[str], *, stem: str) -> list[str]:
    names: list[str] = []
    taken: set[str] = set()
    for index, (image, mime) in enumerate(zip(images, mimes, strict=True)):
        given = Path(image.path.name if image.path is not None else image.name).stem
        base = re.sub(r"[^\w .-]", "_", given).strip(" .")[:80] or f"{stem}_{index}"
        name, attempt = base + _ENDINGS[mime], 1
        while name.lower() in taken:
            name, attempt = f"{base}_{attempt}{_ENDINGS[mime]}", attempt + 1
        taken.add(name.lower())
        names.append(name)
    return names


def _document(model: ModelData, packer: Packer, *, images: list[tuple[bytes, str]], uris: list[str] | None) -> dict[str, Any]:
    """Describe the whole model; `uris` name the images that are files of their own."""
    pointers = {channel.pointer for clip in model.animations for channel in clip.channels if channel.pointer}
    properties = Properties(pointers, has_tables=model.metadata is not None)
    mesh_at = _kept([any(is_drawn(part) for part in mesh.primitives) for mesh in model.meshes])
    skin_at = _kept([bool(skin.joints) for skin in model.skins])
    root: dict[str, Any] = {"asset": _asset(model)}
    if model.scene is not None and model.scenes:
        root["scene"] = model.scene
    bumpy = {index for index, material in enumerate(model.materials) if needs_tangents(material)}
    moving = {
        channel.node
        for clip in model.animations
        for channel in clip.channels
        if channel.node is not None and channel.path != "weights"
    }
    nodes, inner = split_shears(model.nodes, moving=moving)
    lists: dict[str, list[Any]] = {
        "scenes": [scene_json(scene, properties) for scene in model.scenes],
        "nodes": [
            node_json(
                node,
                packer,
                properties,
                mesh=None if node.mesh is None else mesh_at.get(node.mesh),
                skin=None if node.skin is None else skin_at.get(node.skin),
                where=f"/nodes/{index}",
            )
            for index, node in enumerate(nodes)
        ],
        "meshes": [mesh_json(model.meshes[index], packer, properties, bumpy=bumpy) for index in mesh_at],
        "materials": [
            material_json(material, properties, where=f"/materials/{index}") for index, material in enumerate(model.materials)
        ],
        "textures": [texture_json(texture, [mime for _, mime in images], properties) for texture in model.textures],
        "samplers": [sampler_json(sampler, properties) for sampler in model.samplers],
        "skins": [skin_json(model.skins[index], packer, properties, inner=inner) for index in skin_at],
        "cameras": [camera_json(camera, properties) for camera in model.cameras],
        "animations": [animation_json(clip, packer, properties, inner=inner) for clip in model.animations if clip.channels],
        "images": [
            _image_json(image, images[index], packer, properties, uri=uris[index] if uris else None)
            for index, image in enumerate(model.images)
        ],
    }
    if not model.scenes and model.nodes:
        lists["scenes"] = [{"nodes": model.roots()}]
        root["scene"] = 0
    if model.lights:
        properties.extend(root, LIGHTS, {"lights": [light_json(light, properties) for light in model.lights]})
    if model.variants:
        properties.extend(root, VARIANTS, {"variants": [{"name": name} for name in model.variants]})
    if model.metadata is not None:
        properties.extend(root, METADATA, metadata_json(model.metadata, packer))
    lists["accessors"], lists["bufferViews"] = packer.accessors, packer.views
    root.update({name: value for name, value in lists.items() if value})
    properties.finish(root, _Unnamed(model))
    _add_avatar(root, model, properties)
    if properties.used:
        root["extensionsUsed"] = sorted(properties.used)
    if properties.required:
        root["extensionsRequired"] = sorted(properties.required)
    return root


def _add_avatar(root: dict[str, Any], model: ModelData, properties: Properties) -> None:
    from taixu.assets.vrm import avatar_json, constraint_json  # it stands on this package

    for name, value in avatar_json(model).items():
        if value:
            properties.extend(root, name, value)
        else:
            properties.used.add(name)
    for constraint in model.avatar.constraints if model.avatar is not None else ():
        properties.extend(root["nodes"][constraint.node], "VRMC_node_constraint", constraint_json(constraint))


class _Unnamed:
    """The document itself: extras and extensions, but no name."""

    def __init__(self, model: ModelData) -> None:
        self.extras = model.extras
        self.extensions = model.extensions


def _kept(wanted: list[bool]) -> dict[int, int]:
    """Number what is written: old index to new, in order."""
    return {old: new for new, old in enumerate(index for index, keep in enumerate(wanted) if keep)}


def _asset(model: ModelData) -> dict[str, Any]:
    kept = {key: to_json(value) for key, value in model.asset.items() if key in ("copyright", "extras")}
    return {"version": "2.0", "generator": "Taixu", **kept}


def _image_json(
    image: Image, encoded: tuple[bytes, str], packer: Packer, properties: Properties, *, uri: str | None
) -> dict[str, Any]:
    data, mime = encoded
    if uri is not None:
        return properties.finish({"uri": uri}, image)
    return properties.finish({"bufferView": packer.add_bytes(data), "mimeType": mime}, image)
