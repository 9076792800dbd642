"""What things can do, and how people say so (``verbs.toml``): patterns in English and in Chinese.

`roles` says who the nouns around a verb are. "from": the subject stands before, its target behind ("the dog follows me").
"onto": what stands behind is the subject where nothing stands before ("open the door"), then come targets.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

__all__ = ["COLORS", "VERBS", "Verb"]

COLORS: dict[str, tuple[tuple[float, float, float], str]] = {
    "red": ((0.8, 0.03, 0.02), "红"), "green": ((0.05, 0.5, 0.06), "绿"), "blue": ((0.03, 0.1, 0.8), "蓝"),
    "yellow": ((0.95, 0.7, 0.05), "黄"), "orange": ((0.95, 0.3, 0.02), "橙"), "purple": ((0.3, 0.03, 0.6), "紫"),
    "pink": ((0.95, 0.25, 0.45), "粉"), "white": ((0.9, 0.9, 0.9), "白"), "black": ((0.02, 0.02, 0.02), "黑"),
    "golden": ((1.0, 0.65, 0.1), "金色"), "gold": ((1.0, 0.65, 0.1), "金色的"), "silver": ((0.7, 0.7, 0.72), "银"),
    "grey": ((0.3, 0.3, 0.3), "灰"), "gray": ((0.3, 0.3, 0.3), "灰"), "brown": ((0.25, 0.12, 0.05), "棕"),
    "cyan": ((0.05, 0.7, 0.8), "青"),
}  # fmt: skip
"""Linear colours by English word, with the sign in Chinese."""
_FROM = frozenset(("hover", "chase", "flee", "follow", "orbit", "patrol", "wander", "look"))


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb."""

    name: str
    english: re.Pattern[str]
    chinese: re.Pattern[str]
    roles: Literal["from", "onto"]


def _read(row: dict[str, Any]) -> Verb:
    name, english = row["name"], "|".join(row["english"]).replace("COLORS", "|".join(COLORS))
    chinese = "|".join(row["chinese"]).replace("SIGNS", "|".join(sign for _, sign in COLORS.values()))
    return Verb(name, re.compile(rf"\b(?:{english})\b"), re.compile(chinese), "from" if name in _FROM else "onto")


VERBS = tuple(map(_read, tomllib.loads(Path(__file__).with_name("verbs.toml").read_text("utf-8"))["verbs"]))
"""All verbs (``verbs.toml``), in the order in which they are looked for."""
