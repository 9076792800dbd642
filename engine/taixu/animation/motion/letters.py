"""English letters to sounds: rules of our own, enough for lips.

A word is read from left to right; at each place the longest group of letters that is known gives its sounds. What spelling
hides (final e, soft c and g, the commonest irregular words) has rules or is listed. Lips forgive the rest.
"""

from __future__ import annotations

__all__ = ["english_sounds"]

_WORDS: dict[str, str] = {
    "a": "@", "the": "th @", "to": "t u", "do": "d u", "does": "d @ z", "you": "j u", "your": "j o r", "one": "w @ n",
    "once": "w @ n s", "are": "a r", "have": "h a v", "was": "w o z", "what": "w o t", "who": "h u", "two": "t u",
    "of": "o v", "said": "s e d", "says": "s e z", "some": "s @ m", "come": "k @ m", "love": "l @ v", "there": "th e r",
    "where": "w e r", "were": "w @ r", "they": "th e i", "people": "p i p @ l", "could": "k u d", "would": "w u d",
    "should": "sh u d", "eye": "a i", "i": "a i", "he": "h i", "she": "sh i", "we": "w i", "me": "m i", "be": "b i",
    "give": "g i v", "live": "l i v", "friend": "f r e n d", "water": "w o t @ r", "many": "m e n i", "any": "e n i",
    "hello": "h e l o u", "world": "w @ r l d", "know": "n o u", "no": "n o u", "go": "g o u", "so": "s o u",
    "great": "g r e i t", "through": "th r u", "though": "th o u", "thought": "th o t", "enough": "i n @ f",
    "island": "a i l @ n d", "business": "b i z n i s", "woman": "w u m @ n", "women": "w i m i n", "heart": "h a r t",
    "is": "i z", "his": "h i z", "as": "a z", "has": "h a z", "my": "m a i", "by": "b a i", "why": "w a i", "put": "p u t",
    "good": "g u d",
}  # fmt: skip
_GROUPS: dict[str, str] = {
    "tion": "sh @ n", "sion": "zh @ n", "cian": "sh @ n", "ture": "ch @ r", "ough": "o u", "augh": "o", "eigh": "e i",
    "igh": "a i", "tch": "ch", "dge": "j", "sch": "s k", "air": "e r", "are": "e r", "ear": "i r", "eer": "i r",
    "ire": "a i r", "ore": "o r", "our": "a u r", "oor": "o r", "ous": "@ s", "eau": "o u", "que": "k", "gue": "g",
    "age": "i j", "ble": "b @ l", "ple": "p @ l", "tle": "t @ l", "dle": "d @ l", "kle": "k @ l", "gle": "g @ l",
    "ing": "i ng", "all": "o l", "alk": "o k", "old": "o u l d", "ind": "a i n d", "ee": "i", "ea": "i", "oo": "u",
    "ou": "a u", "ow": "a u", "oi": "o i", "oy": "o i", "ai": "e i", "ay": "e i", "au": "o", "aw": "o", "ie": "i",
    "ei": "e i", "ey": "i", "ew": "j u", "ue": "u", "ui": "u", "oa": "o u", "oe": "o u", "ar": "a r", "er": "@ r",
    "ir": "@ r", "ur": "@ r", "or": "o r", "ph": "f", "th": "th", "sh": "sh", "ch": "ch", "ck": "k", "ng": "ng", "wh": "w",
    "wr": "r", "kn": "n", "gn": "n", "qu": "k w", "gh": "", "mb": "m", "cc": "k", "ll": "l", "ss": "s", "tt": "t", "pp": "p",
    "bb": "b", "dd": "d", "ff": "f", "gg": "g", "mm": "m", "nn": "n", "rr": "r", "zz": "z", "sc": "s k", "a": "a", "b": "b",
    "c": "k", "d": "d", "e": "e", "f": "f", "g": "g", "h": "h", "i": "i", "j": "j", "k": "k", "l": "l", "m": "m", "n": "n",
    "o": "o", "p": "p", "q": "k", "r": "r", "s": "s", "t": "t", "u": "@", "v": "v", "w": "w", "x": "k s", "y": "i", "z": "z",
}  # fmt: skip
_LAST = ("are", "que", "gue", "age")
"""Groups that are read so at the end of words only."""
_LONG = {"a": "e i", "e": "i", "i": "a i", "o": "o u", "u": "u", "y": "a i"}
_VOWELS = "aeiouy"


def english_sounds(word: str) -> list[str]:
    """The sounds of a word of small letters: a e i o u @ and consonants.

    >>> english_sounds("lake"), english_sounds("night"), english_sounds("city")
    (['l', 'e', 'i', 'k'], ['n', 'a', 'i', 't'], ['s', 'i', 't', 'i'])
    """
    if word in _WORDS:
        return _WORDS[word].split()
    sounds: list[str] = []
    place = 0
    while place < len(word):
        found, size = _at(word, place)
        sounds += found.split()
        place += size
    return sounds


def _at(word: str, place: int) -> tuple[str, int]:
    letter, rest = word[place], word[place:]
    following = rest[1:2]
    if letter == "y":
        if place == 0:
            return "j", 1
        if len(rest) == 1:
            return ("i" if any(one in _VOWELS for one in word[:place]) else "a i"), 1
    if letter == "e" and len(rest) == 1 and place > 0 and any(one in _VOWELS for one in word[:place]):
        return "", 1
    if rest in ("es", "ed") and place > 2:
        return ("@ z" if word[place - 1] in "szxh" else "z") if rest == "es" else ("@ d" if word[place - 1] in "td" else "d"), 2
    # A vowel, one consonant and a last e: the vowel says its name.
    if letter in _VOWELS and len(rest) == 3 and rest[2] == "e" and rest[1] not in _VOWELS + "wxr":
        return _LONG[letter], 1
    if letter in _LONG and len(rest) == 1 and len(word) <= 3:
        return _LONG[letter], 1
    for size in (4, 3, 2):
        group = rest[:size]
        if len(group) == size and group in _GROUPS and not (group in _LAST and len(rest) > 3):
            return _GROUPS[group], size
    if letter == "c" and following and following in "eiy":
        return "s", 1
    if letter == "g" and following and following in "eiy" and len(word) > 3:
        return "j", 1
    return _GROUPS.get(letter, ""), 1
