"""When something happens, in words: at night, when somebody comes near, when a key is pressed, every so often."""

from __future__ import annotations

import re
from collections.abc import Callable

from taixu.mods.authoring.measures import NUMBER, SECS, secs_of
from taixu.mods.authoring.nouns import Nouns
from taixu.mods.authoring.wish import Occasion

__all__ = ["take_occasions"]

KEYS = {
    "jump": ("space", "space bar", "spacebar", "jump", "空格", "跳", "跳跃"), "interact": ("e", "use", "interact", "互动"),
    "fire": ("mouse", "left mouse", "fire", "shoot", "开火", "射击"), "aim": ("right mouse", "aim", "瞄准"),
    "run": ("shift", "run", "跑"), "crouch": ("ctrl", "control", "crouch", "蹲"), "pause": ("escape", "esc", "p", "pause", "暂停"),
    "move_y": ("w", "up", "forward"), "move_x": ("d", "right"),
}  # fmt: skip
"""Input actions by the keys that people name."""
_ACTION_OF = {word: action for action, words in KEYS.items() for word in words}
_WHEN = (
    r"(?:when(?:ever)?|while|if|as long as|as soon as|once|after|every time|each time|until|unless|how (?:often|many times)|"
    r"the moment)"
)
_GO = r"(?:is|are|comes?|gets?|goes|walks?|stands?|stays?|steps?|moves?|runs?|be)"
_TOUCH = (
    r"(?:touch(?:es)?|hits?|bumps? into|(?:steps?|stands?|walks?|is|are|jumps?|gets?|comes?) (?:on(?:to)?|in(?:to|"
    r"side)?|through|over)|"
    r"enters?|falls? into|runs? (?:into|over|through)|(?:goes|drives?|flies|pass(?:es)?|swims?) through|pass(?:es)?|"
    r"reach(?:es)?|collides? with)"
)
_NEAR_M, _TOUCH_M, _NEXT_M = 3.0, 1.8, 4.0
_THEN = r"(?:的?时候?|之?后|以后|就会?|那里|边上)?"


def take_occasions(text: str, nouns: Nouns) -> tuple[list[Occasion], str, list[str]]:
    """The occasions in a text, the text with a mark (U+E100 and on) for each, and doubts worth saying."""
    occasions: list[Occasion] = []
    doubts: list[str] = []

    def mark(found: Occasion) -> str:
        occasions.append(found)
        return f" {chr(0xE100 + len(occasions) - 1)} "

    for pattern, make in _patterns(nouns, doubts):
        text = pattern.sub(lambda match, make=make: mark(make(match)), text)  # type: ignore[misc]
    return occasions, text, doubts


def _patterns(nouns: Nouns, doubts: list[str]) -> list[tuple[re.Pattern[str], Callable[[re.Match[str]], Occasion]]]:
    thing = nouns.pattern
    who = rf"(?P<who>{thing}|i|you|we|they|he|she|it)"
    what = rf"(?: (?:to |by |of )?(?P<what>it|them|him|her|{thing}))?"
    must = rf" (?P<what>it|them|{thing})"
    sign, signs = nouns.sign_pattern, rf"(?P<who>{nouns.sign_pattern})?"

    def near(reach: float, kind: str = "near") -> Callable[[re.Match[str]], Occasion]:
        def make(match: re.Match[str]) -> Occasion:
            groups = match.groupdict()
            one, other = (nouns.first(groups.get(name) or "") for name in ("who", "what"))
            if one is None and groups.get("who") not in ("it", "they", "he", "she", None):
                one = nouns.first("the player")
            return Occasion("far" if kind == "far" else "near", one or nouns.first("the player"), other, reach_m=reach)

        return make

    def press(match: re.Match[str]) -> Occasion:
        groups = match.groupdict()
        key = (groups.get("key") or "").strip().casefold()
        action = _ACTION_OF.get(key, "")
        if not action:
            doubts.append(f"mods hear of input actions, and none is bound to {key!r}: the E key (`interact`) is taken instead")
            action = "interact"
        return Occasion("press", what=nouns.first(groups.get("what") or ""), action=action)

    def click(match: re.Match[str]) -> Occasion:
        other = nouns.first(match.groupdict().get("what") or "")
        if other is not None:
            doubts.append("a mod does not know what lies under the mouse: a click counts while the player is within 4 m")
        return Occasion("press", what=other, action="fire")

    def simple(kind: str, **more: float) -> Callable[[re.Match[str]], Occasion]:
        return lambda match: Occasion(kind, **more)  # type: ignore[arg-type]

    def timed(kind: str) -> Callable[[re.Match[str]], Occasion]:
        def make(match: re.Match[str]) -> Occasion:
            return Occasion(kind, secs=secs_of(match["number"] or "1", match["unit"]))  # type: ignore[arg-type]

        return make

    keys = "|".join(sorted(map(re.escape, _ACTION_OF), key=len, reverse=True))
    number = rf"(?P<number>{NUMBER})"
    unit = rf"(?P<unit>{SECS})"
    def row(pattern: str, make: Callable[[re.Match[str]], Occasion]) -> tuple[re.Pattern[str], Callable[[re.Match[str]], Occasion]]:
        return re.compile(pattern), make

    return [
        # night and day
        row(r"\b(?:at night(?:time|fall)?|by night|(?:during|in) the (?:night|dark)|(?:when|while|if|as soon as|"
         r"after) (?:it (?:is|gets|turns) (?:dark|night)|"
         r"(?:the )?night (?:falls|comes|begins)|(?:the )?sun ?(?:sets?|is down|goes down))|after (?:sunset|dark)|"
         r"only at night)\b", simple("night")),
        row(r"\b(?:by day|at day(?:time)?|at dawn|in (?:the )?daylight|(?:during|in) the day(?:time)?|(?:when|while|if|"
         r"after) (?:it (?:is|gets) (?:light|day)|"
         r"(?:the )?(?:day|morning) (?:comes|breaks|begins)|the sun (?:rises|is up))|in the morning)\b", simple("day")),
        row(r"(?:在|到了?)?(?:夜里|夜晚|夜间|晚上|天黑(?:时候?|后|了)?|黑夜|入夜后?|半夜)的?", simple("night")),
        row(r"(?:在|到了?)?(?:白天|天亮(?:时候?|后|了)?|日间)的?", simple("day")),
        # all of them collected; the time is up
        row(rf"\b{_WHEN} (?:(?:you|i|we|they|the player|somebody) (?:has|"
         rf"have) )?(?:collected )?all (?:of )?(?:the )?(?P<what>{thing}) (?:are|were|is|have been)? ?"
         rf"(?:collected|found|gathered|taken|gone)?", lambda match: Occasion("collected", what=nouns.first(match["what"]))),
        row(rf"(?:收集|集|捡)(?:完|齐)(?:了)?(?:所有|全部)?(?:的)?(?P<what>{sign}){_THEN}",
         lambda match: Occasion("collected", what=nouns.first(match["what"]))),
        row(r"\b(?:when|once|after) (?:the )?(?:time(?:r)?|it|countdown) (?:is up|is over|runs out|reaches (?:zero|0)|"
         r"ends)|时间到了?(?:时候?|后|就)|倒计时结束后?",
         simple("over")),
        # keys and clicks
        row(rf"\b(?:{_WHEN} (?:{who} )?(?:press(?:es)?|push(?:es)?|hits?|holds?)|(?:by|on) pressing|"
         rf"press(?:ing)?) (?:the )?(?P<key>{keys}|[a-z0-9]|\w+(?= (?:key|button)))"
         rf"(?: (?:key|button|bar))?(?: (?:near|next to|at|close to|by){must})?(?=$|[ ,.;:])(?! \w+ key)", press),
        row(rf"\bwith (?:the )?(?P<key>{keys}|[a-z0-9]) (?:key|button|bar)", press),
        row(rf"按下?(?P<key>{keys}|[a-z])键?(?:的?时候?|就|来)?", press),
        row(rf"\b{_WHEN} (?:{who} )?(?:clicks?|clicked)(?: on)?{what}", click),
        row(rf"\b(?:on|with|by) (?:a |mouse )?click(?:ing)?(?: on)?{what}", click),
        row(rf"(?:鼠标)?(?:点击|单击)(?P<what>{sign})?(?:的?时候?|就)?", click),
        row(rf"\b{_WHEN} {who} jumps?", lambda match: Occasion("press", action="jump")),
        row(rf"\b{_WHEN} {who} (?:shoots?|fires?)", lambda match: Occasion("press", action="fire")),
        # falling, coming, going
        row(rf"\b{_WHEN} {who} (?:falls?(?: down| off| out)?(?: of the world| into the void| the edge)?|"
         rf"dies?)(?! into)", simple("fall")),
        row(rf"(?:当|如果)?(?P<who>{sign})(?:掉下去|掉下|摔下去?|掉出去?|死了?){_THEN}", simple("fall")),
        row(rf"\b{_WHEN} {who} (?:leaves?|goes? away(?: from)?|walks? away(?: from)?|(?:is|are|gets?) (?:far|"
         rf"gone)(?: away)?(?: from)?){what}", near(_NEAR_M, "far")),
        row(rf"\b{_WHEN} {who} (?:{_GO} (?:too |very |really )?(?:near|close|nearby|next|around|by)(?: enough)?|"
         rf"approach(?:es)?){what}", near(_NEAR_M)),
        row(rf"\b{_WHEN} {who} {_TOUCH}{what}", near(_TOUCH_M)),
        row(r"\b(?:when|if|while) (?:touched|hit|stepped on)\b|\bon (?:touch|contact)\b", near(_TOUCH_M)),
        row(r"\b(?:when|if|while) (?:approached|near|close|somebody is there)\b", near(_NEAR_M)),
        row(rf"(?:当)?{signs}(?:离开|走远|走开)(?P<what>{sign})?{_THEN}", near(_NEAR_M, "far")),
        row(rf"(?:当|每当|如果)?{signs}(?:靠近|走近|接近|来到|走到)(?P<what>{sign})?(?:附近|旁边|身边)?{_THEN}", near(_NEAR_M)),
        row(rf"(?:当|每当|如果)?{signs}(?:碰到|触碰到?|踩上|踩到|踩|进入|走进|经过|穿过|走过|撞到|掉进|掉入|站在|站上)(?P<what>{sign})?(?:上|里|"
         rf"中)?{_THEN}", near(_TOUCH_M)),
        row(rf"(?<!stays )(?<!stay )\b(?:near|next to|close to){must}", near(_NEXT_M)),
        # times
        row(rf"\b(?:every|each|once (?:every|each|a|per)) (?:{number} )?{unit}\b", timed("every")),
        row(rf"每(?:隔|过)?(?:{number})?{unit}(?:钟)?(?:一次)?", timed("every")),
        row(rf"\b(?:after|in) {number} {unit}\b(?! (?:long|high))|"
         rf"\b{number.replace('number', 'number2')} {unit.replace('unit', 'unit2')} (?:later|after)\b",
         lambda match: Occasion("after", secs=secs_of(match["number"] or match["number2"], match["unit"] or match["unit2"]))),
        row(rf"{number}{unit}(?:之后|以后|后)", timed("after")),
        row(r"\b(?:when the (?:game|world) (?:starts|begins)|at the (?:start|beginning)(?: of the game)?|on start|"
         r"in the beginning|at first)\b|"
         r"游戏开始(?:时候?|后)?|(?:一)?开始时候?|一开始", simple("start")),
    ]  # fmt: skip
