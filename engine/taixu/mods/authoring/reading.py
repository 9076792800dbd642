"""From words to a `Wish`: sentences into parts, in each a verb and the things around it, and what was left over.

What is understood is taken out of the text bit by bit and replaced by a mark, so what remains at the end is what was not.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from taixu.mods.authoring.kinds import KINDS, Kind
from taixu.mods.authoring.measures import take_color, take_measures, take_number
from taixu.mods.authoring.merging import merged
from taixu.mods.authoring.nouns import Found, Nouns
from taixu.mods.authoring.occasions import take_occasions
from taixu.mods.authoring.verbs import VERBS, Verb
from taixu.mods.authoring.wish import Act, Occasion, Thing, Wish

__all__ = ["read_wish"]

_QUOTED = re.compile(
    r"\"([^\"]{1,200})\"|“([^”]{1,200})”|「([^」]{1,200})」|『([^』]{1,200})』|(?<!\w)'([^']{1,200})'(?!\w)|‘([^’]{1,200})’"
)
_TEXT, _OCCASION, _VERB, _NOUN = 0xE000, 0xE100, 0xE300, 0xE200
_STRANGE = re.compile(
    r"\s*(?:please |make |let |create )?(a|an|the|my|some)?\s*((?:[a-z]+ ){0,2}?)([a-z]{3,20}?)s? "
    r"(?:that |which |who )?[\ue300-\ue3ff]"
)
_SENTENCE = re.compile(r"(?<!\d)\.(?!\d)|[;!?。；！？]|\bthen\b(?=,)|\n")
_PART = re.compile(r",|，|、|:|：|\b(?:and then|and|then|but|while)\b|并且|同时|然后|接着")
_TURN = re.compile(r"\b(turn|switch)(e?s)? ((?:the|a|an|my|all|every|all the)(?: \w+){1,2}?) (on and off|on|off)\b")
_TOGGLE = re.compile(r"\b(?:turn|switch|go)(?:e?s)? on and off\b")
_REWRITES = (
    (re.compile(r"\blight up (?=(?:the|a|all|my)\b)"), "turn on "), (re.compile(r"\bdon't|\bdo not"),
        "not"), (re.compile(r"’"), "'"),
    (re.compile(r"\bmake(s)? (it|the weather) "), "it "), (re.compile(r"\bup to\b"), "to"),
)  # fmt: skip
_LITTLE = tomllib.loads(Path(__file__).with_name("little.toml").read_text("utf-8"))
_STOP = frozenset(_LITTLE["english"].split())
_SIGNS = re.compile(f"[{_LITTLE['signs'].strip()}\\s]")
_MOST_ACTS = 24
_SEVERAL = ("patrol",)
_FREE = ("message", "sound")
_WORLD = ("day_night", "weather", "rain", "snow", "fog", "countdown", "stopwatch", "clock", "score", "health", "respawn",
    "firework")


def read_wish(prompt: str, names: Iterable[str] = ()) -> Wish:
    """What a prompt asks for.

    Parameters
    ----------
    names
        What entities of the world are called, where one is known.
    """
    return _Reading(prompt, Nouns(names)).wish()


class _Reading:
    """One prompt on its way."""

    def __init__(self, prompt: str, nouns: Nouns) -> None:
        self._prompt = prompt
        self._nouns = nouns
        self._texts: list[str] = []
        self._acts: list[Act] = []
        self._unknown: list[str] = []
        self._doubts: list[str] = []
        self._subject: Thing | None = None

    def wish(self) -> Wish:
        text = self._nouns.mark(_QUOTED.sub(self._keep_text, self._prompt).casefold())
        for pattern, instead in _REWRITES:
            text = pattern.sub(instead, text)
        text = _TURN.sub(lambda match: f"toggle {match[3]}" if "and" in match[4] else f"{match[1]} {match[4]} {match[3]}", text)
        text = _TOGGLE.sub("toggles", text)
        for sentence in _SENTENCE.split(text):
            if sentence and sentence.strip():
                self._read_sentence(sentence)
        acts = merged(self._acts[:_MOST_ACTS])
        if len(self._acts) > _MOST_ACTS:
            self._doubts.append(f"of all that was asked for, the first {_MOST_ACTS} things are made")
        return Wish(self._prompt, tuple(acts), tuple(dict.fromkeys(self._unknown)), tuple(dict.fromkeys(self._doubts)))

    def _keep_text(self, match: re.Match[str]) -> str:
        if len(self._texts) >= 200:
            return " "
        self._texts.append(next(filter(None, match.groups())))
        return f" {chr(_TEXT + len(self._texts) - 1)} "

    def _read_sentence(self, sentence: str) -> None:
        occasions, sentence, doubts = take_occasions(sentence, self._nouns)
        self._doubts += doubts
        leading: tuple[Occasion, ...] = ()
        waiting: tuple[Occasion, ...] = ()
        for part in _PART.split(sentence):
            if not part or not part.strip():
                continue
            here = tuple(occasions[ord(letter) - _OCCASION] for letter in part if _OCCASION <= ord(letter) < _OCCASION + 0x100)
            is_leading = bool(re.match(r"\s*[\ue100-\ue1ff]", part)) and not self._acts_of(part, peek=True)
            starts = bool(re.match(r"\s*[\ue100-\ue1ff]", part))
            acts = self._acts_of(part)
            if not acts:
                if self._sentence_acts and not is_leading:
                    self._add_to_last(here, part)
                elif here:
                    waiting += here
                    leading = waiting
                elif self._sentence_acts:
                    self._add_to_last((), part)
                continue
            if not here and (leading or waiting):
                here = waiting or leading
            waiting = ()
            if starts and here:
                leading = here
            for act in acts:
                self._acts.append(act.with_more(occasions=here))
                self._sentence_acts += 1
        if waiting and self._sentence_acts:
            self._acts[-1] = self._acts[-1].with_more(occasions=waiting)
        self._sentence_acts = 0

    _sentence_acts = 0

    def _add_to_last(self, occasions: tuple[Occasion, ...], part: str) -> None:
        """A part without a verb says more of what was said before: how far, how often, in which colour."""
        measures, rest = take_measures(part)
        color, rest = take_color(rest)
        self._acts[-1] = self._acts[-1].with_more(
            occasions=occasions, measures=replace(measures, color=color, text=self._text_in(part))
        )
        found = self._nouns.find(rest)
        last = self._acts[-1]
        if last.verb in _SEVERAL:  # "between the door and the tower"
            self._acts[-1] = replace(last, targets=(*last.targets, *(each.thing for each in found)))
        self._leave_over(rest, known=found)

    def _text_in(self, part: str) -> str:
        return next((self._texts[ord(letter) - _TEXT] for letter in part if _TEXT <= ord(letter) < _TEXT + 0x100), "")

    def _acts_of(self, part: str, *, peek: bool = False) -> list[Act]:
        """The acts of a part of a sentence; only whether there are some, where it is a peek."""
        if peek:
            return [Act(verb.name) for verb in VERBS if verb.english.search(part) or verb.chinese.search(part)]
        measures, rest = take_measures(part)
        verbs, rest = _take_verbs(rest)
        if not verbs:
            return []
        number, rest = take_number(rest) if _needs_number(verbs) else (None, rest)
        found = self._nouns.find(rest)
        bare = _without(rest, [(each.start, each.end) for each in found])
        color, bare = take_color(bare)
        rest, found = self._with_unknown_noun(rest, bare, found)
        text = self._text_in(part)
        if not text and any(verb.name == "message" for _, verb in verbs):
            text, bare = _said(bare)
        said = replace(measures, number=number, color=color, text=text)
        acts = []
        for at, verb in verbs:
            subject, targets = self._roles(verb, at, found)
            if subject is not None and subject.kind.name != "player":
                self._subject = subject
            acts.append(Act(verb.name, subject, targets, (), said, part.strip()))
        self._leave_over(bare)
        return acts

    def _with_unknown_noun(self, rest: str, bare: str, found: list[Found]) -> tuple[str, list[Found]]:
        """Where a part has no noun before its verb that is known, the word there is one all the same."""
        match = _STRANGE.match(bare)
        if found or match is None or match[3] in _STOP:
            return rest, found
        kind = Kind(match[3], (match[3],), ())
        made = match[1] in ("a", "an")
        if any(kind.name in known.words for known in KINDS):
            return rest, found
        thing = Thing(kind, made, name=self._nouns.names.get(kind.name, kind.name))
        self._nouns.remember(thing)
        self._doubts.append(
            f"what a {kind.name} looks like is not known here: it is made as a grey box" if made else
            f"{kind.name!r} is taken for the name of an entity in the world"
        )  # fmt: skip
        return rest, [Found(match.start(3), match.end(3), thing)]

    def _roles(self, verb: Verb, at: int, found: list[Found]) -> tuple[Thing | None, tuple[Thing, ...]]:
        before = [each.thing for each in found if each.start < at]
        after = [each.thing for each in found if each.start > at]
        if verb.name in _WORLD or (verb.name in _FREE and not before):
            named = before + after
            return (named[0] if named else None), tuple(named[1:])
        if verb.roles == "from":
            if before:
                return before[0], tuple(after + before[1:])
            made = [each for each in after if each.made]
            if self._subject is None and len(after) > 1 and made:
                return made[0], tuple(each for each in after if each is not made[0])
            return self._subject, tuple(after)
        if before:
            return before[0], tuple(before[1:] + after)
        if after:
            return after[0], tuple(after[1:])
        return self._subject, ()

    def _leave_over(self, text: str, known: Iterable[Found] = ()) -> None:
        """Note what no rule has taken."""
        text = _without(text, [(each.start, each.end) for each in known])
        words: list[str] = []
        for word in re.findall(r"[a-z']+|[\u4e00-\u9fff]+|[\ue000-\ue3ff,;.]", text):
            if re.match(r"[\u4e00-\u9fff]", word):
                left = _SIGNS.sub("", word)
                if left:
                    words.append(left)
            elif word[0] in "\ue000,;." or word[0] >= "\ue000":
                self._note(words)
                words = []
            elif word not in _STOP and len(word) > 1:
                words.append(word)
        self._note(words)

    def _note(self, words: list[str]) -> None:
        if words and len(self._unknown) < 20:
            self._unknown.append(" ".join(words))


def _needs_number(verbs: list[tuple[int, Verb]]) -> bool:
    return any(verb.name in ("damage", "heal", "health", "score", "countdown", "grow", "shrink") for _, verb in verbs)


def _take_verbs(text: str) -> tuple[list[tuple[int, Verb]], str]:
    """The verbs of a text with their places, in their order, and the text with a mark for each."""
    found: list[Verb] = []
    for verb in VERBS:
        for pattern in (verb.english, verb.chinese):
            match = pattern.search(text)
            if match is not None and match.group().strip():
                text = f"{text[:match.start()]} {chr(_VERB + len(found))} {text[match.end():]}"
                found.append(verb)
                break
    places = sorted((text.index(chr(_VERB + number)), verb) for number, verb in enumerate(found)) if found else []
    return places, text


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    """A text with blanks in place of spans, but for the marks of verbs in them."""
    letters = list(text)
    for start, end in spans:
        letters[start:end] = [letter if 0xE300 <= ord(letter) < 0xE400 else " " for letter in letters[start:end]]
    return "".join(letters)


def _said(text: str) -> tuple[str, str]:
    """What follows the verb, for somebody who says it without quotes."""
    match = re.search(r"[\ue300-\ue3ff]\s*((?:[a-z0-9'!?]+\s*){1,12}|[\u4e00-\u9fff]{1,30})", text)
    if match is None or not match[1].strip():
        return "", text
    return match[1].strip(), text[: match.start(1)] + " " + text[match.end(1) :]
