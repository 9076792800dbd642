"""What the interface says, in the user's language.

English stands in the code and is the key: ``t("Add component")``. Tables of other languages lie in ``languages/``, one
TOML file each; what a table lacks is said in English.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

__all__ = ["LANGUAGES", "Texts"]

LANGUAGES = {"en": "English", "zh-Hans": "简体中文"}
"""Languages by code, each by its own name."""


class Texts:
    """A table of texts; switched while the editor runs."""

    def __init__(self, language: str = "en") -> None:
        self.language = "en"
        self._table: dict[str, str] = {}
        self.use(language)

    def use(self, language: str) -> None:
        """Speak another language from now on."""
        file = Path(__file__).parent / "languages" / f"{language}.toml"
        self._table = tomllib.loads(file.read_text(encoding="utf-8")) if language != "en" and file.is_file() else {}
        self.language = language if language in LANGUAGES else "en"

    def __call__(self, english: str) -> str:
        """The text in the present language."""
        return self._table.get(english, english)
