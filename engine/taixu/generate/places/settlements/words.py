"""What words say of settlements."""

from __future__ import annotations

from typing import Any

from taixu.errors import TaixuError
from taixu.generate.places.lexicon import read_prompt
from taixu.generate.places.settlements.cultures import CULTURES, ZONES

__all__ = ["city_of_words", "village_of_words"]

_VILLAGE = ["village", "hamlet", "town", "settlement", "村", "村庄", "小镇", "镇"]
_SEASONS = {"spring": "spring 春", "summer": "summer 夏", "autumn": "autumn fall 秋", "winter": "winter snow snowy 冬"}
_TIMES = {"dawn": "dawn sunrise 黎明 日出", "morning": "morning 早晨 上午", "noon": "noon midday 中午",
    "evening": "evening sunset 傍晚 黄昏",
          "dusk": "dusk twilight night 夜 暮"}  # fmt: skip
_SIZES = {"tiny hamlet": 9, "small little 小": 18, "large big 大": 70, "huge town 镇": 110}


def village_of_words(prompt: str) -> dict[str, Any]:
    """Parameters of a prompt.

    Raises
    ------
    TaixuError
        When no word names a village or who lives there.
    """
    _, has = read_prompt(prompt)
    scores = {name: has(culture.words) for name, culture in CULTURES.items()}
    best = max(scores, key=lambda name: scores[name])
    if not scores[best] and not has(" ".join(_VILLAGE)):
        raise TaixuError(f"no word names a village that can be made; there are {', '.join(CULTURES)}")
    meant: dict[str, Any] = {"culture": best} if scores[best] else {}
    for name, table in (("season", _SEASONS), ("time", _TIMES)):
        found = {key: has(words) for key, words in table.items()}
        if max(found.values()):
            meant[name] = max(found, key=lambda key: found[key])
    size = next((value for words, value in _SIZES.items() if has(words)), None)
    if size:
        meant["houses"] = size
        if size > 60:
            meant["size_m"] = 1000.0
    return meant


_CHARACTERS = {"european": "european paris old historic europe 欧洲 巴黎 老城",
    "modern": "modern downtown skyscraper skyscrapers american manhattan 现代 市中心",
               "industrial": "industrial factory docks works 工业", "chinese": "chinese beijing china 中国 北京"}  # fmt: skip
_LAYOUTS = {
    "grid": "grid manhattan american planned 网格",
    "radial": "radial star round ring baroque 放射 环形",
    "organic": "organic old medieval winding 自然 弯曲",
}


def city_of_words(prompt: str) -> dict[str, Any]:
    """Parameters of a prompt.

    Raises
    ------
    TaixuError
        When no word names a city.
    """
    _, has = read_prompt(prompt)
    meant: dict[str, Any] = {}
    for name, table in (("character", _CHARACTERS), ("layout", _LAYOUTS), ("season", _SEASONS), ("time", _TIMES)):
        found = {key: has(words) for key, words in table.items()}
        if max(found.values()):
            meant[name] = max(found, key=lambda key: found[key])
    if not meant and not has("city district quarter downtown town metropolis 城市 街区 市区"):
        raise TaixuError(f"no word names a city that can be made; there are {', '.join(ZONES)}")
    return meant
