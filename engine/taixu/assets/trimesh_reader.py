"""OBJ, PLY, STL, OFF and XYZ files, parsed by trimesh.

trimesh trusts what it reads, so three things stand around it: headers are weighed against the file's size before it
allocates by them, files beside are found inside the model's folder only, and whatever it raises becomes one sentence.
"""

from __future__ import annotations

import io
import logging
import re
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.building import Y_UP_FROM_Z_UP, ModelBuilder, linear_from_srgb, mesh_primitive
from taixu.assets.mesh import Primitive
from taixu.assets.model import Material, ModelData
from taixu.assets.mtl import MtlMaterial, parse_mtl
from taixu.assets.mtl_material import material_of_mtl
from taixu.assets.paths import read_bytes, safe_join
from taixu.errors import TaixuError

__all__ = ["TRIMESH_FORMATS", "read_trimesh"]

TRIMESH_FORMATS = (".obj", ".ply", ".stl", ".off", ".xyz")

_GREY, _WHITE = (0.6, 0.6, 0.6, 1.0), (1.0, 1.0, 1.0, 1.0)
_MAX_BYTES = 1 << 28
_MAX_HEADER_LINES = 10_000
_SILENCE = logging.NullHandler()
_MAX_BESIDE = 1 << 26
_MAX_TEXT_ELEMENTS = 1_500_000
_MAX_FACES = 1_000_000
_MAX_FACETS = 600_000
_MAX_CORNERS = 6_000_000
_MAX_GROUPS = 8_000
"""Text costs trimesh several hundred bytes and some microseconds an element: what is larger belongs into a binary format."""
_PLY_SIZES = {"char": 1, "uchar": 1, "int8": 1, "uint8": 1, "short": 2, "ushort": 2, "int16": 2, "uint16": 2,
              "double": 8, "float64": 8}


def read_trimesh(path: str | Path, *, root: str | Path | None = None, turned: bool = True) -> ModelData:
    """Read a model that trimesh knows.

    STL has Z up by convention and is turned; the others are taken as they stand. Normals that a file lacks are made.

    Parameters
    ----------
    path
        The file.
    root
        Materials and textures are read inside this folder only; the file's own by default.
    turned
        Turn an STL so that its Z points up.

    Raises
    ------
    TaixuError
        When the file cannot be read: one sentence.
    """
    import trimesh

    file = Path(path)
    kind = file.suffix.lower()
    data = read_bytes(file, max_bytes=_MAX_BYTES)
    _weigh(data, kind, file)
    beside = _make_resolver(file, Path(root) if root is not None else file.parent)
    logging.getLogger("trimesh").addHandler(_SILENCE)
    options: dict[str, Any] = {"split_objects": True} if kind == ".obj" else {}
    try:
        with np.errstate(all="ignore"):
            scene = trimesh.load_scene(
                io.BytesIO(data), file_type=kind[1:], resolver=beside, process=False, allow_remote=False, **options,
            )
            return _convert(scene, file, kind, beside, turned=turned)
    except TaixuError:
        raise
    except MemoryError:
        raise TaixuError(f"{file}: needs more memory than there is; it is damaged, or too large") from None
    except Exception as error:  # trimesh raises whatever a damaged file makes it stumble over
        # What it imports for other kinds of the format, and does not find, says nothing about this file.
        reason = "" if isinstance(error, ImportError) else ": " + " ".join(str(error).split())[:200]
        raise TaixuError(f"{file}: is no {kind[1:].upper()} file, or is damaged{reason}") from error


def _weigh(data: bytes, kind: str, file: Path) -> None:
    """Refuse files whose header promises more than their bytes can hold."""
    if not data:
        raise TaixuError(f"{file}: is empty")
    if kind == ".ply":
        head = data[: max(data.find(b"end_header"), 0)].decode("ascii", "replace")
        is_text = "format ascii" in head
        least = total = count = 0
        lines = head.splitlines()
        if len(lines) > _MAX_HEADER_LINES:
            raise TaixuError(f"{file}: its PLY header has {len(lines):,} lines, which no honest one has")
        for line in lines:
            words = line.split()
            if words[:1] == ["element"] and len(words) == 3 and words[2].isdigit():
                count = int(words[2])
                total += count
                if is_text and _MAX_TEXT_ELEMENTS < total < len(data):
                    raise TaixuError(_too_large(file, f"{total:,} or more elements as text", _MAX_TEXT_ELEMENTS))
                least += count if is_text else 0
            elif words[:1] == ["property"] and len(words) >= 3:
                size = 1 if is_text or words[1] == "list" else _PLY_SIZES.get(words[1], 4)
                least += count * size
        if not head or least > len(data):
            raise TaixuError(f"{file}: its PLY header promises more than its {len(data):,} bytes hold")
    if kind == ".obj":
        _weigh_obj(data, file)
    if kind == ".stl" and (count := data.count(b"endfacet")) > _MAX_FACETS:
        raise TaixuError(_too_large(file, f"{count:,} facets as text", _MAX_FACETS))
    if kind == ".off":
        found = re.search(rb"(?:^|\s)(\d+)\s+(\d+)\s+\d+", data[:4096])
        if found and (len(found[1]) > 12 or len(found[2]) > 12 or 2 * (int(found[1]) + int(found[2])) > len(data)):
            raise TaixuError(f"{file}: its OFF header promises more than its {len(data):,} bytes hold")


def _weigh_obj(data: bytes, file: Path) -> None:
    faces = re.findall(rb"(?m)^[ \t]*f[ \t][^\n]*", data)
    if len(faces) > _MAX_FACES:
        raise TaixuError(_too_large(file, f"{len(faces):,} faces", _MAX_FACES))
    corners = sum(map(_count_spaces, faces))
    # Polygons of many corners are read one by one.
    most = _MAX_CORNERS if corners <= 16 * len(faces) else _MAX_CORNERS // 12
    if corners > most:
        raise TaixuError(_too_large(file, f"faces of {corners:,} corners", most))
    groups = len(re.findall(rb"(?m)^[ \t]*(?:usemtl|[go])[ \t]", data))
    if groups > _MAX_GROUPS:
        raise TaixuError(_too_large(file, f"{groups:,} groups", _MAX_GROUPS))


def _count_spaces(line: bytes) -> int:
    return line.count(b" ") + line.count(b"\t")


def _too_large(file: Path, what: str, most: int) -> str:
    return f"{file}: has {what}, and at most {most:,} are read; convert it to GLB or a binary PLY"


def _make_resolver(file: Path, root: Path) -> Any:
    from trimesh.resolvers import Resolver

    class Beside(Resolver):
        """Gives trimesh the files beside a model, inside `root` only, and remembers what it gave."""

        def __init__(self) -> None:
            self.files: dict[str, bytes] = {}

        def get(self, key: str) -> bytes:
            name = str(key).strip().removeprefix("./")
            if name not in self.files:
                self.files[name] = read_bytes(safe_join(root, name, base=file.parent), max_bytes=_MAX_BESIDE)
            return self.files[name]

        def write(self, name: str, data: Any) -> None:
            raise TaixuError("nothing is written while a model is read")

        def namespaced(self, namespace: str) -> Any:
            return self

        def keys(self) -> list[str]:
            return list(self.files)

    return Beside()


def _convert(scene: Any, file: Path, kind: str, beside: Any, *, turned: bool) -> ModelData:
    builder = ModelBuilder(file, generator=f"trimesh ({kind[1:].upper()})")
    parent, meshes = None, {}
    if kind == ".stl" and turned:
        parent = builder.node(file.stem, matrix=Y_UP_FROM_Z_UP)
    library = _mtl_library(beside)
    for name, geometry in scene.geometry.items():
        primitive = _primitive(geometry, builder, name=f"{file} ({name})", beside=beside, library=library)
        if primitive is not None:
            meshes[name] = builder.mesh(str(name), primitive)
    for node in scene.graph.nodes_geometry:
        matrix, name = scene.graph[node]
        if name in meshes:
            identity = np.array_equal(matrix, np.eye(4))
            builder.node(str(node), parent=parent, matrix=None if identity else matrix, mesh=meshes[name])
    if not meshes:
        raise TaixuError(f"{file}: has neither triangles nor points in it")
    return builder.finish()


def _mtl_library(beside: Any) -> dict[str, MtlMaterial]:
    """What the MTL files that trimesh looked at say, whole: it drops most maps."""
    found: dict[str, MtlMaterial] = {}
    for name, data in beside.files.items():
        if name.lower().endswith(".mtl"):
            found |= parse_mtl(data)
    return found


def _primitive(
    geometry: Any, builder: ModelBuilder, *, name: str, beside: Any, library: dict[str, MtlMaterial]
) -> Primitive | None:
    vertices = getattr(geometry, "vertices", None)
    if vertices is None or not len(vertices):
        return None
    faces = getattr(geometry, "faces", None)
    if faces is None:
        colors = getattr(geometry, "colors", None)
        has_colors = colors is not None and np.shape(colors) == (len(vertices), 4)
        return mesh_primitive(vertices, None, colors=colors if has_colors else None, name=name)
    visual = geometry.visual
    positions, triangles = np.asarray(vertices), np.asarray(faces)
    normals = geometry._cache.cache.get("vertex_normals")
    texcoords = colors = material = None
    if visual.kind == "texture":
        texcoords = getattr(visual, "uv", None)
        material = builder.material(_material(visual.material, builder, beside, library))
    elif visual.kind == "vertex":
        colors = visual.vertex_colors
    elif visual.kind == "face":
        colors = np.repeat(np.asarray(visual.face_colors), 3, axis=0)
        positions, normals = positions[triangles.reshape(-1)], None
        triangles = np.arange(len(positions)).reshape(-1, 3)
    if material is None:
        color = _GREY if colors is None else _WHITE
        material = builder.material(Material(base_color=color, metallic=0.0, roughness=0.6))
    return mesh_primitive(
        positions, triangles, normals=normals, texcoords=texcoords, colors=colors, material=material, name=name
    )


def _material(source: Any, builder: ModelBuilder, beside: Any, library: dict[str, MtlMaterial]) -> Material:
    """A Phong material of MTL as metallic-roughness; its colours are taken as sRGB."""
    known = library.get(str(getattr(source, "name", "") or ""))
    if known is not None:
        return material_of_mtl(known, builder, beside.get)
    kwargs = getattr(source, "kwargs", {}) or {}
    color = np.asarray(getattr(source, "diffuse", (200, 200, 200, 255)), np.float32).reshape(-1)[:4] / 255.0
    linear = [float(value) for value in linear_from_srgb(color[:3])]
    alpha = _number(kwargs, "d", 1.0 - _number(kwargs, "tr", 0.0))
    emissive = linear_from_srgb(np.clip(_numbers(kwargs, "ke"), 0.0, 1.0))
    shininess = float(np.clip(np.nan_to_num(_number(kwargs, "ns", 20.0)), 0.0, 1e4))
    material = Material(
        name=str(getattr(source, "name", "") or ""),
        base_color=(linear[0], linear[1], linear[2], alpha),
        metallic=0.0,
        # Walter et al. 2007, section 5.1: Phong's exponent as Beckmann's width, whose root glTF calls roughness.
        roughness=float((2.0 / (shininess + 2.0)) ** 0.25),
        emissive=(float(emissive[0]), float(emissive[1]), float(emissive[2])),
        alpha_mode="OPAQUE" if alpha >= 1.0 else "BLEND",
    )
    image = getattr(source, "image", None)
    if image is not None:
        data = _encoded(image, beside)
        if data is not None:
            material.base_color_texture = builder.texture(data, name=str(image.info.get("file_path", "")))
            if not any(linear):  # exporters write black beside a texture, and mean white
                material.base_color = (1.0, 1.0, 1.0, alpha)
    return material


def _encoded(image: Any, beside: Any) -> bytes | None:
    """The bytes of the file that a picture came from."""
    name = str(image.info.get("file_path", "")).strip().removeprefix("./")
    if name in beside.files:
        data: bytes = beside.files[name]
        return data
    pictures = [data for key, data in beside.files.items() if not key.lower().endswith(".mtl")]
    return pictures[0] if len(pictures) == 1 else None


def _number(values: dict[str, Any], key: str, default: float) -> float:
    try:
        value = values[key]
        return float(np.clip(float(value[0] if isinstance(value, list) else value), 0.0, 1e6))
    except (KeyError, TypeError, ValueError, IndexError):
        return default


def _numbers(values: dict[str, Any], key: str) -> NDArray[np.float32]:
    try:
        return np.nan_to_num(np.array([float(value) for value in values[key]], np.float32)).reshape(3)
    except (KeyError, TypeError, ValueError):
        return np.zeros(3, np.float32)
