"""From a `Wish` to a mod: its sources and its manifest."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from taixu.errors import TaixuError
from taixu.mods.authoring.acts import WRITERS
from taixu.mods.authoring.kinds import kind_named
from taixu.mods.authoring.wish import Act, Thing, Wish
from taixu.mods.authoring.writer import Writer

__all__ = ["Written", "compose", "slug_of"]

_NEEDS_SUBJECT = frozenset((
    *("follow", "hover", "chase", "flee", "orbit", "patrol", "slide", "wander", "look", "bob", "lift", "open", "spin", "shake"),
    *("swing", "fall", "magnet", "pulse", "grow", "shrink", "shine", "blink", "flicker", "recolor", "hide", "appear", "toggle"),
    *("spawn", "launch", "push"),
))  # fmt: skip
_SHINES = ("shine", "flicker", "toggle", "blink")


@dataclass(frozen=True, slots=True)
class Written:
    """A mod as texts.

    Attributes
    ----------
    files
        By name: ``main.py`` and ``mod.toml``.
    understood, unknown, doubts
        What it does, what of the words was not understood, and what else is worth saying; a sentence each.
    """

    id: str
    title: str
    files: Mapping[str, str]
    understood: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


def compose(wish: Wish, *, author: str = "me", names: Collection[str] = ()) -> Written:
    """Write the mod of a wish.

    Parameters
    ----------
    author
        The first part of its id.
    names
        What entities of the world are called, where one is known.

    Raises
    ------
    TaixuError
        When nothing of the words was understood.
    """
    player = next((name for name in names if name.casefold() == "player"), "Player")
    writer = Writer(Thing(kind_named("player"), name=player), names)
    doubts = list(wish.doubts)
    written = 0
    for act in sorted(map(_with_subject, wish.acts), key=lambda each: each.verb in ("open",)):  # what is collected is known by then
        if act.verb in _NEEDS_SUBJECT and act.subject is None:
            doubts.append(f"{act.words.strip()!r}: who or what that is was not said, so it is left out" if _plain(act.words) else
                          f"what shall {act.verb} was not said, so it is left out")  # fmt: skip
            continue
        if any(each.kind == "collected" for each in act.occasions) and "all_collected" not in writer.draft.names:
            what = next(each.what for each in act.occasions if each.kind == "collected")
            WRITERS["collect"](writer, Act("collect", what))
        if any(each.kind == "over" for each in act.occasions) and "time_is_up" not in writer.draft.states:
            WRITERS["countdown"](writer, Act("countdown"))
        WRITERS[act.verb](writer, act)
        written += 1
    if not written:
        raise TaixuError(
            "no part of these words was understood; say what a thing shall do and when, as in 'a lamp that follows the player at"
            " night' or 'the door opens when I press E'" + "".join(f"; {each}" for each in doubts[:3])
        )
    title = _title(wish.prompt)
    said = [f"- {each[0].lower()}{each[1:]}" for each in writer.said]
    unknown = [f"Not understood, and left out: {', '.join(wish.unknown)}."] if wish.unknown else []
    head = "\n".join([f'"""{_safe(title)}', "", "Written by Taixu. What it does:", *map(_safe, said), *map(_safe, unknown), '"""'])
    source = writer.draft.source(head)
    id = f"{author}.{slug_of(writer.said, wish)}"[:64].rstrip("._")
    manifest = writer.draft.manifest(id=id, title=title, description="; ".join(writer.said)[:600])
    return Written(
        id, title, {"main.py": source, "mod.toml": manifest}, tuple(writer.said), wish.unknown,
        tuple(dict.fromkeys([*doubts, *writer.doubts]))
    )  # fmt: skip


def _with_subject(act: Act) -> Act:
    """What can only be a lamp is one, also where nobody says so."""
    if act.subject is None and act.verb in _SHINES:
        return replace(act, subject=Thing(kind_named("lamp"), name="lamp"))
    if act.subject is None and act.verb in ("launch",):
        return replace(act, subject=Thing(kind_named("player"), name="Player"))
    if act.subject is not None and act.verb == "push" and act.subject.kind.name == "player" and act.targets:
        return replace(act, subject=act.targets[0], targets=())
    return act


def slug_of(said: list[str], wish: Wish) -> str:
    """A name for the mod, after what it does first."""
    text = said[0] if said else wish.prompt
    words = [word for word in re.findall(r"[a-z]+", text.casefold())
        if word not in ("the", "a", "is", "at", "and", "of", "its", "it")]
    return "_".join(words[:5])[:40].strip("_") or "mod"


def _title(prompt: str) -> str:
    text = " ".join(prompt.split())
    text = "".join(letter for letter in text if letter.isprintable())
    text = text[:1].upper() + text[1:]
    return text if len(text) <= 80 else f"{text[:77]}..."


def _safe(text: str) -> str:
    """A text that a docstring can hold."""
    return text.replace("\\", "\\\\").replace('"', "'")


def _plain(text: str) -> bool:
    return bool(text.strip()) and all(letter < "\ue000" or letter > "\uf8ff" for letter in text)
