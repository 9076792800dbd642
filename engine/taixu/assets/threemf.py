"""3MF files (3D Manufacturing Format, core specification 1.3 with its materials and production extensions).

A zip of XML: objects made of meshes or of other objects, placed by a build list, with base materials, colours or
textures a triangle. Millimetres and Z up become metres and Y up.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any
from xml.etree.ElementTree import Element

import numpy as np
from numpy.typing import NDArray

from taixu.assets.building import Y_UP_FROM_Z_UP, ModelBuilder, linear_from_srgb, mesh_primitive
from taixu.assets.mesh import Primitive
from taixu.assets.model import Material, ModelData
from taixu.assets.paths import read_bytes
from taixu.assets.safe_xml import parse_xml
from taixu.errors import TaixuError

__all__ = ["read_3mf"]

_MAX_BYTES = 1 << 28
_MAX_PART = 1 << 28
_MAX_DEPTH = 64
_MAX_NODES = 20_000
_METRES = {"micron": 1e-6, "millimeter": 1e-3, "centimeter": 1e-2, "inch": 0.0254, "foot": 0.3048, "meter": 1.0}
_PLAIN = Material(name="plain", base_color=(0.6, 0.6, 0.6, 1.0), metallic=0.0, roughness=0.6)
_Key = tuple[str, str]


@dataclass(slots=True)
class _Part:
    """One model document of the archive: its objects and properties by id."""

    objects: dict[str, Element] = field(default_factory=dict)
    colors: dict[str, NDArray[np.uint8]] = field(default_factory=dict)
    materials: dict[str, list[Material]] = field(default_factory=dict)
    texcoords: dict[str, tuple[str, NDArray[np.float64]]] = field(default_factory=dict)
    textures: dict[str, str] = field(default_factory=dict)


def read_3mf(path: str | Path, *, turned: bool = True) -> ModelData:
    """Read a 3MF file.

    Parameters
    ----------
    turned
        Turn it so that its Z points up.

    Raises
    ------
    TaixuError
        When it is no 3MF or damaged: one sentence.
    """
    file = Path(path)
    data = read_bytes(file, max_bytes=_MAX_BYTES)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, np.errstate(all="ignore"):
            return _Reader(file, archive).model(turned=turned)
    except TaixuError:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise TaixuError(f"{file}: is no 3MF file, or is damaged: {error}") from error
    except (KeyError, ValueError, IndexError, OverflowError) as error:
        raise TaixuError(f"{file}: is damaged: {type(error).__name__}: {error}") from error


class _Reader:
    def __init__(self, file: Path, archive: zipfile.ZipFile) -> None:
        self.file = file
        self.archive = archive
        self.names = {f"/{name.lstrip('/')}".lower(): name for name in archive.namelist()[:10_000]}
        self.builder = ModelBuilder(file, generator="3MF")
        self.parts: dict[str, _Part] = {}
        self.meshes: dict[_Key, int] = {}
        self.nodes = 0

    def model(self, *, turned: bool) -> ModelData:
        root = self._start()
        document = parse_xml(self._read(root), name=f"{self.file} ({root})")
        unit = document.get("unit", "millimeter")
        if unit not in _METRES:
            raise TaixuError(f"{self.file}: measures in {unit[:40]!r}, which is no unit of 3MF")
        self.parts[root] = self._part(document)
        scale = np.diag((*(_METRES[unit],) * 3, 1.0))
        top = self.builder.node(self.file.stem, matrix=(Y_UP_FROM_Z_UP if turned else np.eye(4)) @ scale)
        build = document.find("build")
        for item in build if build is not None else ():
            if item.tag == "item":
                key = (self._place(item.get("path"), root), item.get("objectid", ""))
                self._place_object(key, top, _matrix(item.get("transform")), depth=0)
        if not self.builder.model.meshes:
            raise TaixuError(f"{self.file}: has no mesh in its build list")
        return self.builder.finish()

    def _start(self) -> str:
        """The path of the first model document."""
        if "/_rels/.rels" in self.names:
            for relation in parse_xml(self._read("/_rels/.rels"), name=f"{self.file} (_rels/.rels)"):
                if relation.get("Type", "").endswith("/3dmodel"):
                    return "/" + relation.get("Target", "").lstrip("/")
        found = next((name for name in self.names if name.endswith(".model")), None)
        if found is None:
            raise TaixuError(f"{self.file}: is no 3MF file: there is no model in the archive")
        return found

    def _read(self, name: str) -> bytes:
        entry = self.names.get(name.lower())
        if entry is None:
            raise TaixuError(f"{self.file}: refers to {name[:200]!r}, which is not in the archive")
        if self.archive.getinfo(entry).file_size > _MAX_PART:
            raise TaixuError(f"{self.file}: {name[:200]!r} in it is larger than the {_MAX_PART:,} bytes that are read")
        with self.archive.open(entry) as stream:  # gives no more than the directory promised
            return stream.read(_MAX_PART)

    def _place(self, path: str | None, part: str) -> str:
        name = part if path is None else "/" + str(PurePosixPath(path.lstrip("/")))
        if name not in self.parts:
            self.parts[name] = self._part(parse_xml(self._read(name), name=f"{self.file} ({name})"))
        return name

    def _part(self, document: Element) -> _Part:
        part = _Part()
        resources = document.find("resources")
        for element in resources if resources is not None else ():
            number = element.get("id", "")
            if element.tag == "object":
                part.objects[number] = element
            elif element.tag == "basematerials":
                part.materials[number] = [_material(base) for base in element if base.tag == "base"]
            elif element.tag == "colorgroup":
                part.colors[number] = np.array([_rgba(color.get("color", "")) for color in element], np.uint8)
            elif element.tag == "texture2d":
                part.textures[number] = "/" + element.get("path", "").lstrip("/")
            elif element.tag == "texture2dgroup":
                rows = [(float(row.get("u", "0")), float(row.get("v", "0"))) for row in element]
                part.texcoords[number] = (element.get("texid", ""), np.array(rows, np.float64).reshape(-1, 2))
        return part

    def _place_object(self, key: _Key, parent: int, matrix: NDArray[np.float64], *, depth: int) -> None:
        part = self.parts[key[0]]
        element = part.objects.get(key[1])
        if element is None:
            raise TaixuError(f"{self.file}: refers to the object {key[1][:40]!r}, which it does not have")
        self.nodes += 1
        if depth > _MAX_DEPTH or self.nodes > _MAX_NODES:
            raise TaixuError(f"{self.file}: its objects are made of each other in a circle, or too many")
        name = element.get("name", "") or f"object {key[1]}"
        mesh = element.find("mesh")
        if mesh is not None and key not in self.meshes:
            self.meshes[key] = self.builder.mesh(name, *self._primitives(part, element, mesh, name))
        node = self.builder.node(name, parent=parent, matrix=matrix, mesh=self.meshes.get(key))
        components = element.find("components")
        for component in components if components is not None else ():
            inner = (self._place(component.get("path"), key[0]), component.get("objectid", ""))
            self._place_object(inner, node, _matrix(component.get("transform")), depth=depth + 1)

    def _primitives(self, part: _Part, element: Element, mesh: Element, name: str) -> list[Primitive]:
        vertices, triangles = mesh.find("vertices"), mesh.find("triangles")
        rows = [(float(v.get("x", "nan")), float(v.get("y", "nan")), float(v.get("z", "nan")))
                for v in (vertices if vertices is not None else ())]
        positions = np.array(rows, np.float64).reshape(-1, 3)
        own = (element.get("pid"), element.get("pindex", "0"))
        groups: dict[tuple[str | None, int], list[tuple[int, ...]]] = {}
        for triangle in triangles if triangles is not None else ():
            pid = triangle.get("pid", own[0])
            first = triangle.get("p1", own[1])
            corners = tuple(int(triangle.get(key, "-1")) for key in ("v1", "v2", "v3"))
            looks = tuple(int(triangle.get(key, first)) for key in ("p1", "p2", "p3"))
            by_material = looks[0] if pid in part.materials else -1
            groups.setdefault((pid, by_material), []).append(corners + looks)
        return [
            self._primitive(part, positions, np.array(faces, np.int64), pid, name) for (pid, _), faces in groups.items()
        ]

    def _primitive(
        self, part: _Part, positions: NDArray[np.float64], faces: NDArray[np.int64], pid: str | None, name: str
    ) -> Primitive:
        label = f"{self.file} ({name})"
        triangles, looks = faces[:, :3], faces[:, 3:]
        if triangles.min() < 0 or triangles.max() >= len(positions):
            raise TaixuError(f"{label}: a triangle refers to a vertex that there is not")
        table: Any = next((group[pid] for group in (part.materials, part.colors, part.texcoords)
                           if pid is not None and pid in group), None)
        count = 0 if table is None else len(table[1]) if isinstance(table, tuple) else len(table)
        if table is not None and (looks.min() < 0 or looks.max() >= count):
            raise TaixuError(f"{label}: a triangle refers to a property that there is not")
        used, local = np.unique(triangles, return_inverse=True)
        local = local.reshape(-1, 3)
        if table is None or isinstance(table, list):
            material = _PLAIN if table is None else table[int(looks[0, 0])]
            return mesh_primitive(positions[used], local, material=self.builder.material(material), name=label)
        split, order = positions[triangles.reshape(-1)], np.arange(triangles.size).reshape(-1, 3)
        if isinstance(table, tuple):
            texture = self.builder.texture(self._read(part.textures[table[0]]), name=part.textures[table[0]])
            painted = self.builder.material(Material(metallic=0.0, roughness=0.6, base_color_texture=texture))
            texcoords = table[1][looks.reshape(-1)]
            return mesh_primitive(split, order, texcoords=texcoords, material=painted, name=label)
        white = self.builder.material(Material(metallic=0.0, roughness=0.6))
        return mesh_primitive(split, order, colors=table[looks.reshape(-1)], material=white, name=label)


def _material(base: Element) -> Material:
    color = np.array(_rgba(base.get("displaycolor", "#999999")), np.float64) / 255.0
    red, green, blue = (float(value) for value in linear_from_srgb(color[:3]))
    return Material(
        name=base.get("name", ""), base_color=(red, green, blue, float(color[3])), metallic=0.0, roughness=0.6,
        alpha_mode="OPAQUE" if color[3] >= 1.0 else "BLEND",
    )


def _rgba(text: str) -> tuple[int, int, int, int]:
    digits = text.strip().removeprefix("#")
    if len(digits) not in (6, 8):
        raise ValueError(f"{text[:20]!r} is no colour")
    red, green, blue, alpha = bytes.fromhex(digits + "ff"[: 8 - len(digits)])
    return (red, green, blue, alpha)


def _matrix(text: str | None) -> NDArray[np.float64]:
    """Twelve numbers, four rows of three, that act on row vectors (core specification, 3.3)."""
    if text is None:
        return np.eye(4)
    values = np.array([float(word) for word in text.split()])
    if values.shape != (12,):
        raise ValueError(f"a transform has {len(values)} numbers, not 12")
    matrix = np.eye(4)
    matrix[:3, :] = values.reshape(4, 3).T
    return matrix
