"""Checks the values of a manifest against the table of rules; all that is wrong is found, not only the first."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from ipaddress import ip_address
from typing import Any

from taixu.assets.findings import Finding
from taixu.errors import TaixuError
from taixu.mods.packages.files import name_doubt
from taixu.mods.packages.identity import id_doubt
from taixu.mods.packages.manifest_rules import RULES, Rule
from taixu.mods.packages.version import parse_range, parse_version

__all__ = ["checked_values", "text_doubt"]

_RULES = {rule.path: rule for rule in RULES}
_TABLES = frozenset(rule.path.rpartition(".")[0] for rule in RULES) - {""} | {"capabilities"}
_COLUMN = re.compile(r"[a-z][a-z0-9_]{0,63}(?:\.[a-z][a-z0-9_]{0,63})?\Z", re.ASCII)
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]\Z", re.ASCII)


def checked_values(raw: Mapping[str, Any], lines: Mapping[str, int]) -> tuple[dict[str, Any], list[Finding]]:
    """Values by path (``order.after``) and all findings, the first line first."""
    values: dict[str, Any] = {}
    doubts: list[tuple[str, str]] = []
    tables: set[str] = set()
    _walk(_with_dotted_capabilities(raw), "", values, doubts, tables)
    for rule in RULES:
        if rule.required and rule.path not in values and rule.path.rpartition(".")[0] in tables | {""}:
            doubts.append((rule.path, f'is missing; write {rule.path.rpartition(".")[2]} = {_toml(rule.example)}'))
    if not doubts:
        doubts = _contradictions(values)
    return values, sorted((_finding(path, doubt, lines) for path, doubt in doubts), key=_line_of)


def text_doubt(text: str) -> str:
    """Why a text cannot be shown as it is: escape sequences of terminals, and letters that turn the order of others about."""
    if text.isprintable():
        return ""
    strange = next((letter for letter in text if not letter.isprintable() and letter != "\n"), "")
    return f"it holds U+{ord(strange):04X}, which cannot be shown; take it out" if strange else ""


def _with_dotted_capabilities(raw: Mapping[str, Any]) -> dict[str, Any]:
    """``[capabilities.input.text]`` is what TOML makes a table in a table of."""
    found = dict(raw)
    asked = found.get("capabilities")
    if isinstance(asked, dict) and isinstance(asked.get("input"), dict) and isinstance(asked["input"].get("text"), dict):
        rest = {key: value for key, value in asked["input"].items() if key != "text"}
        found["capabilities"] = {
            **{key: value for key, value in asked.items() if key != "input"},
            "input.text": asked["input"]["text"], **({"input": rest} if rest else {}),
        }  # fmt: skip
    return found


def _walk(table: Mapping[str, Any], above: str, values: dict[str, Any], doubts: list[tuple[str, str]], tables: set[str]) -> None:
    for key, value in table.items():
        path = f"{above}{key}"
        rule = _RULES.get(path)
        if rule is not None:
            checked, doubt = _check(rule, value)
            values[path] = checked
            if doubt:
                doubts.append((path, doubt))
        elif path in _TABLES:
            if isinstance(value, dict):
                tables.add(path)
                _walk(value, f"{path}.", values, doubts, tables)
            else:
                doubts.append((path, f"takes a table; write [{path}] and lines below"))
        else:
            known = [name for name in (*_RULES, *_TABLES) if name.rpartition(".")[0] == above.removesuffix(".")]
            if above == "capabilities.":
                known = sorted(name for name in _TABLES if name.startswith(above))
            near = get_close_matches(path, known, n=1, cutoff=0.6)
            names = ", ".join(name.removeprefix(above) for name in (near or known))
            doubts.append((path, f"is nothing that a manifest has here; {'did you mean' if near else 'there are'} {names}"))


def _check(rule: Rule, value: Any) -> tuple[Any, str]:
    """The value as it is kept, and what is wrong with it."""
    if rule.kind in ("integer", "number"):
        return value, _number_doubt(rule, value)
    if rule.kind == "ranges":
        return _ranges(rule, value)
    if rule.kind in _LISTS:
        return value, _list_doubt(rule, value)
    if not isinstance(value, str):
        return value, f"takes text in quotes, not {_shown(value)}"
    return value, _TEXTS[rule.kind](rule, value)


def _number_doubt(rule: Rule, value: Any) -> str:
    fits = type(value) is int if rule.kind == "integer" else type(value) in (int, float) and math.isfinite(value)
    if fits and rule.minimum <= value <= rule.maximum:
        return ""
    bounds = f"{rule.minimum:,.10g}" + (f" to {rule.maximum:,.10g}" if rule.maximum > rule.minimum else "")
    return f"takes {'a whole number' if rule.kind == 'integer' else 'a number'}, {bounds}, not {_shown(value)}"


def _ranges(rule: Rule, value: Any) -> tuple[Any, str]:
    """Ids with ranges; ``bob.paths = "^1"`` without quotes round the id is a table in a table, and means the same."""
    if not isinstance(value, dict):
        return value, 'takes lines such as "bob.paths" = "^1.2"'
    flat: dict[str, Any] = {}
    _flatten(value, "", flat)
    if len(flat) > rule.maximum:
        return flat, f"names {len(flat)} mods; at most {rule.maximum:g} can be"
    for key, text in flat.items():
        doubt = id_doubt(key) or _said(parse_range, text)
        if doubt:
            return flat, f"{key[:70]!a}: {doubt}"
    return flat, ""


def _flatten(table: Mapping[str, Any], above: str, flat: dict[str, Any]) -> None:
    for key, value in table.items():
        if isinstance(value, dict) and value:
            _flatten(value, f"{above}{key}.", flat)
        else:
            flat[f"{above}{key}"] = value


def _list_doubt(rule: Rule, value: Any) -> str:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        return f"takes a list of texts such as {_toml(rule.example)}, not {_shown(value)}"
    if not rule.minimum <= len(value) <= rule.maximum:
        return f"takes {rule.minimum:g} to {rule.maximum:g} items, not {len(value)}"
    if len(set(value)) != len(value):
        return "names something twice"
    return next(filter(None, map(_LISTS[rule.kind], value)), "")


def _text(rule: Rule, value: str) -> str:
    if not rule.minimum <= len(value.strip()) <= rule.maximum:
        return f"takes {rule.minimum:g} to {rule.maximum:g} letters, not {len(value.strip())}"
    return text_doubt(value)


def _source(rule: Rule, value: str) -> str:
    doubt = name_doubt(value)
    return doubt or ("" if value.endswith(".py") else f"{value!r:.60} is no source; its name ends in .py")


def _column_doubt(value: str) -> str:
    return "" if _COLUMN.match(value) else f"{value!a:.60} is no column such as transform.translation"


def _host_doubt(value: str) -> str:
    """Names alone: an address, or a name of this machine or its network, would let a mod look round where the player is."""
    try:
        ip_address(value.strip("[]"))
        return f"{value!r:.60} is an address; name the host"
    except ValueError:
        pass
    if len(value) > 253 or not _HOST.match(value) or value.endswith((".local", ".localhost", ".internal", ".lan", ".home.arpa")):
        return f"{value!a:.60} is no public name of a host such as api.example.org"
    return ""


def _said(read: Callable[[Any], Any], value: Any) -> str:
    try:
        read(value)
    except TaixuError as error:
        return str(error)
    return ""


_LISTS: dict[str, Callable[[str], str]] = {
    "texts": lambda item: text_doubt(item) or ("" if 0 < len(item) <= 120 else "takes 1 to 120 letters each"),
    "columns": _column_doubt,
    "hosts": _host_doubt,
    "ids": id_doubt,
}
_TEXTS: dict[str, Callable[[Rule, str], str]] = {
    "text": _text,
    "source": _source,
    "id": lambda rule, value: id_doubt(value),
    "version": lambda rule, value: _said(parse_version, value),
    "range": lambda rule, value: _said(parse_range, value),
}


def _contradictions(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What cannot be true together, of values that are good one by one."""
    found = []
    own = values["id"]
    for path in ("depends", "optional", "conflicts", "order.after", "order.before"):
        if own in values.get(path, ()):
            found.append((path, f"names {own}, which is this mod itself"))
    for path in ("optional", "conflicts"):
        both = sorted(set(values.get("depends", ())) & set(values.get(path, ())))
        if both:
            found.append((path, f"names {both[0]}, which stands in depends too"))
    both = sorted(set(values.get("order.after", ())) & set(values.get("order.before", ())))
    if both:
        found.append(("order", f"wants {both[0]} before and after it"))
    if "quota.ms" in values and "quota.fuel" in values:
        found.append(("quota.fuel", "stands beside ms; give one of them"))
    return found


def _finding(path: str, message: str, lines: Mapping[str, int]) -> Finding:
    near = path
    while near and near not in lines:
        near = near.rpartition(".")[0]
    return Finding("error", f"line {lines[near]}" if near else "line 1", f"{path[:80]}: {message}")


def _line_of(finding: Finding) -> int:
    return int(finding.where.removeprefix("line "))


def _shown(value: Any) -> str:
    return f"{value!r:.40}"


def _toml(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)
