"""Reading glTF 2.0: from a file or bytes to `ModelData`, each list of the document in the order that
references need."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from taixu.assets.gltf.accessors import Accessors
from taixu.assets.gltf.animations import read_animation
from taixu.assets.gltf.buffers import Buffers
from taixu.assets.gltf.container import open_container
from taixu.assets.gltf.extensions import is_supported
from taixu.assets.gltf.fields import Fields, Schema
from taixu.assets.gltf.findings import GltfError, Report
from taixu.assets.gltf.limits import Budget, Limits
from taixu.assets.gltf.materials import read_material
from taixu.assets.gltf.meshes import read_mesh
from taixu.assets.gltf.metadata import METADATA, read_metadata
from taixu.assets.gltf.nodes import link_nodes, read_camera, read_light, read_node, read_scene, read_skin
from taixu.assets.gltf.skinning import agree_on_joints, agree_on_weights
from taixu.assets.gltf.textures import read_image, read_sampler, read_texture
from taixu.assets.gltf.toon import add_vrm0_toons
from taixu.assets.gltf.uris import Resolver, folder_resolver
from taixu.assets.model import (
    Animation,
    Camera,
    Image,
    Light,
    Material,
    Mesh,
    ModelData,
    Node,
    Sampler,
    Scene,
    Skin,
    Texture,
)

__all__ = ["Document", "guarded", "read_bytes", "read_document", "read_gltf", "read_gltf_bytes"]

_T = TypeVar("_T")
LIGHTS, VARIANTS = "KHR_lights_punctual", "KHR_materials_variants"


def read_gltf(path: str | Path, *, limits: Limits | None = None) -> ModelData:
    """Read a ``.gltf``, ``.glb`` or ``.vrm`` file.

    Buffers and images are taken from the file's own folder and never fetched from the network. Images are not
    decoded.

    Parameters
    ----------
    path : str or Path
        The file.
    limits : Limits, optional
        What the file may ask for.

    Returns
    -------
    ModelData

    Raises
    ------
    GltfError
        One sentence that says where in the file what is wrong.
    """
    file = Path(path)
    data = read_bytes(file, limits or Limits())
    model = read_gltf_bytes(data, name=file.name, resolver=folder_resolver(file.parent), limits=limits)
    model.path = file
    return model


def read_bytes(path: Path, limits: Limits) -> bytes:
    """Read a whole file that is not larger than allowed."""
    try:
        if not path.is_file():
            raise GltfError("", "there is no such file", file=str(path))
        if path.stat().st_size > limits.file_bytes:
            message = f"the file is larger than the {limits.file_bytes:,} bytes allowed; split the model"
            raise GltfError("", message, file=str(path))
        return path.read_bytes()
    except OSError as error:
        raise GltfError("", f"it cannot be read ({error.strerror})", file=str(path)) from None


def read_gltf_bytes(
    data: bytes,
    *,
    name: str,
    resolver: Resolver | None = None,
    limits: Limits | None = None,
) -> ModelData:
    """Read a glTF from memory.

    Parameters
    ----------
    data : bytes
        A GLB or the JSON text.
    name : str
        What to call it in errors; its stem names the model.
    resolver : callable, optional
        Finds other files by their relative path; without it the model may not refer to any.
    limits : Limits, optional
        What the file may ask for.

    Raises
    ------
    GltfError
        One sentence that says where in the file what is wrong.
    """
    report = Report()
    try:
        model = read_document(data, resolver=resolver, limits=limits or Limits(), report=report)
    except GltfError as error:
        raise error.named(name) from None
    model.name = Path(name).stem
    return model


def read_document(data: bytes, *, resolver: Resolver | None, limits: Limits, report: Report) -> ModelData:
    """Read a glTF and report on it; what cannot be read around raises `GltfError`, unless the report is tolerant."""
    with guarded():
        return Document(data, resolver=resolver, limits=limits, report=report).model()


@contextmanager
def guarded() -> Iterator[None]:
    """Turn the interpreter running out of something into the sentence that refuses the file."""
    try:
        yield
    except MemoryError:
        raise GltfError("", "there is not enough memory for it; split the model") from None
    except RecursionError:
        raise GltfError("", "it is nested too deeply; export the model again") from None


class Document:
    """One reading of one document: what is parsed and what is decoded so far."""

    def __init__(self, data: bytes, *, resolver: Resolver | None, limits: Limits, report: Report) -> None:
        container = open_container(data, limits=limits, report=report)
        self.limits = limits
        self.report = report
        self.schema = Schema(container.root, limits=limits, report=report)
        self.root = Fields(container.root, "", self.schema)
        self.asset = self._check_asset()
        self._check_extensions()
        budget = Budget(limits)
        budget.left += limits.decoded_ratio * len(data)
        self.buffers = Buffers(self.root, binary=container.binary, resolver=resolver, limits=limits, budget=budget)
        self.accessors = Accessors(self.root, self.buffers)

    def _check_asset(self) -> dict[str, Any]:
        asset = self.root.object("asset")
        if asset is None:
            raise GltfError("/asset", "it is missing: the file is no glTF 2.0")
        version, minimum = asset.text("version"), asset.text("minVersion", "2.0")
        for name, value in (("version", version), ("minVersion", minimum)):
            if not value.startswith("2.") or not value[2:].isdecimal():
                raise asset.fail(name, f"glTF '{value[:20]}' is not read, only 2.0; convert the model")
        if version != "2.0" or minimum != "2.0":
            self.report.warning("/asset", f"glTF {version[:20]} is read as 2.0; what is new in it is not understood")
        return dict(asset.data)

    def _check_extensions(self) -> None:
        required = self.root.items("extensionsRequired") if "extensionsRequired" in self.root else []
        for name in self.root.items("extensionsUsed") if "extensionsUsed" in self.root else []:
            if not isinstance(name, str):
                raise self.root.fail("extensionsUsed", "it is not a list of strings")
        for name in required:
            if not isinstance(name, str):
                raise self.root.fail("extensionsRequired", "it is not a list of strings")
            if name not in self.schema.declared:
                self.report.error("/extensionsRequired", f"{name[:80]} is not named in extensionsUsed")
            if not is_supported(name):
                message = f"the file needs the extension {name[:80]}, which is not read; export it without"
                raise GltfError("/extensionsRequired", message)

    def model(self) -> ModelData:
        """Read everything."""
        root = self.root
        lights, variants = root.extension(LIGHTS), root.extension(VARIANTS)
        model = ModelData(
            asset=self.asset,
            extensions_used=list(root.items("extensionsUsed")) if "extensionsUsed" in root else [],
            extras=root.extras,
            extensions=root.other_extensions(LIGHTS, VARIANTS, METADATA),
        )
        tables = root.extension(METADATA)
        if tables is not None:
            with self.report.object():
                model.metadata = read_metadata(tables, self.buffers)
        if lights is not None:
            self.schema.sizes["lights"] = len(lights.items("lights"))
            model.lights = self._list("lights", Light, read_light, of=lights)
        if variants is not None:
            self.schema.sizes["variants"] = len(variants.items("variants"))
            if "variants" not in variants:
                self.report.error(variants.where, "it names no variants")
            model.variants = self._list("variants", str, _variant_name, of=variants)
        model.images = self._list("images", Image, lambda fields: read_image(fields, self.buffers))
        model.samplers = self._list("samplers", Sampler, read_sampler)
        model.textures = self._list("textures", Texture, read_texture)
        model.materials = self._list("materials", Material, read_material)
        add_vrm0_toons(model, self.report)
        model.cameras = self._list("cameras", Camera, read_camera)
        model.meshes = self._list("meshes", Mesh, lambda fields: read_mesh(fields, self.accessors))
        model.nodes = self._list("nodes", Node, lambda fields: read_node(fields, self.accessors))
        model.skins = self._list("skins", Skin, lambda fields: read_skin(fields, self.accessors))
        agree_on_joints(model, self.accessors.budget, self.report)
        agree_on_weights(model, self.report)
        model.scenes = self._list("scenes", Scene, read_scene)
        model.scene = root.index("scene", "scenes")
        link_nodes(model.nodes, depth=self.limits.node_depth, report=self.report)
        model.animations = self._list(
            "animations",
            Animation,
            lambda fields: read_animation(fields, self.accessors, nodes=model.nodes, meshes=model.meshes),
        )
        with self.report.object():
            from taixu.assets.vrm import read_avatar  # it stands on this package

            model.avatar = read_avatar(root, model)
        self._check_scenes(model)
        return model

    def _list(self, name: str, make: Callable[[], _T], read: Callable[[Fields], _T], *, of: Fields | None = None) -> list[_T]:
        """Read a list of objects; in a tolerant report, one that cannot be read leaves an empty one in its place."""
        result: list[_T] = []
        owner = of or self.root
        if name not in owner:
            return result
        for fields in owner.objects(name):
            result.append(make())
            with self.report.object():
                result[-1] = read(fields)
        return result

    def _check_scenes(self, model: ModelData) -> None:
        for index, scene in enumerate(model.scenes):
            for node in scene.nodes:
                if model.nodes[node].parent is not None:
                    self.report.error(f"/scenes/{index}/nodes", f"node {node} is not a root")


def _variant_name(fields: Fields) -> str:
    if "name" not in fields:
        fields.report.error(fields.where, "a variant needs a name")
    return fields.name
