"""Things in a text: which words name them, whether a mod makes its own, how many there are."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from taixu.mods.authoring.kinds import KINDS, Kind, plural
from taixu.mods.authoring.measures import NUMBER, number_of, take_color
from taixu.mods.authoring.wish import Thing

__all__ = ["Found", "Nouns"]

_BY_WORD = {word: kind for kind in reversed(KINDS) for word in kind.words}
_BY_PLURAL = {plural(word): kind for word, kind in _BY_WORD.items()}
_BY_SIGN = {sign: kind for kind in reversed(KINDS) for sign in kind.signs}
_ENGLISH = "|".join(sorted((re.escape(word) for word in _BY_WORD | _BY_PLURAL), key=len, reverse=True))
_CHINESE = "|".join(sorted(_BY_SIGN, key=len, reverse=True))
_MANY_WORDS = "all of the|all the|all my|all|every|each|所有的?|全部的?|每个|每盏"
_ADJECTIVE = (
    r"(?:(?:small|little|big|large|tiny|huge|old|magic|magical|shiny|friendly|mean|evil|other|same|new|own|"
    r"red|green|blue|yellow|orange|purple|pink|white|black|golden|silver|grey|gray|brown|cyan)\s+)"
)
_SIGN_ADJECTIVE = r"(?:(?:红|绿|蓝|黄|橙|紫|粉|白|黑|金|银|灰|棕|青)色?的?|小|大|老|发光的|魔法)"
_MOST = 50
_MOST_OWN = 200


@dataclass(frozen=True, slots=True)
class Found:
    """A thing, and where in the text it stands."""

    start: int
    end: int
    thing: Thing


class Nouns:
    """Finds things, and remembers which were made: a "the lamp" after "a lamp" is that one.

    Parameters
    ----------
    names
        What entities of the world are called: each is a noun, too.
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._names = {name.casefold(): name for name in names if name and len(name) <= 60}
        self._made: dict[str, Thing] = {}
        # A name of the world goes before all else: who is called Bob does not bob. It stands in the text as a word of its own.
        strange = [name for name in self._names if name not in _BY_WORD and name not in _BY_PLURAL and name not in _BY_SIGN]
        self._tokens = {f"xqname{number}x": name for number, name in enumerate(sorted(strange, key=len, reverse=True)[:_MOST_OWN])}
        own = "|".join(self._tokens)
        nouns = "|".join(filter(None, (rf"(?P<own>{own})" if own else "", f"(?P<noun>{_ENGLISH})")))
        self._english = re.compile(
            rf"\b(?:(?P<many>{_MANY_WORDS})\s+)?(?:(?P<the>the|my|this|that|his|her|its|your|our)\s+)?(?:(?P<count>{NUMBER}|another)\s+)?"
            rf"(?P<looks>(?:{_ADJECTIVE}|[\ue300-\ue3ff]\s*)*)(?:{nouns})\b(?!')"
        )
        self._chinese = re.compile(
            rf"(?P<many>{_MANY_WORDS})?(?P<the>这|那)?(?P<count>[一二两三四五六七八九十百\d]+)?(?P<measure>个|只|盏|辆|扇|朵|颗|枚|条|座|群|块|位|名|架|棵|艘)?"
            rf"(?P<looks>{_SIGN_ADJECTIVE}*?)(?P<noun>{_CHINESE})"
        )
        self.pattern = rf"(?:(?:the|a|an|my|this|that|all|every)\s+)?(?:{_ADJECTIVE})*(?:{'|'.join(filter(None, (own, _ENGLISH)))})"
        """Matches a thing inside of other English patterns."""
        self.sign_pattern = rf"(?:[一这那]?(?:个|只|盏|扇|座)?)(?:{'|'.join(filter(None, (own, _CHINESE)))})"

    def mark(self, text: str) -> str:
        """A text with the world's own names as words that nothing else is."""
        for token, name in self._tokens.items():
            text = re.sub(rf"(?<![a-z\d]){re.escape(name)}(?![a-z\d])", token, text)
        return text

    @property
    def names(self) -> dict[str, str]:
        """What the world's entities are called, by the name in small letters."""
        return self._names

    def first(self, text: str) -> Thing | None:
        """The first thing of a text; None where there is none."""
        return next((found.thing for found in self.find(text)), None)

    def find(self, text: str) -> list[Found]:
        """All things of a text, in their order."""
        found = [self._english_one(match) for match in self._english.finditer(text)]
        taken = [(each.start, each.end) for each in found]
        for match in self._chinese.finditer(text):
            if not any(start < match.end() and match.start() < end for start, end in taken):
                found.append(self._chinese_one(match))
        return sorted(found, key=lambda each: each.start)

    def _english_one(self, match: re.Match[str]) -> Found:
        groups = match.groupdict()
        own, noun, count = self._tokens.get(groups.get("own") or ""), groups.get("noun") or "", groups["count"] or ""
        several = bool(own is None and noun in _BY_PLURAL and noun not in _BY_WORD)
        kind = _BY_WORD.get(own or noun) or _BY_PLURAL.get(own or noun) or _own_kind(own or noun)
        number = 1.0 if count == "another" else number_of(count) if count else 1.0
        made = bool(count) and not groups["the"] and not groups["many"]
        color = take_color(groups["looks"])[0]
        name = self._names[own] if own else self._name_of(kind)
        many = bool(groups["many"]) or several
        return Found(match.start(), match.end(), self._thing(kind, made, number, many, name, color, own is not None))

    def _chinese_one(self, match: re.Match[str]) -> Found:
        kind, count = _BY_SIGN[match["noun"]], match["count"]
        made = bool(count or match["measure"]) and not match["the"] and not match["many"]
        number = number_of(count) if count else 1.0
        color = take_color(match["looks"])[0] if match["looks"] else None
        thing = self._thing(kind, made, number, bool(match["many"]), self._name_of(kind), color, False)
        return Found(match.start(), match.end(), thing)

    def _thing(
        self, kind: Kind, made: bool, number: float, many: bool, name: str, color: tuple[float, float, float] | None, own: bool
    ) -> Thing:
        if kind.name == "player":
            return Thing(kind, name=name)  # there is one already, whatever the article says
        known = self._made.get(kind.name)
        if known is not None and not own and not (made and number > 1):
            return known
        count = max(1, min(_MOST, round(number)))
        thing = Thing(kind, made and not own, count, many or count > 1, name, color)
        if thing.made:
            self._made[kind.name] = thing
        return thing

    def remember(self, thing: Thing) -> None:
        """From now on, things of this kind are this one."""
        self._made[thing.kind.name] = thing

    def _name_of(self, kind: Kind) -> str:
        """What the world calls a thing of a kind: one of its words, in the world's own letters."""
        usual = "Player" if kind.name == "player" else kind.name
        for word in (usual, *kind.words, *kind.signs):
            if word.casefold() in self._names:
                return self._names[word.casefold()]
        return usual


def _own_kind(name: str) -> Kind:
    """A kind for an entity that is called as nothing that is known."""
    word = re.sub(r"\W+", "_", name.casefold()).strip("_")
    return Kind(word if word.isidentifier() and word.isascii() else "thing", (name,), ())
