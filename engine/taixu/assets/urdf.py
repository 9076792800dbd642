"""URDF files (the XML format of ROS for robots) to `RobotData`.

Reads http://wiki.ros.org/urdf/XML with what simulators added: ``<capsule>``, ``<plane>``, ``spherical`` joints. Files
in the wild leave out half of it, so what is missing gets the format's default; what contradicts itself is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite, pi
from pathlib import Path
from typing import Literal, get_args
from xml.etree.ElementTree import Element

import numpy as np

from taixu.assets.paths import read_bytes, safe_join
from taixu.assets.robot import (
    Inertial,
    JointKind,
    Matrix,
    Mimic,
    RobotData,
    RobotGeometry,
    RobotJoint,
    RobotLink,
    RobotMaterial,
    RobotShape,
)
from taixu.assets.safe_xml import parse_xml
from taixu.errors import TaixuError

__all__ = ["pose_matrix", "read_urdf"]

_MAX_BYTES = 1 << 25
_MAX_LINKS = 10_000
_KINDS = get_args(JointKind)


def read_urdf(path: str | Path, *, root: str | Path | None = None) -> RobotData:
    """Read a robot.

    Parameters
    ----------
    path
        The ``.urdf`` file (xacro must be expanded before).
    root
        Meshes are looked for inside this folder only. By default the ROS package that the file is in (the nearest
        folder above with a ``package.xml``), or else the file's own folder.

    Raises
    ------
    TaixuError
        When it is no URDF, or its links and joints make no tree. Missing meshes are only noted.
    """
    file = Path(path)
    document = parse_xml(read_bytes(file, max_bytes=_MAX_BYTES), name=str(file))
    if document.tag != "robot":
        raise TaixuError(f"{file}: is no URDF: its root is <{document.tag[:40]}>, not <robot>")
    return _Reader(file, _package_root(file) if root is None else Path(root)).robot(document)


def pose_matrix(xyz: Sequence[float], rpy: Sequence[float]) -> Matrix:
    """The matrix [4, 4] of a translation in metres and turns about the fixed axes X, Y, Z in radians."""
    (sx, sy, sz), (cx, cy, cz) = np.sin(rpy), np.cos(rpy)
    matrix = np.eye(4)
    matrix[:3, :3] = (
        (cz * cy, cz * sy * sx - sz * cx, cz * sy * cx + sz * sx),
        (sz * cy, sz * sy * sx + cz * cx, sz * sy * cx - cz * sx),
        (-sy, cy * sx, cy * cx),
    )
    matrix[:3, 3] = xyz
    return matrix


def _package_root(file: Path) -> Path:
    folders = list(file.resolve().parents)[:6]
    return next((folder for folder in folders if (folder / "package.xml").is_file()), folders[0])


class _Reader:
    """Reads one document; its notes and materials."""

    def __init__(self, file: Path, root: Path) -> None:
        self.file = file
        self.root = root
        self.notes: list[str] = []
        self.materials: dict[str, RobotMaterial] = {}

    def robot(self, document: Element) -> RobotData:
        for element in document.findall("material"):
            self._material(element, where="the robot")
        links = [self._link(element) for element in document.findall("link")]
        if not links:
            raise TaixuError(f"{self.file}: the robot has no links")
        if len(links) > _MAX_LINKS:
            raise TaixuError(f"{self.file}: the robot has {len(links):,} links, and at most {_MAX_LINKS:,} are read")
        numbers: dict[str, int] = {}
        for index, link in enumerate(links):
            if numbers.setdefault(link.name, index) != index:
                raise TaixuError(f"{self.file}: two links are called {link.name!r}")
        joints = [self._joint(element, numbers) for element in document.findall("joint")]
        root = self._check_tree(links, joints)
        return RobotData(document.get("name", self.file.stem), links, joints, root, self.file, self.notes)

    def _check_tree(self, links: list[RobotLink], joints: list[RobotJoint]) -> int:
        parents: dict[int, int] = {}
        for joint in joints:
            if joint.child in parents:
                raise TaixuError(f"{self.file}: the link {links[joint.child].name!r} hangs on two joints")
            parents[joint.child] = joint.parent
        roots = [index for index in range(len(links)) if index not in parents]
        if len(roots) != 1:
            names = ", ".join(repr(links[index].name) for index in roots[:4])
            reason = f"several links hang on none: {names}" if roots else "every link hangs on another, in a circle"
            raise TaixuError(f"{self.file}: the robot is no tree: {reason}")
        reached = RobotData("", links, joints, roots[0]).order()
        if len(reached) != len(joints):
            raise TaixuError(f"{self.file}: the robot is no tree: some links hang on each other in a circle")
        return roots[0]

    def _link(self, element: Element) -> RobotLink:
        link = RobotLink(element.get("name", ""))
        where = f"link {link.name!r}"
        for tag, shapes in (("visual", link.visuals), ("collision", link.collisions)):
            for child in element.findall(tag):
                shape = self._shape(child, f"{tag} of {where}")
                if shape is not None:
                    shapes.append(shape)
        inertial = element.find("inertial")
        if inertial is not None:
            mass, inertia = inertial.find("mass"), inertial.find("inertia")
            xx, xy, xz, yy, yz, zz = (
                self._number(inertia, name, 0.0, where) for name in ("ixx", "ixy", "ixz", "iyy", "iyz", "izz")
            )
            mass_kg = self._number(mass, "value", 0.0, where)
            if mass_kg < 0.0:
                raise TaixuError(f"{self.file}: {where} has a negative mass")
            link.inertial = Inertial(
                mass_kg, np.array(((xx, xy, xz), (xy, yy, yz), (xz, yz, zz))), self._origin(inertial, where)
            )
        return link

    def _shape(self, element: Element, where: str) -> RobotShape | None:
        geometry = self._geometry(element.find("geometry"), where)
        if geometry is None:
            return None
        material = element.find("material")
        return RobotShape(
            geometry, self._origin(element, where), element.get("name", ""),
            None if material is None else self._material(material, where=where),
        )

    def _geometry(self, element: Element | None, where: str) -> RobotGeometry | None:
        for child in element if element is not None else ():
            radius, length = (self._number(child, name, 0.0, where) for name in ("radius", "length"))
            if child.tag in ("sphere", "cylinder", "capsule"):
                if radius < 0.0 or length < 0.0:
                    raise TaixuError(f"{self.file}: the {where} has a negative size")
                kind: Literal["sphere", "cylinder", "capsule"] = child.tag  # type: ignore[assignment]
                return RobotGeometry(kind, radius_m=radius, length_m=length)
            if child.tag == "box":
                x, y, z = self._numbers(child, "size", (1.0, 1.0, 1.0), where)
                return RobotGeometry("box", size=(abs(x), abs(y), abs(z)))
            if child.tag == "plane":
                return RobotGeometry("plane", size=self._numbers(child, "normal", (0.0, 0.0, 1.0), where))
            if child.tag == "mesh":
                return self._mesh(child, where)
        self.notes.append(f"the {where} has no shape that is known")
        return None

    def _mesh(self, element: Element, where: str) -> RobotGeometry:
        reference = element.get("filename", "")
        text = element.get("scale", "1 1 1")
        scale = self._numbers(element, "scale", (1.0, 1.0, 1.0), where) if len(text.split()) > 1 else \
            (self._number(element, "scale", 1.0, where),) * 3
        found = self._find(reference)
        if found is None:
            self.notes.append(f"the {where} wants {reference[:200]!r}, which is not in {self.root}")
        return RobotGeometry("mesh", size=scale, path=found, reference=reference)

    def _find(self, reference: str) -> Path | None:
        """The file that a mesh or texture names: relative, ``package://NAME/...`` or ``file://`` inside the root."""
        for scheme in ("package://", "model://"):
            if reference.startswith(scheme):
                package, _, rest = reference[len(scheme):].partition("/")
                for folder in self.file.resolve().parents:
                    for candidate in ((folder, rest),) if folder.name == package else ((folder / package, rest),):
                        found = self._inside(candidate[1], base=candidate[0])
                        if found is not None:
                            return found
                    if folder == self.root.resolve():
                        break
                return self._inside(rest, base=self.root)
        return self._inside(reference.removeprefix("file://"), base=self.file.parent)

    def _inside(self, relative: str, *, base: Path) -> Path | None:
        try:
            found = safe_join(self.root, relative, base=base.resolve())
        except TaixuError:
            return None
        return found if relative and found.is_file() else None

    def _material(self, element: Element, *, where: str) -> RobotMaterial:
        """A material, defined here or by name elsewhere (also later in the file, so names share one object)."""
        name = element.get("name", "")
        color, texture = element.find("color"), element.find("texture")
        if color is None and texture is None:
            return self.materials.setdefault(name, RobotMaterial(name))
        material = self.materials.setdefault(name, RobotMaterial(name)) if name else RobotMaterial()
        if material.color is not None or material.texture is not None:
            material = RobotMaterial(name)  # an equal name with another look: local
        if color is not None:
            values = self._row(color, "rgba", where)
            padded = [*values, 1.0, 1.0, 1.0, 1.0][:4] if len(values) in (3, 4) else [0.6, 0.6, 0.6, 1.0]
            red, green, blue, alpha = (min(max(value, 0.0), 1.0) for value in padded)
            material.color = (red, green, blue, alpha)
        if texture is not None:
            material.texture = self._find(texture.get("filename", ""))
        return material

    def _joint(self, element: Element, links: dict[str, int]) -> RobotJoint:
        name, kind = element.get("name", ""), element.get("type", "fixed").lower()
        where = f"joint {name!r}"
        if kind not in _KINDS:
            known = ", ".join(_KINDS)
            raise TaixuError(f"{self.file}: the {where} has the type {kind[:40]!r}, which is none of {known}")
        ends = []
        for tag in ("parent", "child"):
            end = element.find(tag)
            link = "" if end is None else end.get("link", "")
            if link not in links:
                raise TaixuError(f"{self.file}: the {where} has the {tag} {link!r}, and there is no such link")
            ends.append(links[link])
        joint = RobotJoint(name, kind, ends[0], ends[1], self._origin(element, where))  # type: ignore[arg-type]
        axis = np.array(self._numbers(element.find("axis"), "xyz", (1.0, 0.0, 0.0), where))
        length = float(np.linalg.norm(axis))
        if length > 1e-9:
            x, y, z = (float(value) / length for value in axis)
            joint.axis = (x, y, z)
        elif kind not in ("fixed", "floating", "spherical"):
            self.notes.append(f"the {where} has an axis without length, and turns about X instead")
        limit, dynamics = element.find("limit"), element.find("dynamics")
        if limit is not None and kind in ("revolute", "prismatic"):
            joint.lower = self._number(limit, "lower", 0.0, where)
            joint.upper = self._number(limit, "upper", 0.0, where)
            if joint.lower > joint.upper:  # simulators take that for "no limits"
                joint.lower, joint.upper = -np.inf, np.inf
        if limit is not None:
            joint.max_effort = abs(self._number(limit, "effort", np.inf, where))
            joint.max_velocity = abs(self._number(limit, "velocity", np.inf, where))
        joint.damping = max(self._number(dynamics, "damping", 0.0, where), 0.0)
        joint.friction = max(self._number(dynamics, "friction", 0.0, where), 0.0)
        mimic = element.find("mimic")
        if mimic is not None:
            joint.mimic = Mimic(
                mimic.get("joint", ""), self._number(mimic, "multiplier", 1.0, where),
                self._number(mimic, "offset", 0.0, where),
            )
        return joint

    def _origin(self, element: Element, where: str) -> Matrix:
        origin = element.find("origin")
        xyz = self._numbers(origin, "xyz", (0.0, 0.0, 0.0), where)
        rpy = self._numbers(origin, "rpy", (0.0, 0.0, 0.0), where)
        return pose_matrix(xyz, [angle % (2 * pi) if abs(angle) > 100.0 else angle for angle in rpy])

    def _number(self, element: Element | None, name: str, default: float, where: str) -> float:
        text = None if element is None else element.get(name)
        if text is None or not text.strip():
            return default
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not isfinite(value) or abs(value) > 1e30:
            raise TaixuError(f"{self.file}: {name}={text[:40]!r} of the {where} is no number")
        return value

    def _row(self, element: Element, name: str, where: str) -> list[float]:
        text = element.get(name, "")
        try:
            values = [float(word) for word in text.replace(",", " ").split()]
        except ValueError:
            values = [float("nan")]
        if not all(isfinite(value) and abs(value) < 1e30 for value in values):
            raise TaixuError(f"{self.file}: {name}={text[:40]!r} of the {where} is no row of numbers")
        return values

    def _numbers(
        self, element: Element | None, name: str, default: tuple[float, float, float], where: str
    ) -> tuple[float, float, float]:
        if element is None or not element.get(name, "").strip():
            return default
        values = self._row(element, name, where)
        if len(values) > 3:
            self.notes.append(f"{name} of the {where} has {len(values)} numbers; the first 3 count")
        elif len(values) < 3:
            raise TaixuError(f"{self.file}: {name} of the {where} has {len(values)} numbers, not 3")
        return (values[0], values[1], values[2])
