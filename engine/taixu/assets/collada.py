"""COLLADA files (``.dae``, versions 1.4 and 1.5): meshes, materials and nodes; no animations, no skinning.

Metres and Y up come from the file's ``<unit>`` and ``<up_axis>``.
"""

from __future__ import annotations

from math import radians
from pathlib import Path
from xml.etree.ElementTree import Element

import numpy as np
from numpy.typing import NDArray

from taixu.assets.building import Y_UP_FROM_Z_UP, ModelBuilder, linear_from_srgb, mesh_primitive
from taixu.assets.mesh import Primitive
from taixu.assets.model import Material, ModelData
from taixu.assets.paths import read_bytes, safe_uri
from taixu.assets.safe_xml import parse_xml
from taixu.assets.texture import TextureRef
from taixu.errors import TaixuError

__all__ = ["read_dae"]

_MAX_BYTES = 1 << 28
_MAX_NODES = 20_000
_MAX_DEPTH = 200
_Y_UP_FROM_X_UP = np.array(((0, -1, 0, 0), (1, 0, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1)), float)
_PLAIN = Material(name="plain", base_color=(0.6, 0.6, 0.6, 1.0), metallic=0.0, roughness=0.6)
Floats = NDArray[np.float64]


def read_dae(path: str | Path, *, root: str | Path | None = None, turned: bool = True) -> ModelData:
    """Read a COLLADA file.

    Parameters
    ----------
    root
        Textures are read inside this folder only; the file's own by default.
    turned
        Turn and scale it to Y up and metres; otherwise its axes stay, and only its unit is applied.

    Raises
    ------
    TaixuError
        When it is no COLLADA or damaged: one sentence.
    """
    file = Path(path)
    document = parse_xml(read_bytes(file, max_bytes=_MAX_BYTES), name=str(file))
    if document.tag != "COLLADA":
        raise TaixuError(f"{file}: is no COLLADA: its root is <{document.tag[:40]}>")
    try:
        with np.errstate(all="ignore"):  # numbers that make no sense are found where they are used
            return _Reader(file, Path(root) if root is not None else file.parent, document).model(turned=turned)
    except TaixuError:
        raise
    except (ValueError, IndexError, KeyError, TypeError, OverflowError) as error:
        raise TaixuError(f"{file}: is damaged: {type(error).__name__}: {str(error)[:200]}") from error


class _Reader:
    def __init__(self, file: Path, root: Path, document: Element) -> None:
        self.file = file
        self.root = root
        self.document = document
        self.builder = ModelBuilder(file, generator="COLLADA")
        self.by_id: dict[str, Element] = {
            number: element for element in document.iter() if (number := element.get("id")) is not None
        }
        self.meshes: dict[tuple[str, tuple[tuple[str, int], ...]], int] = {}
        self.materials: dict[str, int] = {}
        self.nodes = 0

    def model(self, *, turned: bool) -> ModelData:
        up, unit = self.document.find("asset/up_axis"), self.document.find("asset/unit")
        metres = 1.0 if unit is None else float(unit.get("meter", "1"))
        if not 1e-9 < metres < 1e9:
            raise TaixuError(f"{self.file}: its unit of {metres} metres makes no sense")
        axes = {"Z_UP": Y_UP_FROM_Z_UP, "X_UP": _Y_UP_FROM_X_UP}.get((up.text or "").strip() if up is not None else "")
        turn = np.eye(4) if axes is None or not turned else axes
        top = self.builder.node(self.file.stem, matrix=turn @ np.diag((metres, metres, metres, 1.0)))
        shown = self.document.find("scene/instance_visual_scene")
        scene = self._target(shown) if shown is not None else self.document.find("library_visual_scenes/visual_scene")
        for node in scene.findall("node") if scene is not None else ():
            self._node(node, top, depth=0)
        if not self.builder.model.meshes:  # files that hold a geometry alone
            for geometry in self.document.findall("library_geometries/geometry"):
                mesh = self._mesh(geometry, {})
                if mesh is not None:
                    self.builder.node(geometry.get("name", "mesh"), parent=top, mesh=mesh)
        if not self.builder.model.meshes:
            raise TaixuError(f"{self.file}: has no triangles in it")
        if self.document.find("library_animations/animation") is not None:
            self._note("its animations are left out")
        return self.builder.finish()

    def _note(self, message: str) -> None:
        note = f"{message}: of COLLADA geometry and materials are read; convert the file to glTF to keep them"
        if note not in self.builder.model.notes:
            self.builder.model.notes.append(note)

    def _target(self, element: Element | None, key: str = "url") -> Element | None:
        reference = "" if element is None else element.get(key, "")
        return self.by_id.get(reference.removeprefix("#"))

    def _node(self, element: Element, parent: int, *, depth: int) -> None:
        self.nodes += 1
        if depth > _MAX_DEPTH or self.nodes > _MAX_NODES:
            raise TaixuError(f"{self.file}: its nodes stand for each other in a circle, or are too many")
        name = element.get("name") or element.get("id") or "node"
        node = self.builder.node(name, parent=parent, matrix=self._matrix(element))
        for child in element:
            if child.tag == "node":
                self._node(child, node, depth=depth + 1)
            elif child.tag == "instance_node":
                target = self._target(child)
                if target is not None and target.tag == "node":
                    self._node(target, node, depth=depth + 1)
            elif child.tag in ("instance_geometry", "instance_controller"):
                geometry = self._target(child)
                if geometry is not None and geometry.tag == "controller":
                    skin, morph = geometry.find("skin"), geometry.find("morph")
                    self._note(f"its {'morphs' if skin is None else 'skins'} are left out, and the mesh stands at rest")
                    geometry = self._target(morph if skin is None else skin, "source")
                if geometry is not None and geometry.tag == "geometry":
                    mesh = self._mesh(geometry, self._bound(child))
                    if mesh is not None:
                        self.builder.node(geometry.get("name", name), parent=node, mesh=mesh)

    def _matrix(self, element: Element) -> Floats:
        """The product of a node's transforms, in the order of the file."""
        result = np.eye(4)
        for child in element:
            if child.tag not in ("matrix", "translate", "scale", "rotate"):
                continue
            values = np.array([float(word) for word in (child.text or "").split()])
            step = np.eye(4)
            if child.tag == "matrix":
                step = values.reshape(4, 4)
            elif child.tag == "translate":
                step[:3, 3] = values[:3]
            elif child.tag == "scale":
                step[:3, :3] = np.diag(values[:3])
            else:
                step[:3, :3] = _rotation(values[:3], radians(values[3]))
            if not np.isfinite(step).all() or np.abs(step).max() > 1e12:
                raise TaixuError(f"{self.file}: the transform of {element.get('name', '')!r} is not made of numbers")
            result = result @ step
        return result

    def _bound(self, element: Element) -> dict[str, int]:
        """Materials by the symbols that a geometry uses."""
        found = {}
        for instance in element.iter("instance_material"):
            target = self._target(instance, "target")
            if target is not None:
                found[instance.get("symbol", "")] = self._material(target)
        return found

    def _mesh(self, geometry: Element, bound: dict[str, int]) -> int | None:
        key = (geometry.get("id", ""), tuple(sorted(bound.items())))
        if key not in self.meshes:
            mesh = geometry.find("mesh")
            primitives = [] if mesh is None else [
                primitive for element in mesh
                if element.tag in ("triangles", "polylist", "polygons")
                and (primitive := self._primitive(mesh, element, bound)) is not None
            ]
            if not primitives:
                return None
            self.meshes[key] = self.builder.mesh(geometry.get("name", "mesh"), *primitives)
        return self.meshes[key]

    def _primitive(self, mesh: Element, element: Element, bound: dict[str, int]) -> Primitive | None:
        inputs: dict[str, tuple[int, Element]] = {}
        stride = 1
        for one in element.findall("input"):
            offset, semantic = int(one.get("offset", "0")), one.get("semantic", "")
            if not 0 <= offset < 64:
                raise TaixuError(f"{self.file}: an input has the offset {offset}")
            stride = max(stride, offset + 1)
            source = self._target(one, "source")
            if semantic == "VERTEX" and source is not None:
                for inner in source.findall("input"):
                    target = self._target(inner, "source")
                    if target is not None:
                        inputs.setdefault(inner.get("semantic", ""), (offset, target))
            elif source is not None:
                inputs.setdefault(semantic, (offset, source))
        corners, faces = _triangulate(element, stride)
        if "POSITION" not in inputs or not len(faces):
            return None
        streams = {name: self._stream(source)[corners[:, offset]] for name, (offset, source) in inputs.items()
                   if name in ("POSITION", "NORMAL", "TEXCOORD", "COLOR")}
        # One vertex for each combination of indices that occurs.
        _, first, inverse = np.unique(corners, axis=0, return_index=True, return_inverse=True)
        streams = {name: values[first] for name, values in streams.items()}
        colors = streams.get("COLOR")
        material = bound.get(element.get("material", ""))
        return mesh_primitive(
            streams["POSITION"][:, :3], inverse.reshape(-1)[faces], normals=streams.get("NORMAL"),
            texcoords=streams.get("TEXCOORD"),
            colors=None if colors is None or colors.shape[1] < 3 else np.rint(np.clip(colors[:, :4], 0, 1) * 255),
            material=self.builder.material(_PLAIN) if material is None else material, name=str(self.file),
        )

    def _stream(self, source: Element) -> Floats:
        array = source.find("float_array")
        if array is None:
            raise TaixuError(f"{self.file}: the source {source.get('id', '')!r} has no numbers")
        values = np.array((array.text or "").split(), np.float64)
        accessor = source.find("technique_common/accessor")
        width = 3 if accessor is None else int(accessor.get("stride", "1"))
        if not 1 <= width <= 64:
            raise TaixuError(f"{self.file}: the source {source.get('id', '')!r} has a stride of {width}")
        return values[: len(values) // width * width].reshape(-1, width)

    def _material(self, element: Element) -> int:
        key = element.get("id", "")
        if key not in self.materials:
            effect = self._target(element.find("instance_effect"))
            self.materials[key] = self.builder.material(self._effect(effect, element.get("name") or key))
        return self.materials[key]

    def _effect(self, effect: Element | None, name: str) -> Material:
        material = Material(name=name, metallic=0.0, roughness=0.6)
        diffuse = None if effect is None else effect.find(".//technique/*/diffuse")
        if effect is None or diffuse is None:
            return material
        texture, color = diffuse.find("texture"), diffuse.find("color")
        if texture is not None:
            material.base_color_texture = self._texture(effect, texture.get("texture", ""))
        elif color is not None:
            rgba = np.clip(np.array([float(word) for word in (color.text or "").split()]), 0.0, 1.0)
            red, green, blue = (float(value) for value in linear_from_srgb(rgba[:3]))
            material.base_color = (red, green, blue, 1.0)
        return material

    def _texture(self, effect: Element, sampler: str) -> TextureRef | None:
        """The picture behind a sampler: directly, by its surface (1.4), or by its image (1.5)."""
        image = self.by_id.get(sampler)
        parameters = {one.get("sid", ""): one for one in effect.iter("newparam")}
        source = parameters.get(sampler)
        if source is not None:
            surface = source.find("sampler2D/source")
            if surface is not None:
                init = None if (found := parameters.get((surface.text or "").strip())) is None else \
                    found.find("surface/init_from")
                image = self.by_id.get((init.text or "").strip()) if init is not None else None
            else:
                image = self._target(source.find("sampler2D/instance_image"))
        if image is None:
            return None
        init = image.find("init_from")
        reference = None if init is None else init.find("ref") if init.find("ref") is not None else init
        uri = ("" if reference is None else reference.text or "").strip()
        try:
            file = safe_uri(self.root, uri.removeprefix("file://"), base=self.file.parent)
        except TaixuError:
            return None
        return self.builder.texture(file) if uri and file.is_file() else None


def _triangulate(element: Element, stride: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Corners [n, stride] of a primitive element, and its polygons as fans of triangles [t, 3] of corners."""
    rows = [np.array((p.text or "").split(), np.int64) for p in element.findall("p")]
    if element.tag == "polygons":
        counts = np.array([len(row) // stride for row in rows], np.int64)
    elif element.tag == "polylist":
        vcount = element.find("vcount")
        counts = np.array(((vcount.text if vcount is not None else "") or "").split(), np.int64)
    else:
        counts = np.full(sum(len(row) for row in rows) // (3 * stride), 3, np.int64)
    flat = np.concatenate(rows) if rows else np.empty(0, np.int64)
    corners = flat[: len(flat) // stride * stride].reshape(-1, stride)
    if (counts < 0).any() or counts.sum() > len(corners) or (len(corners) and corners.min() < 0):
        raise ValueError("its polygons want more corners than there are")
    starts = np.cumsum(counts) - counts
    fans = np.maximum(counts - 2, 0)
    first = np.repeat(starts, fans)
    step = np.arange(int(fans.sum())) - np.repeat(np.cumsum(fans) - fans, fans)
    return corners, np.stack([first, first + step + 1, first + step + 2], axis=1)


def _rotation(axis: Floats, angle_rad: float) -> Floats:
    """Rodrigues' formula."""
    length = float(np.linalg.norm(axis))
    if length < 1e-12:
        return np.eye(3)
    x, y, z = axis / length
    cross = np.array(((0, -z, y), (z, 0, -x), (-y, x, 0)))
    return np.asarray(np.eye(3) + np.sin(angle_rad) * cross + (1.0 - np.cos(angle_rad)) * cross @ cross, np.float64)
