"""Words as they are meant, however they are written: look-alike, spaced and doubled letters, digits for letters, old Han forms.

What comes out is for comparing with a list alone; nobody reads it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise

__all__ = ["Folded", "fold", "plain_letters"]

_INVISIBLE = {"Cf", "Mn", "Me", "Cc"}
_WORDS = re.compile(r"[^\W_]+")
_SPACED = re.compile(r"\b(\w)(?:[\W_]+(?=\w\b))")

_LOOKS = {
    "a": "аɑαᴀ", "b": "вβʙ", "c": "сϲᴄ", "d": "ԁᴅ", "e": "еєεᴇ", "f": "ꜰ", "g": "ɡɢ", "h": "һʜн", "i": "іɩιїıɪ", "j": "јᴊ",
    "k": "кκᴋ", "l": "ӏᴌʟ", "m": "мᴍ", "n": "ηɴп", "o": "оοσөᴏ", "p": "рρᴘ", "q": "ԛ", "r": "гʀя", "s": "ѕꜱ", "t": "тτᴛ",
    "u": "υᴜц", "v": "νѵᴠ", "w": "ԝωшᴡ", "x": "хχ", "y": "уγʏ", "z": "зᴢ",
}  # fmt: skip
"""Letters of other scripts that look like Latin ones (after Unicode's confusables: those that fonts really draw alike)."""
_ALIKE = {ord(each): latin for latin, others in _LOOKS.items() for each in others}
_FRAMED = (0x1F130, 0x1F150, 0x1F170, 0x1F1E6)
"""Where alphabets in squares and circles begin."""
_ALIKE |= {start + i: chr(ord("a") + i) for start in _FRAMED for i in range(26)}
_DIGITS = (
    str.maketrans("0123456789@$!|+€£", "olzeasgtbgasiltel"),
    str.maketrans("0134578@$!|+", "oieastbasiit"),
)
_SIMPLE = str.maketrans(
    "體納強姦黃兒護偽證鈔氣彈製麼樣頌讚傳鼓勵殺殘屍蘿戀圖紙駕駛簽務槍藥會賣買處女學歲陰莖愛脫淨兇斬虐毆國組織種滅絕",
    "体纳强奸黄儿护伪证钞气弹制么样颂赞传鼓励杀残尸萝恋图纸驾驶签务枪药会卖买处女学岁阴茎爱脱净凶斩虐殴国组织种灭绝",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Folded:
    """A text in the forms in which a list looks at it.

    Attributes
    ----------
    text
        Words with single spaces between and around them.
    words
        All words, in every reading: digits as letters, letters spaced out, letters doubled.
    dense
        Without anything between letters, for Chinese.
    """

    text: str
    words: frozenset[str]
    dense: str


def plain_letters(text: str) -> str:
    """Small letters without marks, whatever script, width or frame they came in."""
    bare = (each for each in unicodedata.normalize("NFKD", text) if unicodedata.category(each) not in _INVISIBLE or each.isspace())
    return "".join(bare).casefold().translate(_ALIKE).translate(_SIMPLE)


def fold(plain: str) -> Folded:
    """The forms of what `plain_letters` gave."""
    found: set[str] = set()
    runs = _WORDS.findall(plain)
    for reading in (plain, *(plain.translate(digits) for digits in _DIGITS)):
        words = _WORDS.findall(reading)
        found.update(words)
        found.update(_WORDS.findall(_SPACED.sub(r"\1", reading)))
        found.update(a + b for a, b in pairwise(words) if min(len(a), len(b)) <= 2 and not _are_common(a, b))
    for word in tuple(found):
        found.update(_undoubled(word))
    return Folded(f" {' '.join(runs)} ", frozenset(found), "".join(runs))


_COMMON = frozenset({
    "a", "i", "is", "it", "in", "on", "of", "to", "as", "at", "an", "and", "or", "by", "be", "do", "go", "he", "me", "my", "no",
    "so", "up", "us", "we", "am", "if", "the", "for", "man", "men", "all",
})  # fmt: skip


def _are_common(one: str, other: str) -> bool:
    """Whether two short words are what they seem, and no word that was taken apart."""
    return one in _COMMON or other in _COMMON


def _undoubled(word: str) -> set[str]:
    """Readings of a word with letters held down: ``nuuude``, ``hentaii``, ``nnude``."""
    found = {re.sub(r"(.)\1{2,}", r"\1", word), re.sub(r"(.)\1{2,}", r"\1\1", word)}
    found |= {re.sub(r"([aiuy])\1+", r"\1", each) for each in found}
    found |= {re.sub(r"^(.)\1+", r"\1", each) for each in found}
    found |= {re.sub(r"([^s])\1+$", r"\1", each) for each in found}
    return found - {word}
