"""What an installation would do, as data: for a terminal, for the editor, for `--json`. Nothing is written before that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from taixu.mods.packages.index_source import Index
from taixu.mods.packages.load_order import SharedColumn
from taixu.mods.packages.lock import LockedMod
from taixu.mods.packages.package import Package
from taixu.mods.packages.requests import Request

__all__ = ["ALARMS", "Alarm", "Plan", "PlanItem", "plan_lines"]

AlarmKind = Literal["key", "origin", "downgrade", "look-alike", "index", "stale"]
ALARMS: tuple[AlarmKind, ...] = ("key", "origin", "downgrade", "look-alike", "index", "stale")


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that is refused unless somebody agrees to it by name: consent to capabilities does not cover it."""

    kind: AlarmKind
    text: str


@dataclass(frozen=True, slots=True)
class PlanItem:
    """One mod of the plan.

    Attributes
    ----------
    key
        Public key as text; empty where nobody signed.
    origin
        ``index PLACE`` or ``file``.
    zip, signature
        To be written; None where the package lies there already, or is in work.
    requests, asked
        All that it asks for, and what of it was not granted yet.
    was
        What is installed now.
    is_decided
        Whether nobody need be asked.
    """

    package: Package
    key: str
    key_name: str
    origin: str
    zip: bytes | None
    signature: bytes | None
    requests: tuple[Request, ...]
    asked: tuple[Request, ...]
    was: LockedMod | None
    direct: bool
    is_decided: bool
    in_work: bool = False

    @property
    def is_change(self) -> bool:
        """Whether there is anything to do."""
        return self.zip is not None or not self.is_decided

    def to_json(self) -> dict[str, Any]:
        """As ``--json`` says it."""
        return {
            "id": self.package.id, "version": str(self.package.manifest.version),
            "was": str(self.was.version) if self.was else None,
            "title": self.package.manifest.title, "content": self.package.hash, "key": self.key, "origin": self.origin,
            "direct": self.direct,
            "asks": [{"name": each.name, "text": each.text, "why": each.why, "new": each in self.asked} for each in self.requests],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plan:
    """An installation to agree to.

    Attributes
    ----------
    items
        All mods that there will be, in load order.
    removed
        Mods that nothing needs any more.
    alarms
        What has to be agreed to by name.
    notes
        What is good to know.
    shared
        Columns with two writers.
    indexes
        Those that were asked; agreeing binds them to their keys.
    """

    items: tuple[PlanItem, ...]
    removed: tuple[LockedMod, ...]
    alarms: tuple[Alarm, ...]
    notes: tuple[str, ...]
    shared: tuple[SharedColumn, ...]
    indexes: tuple[Index, ...] = ()

    @property
    def changes(self) -> tuple[PlanItem, ...]:
        """Items that are installed, changed or asked about."""
        return tuple(item for item in self.items if item.is_change)

    def to_json(self) -> dict[str, Any]:
        """As ``--json`` says it."""
        return {
            "mods": [item.to_json() for item in self.changes],
            "removed": [mod.id for mod in self.removed],
            "alarms": [{"kind": alarm.kind, "text": alarm.text} for alarm in self.alarms],
            "notes": list(self.notes),
            "shared": [{"column": each.column, "ids": list(each.ids)} for each in self.shared],
            "order": [item.package.id for item in self.items],
        }


def plan_lines(plan: Plan) -> Sequence[str]:
    """The plan for people; what is printed here is what agreeing to it grants."""
    lines: list[str] = []
    for item in plan.changes:
        manifest = item.package.manifest
        change = "" if item.was is None or item.was.version == manifest.version else f" (now {item.was.version})"
        signed = f"signed by {item.key_name}" if item.key else "signed by nobody"
        lines.append(f"{manifest.label}{change}: {manifest.title}; {signed}; from {item.origin.removeprefix('index ')}")
        marks = {request: "+" if item.was is not None and request in item.asked else " " for request in item.requests}
        lines += [f"  {marks[request]} {request}" for request in item.requests]
        if not item.requests:
            lines.append("    asks for nothing")
    lines += [f"{mod.id} {mod.version} is removed: nothing needs it any more" for mod in plan.removed]
    lines += [f"note: {note}" for note in (*plan.notes, *map(str, plan.shared))]
    lines += [f"CAREFUL ({alarm.kind}): {alarm.text}" for alarm in plan.alarms]
    return lines
