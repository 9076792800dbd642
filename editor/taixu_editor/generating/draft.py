"""What somebody is about to ask for: words, sliders that were set, sliders that are locked, a seed.

Words mean parameters; what a person sets goes before them. New words take back what was set of the parameters that they mean, but
for those that are locked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from taixu_editor.generating.meaning import Meaning, understand
from taixu_editor.generating.wish import Wish, chance

if TYPE_CHECKING:
    from taixu.generate import Generator
    from taixu_editor.generating.history import Entry
    from taixu_editor.generating.studio import Studio

__all__ = ["Draft"]


@dataclass(slots=True)
class _Set:
    """What was set of one generator."""

    settings: dict[str, Any] = field(default_factory=dict)
    details: dict[str, Any] = field(default_factory=dict)
    locked: set[str] = field(default_factory=set)
    model: str = ""
    parents: tuple[str, ...] = ()


class Draft:
    """The wish that the panel shows. Each generator keeps its own sliders; words and seed are shared.

    Attributes
    ----------
    prompt, seed
        As they are now; use `say` to change the words.
    is_seed_locked
        Whether making the same again keeps the seed.
    """

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self.generator_name = ""
        self.prompt = ""
        self.seed = chance()
        self.is_seed_locked = False
        self._sets: dict[str, _Set] = {}
        self._understood: tuple[object, Meaning] | None = None
        self._wished: tuple[object, Wish] | None = None

    # -- who makes it ------------------------------------------------------------------------------------------------
    @property
    def generator(self) -> Generator:
        """The chosen one; a material's at first."""
        generators = self._studio.generators
        known = {each.name: each for each in generators}
        if self.generator_name not in known:
            self.generator_name = next((each.name for each in generators if each.makes == "material"), next(iter(known)))
        return known[self.generator_name]

    @property
    def _set(self) -> _Set:
        return self._sets.setdefault(self.generator.name, _Set())

    # -- words -------------------------------------------------------------------------------------------------------
    @property
    def meaning(self) -> Meaning:
        """What words and sliders come to."""
        key = self._key()
        if self._understood is None or self._understood[0] != key:
            said = understand(self.generator, self.prompt, self._set.settings)
            if self._set.details and said.details is not None:
                settings = {**self._set.settings, said.details.parameter: self._text(said)}
                said = Meaning(
                    said.parameters, said.meant, understand(self.generator, self.prompt, settings).details, said.chips, said.problem
                )
            self._understood = (key, said)
        return self._understood[1]

    def _key(self) -> tuple[str, ...]:
        return (self.generator.name, self.prompt, repr(self._set.settings), repr(self._set.details))

    def say(self, prompt: str) -> None:
        """Other words: what they mean is not what was set before, unless that is locked."""
        if prompt == self.prompt:
            return
        before = self.meaning
        self.prompt = prompt
        now, mine = self.meaning, self._set
        moved = {*before.meant, *now.meant}
        mine.settings = {name: value for name, value in mine.settings.items() if name in mine.locked or name not in moved}
        parameter = now.details.parameter if now.details is not None else ""
        if parameter in moved or not mine.settings.keys().isdisjoint(moved):
            mine.details = {name: value for name, value in mine.details.items() if f"{parameter}.{name}" in mine.locked}

    # -- sliders -----------------------------------------------------------------------------------------------------
    @property
    def settings(self) -> Mapping[str, Any]:
        """Parameters that were set."""
        return self._set.settings

    @property
    def details(self) -> Mapping[str, Any]:
        """Details that were set."""
        return self._set.details

    @property
    def locked(self) -> frozenset[str]:
        """What new words and variations leave as it is: parameters by name, details as ``parameter.name``."""
        return frozenset(self._set.locked)

    def set(self, name: str, value: Any, *, is_detail: bool = False) -> None:
        """Turn a slider."""
        (self._set.details if is_detail else self._set.settings)[name] = value

    def reset(self, name: str, *, is_detail: bool = False) -> None:
        """Leave a slider to the words."""
        (self._set.details if is_detail else self._set.settings).pop(name, None)
        self._set.locked.discard(self._lock_of(name, is_detail))

    def reset_all(self) -> None:
        """Leave all to the words that is not locked."""
        mine, meaning = self._set, self.meaning
        parameter = meaning.details.parameter if meaning.details is not None else ""
        mine.settings = {name: value for name, value in mine.settings.items() if name in mine.locked}
        mine.details = {name: value for name, value in mine.details.items() if f"{parameter}.{name}" in mine.locked}

    def turn_lock(self, name: str, value: Any, *, is_detail: bool = False) -> None:
        """Lock a slider where it stands, or let it go."""
        lock = self._lock_of(name, is_detail)
        if lock in self._set.locked:
            self._set.locked.discard(lock)
        else:
            self._set.locked.add(lock)
            self.set(name, value, is_detail=is_detail)

    def is_locked(self, name: str, *, is_detail: bool = False) -> bool:
        """Whether a slider is."""
        return self._lock_of(name, is_detail) in self._set.locked

    def _lock_of(self, name: str, is_detail: bool) -> str:
        details = self.meaning.details
        return f"{details.parameter}.{name}" if is_detail and details is not None else name

    # -- weights and parents -----------------------------------------------------------------------------------------
    @property
    def model(self) -> str:
        """The weights that were named."""
        return self._set.model

    @model.setter
    def model(self, name: str) -> None:
        self._set.model = name

    @property
    def parents(self) -> tuple[str, ...]:
        """Files of the project that it is made from."""
        return self._set.parents

    @parents.setter
    def parents(self, paths: tuple[str, ...]) -> None:
        self._set.parents = tuple(dict.fromkeys(paths))

    # -- the wish ----------------------------------------------------------------------------------------------------
    @property
    def is_empty(self) -> bool:
        """Whether nothing was asked for yet."""
        return not (self.prompt.strip() or self._set.settings or self._set.details or self._set.parents)

    def wish(self) -> Wish:
        """As it is now."""
        mine = self._set
        key = (self._key(), self.seed, mine.model, mine.parents)
        if self._wished is None or self._wished[0] != key:
            self._wished = (key, self._wish())
        return self._wished[1]

    def _wish(self) -> Wish:
        mine = self._set
        settings = dict(mine.settings)
        meaning = understand(self.generator, self.prompt, settings)
        details = meaning.details
        if details is not None:
            usual = understand(self.generator, self.prompt, {}).details
            is_other = usual is not None and usual.schema["properties"].keys() != details.schema["properties"].keys()
            if mine.details or (is_other and details.parameter in meaning.meant):  # words may mean another family's
                settings[details.parameter] = self._text(meaning)
            for name, choices in details.choices.items():
                if meaning.parameters.get(name) not in choices:
                    settings[name] = choices[0]
        return Wish(self.generator.name, self.prompt.strip(), self.seed, settings, mine.model, mine.parents)

    def roll(self) -> None:
        """Another seed."""
        self.seed = chance()

    def take(self, entry: Entry) -> None:
        """Be what a result was made of."""
        wish = entry.wish
        self.generator_name = self._studio.generator_of(wish).name
        self.prompt, self.seed = wish.prompt, wish.seed
        mine = self._sets[self.generator.name] = _Set(dict(wish.settings), {}, set(), wish.model, wish.parents)
        said = understand(self.generator, self.prompt, mine.settings)
        if said.details is not None and said.details.parameter in mine.settings:
            mine.details = dict(said.details.values)
            del mine.settings[said.details.parameter]

    def _text(self, meaning: Meaning) -> str:
        """Details as the generator reads them: what words mean, under what was set."""
        assert meaning.details is not None
        known = meaning.details.schema["properties"]
        kept = {name: value for name, value in self._set.details.items() if name in known}
        return meaning.details.write({**meaning.details.values, **kept})
