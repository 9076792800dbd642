"""People from numbers, words and seeds, with numpy alone: a body, a face, hair and clothes on one skeleton.

An `AvatarSpec` says what somebody is like; `make_avatar` makes a `ModelData` of it, whose ``avatar`` names bones and expressions.
`drawn` and `crowd` draw by chance what is left open. Parts (hair, beards, outfits, accessories) stand one kind a module, in dicts
that `parts` knows: each is a function of a `Person` that gives pieces or layers of cloth.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from taixu.generate.avatars.chance import crowd, drawn
    from taixu.generate.avatars.making import make_avatar
    from taixu.generate.avatars.presets import PRESETS
    from taixu.generate.avatars.spec import AvatarSpec, read_spec, spec_json

__all__ = ["PRESETS", "AvatarSpec", "crowd", "drawn", "make_avatar", "read_spec", "spec_json"]

_HOMES = {
    "AvatarSpec": "spec", "PRESETS": "presets", "crowd": "chance", "drawn": "chance", "make_avatar": "making", "read_spec": "spec",
    "spec_json": "spec",
}  # fmt: skip


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return getattr(importlib.import_module(f"taixu.generate.avatars.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
