"""Frames with words that lie behind nodes: part of a graph's layout, which changes no picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from taixu.errors import TaixuError
from taixu.generate.graph import Graph

__all__ = ["Note", "notes_of", "set_note"]

_MOST = 100
_LONGEST = 400
_FARTHEST = 1e6


@dataclass(frozen=True, slots=True)
class Note:
    """Words, and the frame that they stand over."""

    text: str
    place: tuple[float, float]
    size: tuple[float, float]


def notes_of(graph: Graph) -> list[Note]:
    """The frames of a graph, as far as its text says them well."""
    said = graph.layout.get("notes", [])
    found = (_read(each) for each in (said[:_MOST] if isinstance(said, list) else ()))
    return [each for each in found if each is not None]


def set_note(graph: Graph, number: int, text: str, place: tuple[float, float], size: tuple[float, float]) -> tuple[Graph, int]:
    """Write a frame, a new one where the number is -1; without words it is taken away. Gives the graph and the number.

    Raises
    ------
    TaixuError
        Where there is no such frame, or it is too large.
    """
    notes = notes_of(graph)
    if number >= len(notes):
        raise TaixuError(f"the graph has no frame {number}; it has {len(notes)}")
    if len(text) > _LONGEST or not all(abs(v) <= _FARTHEST for v in (*place, *size)):
        raise TaixuError(f"a frame has at most {_LONGEST} letters, and lies within {_FARTHEST:g}")
    if number < 0:
        if not text or len(notes) >= _MOST:
            raise TaixuError(f"a new frame needs words, and a graph has at most {_MOST} of them")
        number = len(notes)
        notes.append(Note(text, place, size))
    elif text:
        notes[number] = Note(text, place, size)
    else:
        del notes[number]
    made = graph.copy()
    said = [{"text": each.text, "place": list(each.place), "size": list(each.size)} for each in notes]
    made.layout = {**{key: value for key, value in graph.layout.items() if key != "notes"}, **({"notes": said} if said else {})}
    return made, number


def _read(said: Any) -> Note | None:
    if not isinstance(said, dict) or not isinstance(said.get("text"), str) or not said["text"]:
        return None
    place, size = _pair(said.get("place")), _pair(said.get("size"))
    return None if place is None or size is None else Note(said["text"][:_LONGEST], place, size)


def _pair(said: Any) -> tuple[float, float] | None:
    if not isinstance(said, list) or len(said) != 2 or not all(type(v) in (int, float) and abs(v) <= _FARTHEST for v in said):
        return None
    return float(said[0]), float(said[1])
