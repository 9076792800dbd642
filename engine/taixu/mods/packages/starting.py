"""A new mod: a folder with a manifest and a source that does something."""

from __future__ import annotations

from pathlib import Path

from taixu.assets.atomic import write_atomic
from taixu.errors import TaixuError, UsageError
from taixu.mods.packages.files import MANIFEST
from taixu.mods.packages.identity import id_doubt
from taixu.mods.packages.manifest import API_VERSION, read_manifest

__all__ = ["make_mod"]

_MANIFEST = '''schema = 1
id = "{id}"
version = "0.1.0"
api = "^{api}"
entry = "main.py"
title = "{title}"
description = "Says hello, and that a second has passed."
licence = "CC0-1.0"
authors = []

# What it needs: "bob.paths" = "^1.2"
[depends]

# Columns that it reads and writes, such as "transform.translation".
[access]
read = []
write = []

# What else it asks for; players read the reasons.
# [capabilities.spawn]
# max = 20
# why = "fish that swim about"
'''

_SOURCE = '''"""{title}: runs in the box; `game` is all that it reaches."""

import game


def on_start():
    game.log("hello from {id}")
    game.timer(1.0, lambda: game.log("a second has passed"))
'''


def make_mod(folder: Path, id: str) -> list[str]:
    """Make a mod in work.

    Returns
    -------
    list
        The names of its files.

    Raises
    ------
    TaixuError
        When the id is none, or the folder holds something.
    """
    doubt = id_doubt(id)
    if doubt:
        raise UsageError(f"{id!a:.80}: {doubt}")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise TaixuError(f"{folder}: there is something already; name a folder that is new or empty")
    words = {"id": id, "api": API_VERSION.rpartition(".")[0], "title": id.rpartition(".")[2].replace("_", " ").strip().capitalize()}
    texts = {MANIFEST: _MANIFEST.format(**words), "main.py": _SOURCE.format(**words)}
    read_manifest(texts[MANIFEST].encode())
    for name, text in texts.items():
        write_atomic(folder / name, text)
    return sorted(texts)
