"""What words mean to the sound generator, in English and Chinese."""

from __future__ import annotations

import re
from typing import Any

from taixu.errors import TaixuError
from taixu.generate.sound.effects import EFFECTS

__all__ = ["parameters_of_words"]

_EFFECTS = {
    "click": "click clicks tick button tap switch 点击 按钮 咔哒 按键 开关",
    "coin": "coin coins pickup collect money gold ding 金币 硬币 拾取 收集 叮",
    "jump": "jump jumps jumping hop bounce boing 跳 弹",
    "fall": "fall falling drop lose failure 坠落 掉落 失败",
    "laser": "laser lasers zap shoot shot blaster gun pew 激光 射击 开枪",
    "power_up": "powerup power-up level-up upgrade win victory success heal 升级 胜利 成功 强化",
    "hit": "hit hits punch thud impact knock hurt bump 打击 撞击 敲 受伤",
    "explosion": "explosion explode explodes boom blast bang 爆炸 轰",
    "footstep": "footstep footsteps step steps walk walking 脚步 走路",
    "splash": "splash water plop bubbles 水花 落水 溅",
    "beep": "beep beeps alarm alert siren notification 警报 提示音 哔",
    "whoosh": "whoosh swish swoosh swing sword wings 挥 嗖 呼啸",
    "engine": "engine motor hum car machine generator drone 引擎 发动机 马达 嗡嗡 汽车 机器",
    "wind": "wind windy breeze storm gale 风",
    "rain": "rain rainy raining drizzle 雨",
}
_PITCHES = {
    "high high-pitched tiny small little mouse 高音 尖 小 迷你": 1.6,
    "low deep big huge heavy giant 低沉 低音 大 沉重": 0.6,
}
_LENGTHS = {"short quick brief 短 快": 0.5, "long slow lasting 长 慢": 2.0}
_BRIGHT = {"bright sharp metallic clear 明亮 清脆 金属": 0.25, "dark soft muffled dull gentle 柔和 沉闷 轻": -0.3}
_ROUGH = {"rough noisy harsh gritty old broken distorted 粗糙 嘈杂 老旧 破": 0.4, "clean smooth pure 干净 平滑 纯净": -0.3}
_TOKENS = re.compile(r"[a-z]+(?:-[a-z]+)*")


def parameters_of_words(prompt: str) -> dict[str, Any]:
    """Parameters of a prompt: an effect by the first of its words, the rest by the others.

    Raises
    ------
    TaixuError
        When no word names an effect.
    """
    text = prompt.casefold()
    found = [(at, effect) for effect, words in _EFFECTS.items() if (at := _first(text, words)) >= 0]
    if not found:
        raise TaixuError(f"no word names a sound that can be made; there are {', '.join(EFFECTS)}")
    # What the words are about comes last in English ("a low engine hum") unless they say "of"; nouns named twice change nothing.
    effect = min(found)[1] if re.search(r"\b(of|with|in)\b", text) else max(found)[1]
    known = EFFECTS[effect]
    meant: dict[str, Any] = {"effect": effect}
    pitch, length = (_product(text, table) for table in (_PITCHES, _LENGTHS))
    if pitch != 1.0:
        meant["pitch_hz"] = round(known.pitch_hz * pitch, 1)
    if length != 1.0:
        meant["duration_secs"] = round(known.secs * length, 3)
    for name, table, usual in (("brightness", _BRIGHT, 0.5), ("roughness", _ROUGH, 0.1)):
        change = sum(amount for words, amount in table.items() if _first(text, words) >= 0)
        if change:
            meant[name] = round(min(max(usual + change, 0.0), 1.0), 3)
    return meant


def _product(text: str, table: dict[str, float]) -> float:
    total = 1.0
    for words, factor in table.items():
        if _first(text, words) >= 0:
            total *= factor
    return total


def _first(text: str, words: str) -> int:
    """Where the last of some words stands; -1 where none does. English ones are whole words."""
    places = {match.group(): match.start() for match in _TOKENS.finditer(text)}
    return max((places.get(word, -1) if word.isascii() else text.rfind(word) for word in words.split()), default=-1)
