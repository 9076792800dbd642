"""Words of nodes in the user's language: kinds, their numbers and choices, and what they are for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from taixu_editor.texts import Texts, read_table

if TYPE_CHECKING:
    from taixu_editor.widgets import FieldSpec

__all__ = ["NodeWords"]


class NodeWords:
    """What nodes are called; a plugin's own words stay as they are written."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._language = ""
        self._table: dict[str, str] = {}

    def __call__(self, english: str) -> str:
        """A word, or the first sentence about a kind."""
        if self._texts.language != self._language:
            self._language = self._texts.language
            try:
                self._table = read_table(self._language, "nodes")
            except (OSError, ValueError):
                self._table = {}
        return self._table.get(english) or self._texts.word(english)

    def spec(self, spec: FieldSpec) -> FieldSpec:
        """A field with its name and its sentence in the user's language."""
        return replace(spec, label=self(spec.title), doc=self(spec.doc) if spec.doc else "")
