"""Reading URDF files with suspicion: what a loader would crash on is refused first.

Only what decides safety is read here (size, well-formed XML, no entities, finite numbers, links that form a tree); the
engines' own loaders do the rest.
"""

from __future__ import annotations

import math
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path

from taixu.errors import TaixuError

__all__ = ["UrdfSummary", "check_urdf", "summarise_urdf"]

MAX_BYTES = 16 << 20
MAX_LINKS = 2000
_NUMBERS = (
    "xyz",
    "rpy",
    "size",
    "radius",
    "length",
    "scale",
    "value",
    "ixx",
    "iyy",
    "izz",
    "ixy",
    "ixz",
    "iyz",
    "lower",
    "upper",
)


@dataclass(frozen=True)
class UrdfSummary:
    """Names in the order of the file."""

    name: str
    links: tuple[str, ...]
    joints: tuple[tuple[str, str, str, str], ...]  # name, type, parent, child
    dampings: tuple[float, ...]  # by joint; N m s/rad or N s/m
    efforts: tuple[float, ...]  # by joint: the most that its motor can do (N m or N); 0 where nothing is said


def check_urdf(path: str) -> str:
    """The path, if its file can be handed to an engine; else one sentence."""
    summarise_urdf(path)
    return str(path)


def summarise_urdf(path: str) -> UrdfSummary:
    """Links and joints of a URDF file, after checking it."""
    file = Path(path)
    if not file.is_file():
        raise TaixuError(f"{path}: there is no such file; give the path of a .urdf file.")
    if file.stat().st_size > MAX_BYTES:
        raise TaixuError(
            f"{path}: a URDF of {file.stat().st_size >> 20} MiB is larger than the {MAX_BYTES >> 20} MiB allowed."
        )
    data = file.read_bytes()
    if b"<!ENTITY" in data or b"<!DOCTYPE" in data:
        raise TaixuError(f"{path}: document type declarations are not read; remove <!DOCTYPE ...>.")
    try:
        root = ElementTree.fromstring(data.strip(b" \t\r\n\0"))
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise TaixuError(f"{path}: this is not well-formed XML ({error}); repair it.") from None
    if root.tag != "robot":
        raise TaixuError(f"{path}: the root element is <{root.tag}>, a URDF has <robot>.")
    links = tuple(link.get("name", "") for link in root.findall("link"))
    if not 0 < len(links) <= MAX_LINKS:
        raise TaixuError(f"{path}: a robot of {len(links)} links; it takes 1 to {MAX_LINKS}.")
    if len(set(links)) != len(links):
        raise TaixuError(f"{path}: two links have the same name; rename one.")
    for element in root.iter():
        for name in _NUMBERS:
            _check_numbers(path, element.tag, name, element.get(name))
    joints = tuple(_joint(path, joint, links) for joint in root.findall("joint"))
    _check_tree(path, links, joints)
    dampings = tuple(_number(joint.find("dynamics"), "damping") for joint in root.findall("joint"))
    efforts = tuple(_number(joint.find("limit"), "effort") for joint in root.findall("joint"))
    return UrdfSummary(root.get("name", ""), links, joints, dampings, efforts)


def _number(element: ElementTree.Element | None, name: str) -> float:
    """A number that is not negative; 0 where there is none."""
    try:
        value = float("" if element is None else element.get(name, ""))
    except ValueError:
        return 0.0
    return min(value, 1e12) if value > 0 else 0.0


def _check_numbers(path: str, tag: str, name: str, text: str | None) -> None:
    for word in (text or "").split():
        try:
            good = math.isfinite(float(word)) and abs(float(word)) < 1e12
        except ValueError:
            continue  # an expression or a name: the engine's loader judges it
        if not good:
            raise TaixuError(f"{path}: <{tag} {name}={text!r}> is not finite; repair it.")


def _joint(path: str, joint: ElementTree.Element, links: tuple[str, ...]) -> tuple[str, str, str, str]:
    parent, child = joint.find("parent"), joint.find("child")
    ends = [end.get("link", "") if end is not None else "" for end in (parent, child)]
    for end in ends:
        if end not in links:
            raise TaixuError(f"{path}: joint {joint.get('name', '')!r} connects to a link {end!r} that does not exist.")
    return joint.get("name", ""), joint.get("type", ""), ends[0], ends[1]


def _check_tree(path: str, links: tuple[str, ...], joints: tuple[tuple[str, str, str, str], ...]) -> None:
    parent_of: dict[str, str] = {}
    for _, _, parent, child in joints:
        if child in parent_of:
            raise TaixuError(f"{path}: link {child!r} hangs from two joints; a URDF is a tree.")
        parent_of[child] = parent
    for link in links:
        seen = {link}
        while link in parent_of:
            link = parent_of[link]
            if link in seen:
                raise TaixuError(f"{path}: the links around {link!r} form a cycle; a URDF is a tree.")
            seen.add(link)
