"""Mods: other people's Python in a world, at game speed, able to harm nothing.

They run in CPython compiled to WebAssembly, inside a process that the operating system locks down (`taixu.mods.box`), never
natively; they speak the `game` of a project's own scripts, and what they ask for crosses as whole columns and as commands
that the engine checks one by one.
"""

from __future__ import annotations

__all__: list[str] = []
