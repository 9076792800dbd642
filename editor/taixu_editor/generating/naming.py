"""Names for files, out of the words that made them."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

__all__ = ["free_name", "name_of"]

_MOST_LETTERS = 40
_NO_WORD = re.compile(r"[^\w]+")


def name_of(prompt: str, fallback: str) -> str:
    """A name of a file that says what it is: words joined by ``_``, in whatever language, without what systems forbid."""
    plain = unicodedata.normalize("NFC", prompt).casefold()
    name = ""
    for word in filter(None, _NO_WORD.split(plain)):
        longer = f"{name}_{word}" if name else word
        if len(longer) > _MOST_LETTERS:
            break
        name = longer
    return name or _NO_WORD.sub("_", plain).strip("_")[:_MOST_LETTERS] or fallback


def free_name(folder: Path, name: str) -> str:
    """The name, with a number where files of that name are there: none may be overwritten, nor stand among another's."""
    try:
        taken = {file.name.casefold() for file in folder.iterdir()}
    except OSError:
        return name

    def is_taken(wanted: str) -> bool:
        low = wanted.casefold()
        return any(each.startswith((f"{low}.", f"{low}_")) for each in taken)

    number, found = 2, name
    while is_taken(found):
        found, number = f"{name}_{number}", number + 1
    return found
