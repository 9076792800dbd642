"""Meshes and pictures for viewers, by the hash of what is in them: who has one never fetches it again.

The world's thread puts library entries here, which are plain data that nobody changes; the network's thread writes them as glTF
when somebody asks. Whatever format a model came in, a viewer gets what the engine draws. Pictures are apart from meshes and
fetched once however many meshes show them; colours and such are told with looks (`taixu.serve.paints`).
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

import numpy as np

from taixu.assets.gltf.properties import to_json
from taixu.assets.gltf.writer import glb_bytes
from taixu.assets.image import decode_image, encode_png
from taixu.assets.mesh import Mesh, Mode, Primitive
from taixu.assets.model import Image, Material, ModelData, Node, Scene, Texture, TextureRef
from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.scene import LibraryMaterial, LibraryMesh, MaterialLibrary, MeshLibrary
from taixu.serve.paints import paint_of, without_paint

__all__ = ["MeshShelf", "News"]

_KEPT_BYTES = 256 << 20
_NO_LOOK = ("name", "extras", "extensions")
_DROPPED = "_"
_MORPHED = ("POSITION", "NORMAL")
_JOINTS = 4
"""So many joints bend a corner where browsers draw it."""
_BROWSERS_SHOW = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"RIFF": "image/webp"}


@dataclass(frozen=True, slots=True)
class News:
    """What was replaced in a world's libraries: numbers of meshes, and until when that was looked at."""

    meshes: frozenset[int]
    seen: tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Entry:
    mesh: LibraryMesh
    materials: tuple[LibraryMaterial, ...]


class MeshShelf:
    """Meshes by hash, from any number of worlds; safe for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: dict[str, _Entry] = {}
        self._images: dict[str, Image] = {}
        self._written: OrderedDict[str, bytes] = OrderedDict()
        self._written_bytes = 0

    def put(self, meshes: MeshLibrary, world: World, number: int) -> tuple[str, tuple[float, ...]]:
        """Lay a mesh of a world's library down, and give its hash (16 hex digits), and what its primitives are painted with."""
        mesh = meshes[number]
        library = world.resource(MaterialLibrary)
        entry = _Entry(mesh, tuple(library[each] for each in mesh.materials))
        digest = hashlib.blake2b(digest_size=8)
        for primitive in mesh.primitives:
            digest.update(f"{int(primitive.mode)}".encode())
            targets = [(f"{name} target", values) for each in _kept_targets(primitive) for name, values in each.items()]
            for name, values in [*sorted(_kept_attributes(primitive).items()), ("", primitive.indices), *targets]:
                if values is not None:
                    digest.update(f"{name} {values.dtype} {values.shape}".encode())
                    digest.update(np.ascontiguousarray(values).data)
        images: dict[str, Image] = {}
        for each in entry.materials:
            for reference in _references(each.material):
                image = each.model.images[_image_of(each.model, reference)] if _is_there(each.model, reference) else None
                if image is not None:
                    name = _image_hash(image)
                    images[name] = image
                    digest.update(name.encode())
            digest.update(json.dumps(_plain(without_paint(each.material)), sort_keys=True).encode())
        key = digest.hexdigest()
        with self._lock:
            self._entries.setdefault(key, entry)
            self._images.update(images)
        return key, paint_of(each.material for each in entry.materials)

    def follow(self, world: World, seen: tuple[int, int]) -> News:
        """Which meshes of a world's library were put, or look other, since `seen`."""
        meshes, materials = world.resource(MeshLibrary), world.resource(MaterialLibrary)
        put, meshes_seen = meshes.changes(seen[0])
        changed, materials_seen = materials.changes(seen[1])
        found = set(put)
        if changed and seen[1]:
            others = frozenset(changed)
            found |= {number for number in range(len(meshes)) if others.intersection(meshes[number].materials)}
        return News(frozenset(found), (meshes_seen, materials_seen))

    def mesh(self, key: str) -> bytes | None:
        """A mesh as GLB, whose pictures are addresses beside it; None where nobody put it here. The first call takes time."""
        with self._lock:
            entry, written = self._entries.get(key), self._written.get(key)
            if written is not None:
                self._written.move_to_end(key)
                return written
        if entry is None:
            return None
        written = glb_bytes(*_model_of(entry))
        with self._lock:
            if key not in self._written:
                self._written[key] = written
                self._written_bytes += len(written)
            while self._written_bytes > _KEPT_BYTES and len(self._written) > 1:
                self._written_bytes -= len(self._written.popitem(last=False)[1])
        return written

    def image(self, key: str) -> tuple[bytes, str] | None:
        """A picture that browsers show, and its media type; None where nobody put it here.

        Raises
        ------
        TaixuError
            When it cannot be read.
        """
        with self._lock:
            image = self._images.get(key)
        if image is None:
            return None
        try:
            data = image.read()
        except OSError as error:
            raise TaixuError(f"the picture {image.name!r} cannot be read ({error.strerror})") from None
        for start, kind in _BROWSERS_SHOW.items():
            if data.startswith(start):
                return data, kind
        return encode_png(decode_image(data, name=image.name)), "image/png"


def _kept_attributes(primitive: Primitive) -> dict[str, Any]:
    """What a viewer uses; of many joints the strongest."""
    kept = {name: values for name, values in primitive.attributes.items() if not name.startswith(_DROPPED)}
    joints, weights = ([kept.pop(name) for name in sorted(kept) if name.startswith(kind)] for kind in ("JOINTS_", "WEIGHTS_"))
    if not joints or len(joints) != len(weights):
        return kept
    bent, shares = np.concatenate(joints, axis=1), np.concatenate(weights, axis=1)
    if len(joints) > 1:
        strongest = np.argsort(-shares, axis=1, kind="stable")[:, :_JOINTS]
        bent, shares = (np.take_along_axis(each, strongest, axis=1) for each in (bent, shares))
        shares = shares / np.maximum(shares.sum(axis=1, keepdims=True), 1e-6)
    return kept | {"JOINTS_0": bent, "WEIGHTS_0": shares.astype(np.float32)}


def _kept_targets(primitive: Primitive) -> list[dict[str, Any]]:
    """Of morph targets what moves corners and turns normals."""
    return [{name: target[name] for name in _MORPHED if name in target} for target in primitive.targets]


def _model_of(entry: _Entry) -> tuple[ModelData, list[str]]:
    """A model of one mesh and its materials, and the addresses of its images."""
    model, uris = ModelData(), list[str]()
    numbers: dict[tuple[int, int], int] = {}

    def moved(source: ModelData, texture: int) -> int:
        key = (id(source), texture)
        if key not in numbers:
            old = source.textures[texture]
            image = source.images[_image_of(source, TextureRef(texture=texture))]
            uris.append(f"../images/{_image_hash(image)}")
            model.images.append(Image(name=image.name, mime="image/png", uri=uris[-1]))
            sampler = None
            if old.sampler is not None:
                model.samplers.append(source.samplers[old.sampler])
                sampler = len(model.samplers) - 1
            model.textures.append(Texture(image=len(model.images) - 1, sampler=sampler))
            numbers[key] = len(model.textures) - 1
        return numbers[key]

    primitives = []
    for primitive, each in zip(entry.mesh.primitives, entry.materials):
        model.materials.append(_with_textures(each.material, each.model, moved))
        primitives.append(Primitive(
            _kept_attributes(primitive), primitive.indices, Mode(primitive.mode), len(model.materials) - 1,
            targets=_kept_targets(primitive), flat_normals=primitive.flat_normals,
        ))  # fmt: skip
    model.meshes.append(Mesh(primitives=primitives))
    model.nodes.append(Node(mesh=0))
    model.scenes.append(Scene(nodes=[0]))
    model.scene = 0
    return model, uris


def _with_textures(material: Material, source: ModelData, moved: Any) -> Material:
    """A material whose references say where textures lie now; those that lead nowhere are left out."""

    def followed(value: Any) -> Any:
        if isinstance(value, TextureRef):
            return replace(value, texture=moved(source, value.texture)) if _is_there(source, value) else None
        if is_dataclass(value) and not isinstance(value, type):
            return replace(value, **{each.name: followed(getattr(value, each.name)) for each in fields(value) if each.init})
        return value

    return replace(without_paint(followed(material)), extras=None, extensions={})


def _references(value: Any) -> Iterator[TextureRef]:
    if isinstance(value, TextureRef):
        yield value
    elif is_dataclass(value) and not isinstance(value, type):
        for each in fields(value):
            yield from _references(getattr(value, each.name))


def _is_there(model: ModelData, reference: TextureRef) -> bool:
    return 0 <= reference.texture < len(model.textures) and 0 <= _image_of(model, reference) < len(model.images)


def _image_of(model: ModelData, reference: TextureRef) -> int:
    image = model.textures[reference.texture].image
    return -1 if image is None else image


def _image_hash(image: Image) -> str:
    """Of the bytes, or of the file's path and state: reading a hundred pictures would stop the world."""
    digest = hashlib.blake2b(digest_size=8)
    if image.data is not None:
        digest.update(image.data)
    elif image.path is not None:
        try:
            state = image.path.stat()
            digest.update(f"{image.path} {state.st_mtime_ns} {state.st_size}".encode())
        except OSError:
            digest.update(str(image.path).encode())
    return digest.hexdigest()


def _plain(value: Any) -> Any:
    """A material as JSON can say it, for its hash; where textures lie in their model is of no matter."""
    if isinstance(value, TextureRef):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value) if each.name != "texture"}
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value) if each.name not in _NO_LOOK}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if isinstance(value, (str, bool, int, float)) or value is None:
        return value if not isinstance(value, float) else repr(value)
    return _plain(to_json(value)) if not isinstance(value, dict) else {str(name): _plain(each) for name, each in value.items()}
