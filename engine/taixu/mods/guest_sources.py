"""The Python that goes into the sandbox: the guest's half of `game`, and what it shares with native scripts."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

__all__ = ["SHARED", "guest_sources"]

SHARED = ("vectors", "wire", "event", "routines", "stored")
"""Modules of `taixu.script` that both tiers run: the same file, under the name ``_game_...``."""
_OWN = (
    "taixu_guest_main", "game", "_game_columns", "_game_entity", "_game_fields", "_game_functions", "_game_mirror", "_game_numbers",
    "_game_place", "_game_plain", "_game_runtime", "_game_tables",
)  # fmt: skip


@cache
def guest_sources() -> dict[str, str]:
    """Return the sources by file name, as the sandbox imports them."""
    own = files("taixu.mods") / "guest"
    sources = {f"{name}.py": (own / f"{name}.py").read_text("utf-8") for name in _OWN}
    script = files("taixu.script")
    for name in SHARED:
        text = (script / f"{name}.py").read_text("utf-8")
        sources[f"_game_{name}.py"] = text.replace("from taixu.script.", "from _game_")
    return sources
