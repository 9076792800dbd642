"""What the interface says, in the user's language.

English stands in the code and is the key: ``t("Add component")``. Tables of other languages lie in ``languages/``, one
TOML file each; what a table lacks is said in English. Values go in by name: ``t("{count} selected", count=3)``.
"""

from __future__ import annotations

import logging
import tomllib
from pathlib import Path

__all__ = ["LANGUAGES", "Texts", "read_table"]

_log = logging.getLogger(__name__)

LANGUAGES = {"en": "English", "zh-Hans": "简体中文"}
"""Languages by code, each by its own name."""


class Texts:
    """A table of texts; switched while the editor runs."""

    def __init__(self, language: str = "en") -> None:
        self.language = "en"
        self._table: dict[str, str] = {}
        self._words: dict[str, str] = {}
        self.use(language)

    def use(self, language: str) -> None:
        """Speak another language from now on."""
        self.language = language if language in LANGUAGES else "en"
        self._words = {}
        try:
            self._table = read_table(self.language)
            self._words = {**read_table(self.language, "generators"), **read_table(self.language, "components")}
        except (OSError, ValueError) as error:
            _log.error("the table of the language %s cannot be read: %s", language, error)
            self._table = {}

    def __call__(self, english: str, **values: object) -> str:
        """The text in the present language, with values in its braces."""
        text = self._table.get(english, english)
        return text.format(**values) if values else text

    def word(self, english: str) -> str:
        """A component's, a field's or a choice's name or doc: a light is a lamp there, and not a theme."""
        return self._words.get(english) or self(english)


def read_table(language: str, part: str = "") -> dict[str, str]:
    """A language's texts by their English; the parts "components" and "generators" have what those declare.

    Raises
    ------
    OSError, ValueError
        When the table cannot be read.
    """
    if language == "en":
        return {}
    file = Path(__file__).parent / "languages" / (f"{language}.{part}.toml" if part else f"{language}.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))
