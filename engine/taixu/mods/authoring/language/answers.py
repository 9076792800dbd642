"""An answer of a language model as a mod: two blocks of text, of which the manifest is written anew."""

from __future__ import annotations

import re

from taixu.errors import TaixuError
from taixu.mods.authoring.composing import Written
from taixu.mods.authoring.draft import Draft
from taixu.mods.packages.manifest import Manifest, read_manifest

__all__ = ["read_answer"]

_BLOCK = re.compile(r"^```([a-zA-Z]*)[^\n]*\n(.*?)^```\s*$", re.MULTILINE | re.DOTALL)
_MOST_LETTERS = 60_000
_NEVER = ("net", "storage", "chat", "input.text")


def read_answer(text: str, *, id: str, title: str, model: str) -> Written:
    """The mod of an answer; its id, title and author are ours to say.

    Raises
    ------
    TaixuError
        With what is wrong, so that it can be mended.
    """
    blocks: dict[str, str] = {}
    for match in _BLOCK.finditer(text):
        language = {"py": "python"}.get(match[1].casefold(), match[1].casefold())
        blocks.setdefault(language, match[2])
    lacking = [name for name in ("python", "toml") if not blocks.get(name, "").strip()]
    if lacking:
        raise TaixuError(f"there is no block ```{lacking[0]} in the answer")
    source = blocks["python"].replace("\r\n", "\n").rstrip() + "\n"
    if len(source) > _MOST_LETTERS or len(blocks["toml"]) > _MOST_LETTERS:
        raise TaixuError(f"a block is longer than {_MOST_LETTERS:,} letters")
    if any(ord(letter) < 32 and letter not in "\n\t" for letter in source):
        raise TaixuError("main.py holds control characters")
    asked = read_manifest(blocks["toml"].encode())
    for name in _NEVER:
        if name in asked.capabilities:
            raise TaixuError(f"mod.toml: leave out [capabilities.{name}]: a mod that a machine wrote gets none of it")
    if asked.depends or asked.conflicts or asked.optional:
        raise TaixuError("mod.toml: leave out depends, optional and conflicts: the mod stands alone")
    files = {"main.py": source, "mod.toml": _manifest(asked, id=id, title=title, model=model)}
    return Written(id, title, files, (asked.description or title,))


def _manifest(asked: Manifest, *, id: str, title: str, model: str) -> str:
    draft = Draft(reads=set(asked.read), writes=set(asked.write))
    draft.spawns = asked.capabilities["spawn"].maximum if "spawn" in asked.capabilities else 0
    for name, capability in asked.capabilities.items():
        draft.ask(name, capability.why)
    text = draft.manifest(id=id, title=title, description=asked.description)
    author = re.sub(r"[^\w .:/+-]", "", model)[:60]
    return text.replace('authors = ["written by Taixu"]', f'authors = ["written by {author}"]')
