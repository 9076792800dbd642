"""Where a world lies on earth, and the frames of its sources, as edits of its settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from taixu.edit import Command, Operation, Session
from taixu.edit.conditions import no_world
from taixu.errors import TaixuError
from taixu.twin.frames import read_frames, read_georeference
from taixu_editor.twin.settings_edit import SetSection, section_of

__all__ = ["PLACE_EDITS", "frame_users"]

_MAX_NAME = 60
_OWN = ("", "world")
"""Frames that every world has."""


@dataclass(frozen=True, slots=True)
class FrameParameters:
    """A frame by its name; `former` is what it was called before."""

    name: str
    frame: dict[str, Any] = field(
        metadata={"doc": 'such as {"crs": "EPSG:25832"} or {"origin_m": [0, 0, 0], "heading_deg": 90, "up": "z"}'}
    )
    former: str = ""


@dataclass(frozen=True, slots=True)
class FrameNameParameters:
    """A frame's name."""

    name: str


@dataclass(frozen=True, slots=True)
class PlaceOnEarthParameters:
    """Where the world's origin lies; null takes it from the earth."""

    georeference: dict[str, Any] | None = field(
        default=None, metadata={"doc": '{"latitude_deg": 48.7758, "longitude_deg": 9.1829, "height_m": 247}'}
    )


def frame_users(section: dict[str, Any], name: str) -> list[str]:
    """Topics of the bindings that go by a frame."""
    bindings = section.get("bindings", [])
    listed = [each for each in bindings if isinstance(each, dict)] if isinstance(bindings, list) else []
    return [str(each.get("topic", "")) for each in listed if each.get("frame") == name]


def _set_frame(session: Session, p: FrameParameters) -> Command:
    section = section_of(session)
    frames = _frames(section)
    if p.name in _OWN or len(p.name) > _MAX_NAME or not p.name.isprintable():
        raise TaixuError("a frame's name is a text of at most 60 characters, and not world, which is the world's own")
    if p.name != p.former and p.name in frames:
        raise TaixuError(f"two frames are called {p.name!r}; choose another name")
    former = p.former if p.former in frames else p.name
    frames = {(p.name if name == former else name): (p.frame if name == former else each) for name, each in frames.items()}
    frames[p.name] = p.frame
    read_frames({p.name: p.frame}, section.get("georeference"))
    if former != p.name:
        for each in section.get("bindings", []):
            if isinstance(each, dict) and each.get("frame") == former:
                each["frame"] = p.name
    return SetSection("twin", section | {"frames": frames})


def _remove_frame(session: Session, p: FrameNameParameters) -> Command:
    section = section_of(session)
    frames = _frames(section)
    if p.name not in frames:
        raise TaixuError(f"there is no frame {p.name!r}")
    users = frame_users(section, p.name)
    if users:
        raise TaixuError(f"the binding of {users[0]!r} goes by the frame {p.name!r}; give it another first")
    del frames[p.name]
    return SetSection("twin", section | {"frames": frames})


def _place_on_earth(session: Session, p: PlaceOnEarthParameters) -> Command:
    section = section_of(session)
    if p.georeference is None:
        geographic = [name for name, each in _frames(section).items() if isinstance(each, dict) and "crs" in each]
        if geographic:
            raise TaixuError(f"the frame {geographic[0]!r} is geographic, and needs to know where the world lies; remove it first")
        section.pop("georeference", None)
        return SetSection("twin", section)
    read_georeference(p.georeference)
    return SetSection("twin", section | {"georeference": p.georeference})


def _frames(section: dict[str, Any]) -> dict[str, Any]:
    found = section.get("frames")
    return dict(found) if isinstance(found, dict) else {}


def _no_twin(session: Session) -> str:
    return no_world(session) or ("a prefab has no twin; go to a world that it stands in" if session.current.is_prefab else "")


PLACE_EDITS = (
    Operation("twin.set_frame", "Set a frame", plan=_set_frame, parameters=FrameParameters, blocked=_no_twin),
    Operation("twin.remove_frame", "Remove a frame", plan=_remove_frame, parameters=FrameNameParameters, blocked=_no_twin),
    Operation(
        "twin.place", "Place the world on earth", plan=_place_on_earth, parameters=PlaceOnEarthParameters, blocked=_no_twin
    ),
)
"""Edits of where things lie; each can be undone."""
