"""What ``mod.toml`` may say, as one table: the reader checks by it; the guide's reference and the JSON Schema are made of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

__all__ = ["CAPABILITIES", "RULES", "Rule", "manifest_schema", "rules_table"]

Kind = Literal["integer", "number", "text", "texts", "hosts", "columns", "range", "version", "id", "ids", "ranges", "source"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One key.

    Attributes
    ----------
    path
        With dots: ``quota.ms``.
    maximum
        Of a number; letters of a text; items of a list.
    """

    path: str
    kind: Kind
    doc: str
    example: Any
    required: bool = False
    minimum: float = 0
    maximum: float = 200


CAPABILITIES = {
    "spawn": "make entities, up to `max` alive at once, and remove its own",
    "input": "read the mouse",
    "input.text": "read what is typed",
    "ui": "draw on the screen",
    "audio": "play sounds",
    "storage": "keep up to `max_kb` of data between sessions",
    "chat": "write to the chat",
    "net": "talk to the named `hosts` through the engine",
}
"""What a mod may ask for, by name; there is none for files, processes or other mods."""


def _capability_rules() -> Iterator[Rule]:
    for name, does in CAPABILITIES.items():
        path = f"capabilities.{name}"
        yield Rule(f"{path}.why", "text", f"Asks to {does}; players read this reason.", "fish that swim about", True, 1, 200)
    yield Rule("capabilities.spawn.max", "integer", "Entities alive at once.", 200, True, 1, 10_000)
    yield Rule("capabilities.storage.max_kb", "integer", "Kilobytes kept.", 64, True, 1, 1024)
    yield Rule("capabilities.net.hosts", "hosts", "Names of hosts; no addresses, no wildcards.", ["api.example.org"], True, 1, 16)


RULES: tuple[Rule, ...] = (
    Rule("schema", "integer", "Version of this format: 1.", 1, True, 1, 1),
    Rule("id", "id", "Whose it is, and its name: `alice.swarm`. Never changes.", "alice.swarm", True),
    Rule("version", "version", "Semantic version, without build metadata.", "1.2.0", True),
    Rule("api", "range", "Versions of the `game` interface that it works with.", "^1.0", True),
    Rule("entry", "source", "The source that is run.", "swarm.py", True, 1, 160),
    Rule("title", "text", "What players read.", "Swarm", True, 1, 80),
    Rule("description", "text", "A sentence or two.", "Birds that fly as flocks do.", False, 0, 600),
    Rule("licence", "text", "SPDX expression.", "Apache-2.0", True, 1, 80),
    Rule("authors", "texts", "Names.", ["Alice"], False, 0, 20),
    Rule("depends", "ranges", "Mods that it cannot do without, and in which versions.", {"bob.paths": "^1.2"}, False, 0, 64),
    Rule("optional", "ranges", "Mods that it uses where they are there, and in which versions.", {"bob.wind": "1.x"}, False, 0, 64),
    Rule("conflicts", "ranges", "Mods that it does not go together with.", {"eve.storm": "<2"}, False, 0, 64),
    Rule("order.after", "ids", "Mods that run before it, where they are installed.", ["bob.weather"], False, 0, 64),
    Rule("order.before", "ids", "Mods that run after it, where they are installed.", ["carol.camera"], False, 0, 64),
    Rule("access.read", "columns", "Columns that it reads: `component.field`, or `component` for all of its fields.",
         ["transform"], False, 0, 64),
    Rule("access.write", "columns", "Columns that it writes.", ["transform.translation"], False, 0, 64),
    *_capability_rules(),
    Rule("quota.ms", "number", "Milliseconds a step, on the machine that fuel is counted for; 2 by default.", 2.0, False, 0.05, 8),
    Rule("quota.fuel", "integer", "The same as fuel, in place of `ms`: instructions of the box a step.", 20_000_000, False, 10_000,
         200_000_000),
    Rule("quota.memory_mb", "integer", "Memory; 64 by default.", 64, False, 16, 256),
    Rule("quota.host_calls", "integer", "Calls to the engine a step; 1,000 by default.", 1000, False, 1, 100_000),
)  # fmt: skip

_SAYS = {
    "integer": "a whole number", "number": "a number", "text": "text", "texts": "a list of texts", "hosts": "a list of hosts",
    "columns": "a list of columns", "range": "a range of versions", "version": "a version", "id": "an id", "ids": "a list of ids",
    "ranges": "ids with ranges", "source": "a name of a `.py` file",
}  # fmt: skip


def rules_table() -> str:
    """The reference of the format as a table in Markdown."""
    lines = ["| key | takes | |", "|---|---|---|"]
    for rule in RULES:
        is_number = rule.kind in ("integer", "number")
        takes = _SAYS[rule.kind] + (f", {_short(rule.minimum)} to {_short(rule.maximum)}" if is_number else "")
        if rule.path == "schema":
            takes = "1"
        where = " where its table stands" if "." in rule.path else ""
        needed = f" Required{where}." if rule.required else ""
        lines.append(f"| `{rule.path}` | {takes} | {rule.doc}{needed} |")
    return "\n".join(lines) + "\n"


def manifest_schema() -> dict[str, Any]:
    """The format as a JSON Schema (2020-12), for editors that complete TOML by one."""
    root: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Manifest of a Taixu mod (mod.toml)", **_object(),
    }  # fmt: skip
    for rule in RULES:
        *above, last = rule.path.replace("capabilities.input.text", "capabilities.input\0text").split(".")
        place = root
        for part in above:
            place = place["properties"].setdefault(part.replace("\0", "."), _object())
        place["properties"][last] = {**_schema_of(rule), "description": rule.doc, "examples": [rule.example]}
        if rule.required:
            place.setdefault("required", []).append(last)
    return root


def _object() -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "properties": {}}


def _schema_of(rule: Rule) -> dict[str, Any]:
    if rule.kind in ("integer", "number"):
        return {"type": rule.kind, "minimum": rule.minimum, "maximum": rule.maximum}
    if rule.kind in ("texts", "hosts", "columns", "ids"):
        return {"type": "array", "items": {"type": "string"}, "maxItems": int(rule.maximum), "uniqueItems": True}
    if rule.kind == "ranges":
        return {"type": "object", "additionalProperties": {"type": ["string", "object"]}, "maxProperties": int(rule.maximum)}
    found: dict[str, Any] = {"type": "string"}
    if rule.kind in ("text", "source"):
        found |= {"minLength": int(rule.minimum), "maxLength": int(rule.maximum)}
    return found


def _short(number: float) -> str:
    return f"{number:,.10g}"
