"""Models to OBJ, PLY, STL, OFF and 3MF: what those formats can hold of them, at rest.

STL and 3MF have Z up by convention, and 3MF millimetres; the others keep Y up and metres.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import numpy as np
from numpy.typing import NDArray

from taixu.assets.atomic import write_atomic
from taixu.assets.building import Y_UP_FROM_Z_UP
from taixu.assets.flattening import Piece, flatten_model
from taixu.assets.model import Material, ModelData
from taixu.errors import TaixuError, UsageError

__all__ = ["WRITABLE_SUFFIXES", "write_model"]

_Z_UP_FROM_Y_UP = np.linalg.inv(Y_UP_FROM_Z_UP)[:3, :3]
_EXTENSIONS = {"image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp", "image/ktx2": ".ktx2"}


def write_model(path: str | Path, model: ModelData) -> list[Path]:
    """Write a model in the format of the path's suffix, atomically; gives all files written.

    Raises
    ------
    UsageError
        When the suffix is of no format that is written.
    TaixuError
        When the model has nothing that the format holds, or the file cannot be written.
    """
    file = Path(path)
    writer = _WRITERS.get(file.suffix.lower())
    if writer is None:
        raise UsageError(f"{file}: models are written as {', '.join(WRITABLE_SUFFIXES)}, not as {file.suffix!r}")
    pieces = flatten_model(model)
    if not pieces or (file.suffix.lower() != ".ply" and not any(len(piece.triangles) for piece in pieces)):
        raise TaixuError(f"{file}: the model {model.name!r} has no triangles to write")
    return writer(file, pieces, model)


def _write_ply(file: Path, pieces: list[Piece], model: ModelData) -> list[Path]:
    fields: list[tuple[str, str]] = [("x", "<f4"), ("y", "<f4"), ("z", "<f4")]
    has_normals = all(piece.normals is not None for piece in pieces)
    has_texcoords = all(piece.texcoords is not None for piece in pieces)
    fields += [("nx", "<f4"), ("ny", "<f4"), ("nz", "<f4")] if has_normals else []
    fields += [("s", "<f4"), ("t", "<f4")] if has_texcoords else []
    fields += [("red", "u1"), ("green", "u1"), ("blue", "u1"), ("alpha", "u1")]
    vertices = np.zeros(sum(len(piece.positions) for piece in pieces), fields)
    start = 0
    for piece in pieces:
        rows = vertices[start : start + len(piece.positions)]
        start += len(piece.positions)
        values = [piece.positions]
        values += [piece.normals] if has_normals and piece.normals is not None else []
        values += [_v_up(piece.texcoords)] if has_texcoords and piece.texcoords is not None else []
        values += [_bytes8(_linear_color(piece, model))]
        for (name, _), column in zip(fields, np.concatenate(values, axis=1).T, strict=True):
            rows[name] = column
    triangles = _merged_triangles(pieces)
    faces = np.zeros(len(triangles), [("count", "u1"), ("corners", "<u4", 3)])
    faces["count"], faces["corners"] = 3, triangles
    names = {"<f4": "float", "u1": "uchar"}
    head = [f"property {names[kind]} {name}" for name, kind in fields]
    text = "\n".join((
        "ply", "format binary_little_endian 1.0", "comment Taixu", f"element vertex {len(vertices)}", *head,
        f"element face {len(faces)}", "property list uchar uint vertex_indices", "end_header\n",
    ))
    write_atomic(file, text.encode() + vertices.tobytes() + faces.tobytes())
    return [file]


def _write_stl(file: Path, pieces: list[Piece], model: ModelData) -> list[Path]:
    points = np.concatenate([piece.positions for piece in pieces]) @ _Z_UP_FROM_Y_UP.T
    corners = points[_merged_triangles(pieces)]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    lengths = np.linalg.norm(normals, axis=1, keepdims=True)
    rows = np.zeros(len(corners), [("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("bits", "<u2")])
    rows["normal"] = np.divide(normals, lengths, out=np.zeros_like(normals), where=lengths > 0.0)
    rows["corners"] = corners
    write_atomic(file, b"Taixu".ljust(80, b"\0") + np.uint32(len(rows)).tobytes() + rows.tobytes())
    return [file]


def _write_off(file: Path, pieces: list[Piece], model: ModelData) -> list[Path]:
    points = np.concatenate([piece.positions for piece in pieces])
    triangles = _merged_triangles(pieces)
    lines = [f"OFF\n{len(points)} {len(triangles)} 0", *_rows("", points), *_rows("3 ", triangles)]
    write_atomic(file, "\n".join(lines) + "\n")
    return [file]


def _write_obj(file: Path, pieces: list[Piece], model: ModelData) -> list[Path]:
    library = file.with_suffix(".mtl")
    lines = ["# Taixu", f"mtllib {library.name}"]
    base = [1, 1, 1]
    for piece in pieces:
        if not len(piece.triangles):
            continue
        lines.append(f"o {_word(piece.name)}\nusemtl {_material_name(model, piece.material)}")
        lines += _rows("v ", piece.positions)
        corner = "{0}"
        if piece.texcoords is not None:
            lines += _rows("vt ", _v_up(piece.texcoords))
        if piece.normals is not None:
            lines += _rows("vn ", piece.normals)
        corner = {(True, True): "{0}/{1}/{2}", (True, False): "{0}/{1}", (False, True): "{0}//{2}"}.get(
            (piece.texcoords is not None, piece.normals is not None), "{0}"
        )
        face = "f " + " ".join(corner.format(f"{{{3 * k}}}", f"{{{3 * k + 1}}}", f"{{{3 * k + 2}}}") for k in range(3))
        numbers = (piece.triangles[:, :, None].astype(np.int64) + np.array(base)).reshape(-1, 9)
        lines += [face.format(*row) for row in numbers.tolist()]
        base[0] += len(piece.positions)
        base[1] += 0 if piece.texcoords is None else len(piece.texcoords)
        base[2] += 0 if piece.normals is None else len(piece.normals)
    written = _write_mtl(library, {piece.material for piece in pieces}, model)
    write_atomic(file, "\n".join(lines) + "\n")
    return [file, *written]


def _write_mtl(library: Path, used: Iterable[int | None], model: ModelData) -> list[Path]:
    """Write the materials in use, with their base colour textures beside."""
    lines, written = ["# Taixu"], [library]
    for index in sorted(used, key=lambda number: -1 if number is None else number):
        material = Material() if index is None else model.materials[index]
        red, green, blue = _srgb(np.array(material.base_color[:3]))
        glow = _srgb(np.clip(np.array(material.emissive), 0.0, 1.0))
        shininess = min(2.0 / max(material.roughness, 1e-2) ** 4 - 2.0, 1000.0)
        lines += [
            f"newmtl {_material_name(model, index)}", f"Kd {red:.6g} {green:.6g} {blue:.6g}",
            f"d {material.base_color[3]:.6g}", f"Ns {max(shininess, 0.0):.6g}",
        ]
        if any(glow):
            lines.append("Ke " + " ".join(f"{value:.6g}" for value in glow))
        reference = material.base_color_texture
        source = None if reference is None else model.textures[reference.texture].image
        if source is not None:
            image = model.images[source]
            try:
                data = image.read()
            except OSError:
                continue
            name = f"{library.stem}_{source}{_EXTENSIONS.get(image.mime, '.png')}"
            write_atomic(library.with_name(name), data)
            written.append(library.with_name(name))
            lines.append(f"map_Kd {name}")
    write_atomic(library, "\n".join(lines) + "\n")
    return written


def _write_3mf(file: Path, pieces: list[Piece], model: ModelData) -> list[Path]:
    used = sorted({piece.material for piece in pieces}, key=lambda number: -1 if number is None else number)
    bases = []
    for index in used:
        material = Material() if index is None else model.materials[index]
        color = np.append(_srgb(np.array(material.base_color[:3])), material.base_color[3])
        digits = bytes(np.rint(np.clip(color, 0, 1) * 255).astype(np.uint8)).hex().upper()
        bases.append(f'<base name={quoteattr(_material_name(model, index))} displaycolor="#{digits}"/>')
    objects, items = [], []
    for number, piece in enumerate((piece for piece in pieces if len(piece.triangles)), start=2):
        points = piece.positions @ _Z_UP_FROM_Y_UP.T * 1000.0
        vertices = "".join(f'<vertex x="{x:.7g}" y="{y:.7g}" z="{z:.7g}"/>' for x, y, z in points.tolist())
        faces = "".join(f'<triangle v1="{a}" v2="{b}" v3="{c}"/>' for a, b, c in piece.triangles.tolist())
        objects.append(
            f'<object id="{number}" type="model" name={quoteattr(piece.name)} pid="1" '
            f'pindex="{used.index(piece.material)}">'
            f"<mesh><vertices>{vertices}</vertices><triangles>{faces}</triangles></mesh></object>"
        )
        items.append(f'<item objectid="{number}"/>')
    core = "http://schemas.microsoft.com/3dmanufacturing/core/2015/02"
    document = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<model unit="millimeter" xml:lang="en-US" xmlns="{core}">\n<resources>'
        f'<basematerials id="1">{"".join(bases)}</basematerials>\n' + "\n".join(objects)
        + f"\n</resources>\n<build>{''.join(items)}</build>\n</model>\n"
    )
    packages = "http://schemas.openxmlformats.org/package/2006"
    types = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Types xmlns="{packages}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="model" ContentType="application/vnd.ms-package.3dmanufacturing-3dmodel+xml"/></Types>'
    )
    relations = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Relationships xmlns="{packages}/relationships">'
        '<Relationship Target="/3D/3dmodel.model" Id="rel0" '
        'Type="http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"/></Relationships>'
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (("[Content_Types].xml", types), ("_rels/.rels", relations), ("3D/3dmodel.model", document)):
            archive.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)  # dated 1980: the same bytes every time
    write_atomic(file, stream.getvalue())
    return [file]


def _merged_triangles(pieces: list[Piece]) -> NDArray[np.uint32]:
    starts = np.cumsum([0] + [len(piece.positions) for piece in pieces[:-1]])
    parts = [piece.triangles.astype(np.int64) + start for piece, start in zip(pieces, starts, strict=True)]
    return np.concatenate(parts).astype(np.uint32)


def _linear_color(piece: Piece, model: ModelData) -> NDArray[np.float64]:
    """Vertex colours times the material's, [n, 4]."""
    base = (1.0, 1.0, 1.0, 1.0) if piece.material is None else model.materials[piece.material].base_color
    own = np.ones((len(piece.positions), 4)) if piece.colors is None else piece.colors.astype(np.float64)
    return np.asarray(own * np.array(base), np.float64)


def _bytes8(linear: NDArray[np.float64]) -> NDArray[np.float64]:
    result = np.clip(linear, 0.0, 1.0)
    result[:, :3] = _srgb(result[:, :3])
    return np.asarray(np.rint(result * 255.0), np.float64)


def _srgb(linear: NDArray[np.float64]) -> NDArray[np.float64]:
    linear = np.clip(linear, 0.0, 1.0)
    return np.where(linear <= 0.0031308, linear * 12.92, 1.055 * np.maximum(linear, 1e-9) ** (1 / 2.4) - 0.055)


def _v_up(texcoords: NDArray[Any]) -> NDArray[np.float64]:
    return np.stack([texcoords[:, 0], 1.0 - texcoords[:, 1]], axis=1).astype(np.float64)


def _rows(prefix: str, values: NDArray[Any]) -> list[str]:
    form = prefix + " ".join(["%d" if values.dtype.kind in "iu" else "%.7g"] * values.shape[1])
    return [form % tuple(row) for row in values.tolist()]


def _word(name: str) -> str:
    return "_".join(name.split()) or "unnamed"


def _material_name(model: ModelData, index: int | None) -> str:
    return "default" if index is None else f"{_word(model.materials[index].name)}_{index}"


_WRITERS: dict[str, Callable[[Path, list[Piece], ModelData], list[Path]]] = {
    ".3mf": _write_3mf, ".obj": _write_obj, ".off": _write_off, ".ply": _write_ply, ".stl": _write_stl,
}
WRITABLE_SUFFIXES = tuple(_WRITERS)
