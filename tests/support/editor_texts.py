"""The texts that the editor says, read out of its code."""

from __future__ import annotations

import ast
from pathlib import Path

__all__ = ["literals_in", "said_texts", "title_texts"]

EDITOR = Path(__file__).resolve().parents[2] / "editor" / "taixu_editor"
ENGINE = EDITOR.parents[1] / "engine" / "taixu"
_WITH_TITLE = {"Operation": 1, "plain": 1, "shown": 1, "Addition": 0, "Choice": 0, "_shape": 0}
_ATTRIBUTES = ("title",)


def _trees() -> list[tuple[Path, ast.Module]]:
    files = [*EDITOR.rglob("*.py"), *(ENGINE / "edit").glob("*.py")]
    return [(file, ast.parse(file.read_text(encoding="utf-8"))) for file in sorted(files)]


def _text(node: ast.AST | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value else None


def said_texts() -> dict[str, str]:
    """Texts in ``t("...")``, with the file that says each."""
    found: dict[str, str] = {}
    for file, tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args and getattr(node.func, "attr", getattr(node.func, "id", "")) == "t":
                choices = [node.args[0].body, node.args[0].orelse] if isinstance(node.args[0], ast.IfExp) else [node.args[0]]
                for each in choices:
                    if text := _text(each):
                        found.setdefault(text, file.name)
    return found


def title_texts() -> dict[str, str]:
    """Titles of operations, panels, dialogs, buttons and things to add, with the file that has each."""
    found: dict[str, str] = {}
    for file, tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                at = _WITH_TITLE.get(getattr(node.func, "attr", getattr(node.func, "id", "")))
                text = _text(node.args[at]) if at is not None and len(node.args) > at else None
            elif isinstance(node, ast.AnnAssign) and getattr(node.target, "id", "") in _ATTRIBUTES:
                text = _text(node.value)
            else:
                continue
            if text:
                found.setdefault(text, file.name)
    return found


def literals_in() -> set[str]:
    """Every text that stands in the editor's code or the operations'."""
    found = set()
    for _, tree in _trees():
        for node in ast.walk(tree):
            if text := _text(node):
                found.add(text)
    return found
