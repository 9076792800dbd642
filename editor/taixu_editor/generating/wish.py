"""What somebody asks for, as the panel holds it and as files keep it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from taixu.edit import Project
    from taixu.generate import Generator, Order

__all__ = ["LOOK_PX", "Wish", "chance", "look_settings", "sizes_of"]

LOOK_PX = 256
"""How large the pictures of a first look are."""
_MOST_SEED = 1 << 31


@dataclass(frozen=True, slots=True)
class Wish:
    """An order in the words of a project.

    Attributes
    ----------
    generator, prompt, seed, settings, model
        As in `taixu.generate.Order`.
    parents
        Files of the project.
    """

    generator: str
    prompt: str = ""
    seed: int = 0
    settings: Mapping[str, Any] = field(default_factory=dict)
    model: str = ""
    parents: tuple[str, ...] = ()

    def order(self, project: Project, **settings: Any) -> Order:
        """What `Generations` is given.

        Parameters
        ----------
        settings
            Go before those of the wish.

        Raises
        ------
        TaixuError
            When a parent lies outside of the project.
        """
        from taixu.generate import Order

        parents = tuple(project.file(path) for path in self.parents)
        return Order(self.generator, self.prompt, self.seed, {**self.settings, **settings}, self.model, parents)


def chance() -> int:
    """A seed that nobody has chosen; short, for people to say."""
    return secrets.randbelow(_MOST_SEED)


def sizes_of(generator: Generator) -> dict[str, int]:
    """Parameters that say how many pixels come out, with the least that each may be."""
    from taixu.edit.parameters import parameter_schema

    properties = parameter_schema(generator.parameters)["properties"]
    return {
        name: int(part.get("minimum", 16)) for name, part in properties.items()
        if part.get("unit") == "px" and part.get("type") == "integer" and part.get("maximum", LOOK_PX) >= LOOK_PX
    }  # fmt: skip


def look_settings(generator: Generator) -> dict[str, int]:
    """Settings that make a result small."""
    return {name: max(least, LOOK_PX) for name, least in sizes_of(generator).items()}
