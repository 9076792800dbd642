"""What can be added to a world from the menu, and where it appears."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from taixu.edit import Command, Group, Operation, Spawn
from taixu.edit.commands import Select
from taixu.edit.conditions import no_world
from taixu.edit.copy_names import fresh_names
from taixu.errors import UsageError

if TYPE_CHECKING:
    from taixu.edit import Session

__all__ = ["ADDITIONS", "ADD_OPERATIONS", "Addition"]

_ASLANT = [-0.5, 0.2, 0.1, 0.8366600265340756]
_DOWN = [-0.7071068, 0.0, 0.0, 0.7071068]
"""Quaternions by which lights, which shine along -Z, shine down.

How bright they are goes with the sky's own light, which a world without exposure shows as it is.
"""


@dataclass(frozen=True, slots=True)
class Addition:
    """An entry of the menu: its icon, the components of the entity, and how high its middle stands above the ground."""

    title: str
    icon: str
    components: dict[str, Any] = field(default_factory=dict)
    height_m: float = 0.0


def _shape(title: str, kind: str, *, size: tuple[float, float, float] = (1.0, 1.0, 1.0)) -> Addition:
    shape = {"kind": kind, "size": list(size)}
    collider = {"shape": kind if kind != "plane" else "box", "size": list(size)}
    components: dict[str, Any] = {"shape": shape, "material": {}}
    if kind in ("box", "sphere", "cylinder", "capsule", "cone", "plane"):
        components["collider"] = collider
    return Addition(title, "shape", components, size[1] / 2)


ADDITIONS: dict[str, Addition | None] = {
    "empty": Addition("Empty entity", "empty"),
    "-shapes": None,
    "box": _shape("Box", "box"), "sphere": _shape("Sphere", "sphere"), "cylinder": _shape("Cylinder", "cylinder"),
    "capsule": _shape("Capsule", "capsule", size=(0.5, 1.0, 0.5)), "cone": _shape("Cone", "cone"),
    "torus": _shape("Torus", "torus", size=(1.0, 0.3, 1.0)), "plane": _shape("Ground", "plane", size=(20.0, 0.0, 20.0)),
    "-lights": None,
    "sun": Addition(
        "Sun", "light", {"light": {"kind": "directional", "intensity": 4.0}, "transform": {"rotation": _ASLANT}}, 4.0
    ),
    "point_light": Addition("Point light", "light", {"light": {"kind": "point", "intensity": 20.0, "range_m": 20.0}}, 2.5),
    "spot_light": Addition(
        "Spot light", "light",
        {"light": {"kind": "spot", "intensity": 60.0, "range_m": 30.0}, "transform": {"rotation": _DOWN}}, 4.0,
    ),
    "sky": Addition("Sky", "world", {"environment": {}}),
    "-others": None,
    "camera": Addition("Camera", "camera", {"camera": {}}, 1.6), "sound": Addition("Sound", "sound", {"audio_source": {}}, 1.0),
    "body": Addition("Falling box", "physics", {**_shape("", "box").components, "rigid_body": {}}, 2.0),
}  # fmt: skip
"""Entries of the menu by kind, in its order; None is a line between."""


@dataclass(frozen=True, slots=True)
class AddParameters:
    """What to add, and the point of the ground under it."""

    kind: str
    position: tuple[float, float, float] = (0.0, 0.0, 0.0)
    id: str = field(default="", metadata={"doc": "stable id; a fresh one where it is empty"})


def _add(session: Session, p: AddParameters) -> Command:
    chosen = ADDITIONS.get(p.kind)
    if chosen is None:
        known = ", ".join(kind for kind, each in ADDITIONS.items() if each is not None)
        raise UsageError(f"there is no {p.kind!r} to add; there are {known}")
    components = {name: dict(fields) for name, fields in chosen.components.items()}
    x, y, z = p.position
    components.setdefault("transform", {})["position"] = [x, y + chosen.height_m, z]
    components["name"] = {"text": fresh_names(session.world, [chosen.title], are_copies=False)[0]}
    made = p.id or session.new_id()
    return Group((Spawn({made: components}), Select((made,))))


def _id_of(session: Session, p: AddParameters) -> str:
    return p.id


def _settled(session: Session, p: AddParameters) -> AddParameters:
    return AddParameters(p.kind, p.position, p.id or session.new_id())


ADD_OPERATIONS = (
    Operation("entity.add", "Add", plan=_add, parameters=AddParameters, settle=_settled, blocked=no_world, gives=_id_of,
              doc="Makes an entity of a kind of the menu Add, standing on a point, selected; gives its id."),
)  # fmt: skip
"""Adding by kind."""
