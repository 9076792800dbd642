"""What to look for in a world after an attack."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unicodedata import combining

import numpy as np

from hostile_worlds.attack import CRATE, LAMP, PLAYER
from taixu.animation.properties import PropertyAnimation
from taixu.app import App
from taixu.edit.prefab import PrefabInstance
from taixu.physics import Joint, RigidBody
from taixu.scene import Camera, Light, Model, Name, Transform
from taixu.script import Script, ScriptHost
from taixu.script.chat import MOST_SAID, Chat
from taixu.script.storage import Storage
from taixu.script.widgets import MOST_WIDGETS, Widgets

__all__ = ["HARMS", "KEPT_KB", "Witness", "heard_by"]

MOST_SPAWNED = 200
KEPT_KB = 16
"""What an attacker may keep."""
MOST_CALLS = 700_000
"""Functions that the engine may call in all steps of an attack, and some more."""


@dataclass
class Witness:
    """What left the world (a resource): sounds that were played, servers that were asked, and how much the engine did."""

    sounds: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    calls: int = 0

    def forget(self) -> None:
        """Nothing happened yet."""
        self.sounds.clear()
        self.asked.clear()
        self.calls = 0


def _moved(number: int) -> Callable[[App], bool]:
    def look(app: App) -> bool:
        handle = app.world.find(number)
        return handle is not None and tuple(app.world.get(handle, Transform).translation) != (0.0, 0.0, 0.0)

    return look


def _ball_moved(app: App) -> bool:
    """The good mod's ball, or the one that stands for it."""
    balls = [handle for table in app.world.query(Name, Transform) for handle in table.entities.tolist()
             if app.world.get(handle, Name).text == "Ball"]  # fmt: skip
    return any(tuple(app.world.get(ball, Transform).translation) != (0.0, 0.0, 0.0) for ball in balls)


def _not_finite(app: App) -> bool:
    world = app.world
    for table in world.tables:
        for declared in table.components:
            for item in declared.fields:
                if not item.kind.is_object and np.dtype(item.kind.dtype).kind == "f" and len(table):
                    values = table.take(declared.cls, item.name, slice(0, len(table)))
                    if not np.isfinite(values).all():
                        return True
    return False


def _texts(app: App, owner: int | str) -> dict[str, str]:
    return {name: widget.text for name, widget in app.resource(Widgets).of(owner).items()}


def _victims_texts(app: App) -> dict[str, str]:
    return _texts(app, "a.victim") or _texts(app, 104)


def heard_by(app: App) -> list[int]:
    """How many messages the good one has heard, and how many letters."""
    return [int(text) for text in _victims_texts(app)["heard"].split()[:2]]


def _is_silenced(app: App) -> bool:
    """The good one shows in which step it was called last."""
    return int(_victims_texts(app)["heard"].split()[2]) < app.clock.ticks - 3


def _lines(app: App) -> list[str]:
    return [message.text for message in app.resource(ScriptHost).log.messages]


def _has_outside(app: App) -> bool:
    sources = [app.world.get(handle, Model).source for table in app.world.query(Model) for handle in table.entities.tolist()]
    return any(source.startswith(("/", "~")) or ".." in source or ":" in source for source in sources)


def _light(app: App) -> float:
    lamp = app.world.find(LAMP)
    return math.nan if lamp is None else float(app.world.get(lamp, Light).intensity)


def _victims_files(app: App) -> list[Path]:
    storage = app.resource(Storage)
    return [] if storage.folder is None else [storage._file("a.victim"), storage._file("#68")]


def _files(app: App) -> Iterator[tuple[Path, bytes]]:
    """What everybody but the good one keeps, and what lies beside the folder."""
    folder = app.resource(Storage).folder
    for file in sorted(folder.parent.rglob("*") if folder else ()):
        if file.is_file() and file not in _victims_files(app):
            yield file, file.read_bytes()


def _is_json(data: bytes) -> bool:
    def refuse(text: str) -> None:
        raise ValueError(text)

    try:
        json.loads(data.decode(), parse_constant=refuse)
    except (ValueError, RecursionError):
        return False
    return True


def _keys(app: App) -> int:
    return sum(len(json.loads(data)) for _, data in _files(app))


def _foreign_kept(app: App) -> bool:
    kept = [json.loads(file.read_bytes()) for file in _victims_files(app) if file.is_file()]
    return kept != [{"mine": "kept"}]


def _has_outside_file(app: App) -> bool:
    folder = app.resource(Storage).folder
    return any(file.parent != folder for file, _ in _files(app))


def _said(app: App) -> list[str]:
    return [line.text for line in app.resource(Chat).lines]


def _has_towers(text: str) -> bool:
    return any(all(map(combining, text[at : at + 3])) for at in range(len(text) - 2))


HARMS: dict[str, Callable[[App], Any]] = {
    "player gone": lambda app: app.world.find(PLAYER) is None,
    "crate gone": lambda app: app.world.find(CRATE) is None,
    "player moved": _moved(PLAYER),
    "ball moved": _ball_moved,
    "bodiless": lambda app: not app.world.has(app.world.find(PLAYER) or 0, RigidBody),
    "lamp": lambda app: _light(app) != 1.0,
    "crowded": lambda app: len(app.world) > MOST_SPAWNED + 12,
    "chosen id": lambda app: app.world.find(777) is not None,
    "code": lambda app: sum(len(table) for table in app.world.query(Script)) > 2,
    "outside": _has_outside,
    "not finite": _not_finite,
    "no rotation": lambda app: not np.any(app.world.get(app.world.find(CRATE) or 0, Transform).rotation),
    "deafened": lambda app: heard_by(app)[0] >= 5000 or heard_by(app)[1] >= 1_000_000,
    "silenced": _is_silenced,
    "false sender": lambda app: "false" in _victims_texts(app).get("heard", ""),
    "widget changed": lambda app: _victims_texts(app).get("mine") != "here",
    "lines": lambda app: len(app.resource(ScriptHost).log.messages) > 250,
    "errors hidden": lambda app: not app.resource(ScriptHost).log.takes("error"),
    "steered": lambda app: any(not line.replace("\n", "").isprintable() for line in _lines(app)),
    "false line": lambda app: any(line.startswith("mod 'a.victim' is off") for text in _lines(app) for line in text.split("\n")),
    "long line": lambda app: any(len(line) > 2100 for line in _lines(app)),
    "busy": lambda app: app.resource(Witness).calls > MOST_CALLS,
    "tied": lambda app: len(app.world.query(Joint)) > 0,
    "another view": lambda app: len(app.world.query(Camera)) > 0,
    "animated": lambda app: len(app.world.query(PropertyAnimation)) > 0,
    "prefab with code": lambda app: len(app.world.query(PrefabInstance)) > 0,
    "heard": lambda app: len(app.resource(Witness).sounds) > 0,
    "noise": lambda app: len(app.resource(Witness).sounds) > 9 * 64,
    "a sound from outside": lambda app: any(sound[:1] in "/~" or ".." in sound for sound in app.resource(Witness).sounds),
    "a server asked": lambda app: len(app.resource(Witness).asked) > 0,
    "servers flooded": lambda app: len(app.resource(Witness).asked) > 9 * 4,
    "keys pressed": lambda app: any(widget.kind == "input" for widget in app.resource(Widgets).of_screen()),
    "screen full": lambda app: len(app.resource(Widgets)) > MOST_WIDGETS + 9,
    "said": lambda app: len(app.resource(Chat).lines) > 0,
    "chat flooded": lambda app: len(app.resource(Chat).lines) > 12,
    "false line of chat": lambda app: any(line.role == "player" for line in app.resource(Chat).lines),
    "chat steered": lambda app: any(not text.isprintable() for text in _said(app)),
    "chat towers": lambda app: any(_has_towers(text) for text in _said(app)),
    "chat of nothing": lambda app: not all(text.strip("\u200b\u2060\u00ad ") for text in _said(app)),
    "chat too long": lambda app: any(len(text) > MOST_SAID for text in _said(app)),
    "kept": lambda app: len(list(_files(app))) > 0,
    "room taken": lambda app: sum(len(data) for _, data in _files(app)) > 3 * KEPT_KB << 10,
    "many keys": lambda app: len(list(_files(app))) > 1 or _keys(app) > 1000,
    "written outside": _has_outside_file,
    "another's kept": _foreign_kept,
    "no file of data": lambda app: not all(_is_json(data) for _, data in _files(app)),
}
"""What to look for, by name."""
