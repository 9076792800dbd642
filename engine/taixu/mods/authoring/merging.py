"""Acts that were said in several words made one: who opens a door when somebody is near need not be told to close it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from taixu.mods.authoring.wish import Act, Occasion

__all__ = ["merged"]

_COVERED = {
    "close": ("open",), "dark": ("shine", "toggle"), "score": ("collect",), "health": ("damage", "heal"),
    "respawn": ("damage", "checkpoint"), "shine": ("toggle", "blink", "flicker",
        "weather"), "collected": ("open",), "spin": ("orbit",),
    "wander": ("orbit", "follow", "chase"), "bob": ("hover",), "fog": ("weather",), "rain": ("weather",), "snow": ("weather",),
}  # fmt: skip
"""Verbs that say nothing new beside one of these, of the same subject (or of the game's)."""
_OF_THE_GAME = ("score", "health", "respawn", "fog", "rain", "snow")


def merged(acts: Sequence[Act]) -> list[Act]:
    """Acts with what belongs together in one of them."""
    found: list[Act] = []
    for act in acts:
        same = next((number for number, other in enumerate(found) if _is_same(act, other)), None)
        if same is None:
            found.append(act)
        else:
            other = found[same]
            fuller = act if act.subject is not None else other
            occasions = other.occasions if act.occasions == other.occasions else (*other.occasions, *act.occasions)
            found[same] = replace(fuller, occasions=occasions, measures=act.measures.over(other.measures))
    found = [_opened(act, found) for act in found]
    found = [_darkened(act, found) for act in found]
    found = [each for act in found for each in _appeared(act, found)]
    found = _shown_again(found)
    found = [_after_time(act, number, found) for number, act in enumerate(found)]
    return [act for act in found if not _is_covered(act, found)]


def _key(act: Act) -> str:
    return act.subject.key if act.subject is not None else ""


def _is_same(act: Act, other: Act) -> bool:
    if act.verb != other.verb or act.verb in ("message", "sound", "recolor"):
        return False
    if act.subject is None or other.subject is None:
        return True
    return _key(act) == _key(other) and act.targets == other.targets


def _is_covered(act: Act, acts: Sequence[Act]) -> bool:
    by = _COVERED.get(act.verb, ())
    return any(
        other is not act and other.verb in by and (act.verb in _OF_THE_GAME or act.subject is None or _key(act) == _key(other))
        for other in acts
    )


def _opened(act: Act, acts: Sequence[Act]) -> Act:
    """A door that is locked until something is open from then on; a close alone is an open that ends."""
    if act.verb == "collected":
        return replace(act, verb="open")
    if act.verb == "close" and not any(other.verb == "open" and _key(other) == _key(act) for other in acts):
        return replace(act, verb="open", occasions=tuple(map(_inverse, act.occasions)))
    return act


def _darkened(act: Act, acts: Sequence[Act]) -> Act:
    """What goes out on an occasion shines on all others."""
    others = [other for other in acts if other.verb in ("shine", "toggle") and (act.subject is None or _key(other) == _key(act))]
    if act.verb != "dark" or others:
        return act
    return replace(act, verb="shine", occasions=tuple(map(_inverse, act.occasions)))


def _inverse(occasion: Occasion) -> Occasion:
    turned = {"night": "day", "day": "night", "near": "far", "far": "near"}.get(occasion.kind, occasion.kind)
    return replace(occasion, kind=turned)  # type: ignore[arg-type]


def _appeared(act: Act, acts: Sequence[Act]) -> list[Act]:
    """What appears again and again, or falls from the sky so, is spawned."""
    is_timed = any(each.kind in ("every", "press") for each in act.occasions)
    thing = act.subject
    if act.verb == "appear" and thing is not None and (is_timed or (thing.made and not act.occasions)):
        return [replace(act, verb="spawn", subject=replace(thing, made=True, many=True))]
    if act.verb == "fall" and thing is not None and is_timed:
        made = replace(thing, made=True, many=True)
        return [replace(act, verb="spawn", subject=made, measures=replace(act.measures, metres=act.measures.metres or 10.0)),
                replace(act, subject=made, occasions=())]  # fmt: skip
    return [act]


def _shown_again(acts: list[Act]) -> list[Act]:
    """One thing that hides and appears is one act."""
    shown = {_key(act) for act in acts if act.verb == "appear"}
    return [act for act in acts if not (act.verb == "hide" and _key(act) in shown)]


def _after_time(act: Act, number: int, acts: Sequence[Act]) -> Act:
    """What is said after a countdown happens when that is over."""
    before = any(other.verb == "countdown" for other in acts[:number])
    if before and not act.occasions and act.verb in ("message", "sound", "firework", "teleport", "respawn"):
        return replace(act, occasions=(Occasion("over"),))
    return act
