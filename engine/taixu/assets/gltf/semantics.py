"""Names of vertex attributes (glTF 2.0, section 3.7.2.1)."""

from __future__ import annotations

import re

__all__ = ["WIDTHS", "is_custom", "semantic_of"]

WIDTHS: dict[str, tuple[int, ...]] = {
    "POSITION": (3,),
    "NORMAL": (3,),
    "TANGENT": (4,),
    "TEXCOORD": (2,),
    "COLOR": (3, 4),
    "JOINTS": (4,),
    "WEIGHTS": (4,),
}
"""How many numbers an element of each has."""
_SETS = re.compile(r"(TEXCOORD|COLOR|JOINTS|WEIGHTS)_(0|[1-9]\d?)")


def semantic_of(name: str) -> str:
    """Give what a standard attribute means, without the number of its set; empty for any other name."""
    if name in ("POSITION", "NORMAL", "TANGENT"):
        return name
    match = _SETS.fullmatch(name)
    return match[1] if match else ""


def is_custom(name: str) -> bool:
    """Whether the attribute is an application's own."""
    return name.startswith("_")
