"""Putting models together: what readers of other formats than glTF share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.gltf.transforms import decompose
from taixu.assets.mesh import Mesh, Mode, Primitive
from taixu.assets.model import Material, ModelData, Node, Scene
from taixu.assets.normals import creased_normals
from taixu.assets.texture import Image, Texture, TextureRef
from taixu.errors import TaixuError

__all__ = ["Y_UP_FROM_Z_UP", "ModelBuilder", "linear_from_srgb", "mesh_primitive"]

Y_UP_FROM_Z_UP = np.array(((1, 0, 0, 0), (0, 0, 1, 0), (0, -1, 0, 0), (0, 0, 0, 1)), np.float64)
"""Turns what was drawn with Z up: x stays, z becomes y."""

MAX_TRIANGLES = 20_000_000
_MIMES = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"RIFF": "image/webp", b"\xabKTX": "image/ktx2"}


def linear_from_srgb(values: NDArray[Any]) -> NDArray[np.float32]:
    """Decode sRGB, 0 to 1, to linear (IEC 61966-2-1)."""
    values = np.asarray(values, np.float32)
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4).astype(np.float32)


def mesh_primitive(
    positions: NDArray[Any],
    triangles: NDArray[Any] | None,
    *,
    normals: NDArray[Any] | None = None,
    texcoords: NDArray[Any] | None = None,
    colors: NDArray[Any] | None = None,
    material: int | None = None,
    name: str = "mesh",
) -> Primitive:
    """Check arrays and make a primitive of them; creased normals where there are none.

    Parameters
    ----------
    positions : [v, 3]
    triangles : [t, 3] or None
        None makes points.
    normals, texcoords, colors : [v, 3], [v, 2] (v up, as most formats but glTF have it), [v, 3 or 4] uint8 sRGB

    Raises
    ------
    TaixuError
        When an index or a number makes no sense.
    """
    positions = np.asarray(positions)
    if positions.ndim != 2 or positions.shape[1] != 3 or not np.isfinite(positions).all():
        raise TaixuError(f"{name}: its positions are not all numbers")
    if positions.size and np.abs(positions).max() > 1e30:
        raise TaixuError(f"{name}: its positions are absurdly far away")
    count = len(positions)
    attributes: dict[str, NDArray[Any]] = {"POSITION": np.ascontiguousarray(positions, np.float32)}
    if texcoords is not None and len(texcoords) == count and np.isfinite(texcoords).all():
        flipped = np.clip(np.asarray(texcoords)[:, :2], -1e30, 1e30).astype(np.float32)
        flipped[:, 1] = 1.0 - flipped[:, 1]
        attributes["TEXCOORD_0"] = flipped
    if colors is not None and len(colors) == count:
        attributes["COLOR_0"] = _linear_colors(np.asarray(colors))
    if triangles is None:
        return Primitive(attributes, mode=Mode.POINTS, material=material)
    triangles = np.asarray(triangles)
    if triangles.ndim != 2 or triangles.shape[1] != 3 or triangles.dtype.kind not in "iu":
        raise TaixuError(f"{name}: its triangles are no indices")
    if len(triangles) > MAX_TRIANGLES:
        raise TaixuError(f"{name}: has {len(triangles):,} triangles, more than the {MAX_TRIANGLES:,} that are read")
    if triangles.size and (int(triangles.min()) < 0 or int(triangles.max()) >= count):
        raise TaixuError(f"{name}: a triangle refers to a vertex that there is not")
    unit = _unit_normals(normals, count)
    if unit is not None:
        attributes["NORMAL"] = unit
        return Primitive(attributes, np.ascontiguousarray(triangles, np.uint32).reshape(-1), material=material)
    sources, faces, made = creased_normals(attributes["POSITION"], triangles)
    attributes = {key: values[sources] for key, values in attributes.items()}
    attributes["NORMAL"] = made
    return Primitive(attributes, faces.reshape(-1), material=material)


def _unit_normals(normals: NDArray[Any] | None, count: int) -> NDArray[np.float32] | None:
    if normals is None or np.shape(normals) != (count, 3) or not np.isfinite(normals).all():
        return None
    wide = np.clip(np.asarray(normals, np.float64), -1e30, 1e30)
    lengths = np.linalg.norm(wide, axis=1, keepdims=True)
    if (lengths < 1e-12).any():
        return None
    unit: NDArray[np.float32] = (wide / lengths).astype(np.float32)
    return unit


def _linear_colors(colors: NDArray[Any]) -> NDArray[np.float32]:
    scaled = colors.astype(np.float32) / np.float32(255.0)
    result = np.ones((len(colors), 4), np.float32)
    result[:, :3] = linear_from_srgb(scaled[:, :3])
    if colors.shape[1] == 4:
        result[:, 3] = scaled[:, 3]
    return result


class ModelBuilder:
    """Collects the parts of a model and numbers them."""

    def __init__(self, path: str | Path, *, generator: str = "") -> None:
        self.model = ModelData(name=Path(path).stem, path=Path(path))
        if generator:
            self.model.asset["generator"] = generator
        self._textures: dict[bytes | Path, int] = {}
        self._materials: dict[str, int] = {}

    def texture(self, data: bytes | Path, *, name: str = "") -> TextureRef:
        """A reference to an encoded picture, its bytes or its file, once in the model however often it is asked for."""
        if data not in self._textures:
            model = self.model
            if isinstance(data, Path):
                head = b""
                if data.is_file():
                    with data.open("rb") as stream:
                        head = stream.read(4)
                model.images.append(Image(name or data.name, mime=_mime(head), path=data))
            else:
                model.images.append(Image(name, mime=_mime(data), data=data))
            model.textures.append(Texture(image=len(model.images) - 1, name=name))
            self._textures[data] = len(model.textures) - 1
        return TextureRef(texture=self._textures[data])

    def material(self, material: Material) -> int:
        """Add a material, or find an equal one."""
        number = self._materials.setdefault(repr(material), len(self.model.materials))
        if number == len(self.model.materials):
            self.model.materials.append(material)
        return number

    def mesh(self, name: str, *primitives: Primitive) -> int:
        """Add a mesh."""
        self.model.meshes.append(Mesh(name, list(primitives)))
        return len(self.model.meshes) - 1

    def node(
        self, name: str, *, parent: int | None = None, matrix: NDArray[Any] | None = None, mesh: int | None = None,
    ) -> int:
        """Add a node; `matrix` is parent_from_local [4, 4]."""
        node = Node(name, parent=parent, mesh=mesh)
        if matrix is not None:
            exact = np.asarray(matrix, np.float64)
            if exact.shape != (4, 4) or not np.isfinite(exact).all() or np.abs(exact).max() > 1e30:
                raise TaixuError(f"{self.model.path}: the transform of {name!r} is not made of numbers")
            node.translation, node.rotation, node.scale, shears = decompose(exact)
            node.matrix = exact.astype(np.float32) if shears else None
        self.model.nodes.append(node)
        index = len(self.model.nodes) - 1
        if parent is not None:
            self.model.nodes[parent].children.append(index)
        return index

    def finish(self) -> ModelData:
        """The model, with one scene of all its roots."""
        model = self.model
        model.scenes = [Scene(model.name, [index for index, node in enumerate(model.nodes) if node.parent is None])]
        model.scene = 0
        return model


def _mime(head: bytes) -> str:
    return next((mime for magic, mime in _MIMES.items() if head.startswith(magic)), "")
