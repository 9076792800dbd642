"""A mod on its way: fields, variables, functions and grants are collected, and written down once."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from textwrap import indent

from taixu.mods.authoring.helpers import HELPERS

__all__ = ["Draft"]


@dataclass(slots=True)
class Draft:
    """What a mod will hold.

    Attributes
    ----------
    fields
        Lines that declare fields, by name.
    states
        First values of variables, by name; all of them are saved.
    functions
        Sources.
    starts, ticks, shows
        Lines of `on_start` and `on_tick`; calls that bring onto the screen what the mod shows.
    reads, writes
        Columns.
    reasons
        Why each capability is asked for.
    spawns
        How many entities may be alive at once.
    """

    fields: dict[str, str] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    functions: list[str] = field(default_factory=list)
    starts: list[str] = field(default_factory=list)
    started: set[str] = field(default_factory=set)
    ticks: list[str] = field(default_factory=list)
    shows: list[str] = field(default_factory=list)
    helpers: set[str] = field(default_factory=set)
    imports: set[str] = field(default_factory=set)
    reads: set[str] = field(default_factory=set)
    writes: set[str] = field(default_factory=set)
    reasons: dict[str, list[str]] = field(default_factory=dict)
    spawns: int = 0
    hears_presses: bool = False
    names: set[str] = field(default_factory=set)

    def free_name(self, name: str) -> str:
        """A name that nothing in the mod has yet."""
        number, free = 1, name
        while free in self.names or free in HELPERS:
            number += 1
            free = f"{name}_{number}"
        self.names.add(free)
        return free

    def need(self, *helpers: str) -> None:
        """Have helpers in the mod, with what they need."""
        for name in helpers:
            helper = HELPERS[name]
            self.helpers.add(name)
            self.reads |= set(helper.reads)
            self.writes |= set(helper.writes)
            self.states.update(helper.states)
            self.imports |= set(helper.imports)

    def ask(self, capability: str, why: str) -> None:
        """Ask for a capability, with a reason that players read."""
        reasons = self.reasons.setdefault(capability, [])
        if why not in reasons:
            reasons.append(why)

    def spawn(self, count: int, why: str) -> None:
        """Ask for entities."""
        self.spawns += count
        self.ask("spawn", why)

    def source(self, head: str) -> str:
        """The text of ``main.py``."""
        if self.hears_presses:
            self.states["pressed"] = "{}"
        calls = "\n".join([*self.functions, *self.ticks])
        self.functions = [each for each in self.functions if not each.startswith("def all_collected")
            or calls.count("all_collected()") > 1]
        body = "\n".join(self.functions)
        imports = sorted(name for name in ("math", *self.imports) if f"{name}." in body + "".join(self.starts))
        blocks = [head.rstrip()]
        blocks.append("\n".join([*(f"import {name}" for name in dict.fromkeys(imports)), *([""] if imports else []),
            "import game"]))
        if self.fields:
            blocks.append("\n".join(self.fields.values()))
        if self.states:
            blocks.append("\n".join(f"{name} = {value}" for name, value in sorted(self.states.items())))
        text = "\n\n".join(blocks) + "\n"
        functions = [*self._starting(), *self._ticking(), *self.functions, *self._helping(), *self._keeping()]
        return text + "".join(f"\n\n{function.strip()}\n" for function in functions)

    def _starting(self) -> list[str]:
        lines = [*self.starts, *self.shows]
        if not lines:
            return []
        heads = [f"global {', '.join(sorted(self.started))}"] if self.started else []
        return [f"def on_start():\n{indent(chr(10).join([*heads, *lines]), '    ')}"]

    def _ticking(self) -> list[str]:
        found = []
        if self.hears_presses:
            found.append(
                'def on_event(event):\n    if event.kind == "input" and event.pressed:\n'
                "        pressed[event.name] = True  # until the step is over"
            )
        lines = [*self.ticks, *(["pressed.clear()"] if self.hears_presses else [])]
        if lines:
            found.append(f"def on_tick(dt):\n{indent(chr(10).join(lines), '    ')}")
        return found

    def _helping(self) -> Iterable[str]:
        return [HELPERS[name].text for name in HELPERS if name in self.helpers]

    def _keeping(self) -> list[str]:
        kept = sorted(name for name in self.states if name != "pressed")
        if not kept:
            return []
        line = ", ".join(f'"{name}": {name}' for name in kept)
        body = f"return {{{line}}}"
        if len(body) > 110:
            body = "return {\n" + "".join(f'        "{name}": {name},\n' for name in kept) + "    }"
        shown = "".join(f"\n    {line}" for line in self.shows)
        return [f"def on_save():\n    {body}", f"def on_load(state):\n    globals().update(state){shown}"]

    def manifest(self, *, id: str, title: str, description: str) -> str:
        """The text of ``mod.toml``: what the sources need, and no more."""
        text = json.dumps  # of plain texts, JSON's quotes are TOML's
        lines = [
            "schema = 1", f"id = {text(id)}", 'version = "0.1.0"', 'api = "^1.0"', 'entry = "main.py"',
            f"title = {text(title, ensure_ascii=False)}", f"description = {text(description, ensure_ascii=False)}",
            'licence = "CC0-1.0"', 'authors = ["written by Taixu"]',
        ]  # fmt: skip
        writes = _smallest(self.writes)
        reads = [each for each in _smallest(self.reads) if each not in writes and each.partition(".")[0] not in writes]
        if reads or writes:
            lines += ["", "[access]", f"read = {text(reads)}", f"write = {text(writes)}"]
        for name, reasons in sorted(self.reasons.items()):
            why = " and ".join(reasons)
            lines += ["", f"[capabilities.{name}]"]
            lines += [f"max = {max(1, min(10_000, self.spawns))}"] if name == "spawn" else []
            lines.append(f"why = {text(why if len(why) <= 200 else f'{why[:197]}...', ensure_ascii=False)}")
        return "\n".join(lines) + "\n"


def _smallest(columns: Iterable[str]) -> list[str]:
    """Columns without those whose whole component is among them."""
    every = set(columns)
    return sorted(each for each in every if "." not in each or each.partition(".")[0] not in every)
