"""Cartoon people: whole characters on the humanoid skeleton, from our own shapes alone.

A `CartoonSpec` says what somebody is like; `make_cartoon` makes a `ModelData` of it, as small and quick as crowds want it. Bodies,
heads, clothes and hats are smooth solids (`solids`) made into few triangles (`nets`); faces are drawn and lie on whatever head
there is (`face`); all plain colours share one small picture under MToon (`paints`). Parts stand one kind a module, in dicts that
`parts` knows: each is a function that adds to a `Workshop`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from taixu.generate.avatars.cartoon.chance import cartoon_crowd, drawn_cartoon
    from taixu.generate.avatars.cartoon.making import make_cartoon
    from taixu.generate.avatars.cartoon.presets import CARTOONS
    from taixu.generate.avatars.cartoon.spec import CartoonSpec, cartoon_json, read_cartoon

__all__ = ["CARTOONS", "CartoonSpec", "cartoon_crowd", "cartoon_json", "drawn_cartoon", "make_cartoon", "read_cartoon"]

_HOMES = {
    "CARTOONS": "presets", "CartoonSpec": "spec", "cartoon_crowd": "chance", "cartoon_json": "spec", "drawn_cartoon": "chance",
    "make_cartoon": "making", "read_cartoon": "spec",
}  # fmt: skip


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return getattr(importlib.import_module(f"taixu.generate.avatars.cartoon.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
