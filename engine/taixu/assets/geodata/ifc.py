"""IFC, the buildings of their planners (ISO 16739, IFC2x3 to 4.3), by ifcopenshell: a node for each element, storeys as groups.

Every node's extras keep its GlobalId, class, storey and property sets. The geometry kernel is native code and runs on bytes that
anybody may have written, so it has a process of its own.
"""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.apart import read_apart
from taixu.assets.building import MAX_TRIANGLES, Y_UP_FROM_Z_UP, ModelBuilder, linear_from_srgb, mesh_primitive
from taixu.assets.geodata.features import tidy_attributes
from taixu.assets.geodata.frames import LocalFrame
from taixu.assets.mesh import Primitive
from taixu.assets.model import Material, ModelData
from taixu.assets.model_cache import decode_model
from taixu.assets.paths import read_bytes
from taixu.errors import MachineError, TaixuError

__all__ = ["decode_ifc", "read_ifc_model"]

_MOST_BYTES = 512 << 20
_MOST_ELEMENTS = 200_000
_FAR_M = 10_000.0
"""A model whose middle lies farther from its origin is brought there, and says from where."""
_SHAPELESS = ("IfcOpeningElement", "IfcSpace")
"""What nobody sees: holes, which the walls have already, and rooms, which are nodes without a mesh."""


def read_ifc_model(path: str | Path) -> ModelData:
    """A building as a model in metres, y up; extras of its first node say which project it is and where on the earth.

    Raises
    ------
    TaixuError
        When it cannot be read.
    MachineError
        Without ifcopenshell.
    """
    path = Path(path)
    if importlib.util.find_spec("ifcopenshell") is None:
        raise MachineError('IFC needs ifcopenshell; pip install "taixu[ifc]" brings it')
    if not read_bytes(path, max_bytes=_MOST_BYTES).lstrip()[:13].startswith(b"ISO-10303-21;"):
        raise TaixuError(f"{path.name}: it is no IFC file; one begins with ISO-10303-21")
    made = read_apart("taixu.assets.geodata.ifc_reading", str(path), name=path.name, what="the reader of buildings",
                      gave_up="it cannot be read as IFC: its reader gave up")  # fmt: skip
    try:
        model = decode_model(made)
    except (ValueError, KeyError, TypeError, IndexError):
        model = None
    if not isinstance(model, ModelData):
        raise TaixuError(f"{path.name}: it cannot be read as IFC: its reader gave up")
    model.path = path
    return model


def decode_ifc(path: Path) -> ModelData:
    """What the process that reads does.

    Raises
    ------
    TaixuError
        When it cannot be read, or has nothing to see.
    """
    import ifcopenshell

    text = read_bytes(path, max_bytes=_MOST_BYTES).decode("utf-8", "replace")
    try:
        found = ifcopenshell.file.from_string(text)
        elements = found.by_type("IfcProduct")
    except Exception as error:  # whatever the parser says of it
        raise TaixuError(f"{path.name}: it cannot be read as IFC ({' '.join(str(error).split())[:120]})") from None
    if len(elements) > _MOST_ELEMENTS:
        raise TaixuError(f"{path.name}: it has {len(elements):,} elements, and at most {_MOST_ELEMENTS:,} are read; split it")
    return _Reading(path, found).model()


class _Reading:
    def __init__(self, path: Path, found: Any) -> None:
        from ifcopenshell.util.unit import calculate_unit_scale

        self.path, self.found = path, found
        self.builder = ModelBuilder(path, generator="ifcopenshell")
        self.unit_m = float(calculate_unit_scale(found))
        self.groups: dict[str, int] = {}

    def model(self) -> ModelData:
        shapes = list(self._shapes())
        if not shapes:
            raise TaixuError(f"{self.path.name}: it holds no element with a shape")
        middles = np.array([(points.min(0) + points.max(0)) / 2 for _, points, *_ in shapes])
        middle = np.median(middles, 0)
        origin = np.floor(middle) if np.abs(middle).max() > _FAR_M else np.zeros(3)
        builder = self.builder
        root = builder.node(self.path.stem, matrix=Y_UP_FROM_Z_UP)
        said: dict[int, dict[str, Any]] = {root: self._project(origin)}
        for storey in sorted(self.found.by_type("IfcBuildingStorey"), key=self._elevation):
            group = builder.node(str(storey.Name or "storey"), parent=root)
            self.groups[storey.GlobalId] = group
            said[group] = {**_about(storey), "elevation_m": self._elevation(storey)}
        for element, points, faces, materials, numbers in shapes:
            node = self._node(element, root, said)
            mesh = list(_primitives(points - origin, faces, materials, numbers, builder, str(element.Name or element.is_a())))
            builder.model.nodes[node].mesh = builder.mesh(str(element.Name or element.is_a()), *mesh)
        for room in self.found.by_type("IfcSpace"):
            builder.model.nodes[self._node(room, root, said)].translation = (self._stands(room) - origin).astype(np.float32)
        model = builder.finish()
        for node, extras in said.items():
            model.nodes[node].extras = extras
        seen = {element.GlobalId for element, *_ in shapes}
        shaped = [each for each in self.found.by_type("IfcElement") if each.Representation and not each.is_a("IfcOpeningElement")]
        lost = [f"{each.is_a()} {each.GlobalId}" for each in shaped if each.GlobalId not in seen]
        if lost:
            model.notes.append(f"{len(lost):,} elements have a shape that cannot be made, such as {lost[0]}")
        return model

    def _shapes(self) -> Iterator[tuple[Any, Any, Any, Any, Any]]:
        """Elements with points ``float64[n, 3]`` (metres, z up), triangles, materials, and which of these each triangle has."""
        import ifcopenshell.geom

        kernel: Any = ifcopenshell.geom
        settings = kernel.settings()
        settings.set("use-world-coords", True)
        hidden = [each for name in _SHAPELESS for each in self.found.by_type(name)]
        each = kernel.iterator(settings, self.found, 1, exclude=hidden or None)
        triangles = 0
        going = each.initialize()
        while going:
            shape = each.get()
            geometry = shape.geometry
            points = np.array(geometry.verts, np.float64).reshape(-1, 3)
            faces = np.array(geometry.faces, np.int64).reshape(-1, 3)
            triangles += len(faces)
            if triangles > MAX_TRIANGLES:
                raise TaixuError(f"{self.path.name}: it has more than {MAX_TRIANGLES:,} triangles; split it")
            if len(faces) and np.isfinite(points).all() and np.abs(points).max() < 1e9:
                materials = [_material(style) for style in geometry.materials]
                yield self.found.by_id(shape.id), points, faces, materials, np.array(geometry.material_ids)
            going = each.next()

    def _node(self, element: Any, root: int, said: dict[int, dict[str, Any]]) -> int:
        from ifcopenshell.util.element import get_container

        above = get_container(element) or next((rel.RelatingObject for rel in getattr(element, "Decomposes", ())), None)
        parent = self.groups.get(above.GlobalId, root) if above is not None else root
        node = self.builder.node(str(element.Name or element.is_a()), parent=parent)
        storey = self.builder.model.nodes[parent].name if parent != root else ""
        said[node] = {**_about(element), **({"storey": storey} if storey else {})}
        return node

    def _stands(self, element: Any) -> NDArray[np.float64]:
        """Where an element's own origin lies, metres, z up; the model's where nobody says."""
        from ifcopenshell.util.placement import get_local_placement

        place = np.asarray(get_local_placement(element.ObjectPlacement), np.float64)[:3, 3] * self.unit_m
        return place if np.isfinite(place).all() and np.abs(place).max() < 1e9 else np.zeros(3)

    def _elevation(self, storey: Any) -> float:
        height = storey.Elevation
        return round(float(height) * self.unit_m, 4) if height is not None and math.isfinite(height) else 0.0

    def _project(self, origin: Any) -> dict[str, Any]:
        project = next(iter(self.found.by_type("IfcProject")), None)
        said = {"schema": str(self.found.schema), **(_about(project) if project is not None else {}), **self._place()}
        return {**said, "origin": origin.tolist()} if origin.any() else said

    def _place(self) -> dict[str, Any]:
        """Where the model's own origin lies: by its map conversion (IFC4), or by its site's degrees."""
        if self.found.schema != "IFC2X3":
            for each in self.found.by_type("IfcMapConversion"):
                crs = str(getattr(each.TargetCRS, "Name", "") or "")
                east, north, height = (float(getattr(each, key) or 0.0) for key in ("Eastings", "Northings", "OrthogonalHeight"))
                try:
                    frame = LocalFrame.around(np.array([[east, north]]), crs, height_m=height)
                except TaixuError as error:
                    self.builder.model.notes.append(f"where it lies cannot be said: {error}")
                    continue
                turn = math.degrees(math.atan2(each.XAxisOrdinate or 0.0, each.XAxisAbscissa or 0.0))  # 0 where there are none
                return {"crs": crs, "map_origin": [east, north, height], "map_rotation_deg": turn, **frame.settings()}
        for site in self.found.by_type("IfcSite"):
            if site.RefLatitude and site.RefLongitude:
                lat, lon = (_degrees(angle) for angle in (site.RefLatitude, site.RefLongitude))
                if abs(lat) <= 90 and abs(lon) <= 180:
                    height = float(site.RefElevation or 0.0) * self.unit_m
                    return {"latitude_deg": lat, "longitude_deg": lon, "height_m": height if math.isfinite(height) else 0.0}
        return {}


def _degrees(parts: tuple[int, ...]) -> float:
    """Degrees, minutes, seconds and millionths of these (IfcCompoundPlaneAngleMeasure), all of one sign."""
    return round(sum(part / unit for part, unit in zip(parts, (1, 60, 3600, 3.6e9))), 9)


def _about(element: Any) -> dict[str, Any]:
    from ifcopenshell.util.element import get_psets

    sets = get_psets(element)
    ordered = sorted(sets, key=lambda name: not name.startswith(("Pset_", "Qto_", "BaseQuantities")))
    flat = {f"{name}.{key}": value for name in ordered for key, value in sets[name].items() if key != "id"}
    kept = tidy_attributes({"name": element.Name or "", "description": element.Description or "", **flat})
    return {"id": str(element.GlobalId), "class": str(element.is_a()), "attributes": kept}


def _material(style: Any) -> Material:
    color = np.clip(np.nan_to_num([style.diffuse.r(), style.diffuse.g(), style.diffuse.b()], nan=0.7), 0.0, 1.0)
    clear = float(style.transparency) if math.isfinite(style.transparency) else 0.0
    alpha = 1.0 - min(max(clear, 0.0), 0.95)
    red, green, blue = (round(float(each), 5) for each in linear_from_srgb(color))
    look: dict[str, Any] = {"roughness": 0.8} if alpha == 1.0 else {"roughness": 0.2, "alpha_mode": "BLEND"}
    color = (red, green, blue, round(alpha, 4))
    return Material(name=str(style.name), base_color=color, metallic=0.0, double_sided=True, **look)


def _primitives(
    points: Any, faces: Any, materials: list[Material], numbers: Any, builder: ModelBuilder, name: str
) -> Iterator[Primitive]:
    for number in np.unique(numbers):
        chosen = faces[numbers == number]
        used, rows = np.unique(chosen, return_inverse=True)
        material = materials[number] if 0 <= number < len(materials) else Material(name="plain", metallic=0.0, roughness=0.8)
        yield mesh_primitive(points[used], rows.reshape(-1, 3), material=builder.material(material), name=name)
