"""What mods ask for and what is doubtful about an installation, in the user's language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from taixu.mods.packages.requests import Request

if TYPE_CHECKING:
    from taixu_editor.texts import Texts

__all__ = ["alarm_title", "grouped", "request_picture", "request_text", "size_text"]

_PICTURES = {
    "spawn": "entity", "input": "select", "input.text": "keys", "ui": "viewport", "audio": "sound", "storage": "save",
    "chat": "rename", "net": "world", "write": "rename", "read": "eye", "quota": "profiler",
}  # fmt: skip


def request_text(t: Texts, request: Request) -> str:
    """What one thing asked for means; as the package says it where there is no better word."""
    kind, _, column = request.name.partition(":")
    count = f"{request.amount:,.0f}"
    match kind:
        case "spawn":
            return t("make up to {count} entities", count=count)
        case "input":
            return t("see what you press, and the mouse")
        case "input.text":
            return t("see what you type")
        case "ui":
            return t("draw on the screen")
        case "audio":
            return t("play sounds")
        case "storage":
            return t("keep up to {count} kB on this machine", count=count)
        case "chat":
            return t("write to the chat")
        case "net":
            return t("talk to {hosts} through the engine", hosts=", ".join(request.hosts))
        case "write":
            return t("change {column} of all entities", column=column)
        case "read":
            return t("read {column} of all entities", column=column)
    return request.text


def request_picture(request: Request) -> str:
    """The name of an icon for it."""
    return _PICTURES.get(request.name.partition(":")[0], "info")


def grouped(requests: Iterable[Request]) -> list[Request]:
    """The same, with all columns that are read, and all that are written, as one: a list that can be read."""
    requests = list(requests)
    columns = {"write:": [], "read:": []}  # type: dict[str, list[str]]
    for kind, names in columns.items():
        names += [each.name.removeprefix(kind) for each in requests if each.name.startswith(kind)]
    plain = [each for each in requests if not each.name.startswith(tuple(columns))]
    quotas = [each for each in plain if each.name.startswith("quota:")]
    both = [Request(f"{kind}{', '.join(names)}", "") for kind, names in columns.items() if names]
    return [*(each for each in plain if each not in quotas), *both, *quotas]


def alarm_title(t: Texts, kind: str) -> str:
    """What is doubtful, in a few words."""
    match kind:
        case "key":
            return t("Another key signs it than until now")
        case "origin":
            return t("It comes from another place than until now")
        case "downgrade":
            return t("It is older than what you had")
        case "look-alike":
            return t("Its id is easily taken for another")
        case "index":
            return t("This index is new here")
    return kind


def size_text(count: int) -> str:
    """Bytes for people."""
    return f"{count / (1 << 20):.1f} MB" if count >= 1 << 20 else f"{max(count / 1024, 0.1):.1f} kB"
