"""What can be made, for people: a title, an icon, a folder of the project, and words to begin with."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["KINDS", "MakeKind", "kind_named"]


@dataclass(frozen=True, slots=True)
class MakeKind:
    """A kind of content.

    Attributes
    ----------
    folder
        Where in a project it is kept.
    examples
        Prompts that show what may be asked for.
    """

    title: str
    icon: str
    folder: str
    examples: tuple[str, ...] = ()


KINDS: dict[str, MakeKind] = {
    "material": MakeKind(
        "Material", "material", "assets/materials",
        ("mossy old red bricks", "dark walnut planks", "rusty blue metal", "wet grey cobbles", "worn brown leather",
         "white marble"),
    ),
    "texture": MakeKind("Picture", "texture", "assets/textures", ("blue ceramic tiles", "old parchment", "a starry night sky")),
    "mesh": MakeKind("Model", "model", "assets/models", ("a wooden barrel", "a stone fountain")),
    "avatar": MakeKind("Figure", "body", "assets/models"),
    "sound": MakeKind(
        "Sound", "sound", "assets/sounds", ("a high bright coin", "a deep engine", "soft rain", "a short dark click")
    ),
    "terrain": MakeKind("Terrain", "environment", "assets/terrains"),
    "city": MakeKind("City", "world", "assets/models"),
    "building": MakeKind("Building", "home", "assets/models"),
    "plant": MakeKind("Plant", "environment", "assets/models"),
    "sky": MakeKind("Sky", "environment", "assets/skies"),
    "world": MakeKind("World", "world", "worlds"),
    "script": MakeKind(
        "Script", "script", "mods",
        ("a lamp that follows the player at night", "the door opens when I press E", "ten coins to collect, with a score",
         "it snows at night"),
    ),
}
"""Kinds that Taixu knows, in the order in which they are offered; plugins may make others."""


def kind_named(makes: str) -> MakeKind:
    """The kind of what a generator makes."""
    return KINDS.get(makes) or MakeKind(makes.replace("_", " ").replace("-", " ").capitalize(), "generate", "assets/generated")
