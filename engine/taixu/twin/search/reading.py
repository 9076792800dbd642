"""Searches out of words, English or Chinese, by rules: what is understood is taken out of the text, and what remains is told.

No rule guesses. Patterns are linear in a text of at most 300 letters; names of values come from the world as plain words.
"""

from __future__ import annotations

import re
from datetime import datetime, tzinfo

from taixu.errors import TaixuError
from taixu.twin.search.comparing import Vocabulary, take_conditions
from taixu.twin.search.lexicon import lexicon, plain
from taixu.twin.search.periods import take_period
from taixu.twin.search.query import SearchQuery, read_query

__all__ = ["Vocabulary", "read_words"]

_MOST_LETTERS = 300
_NEAR_M = 25.0
_NUMBER = r"(-?\d{1,12}(?:\.\d{1,9})?)"
_METRES = {"km": 1000.0, "kilometres": 1000.0, "kilometers": 1000.0, "公里": 1000.0, "千米": 1000.0, "cm": 0.01, "厘米": 0.01}
_LENGTH = r"(kilometres|kilometers|km|metres|meters|metre|meter|m|cm|公里|千米|厘米|米)(?![a-z])"
_NAME = r"([^|]{1,60}?)"
_END = r"(?= ?\||$| near | inside | within | in | on | and | that | which | with | whose | where |,|，)"
_BARE = r"([^|的在距离，, ]{1,40}?)"
_PLACES: list[tuple[re.Pattern[str], str]] = [
    (
        re.compile(rf"(?:within|at most|less than) {_NUMBER} ?{_LENGTH} (?:of|from|to|around) (?:the )?{_NAME}{_END}"),
        "number unit near",
    ),
    (re.compile(rf"(?:距离|距|离){_NAME} ?{_NUMBER} ?{_LENGTH}(?:以内|之内|范围内|内)?的?"), "near number unit"),
    (re.compile(rf"在?{_BARE}(?:周围|附近|方圆)? ?{_NUMBER} ?{_LENGTH}(?:以内|之内|范围内|内)的?"), "near number unit"),
    (re.compile(rf"\b(?:near|close to|next to|around|beside) (?:the )?{_NAME}{_END}"), "near"),
    (re.compile(rf"在?{_BARE}(?:附近|旁边|周围)的?"), "near"),
    (re.compile(rf"\b(?:parts? of|below|hanging on) (?:the )?{_NAME}{_END}"), "under"),
    (re.compile(rf"属于 ?([^|的，,]{{1,40}}?) ?的|{_BARE}的(?:部件|零件|组成部分)"), "under"),
    (re.compile(rf"\b(?:containing|contains?|parents? of) (?:the )?{_NAME}{_END}"), "above"),
    (re.compile(rf"包含{_BARE}的"), "above"),
    (re.compile(rf"\b(?:connected|linked|attached) to (?:the )?{_NAME}{_END}"), "connected"),
    (re.compile(rf"[与和跟]{_BARE}(?:相连|连接)的?|连接到?{_BARE}的"), "connected"),
    (re.compile(rf"\b(?:inside of|inside|in|on|at) (?:the )?{_NAME}{_END}"), "inside"),
    (re.compile(rf"在{_BARE}(?:里面|里|内|中|上)的?|{_BARE}(?:里|内|中|上)的"), "inside"),
]
_FILES = re.compile(r"\b(?:files?|assets?)\b|文件|素材|资产")
_FIRST = re.compile(r"\b(?:first|top) (\d{1,3})\b|前(\d{1,3})个")
_ORDERS = [(re.compile(r"\b(?:nearest|closest) first\b|由近到远"), "nearest"),
           (re.compile(r"\bhighest first\b|从高到低"), "highest"),
           (re.compile(r"\blowest first\b|从低到高"), "lowest"), (re.compile(r"\blatest first\b|最新优先"), "latest")]  # fmt: skip
_PARTICLES = re.compile(
    "所有|全部|每个|每台|每一|哪些|哪个|什么|查找|搜索|找出|显示|列出|请|有过|曾经|任何|东西|制作|生成|并且"
    "|的|了|过|在|里|内|有|是|和|且"
)
_HAN = re.compile(r"[\u3400-\u9fff]+")
_LONGEST_HAN, _LONGEST_RUN, _MOST_PIECES = 12, 4, 16


def read_words(text: str, vocabulary: Vocabulary, *, now_ns: int, zone: tzinfo | None = None) -> SearchQuery:
    """The search that words ask for.

    Parameters
    ----------
    now_ns
        What "today" and "last night" count from.
    zone
        Of clocks and days; this machine's where none is given.

    Raises
    ------
    TaixuError
        Naming what was not understood.
    """
    if len(text) > _MOST_LETTERS:
        raise TaixuError(f"a search is at most {_MOST_LETTERS} letters long")
    if any(ord(letter) < 32 and letter not in "\t\r\n" for letter in text):
        raise TaixuError("a search holds no control characters")
    zone = zone or datetime.now().astimezone().tzinfo
    assert zone is not None
    rest = plain(text).rstrip(" .?!。")
    if len(rest) > 2 * _MOST_LETTERS:
        raise TaixuError(f"a search is at most {_MOST_LETTERS} letters long")
    span, rest = take_period(rest, now_ns=now_ns, zone=zone)
    found: dict[str, object] = {}
    if span is not None:
        found |= {"since_ns": span[0], "until_ns": span[1]}
    where, rest = take_conditions(rest, vocabulary)
    rest = _take_places(rest, found)
    if match := _FIRST.search(rest):
        found["limit"] = max(int(match[1] or match[2]), 1)
        rest = _without(rest, match)
    for pattern, order in _ORDERS:
        if match := pattern.search(rest):
            found["order"], rest = order, _without(rest, match)
    if match := _FILES.search(rest):
        found["files"], rest = True, _FILES.sub(" | ", rest)
    words: list[str] = []
    for each in _pieces(rest, vocabulary):
        state = _state(each, vocabulary) if not found.get("files") else None
        if state is not None and not vocabulary.knows(each):
            where.append(state)
        else:
            words.append(each)
    return read_query(found | {"where": where, "words": words})


def _without(text: str, match: re.Match[str]) -> str:
    return f"{text[: match.start()]} | {text[match.end() :]}"


def _state(word: str, vocabulary: Vocabulary) -> dict[str, object] | None:
    """A word that is one of the texts that a value may hold."""
    value = lexicon().states.get(word, word)
    names = {each.name for each in vocabulary.values if value in each.choices}
    if not names:
        return None
    return {"field": "state" if "state" in names else min(names), "operator": "==", "value": value, "unit": ""}


# Places and relations

def _take_places(text: str, found: dict[str, object]) -> str:
    for pattern, parts in _PLACES:
        match = pattern.search(text)
        if match is None:
            continue
        groups = [each for each in match.groups() if each is not None]
        told = dict(zip(parts.split(), groups))
        name = next(iter(told.keys() - {"number", "unit"}))
        if name in found:
            raise TaixuError(f"it says twice {_SAYS[name]}: {found[name]!r} and {told[name].strip()!r}; say one")
        found[name] = told[name].strip(" \"'“”")
        if name == "near":
            found["within_m"] = float(told["number"]) * _METRES.get(told["unit"], 1.0) if "number" in told else _NEAR_M
        text = _without(text, match)
    return text


_SAYS = {"near": "near whom", "inside": "where", "under": "of whom they are parts", "above": "what they contain",
         "connected": "to whom they are connected"}  # fmt: skip


# What is left

def _pieces(text: str, vocabulary: Vocabulary) -> list[str]:
    """The words that are left; raises for one that nobody knows."""
    pieces: list[str] = []
    for quoted in re.findall(r'"([^"|]{1,60})"', text):
        pieces.append(quoted)
    text = re.sub(r'"[^"|]{1,60}"', " ", text)
    for segment in re.split(r"[|,，、;；]+", _PARTICLES.sub(" ", text)):
        chunks = [each for chunk in segment.split() if (each := chunk.strip("\"'.:?!()（）"))]
        while chunks and len(pieces) <= _MOST_PIECES:
            count = _run_of(chunks, vocabulary)
            chunk, chunks = " ".join(chunks[:count]), chunks[count:]
            if chunk not in lexicon().idle:
                pieces += _han(chunk, vocabulary) if _HAN.search(chunk) else [chunk]
    if len(pieces) > _MOST_PIECES:
        raise TaixuError(f"it has more than {_MOST_PIECES} words that are no value, place or time; say less at once")
    unknown = next((each for each in pieces if not vocabulary.knows(each) and _state(each, vocabulary) is None), None)
    if unknown is not None:
        raise TaixuError(f"{unknown[:60]!r} is not understood: nothing here is called so, and it is no value, place or time")
    return pieces


def _run_of(chunks: list[str], vocabulary: Vocabulary) -> int:
    """How many of the next words are one name."""
    if chunks[0] in lexicon().idle:
        return 1
    for count in range(min(len(chunks), _LONGEST_RUN), 1, -1):
        if vocabulary.knows(" ".join(chunks[:count])):
            return count
    return 1


def _han(chunk: str, vocabulary: Vocabulary) -> list[str]:
    """Chinese has no spaces: the longest beginning that is known, again and again."""
    if vocabulary.knows(chunk):
        return [chunk]
    found: list[str] = []
    while chunk:
        known = (chunk[:length] for length in range(min(len(chunk), _LONGEST_HAN), 0, -1))
        word = next((each for each in known if vocabulary.knows(each) or _state(each, vocabulary) is not None), "")
        if not word:
            return [*found, chunk]
        found.append(word)
        chunk = chunk[len(word) :]
    return found
