"""What words mean to the generator of terrain, in English and Chinese."""

from __future__ import annotations

from typing import Any

from taixu.errors import TaixuError
from taixu.generate.places.lexicon import read_prompt
from taixu.generate.places.styles import STYLES, TREES

__all__ = ["parameters_of_words"]

_FLAGS = {
    "endless": "endless infinite boundless unending 无尽 无边 无限 无垠",
    "lake": "lake lakes tarn pond mere 湖 湖泊 池塘",
    "river": "river rivers stream streams brook creek 河 河流 小溪 溪流 江",
}
_CHOICES = {
    "season": {
        "spring": "spring 春 春天 春季", "summer": "summer 夏 夏天 夏季", "autumn": "autumn fall autumnal 秋 秋天 秋季",
        "winter": "winter wintry frozen 冬 冬天 冬季",
    },
    "time": {
        "dawn": "dawn sunrise daybreak 黎明 日出 拂晓", "morning": "morning 早晨 上午 清晨", "noon": "noon midday 中午 正午",
        "evening": "evening sunset golden 傍晚 日落 黄昏", "dusk": "dusk twilight 暮色 暮光",
    },
    "trees": {name: words for name, (_, words) in TREES.items()},
}  # fmt: skip
_NUMBERS: dict[str, dict[str, float]] = {
    "snow": {"snowy snow-capped snow 雪 积雪 白雪": 0.55, "snowless bare-topped 无雪": 0.0},
    "forest": {"forest forests wooded woods woodland trees jungle 森林 树林 林": 0.85, "treeless open 无树": 0.0},
    "plants": {
        "bare barren lifeless dead 荒芜 光秃": 0.0,
        "lush overgrown verdant jungle 茂密 葱郁": 1.7,
        "sparse dry arid 稀疏 干旱": 0.4,
    },
    "roughness": {"rugged rough jagged craggy 崎岖 嶙峋": 1.7, "smooth gentle soft 平缓 柔和": 0.4},
    "erosion": {"eroded old weathered ancient 侵蚀 古老": 1.5, "young sharp 年轻": 0.6},
}
_SIZES = {"huge vast enormous 巨大 广阔": 4096.0, "small little tiny 小": 768.0}
_TALL = {"high tall towering steep 高 陡峭": 1.45, "low flat shallow 低 低矮": 0.6}


def parameters_of_words(prompt: str) -> dict[str, Any]:
    """Parameters of a prompt: the style by the words that name it (the longest that are found), the rest by the others.

    Raises
    ------
    TaixuError
        When no word says anything of land.
    """
    _, score = read_prompt(prompt)
    meant: dict[str, Any] = {}
    scores = {name: score(style.words) for name, style in STYLES.items()}
    best = max(scores, key=lambda name: scores[name])
    for name, words in _FLAGS.items():
        if score(words):
            meant[name] = True
    for name, choices in _CHOICES.items():
        found = {choice: score(words) for choice, words in choices.items()}
        if max(found.values()):
            meant[name] = max(found, key=lambda choice: found[choice])
    for name, table in _NUMBERS.items():
        for words, value in table.items():
            if score(words):
                meant[name] = value
    if scores[best]:
        meant["style"] = best
    elif meant.get("snow"):
        meant["style"] = "alps"
    elif not meant:
        raise TaixuError(
            f"no word says what land to make; there are {', '.join(STYLES)}, lakes, rivers, forests, seasons and times of day"
        )
    tall = next((factor for words, factor in _TALL.items() if score(words)), 1.0)
    if tall != 1.0:
        meant["relief_m"] = round(STYLES[meant.get("style", "hills")].relief_m * tall, 1)
    size = next((value for words, value in _SIZES.items() if score(words)), 0.0)
    if size:
        meant["size_m"] = size
        meant["spacing_m"] = max(1.0, size / 2048)
    return meant
