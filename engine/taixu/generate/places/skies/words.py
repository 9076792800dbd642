"""What words mean to the generator of skies, in English and Chinese."""

from __future__ import annotations

from typing import Any

from taixu.errors import TaixuError
from taixu.generate.places.lexicon import read_prompt

__all__ = ["parameters_of_words"]

_TIMES = {
    "dawn": "dawn sunrise daybreak 黎明 日出 拂晓", "morning": "morning 早晨 上午 清晨",
    "noon": "noon midday day sunny 中午 正午 白天",
    "afternoon": "afternoon 下午", "evening": "evening golden 傍晚 黄昏", "sunset": "sunset 日落 晚霞",
    "dusk": "dusk twilight 暮色 暮光", "night": "night nighttime midnight moonlit starry stars nocturnal 夜 夜晚 午夜 星空 月夜",
}  # fmt: skip
_WEATHER: dict[str, dict[str, Any]] = {
    "clear cloudless blue sunny 晴 晴朗 万里无云": {"clouds": "none", "cover": 0.0, "cirrus": 0.08},
    "fair cumulus puffy fluffy scattered clouds 白云 多云间晴": {"clouds": "cumulus", "cover": 0.35},
    "cloudy 多云 云": {"clouds": "cumulus", "cover": 0.58},
    "overcast grey gray dull stratus rainy rain drizzle 阴 阴天 雨": {"clouds": "stratus", "cover": 0.95},
    "snowing snowfall 下雪": {"clouds": "stratus", "cover": 0.97, "haze": 4.5},
    "stormy storm thunderstorm tempest thunder 暴风 暴风雨 雷雨 风暴": {"clouds": "storm", "cover": 0.86},
    "cirrus wispy veil feathery 卷云": {"clouds": "cirrus", "cover": 0.7},
}
_HAZE = {"hazy misty foggy smoggy dusty fog mist 雾 薄雾 霾 沙尘": 6.0, "crisp crystal pure 清澈": 1.5}
_MOON = {"full moon moonlit 满月 月夜": 1.0, "crescent 新月 弯月": 0.18, "moonless 无月": 0.0}


def parameters_of_words(prompt: str) -> dict[str, Any]:
    """Parameters of a prompt.

    Raises
    ------
    TaixuError
        When no word says anything of the sky.
    """
    _, score = read_prompt(prompt)
    meant: dict[str, Any] = {}
    times = {name: score(words) for name, words in _TIMES.items()}
    if max(times.values()):
        meant["time"] = max(times, key=lambda name: times[name])
    weather = {words: score(words) for words in _WEATHER}
    if max(weather.values()):
        meant.update(_WEATHER[max(weather, key=lambda words: weather[words])])
    for name, table in (("haze", _HAZE), ("moon", _MOON)):
        for words, value in table.items():
            if score(words):
                meant[name] = value
    if not meant:
        raise TaixuError(
            f"no word says what sky to make; there are times ({', '.join(_TIMES)}) and weather: clear, fair, cloudy, overcast, "
            f"stormy"
        )
    return meant
