"""What words mean to the generator of dungeons, in English and Chinese."""

from __future__ import annotations

from typing import Any

from taixu.errors import TaixuError
from taixu.generate.places.dungeons.spec import STYLES
from taixu.generate.places.lexicon import read_prompt

__all__ = ["parameters_of_words"]

_SIZES = {"huge vast endless enormous 巨大 庞大": (14, 3), "large big deep 大 深": (11, 3), "small little tiny 小": (6, 1)}
_OPEN = {"labyrinth maze narrow winding 迷宫 狭窄": 0.45, "halls open spacious grand 宽敞 大厅": 0.9}


def parameters_of_words(prompt: str) -> dict[str, Any]:
    """Parameters of a prompt.

    Raises
    ------
    TaixuError
        When no word says what dungeon.
    """
    _, score = read_prompt(prompt)
    styles = {name: score(style.words) for name, style in STYLES.items()}
    best = max(styles, key=lambda name: styles[name])
    if not styles[best]:
        raise TaixuError(f"no word says what dungeon to make; there are {', '.join(STYLES)}")
    meant: dict[str, Any] = {"style": best}
    if score("flooded drowned sunken water wet 水 淹没 积水"):
        meant["flooded"] = 0.35
    for words, (cells, levels) in _SIZES.items():
        if score(words):
            meant.update(width=cells, depth=cells, levels=levels)
            break
    for words, value in _OPEN.items():
        if score(words):
            meant["openness"] = value
    return meant
