"""The reference of `game` as Markdown, out of the table that the interface itself is made from."""

from __future__ import annotations

import re
from collections.abc import Iterable

from taixu.script.api import API, CALLBACKS, ENTITY_API, EVENT_KINDS, ApiEntry, Crossing

__all__ = ["game_reference", "reference_page"]

_HEAD = """# The interface `game`

<!-- Made by `python -m taixu.script.reference`; a test keeps it equal to the table in `taixu.script.api`. -->

Every name that scripts and mods have, from the table that both bindings, the stubs of code editors and the engine's checks are made
from. [Scripts](scripts.md) and [Writing mods](mod-scripts.md) tell how to use them; [a mod in ten minutes](mods.md) is the way in.

"Asks for" is the capability that a mod's `mod.toml` has to name. "Crosses" says how a name leaves the box of a mod:
"""
_CROSSINGS = {
    Crossing.VALUE: ("value", "was told before the step began; what may be written goes back after it"),
    Crossing.COMMAND: ("order", "is checked by the engine, and carried out at the beginning of the next step"),
    Crossing.LOCAL: ("here", "happens inside of the box"),
    Crossing.BATCH: ("answer", "is answered in the next step"),
    Crossing.NATIVE: ("scripts", "is there for a project's own scripts alone"),
}


def reference_page() -> str:
    """The whole page."""
    crossings = "\n".join(f"- **{word}**: {says}" for word, says in _CROSSINGS.values())
    return f"{_HEAD}{crossings}\n\n{game_reference()}"


def game_reference() -> str:
    """Callbacks, events, functions and members of entities, as tables."""
    parts = ["## Functions that a script may define", _callbacks(), "## Events", _events()]
    parts += ["## Names of `game`", _table(API, "game."), "## An entity", _table(ENTITY_API, "entity."),
        "## What an order takes", _orders()]
    return "\n\n".join(parts) + "\n"


def _callbacks() -> str:
    rows = [f"| `{item.name}{item.signature}` | {_cell(item.doc)}{' Not in mods.' if item.native_only else ''} |"
        for item in CALLBACKS]
    return "\n".join(["| function | |", "|---|---|", *rows])


def _events() -> str:
    rows = [f"| `{kind}` | {_cell(doc)} |" for kind, doc in EVENT_KINDS.items()]
    return "\n".join(["| `event.kind` | |", "|---|---|", *rows])


def _table(entries: Iterable[ApiEntry], before: str) -> str:
    rows = []
    for item in entries:
        call = f"{before}{item.name}{_brief(item.signature)}" if item.is_function else f"{before}{item.name}"
        kind = "" if item.is_function or item.signature == "class" else f" `{item.signature}`"
        asks = f"`{item.capability}`" if item.capability else ""
        crosses = _CROSSINGS[item.crossing][0]
        rows.append(f"| `{_escaped(call)}`{_escaped(kind)} | {_cell(item.doc)} | {asks} | {crosses} |")
    return "\n".join(["| name | | asks for | crosses |", "|---|---|---|---|", *rows])


def _orders() -> str:
    rows = []
    for item in (*API, *ENTITY_API):
        if item.arguments:
            takes = ", ".join(f"{each.name}: {each.kind}{'' if each.required else ' (may be left out)'}" for each in item.arguments)
            rows.append(f"| `{item.name}` | {_cell(takes)} | {item.per_step:,} |")
    return "\n".join(["| order | its arguments as they cross | most a step |", "|---|---|---|", *rows])


def _brief(signature: str) -> str:
    """A signature without the types of what it takes, which the documentation says in words."""
    arguments, _, result = signature.rpartition(" -> ")
    names = []
    for part in _split(arguments[1:-1]):
        name, _, kind = part.partition(":")
        default = kind.rpartition(" = ")[2] if " = " in kind else ""
        names.append(f"{name.strip()}={default}" if default else name.strip())
    return f"({', '.join(filter(None, names))})" + ("" if result == "None" else f" -> {result}")


def _split(arguments: str) -> list[str]:
    """Arguments at their commas, but not at those inside of brackets."""
    found, depth, part = [], 0, ""
    for letter in arguments:
        depth += (letter in "([{") - (letter in ")]}")
        if letter == "," and not depth:
            found.append(part)
            part = ""
        else:
            part += letter
    return [*found, part]


def _cell(text: str) -> str:
    return _escaped(re.sub(r"\s+", " ", text))


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    import sys

    sys.stdout.write(reference_page())
