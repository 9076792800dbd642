"""From words to a plan: kind of world, land, season, time, weather, people; what means nothing is told."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from taixu.errors import TaixuError
from taixu.generate.places.dungeons.spec import STYLES as DUNGEONS
from taixu.generate.places.styles import STYLES as LANDS
from taixu.generate.places.styles import TREES
from taixu.generate.worlds.kinds import KINDS

__all__ = ["Plan", "plan_of_words"]

_TOKEN = re.compile(r"[a-z0-9]+")
_CHINESE = re.compile(r"[\u3400-\u9fff]+")
_CHOICES: dict[str, dict[str, str]] = {
    "season": {
        "spring": "spring blossom 春 春天 春季", "summer": "summer 夏 夏天 夏季", "autumn": "autumn fall autumnal 秋 秋天 秋季",
        "winter": "winter wintry snowy frozen christmas snow 冬 冬天 冬季 雪",
    },
    "time": {
        "dawn": "dawn sunrise daybreak 黎明 日出 拂晓", "morning": "morning 早晨 上午 清晨", "noon": "noon midday 中午 正午",
        "afternoon": "afternoon day daytime 下午 白天", "evening": "evening golden 傍晚 黄昏", "sunset": "sunset 日落 晚霞 夕阳",
        "dusk": "dusk twilight 暮色", "night": "night nighttime midnight moonlit moonlight starry 夜 夜晚 夜里 午夜 星空 月夜",
    },
    "weather": {
        "clear": "clear cloudless sunny bright 晴 晴朗 阳光", "fair": "fair 白云", "cloudy": "cloudy clouds 多云",
        "overcast": "overcast grey gray dull 阴 阴天", "rainy": "rainy rain raining drizzle wet 雨 下雨 小雨",
        "snowy": "snowing snowfall blizzard 下雪 飘雪",
        "stormy": "stormy storm thunder tempest 暴风 暴风雨 雷雨", "misty": "misty mist fog foggy hazy 雾 薄雾",
    },
    "trees": {name: words for name, (_, words) in TREES.items()},
}  # fmt: skip
_PEOPLE = {"crowded busy bustling lively many 热闹 拥挤 繁忙": 2.0, "quiet sleepy few lonely 安静 宁静 冷清": 0.5}
_NOBODY = "abandoned deserted empty ghost uninhabited 无人 废弃 荒废"
_SIZES = {"large big huge great 大 巨大": 1.5, "small little tiny 小": 0.6}
_TOWNS = {
    "modern": "modern downtown skyscraper skyscrapers metropolis 摩天大楼 现代", "chinese": "chinese beijing hutong 中国 北京 胡同",
    "industrial": "industrial factory factories works 工业 工厂",
}  # fmt: skip
_NUMBER = re.compile(r"(\d{1,3})\s*(people|persons|villagers|inhabitants|houses|homes|buildings|人|个人|座房|栋房|间房)")
_WOODS = "wood woods forest forests tree trees grove groves 树林 森林 树 林"
_SETTLED = "village hamlet town settlement 村 镇 村庄 小镇"
_FILLERS = frozenset(re.findall(r"\w+", """
    a an the of on in at by with and or to from near its is are where who that this it there some my our under over beside
    between through world place scene people person houses house homes buildings walking walk talking land old ancient
    medieval modern sea ocean shore bay lake river street streets small sand sandy stone wooden beautiful pretty nice cosy
    cozy lovely peaceful picturesque make me generate create
"""))
_CHINESE_FILLERS = "的一个座片在里上中和与有着是之边旁下很了附近岩石小大"


@dataclass(frozen=True)
class Plan:
    """What words came to.

    Attributes
    ----------
    values
        Parameters of a `WorldSpec`.
    unknown
        Words that meant nothing.
    """

    values: dict[str, Any] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()


def plan_of_words(prompt: str) -> Plan:
    """Find the plan in a prompt.

    Raises
    ------
    TaixuError
        Where no word names a world.
    """
    text = prompt.casefold()
    tokens = _TOKEN.findall(text)
    known = set(tokens) | {token.removesuffix("s") for token in tokens}
    used: set[str] = set()

    def score(words: str, *, take: bool = False) -> int:
        found = [word for word in words.split() if (word in known if word.isascii() else word in text)]
        if take:
            used.update(found)
            used.update(f"{word}s" for word in found if word.isascii())
        return sum(len(word) * (1 if word.isascii() else 3) for word in found)

    values: dict[str, Any] = {}
    kinds = {name: score(kind.words) for name, kind in KINDS.items()}
    for name, style in DUNGEONS.items():
        if score(style.words) and score("dungeon crypt mine cellar catacombs underground 地牢 墓穴 矿 地下"):
            kinds["dungeon"] += 40
            values["dungeon"] = name
            score(style.words, take=True)
            break
    lands = {name: score(style.words) for name, style in LANDS.items()}
    land = max(lands, key=lambda name: lands[name])
    best = max(kinds, key=lambda name: kinds[name])
    if not kinds[best]:
        if not lands[land] and not score(_SETTLED):
            raise TaixuError(f"no word says what world to make; there are {', '.join(KINDS)}")
        best = {"alps": "alpine village", "fjord": "fishing village", "coast": "fishing village", "desert": "desert oasis",
            "islands": "island beach",
                "plains": "farm land"}.get(land, "forest hamlet") if lands[land] else "alpine village"  # fmt: skip
    values["kind"] = best
    score(KINDS[best].words, take=True)
    score(_SETTLED, take=True)
    if lands[land] and best != "dungeon":
        score(LANDS[land].words, take=True)
        if lands[land] > score(LANDS[KINDS[best].land].words) and _goes(best, land):
            values["land"] = land
    for name, choices in _CHOICES.items():
        found = {choice: score(words) for choice, words in choices.items()}
        if max(found.values()):
            values[name] = max(found, key=lambda choice: found[choice])
            for words in choices.values():
                score(words, take=True)
    if "trees" in values:
        score(_WOODS, take=True)
    if values.get("weather") == "snowy":
        values.setdefault("season", "winter")
    if best == "city district":
        towns = {name: score(words) for name, words in _TOWNS.items()}
        if max(towns.values()):
            values["character"] = max(towns, key=lambda name: towns[name])
            score(_TOWNS[values["character"]], take=True)
    _read_numbers(text, values, used, score, best)
    if score("rocky rugged craggy stony 岩石 礁石 嶙峋", take=True):
        values["rocks"] = 2.5
    if best == "dungeon" and score("flooded drowned water wet 水 淹没 积水", take=True):
        values["flooded"] = 0.35
    unknown = [token for token in dict.fromkeys(tokens) if token not in used and token not in _FILLERS and not token.isdigit()
               and token.removesuffix("s") not in used and token.removesuffix("s") not in _FILLERS]  # fmt: skip
    rest = text
    for word in sorted(used, key=len, reverse=True):
        if not word.isascii():
            rest = rest.replace(word, " ")
    for letter in _CHINESE_FILLERS:
        rest = rest.replace(letter, " ")
    unknown += list(dict.fromkeys(_CHINESE.findall(rest)))
    return Plan(values, tuple(unknown))


def _goes(kind: str, land: str) -> bool:
    """Whether a kind may stand on another land than its own."""
    wet = ("coast", "islands", "fjord")
    return (land in wet) == (KINDS[kind].land in wet) and KINDS[kind].layout not in ("oasis", "canal")


def _read_numbers(text: str, values: dict[str, Any], used: set[str], score: Any, best: str) -> None:
    for number, what in _NUMBER.findall(text):
        if what in ("houses", "homes", "buildings", "座房", "栋房", "间房"):
            values["houses"] = min(int(number), 120)
        else:
            values["people"] = min(int(number), 200)
        used.update((number, what))
    kind = KINDS[best]
    for words, factor in _PEOPLE.items():
        if "people" not in values and score(words, take=True):
            values["people"] = max(round(kind.people * factor), 1)
    if score(_NOBODY, take=True):
        values["people"] = 0
    for words, factor in _SIZES.items():
        if "houses" not in values and score(words, take=True) and kind.count:
            values["houses"] = max(round(kind.count * factor), 3)
