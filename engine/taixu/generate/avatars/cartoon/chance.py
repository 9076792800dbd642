"""Cartoon characters by chance: what words leave open is drawn so that it goes together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from taixu.errors import UsageError
from taixu.generate.avatars.cartoon.presets import CARTOONS
from taixu.generate.avatars.cartoon.spec import CartoonSpec, read_cartoon
from taixu.generate.avatars.chance import chances, clamped

if TYPE_CHECKING:
    import numpy as np

__all__ = ["STYLES", "cartoon_crowd", "drawn_cartoon"]

_SKINS = ("#f9dcc0", "#f2c49b", "#e8b488", "#d99e6c", "#b97a4e", "#8f5a38", "#6b4128")
_HAIRS = ("#2b1d16", "#4a2f1c", "#7a4a26", "#b5562a", "#d9a04a", "#e8c46a", "#20242e", "#8f8a86", "#e87ab0", "#5f8ac4", "#7fb86a")
_EYES = ("#4a2f1c", "#6b3a12", "#3f6fae", "#4f9a5f", "#3f8ac4", "#8a5fd0", "#20242e")
_BRIGHT = ("#e8574a", "#f0b93a", "#3f7fc4", "#3f8a6a", "#a878d8", "#ef8fb0", "#4fb0a8", "#f4efe6", "#4b5563", "#d8874a", "#7fa8d8",
           "#c9506f")
_ANIMALS = ("cat", "bear", "rabbit", "fox", "frog", "penguin", "dragon", "pig", "dog", "duck")
_HAIR_OF = {"girl": ("bob", "long", "ponytail", "twin tails", "buns", "bun", "curly", "braids", "afro"),
            "boy": ("short", "bowl", "spiky", "swept", "curly", "afro", "mohawk", "tuft")}  # fmt: skip
_OUTFITS_OF = {"girl": ("dress", "t-shirt and shorts", "striped shirt", "hoodie", "sweater", "overalls", "kimono",
                        "vest and jeans"),
               "boy": ("t-shirt and shorts", "striped shirt", "hoodie", "sweater", "overalls", "vest and jeans",
                       "suit")}  # fmt: skip
_HATS = ("", "", "", "", "cap", "beanie", "straw hat", "flower", "bow")
_EXTRAS = ((), (), (), ("round glasses",), ("scarf",), ("backpack",), ("headphones",), ("square glasses",))
STYLES: dict[str, tuple[str, ...]] = {
    "cartoon": ("children", "children", "animals", "fantasy"), "cartoon children": ("children",), "cartoon animals": ("animals",),
    "cartoon fantasy": ("fantasy",),
}  # fmt: skip
"""Of which kinds of characters crowds are."""
_FANTASY = ("knight", "wizard", "robot", "astronaut", "pirate", "ninja", "princess", "chef", "alien", "ghost", "skeleton",
            "tree spirit", "snowman", "elf",
            "hero", "cowgirl", "fairy", "slime", "dragon")  # fmt: skip


def drawn_cartoon(random: np.random.Generator, given: Mapping[str, Any], *, style: str = "cartoon") -> CartoonSpec:
    """A character of whom some things are given, and the rest is drawn.

    Parameters
    ----------
    given
        Choices of a `CartoonSpec`; ``preset`` may name one of `CARTOONS` to begin with.

    Raises
    ------
    UsageError
        When something given is not as it should be, or there is no such style.
    """
    if style not in STYLES:
        raise UsageError(f"there is no style {style[:40]!r}; there are {', '.join(STYLES)}")
    given = dict(given)
    preset = str(given.pop("preset", "") or "")
    if preset and preset not in CARTOONS:
        raise UsageError(f"there is no cartoon {preset[:40]!r}; there are {', '.join(CARTOONS)}")

    def pick(values: tuple[Any, ...]) -> Any:
        return values[int(random.integers(len(values)))]

    # Everything is drawn in the same order, whatever is given, so that one choice leaves the others as they were.
    kind, animal, fantasy = pick(STYLES[style]), pick(_ANIMALS), pick(_FANTASY)
    who = "girl" if random.uniform() < 0.5 else "boy"
    skin, hair_color, eye_color = pick(_SKINS), pick(_HAIRS), pick(_EYES)
    hair, outfit = pick(_HAIR_OF[who]), pick(_OUTFITS_OF[who])
    color, color2, color3, accent = (pick(_BRIGHT) for _ in range(4))
    hat, extras, head, eyes = pick(_HATS), pick(_EXTRAS), pick(("round", "chubby", "chubby",
                                                                "heart")), pick(("shiny", "dots", "round", "big", "lashes"))
    mouth, brows, tint = pick(("smile", "smile", "grin", "small", "smirk")), pick(("soft", "soft", "thin",
                                                                                   "thick")), float(random.uniform(0.0, 0.22))
    width, limbs, head_size, eye_size = (clamped(random.normal(0.5, 0.13), 0.15, 0.85) for _ in range(4))
    height = float(random.uniform(0.92, 1.08))
    if preset or kind != "children":
        base = CARTOONS[preset or (animal if kind == "animals" else fantasy)]
        drawn: dict[str, Any] = dict(base)
        if not preset:
            from taixu.generate.avatars.cartoon.colors import mixed

            drawn["skin"] = mixed(base.get("skin", CartoonSpec.skin), color, tint)
            drawn["accent"] = base.get("accent", accent)
        for name, value in (("body_width", width), ("limb_length", limbs), ("head_size", head_size), ("eye_size", eye_size)):
            drawn[name] = clamped(base.get(name, 0.5) + 0.5 * (value - 0.5), 0.0, 1.0)
        drawn["height_m"] = height * float(base.get("height_m", 1.15))
    else:
        drawn = {
            "head": head, "skin": skin, "hair": hair, "hair_color": hair_color, "eye_color": eye_color,
            "eyes": eyes if who == "girl" or eyes != "lashes" else
            "shiny", "outfit": outfit, "color": color, "color2": color2, "color3": color3, "accent": accent,
            "hat": hat if who == "girl" or hat not in
            ("flower", "bow") else "", "accessories": extras, "mouth": mouth, "brows": brows, "body_width": width,
            "limb_length": limbs,
            "head_size": head_size, "eye_size": eye_size, "height_m": 1.15 * height,
        }  # fmt: skip
    return read_cartoon({**drawn, **given})


def cartoon_crowd(n: int, seed: int = 0, style: str = "cartoon") -> list[CartoonSpec]:
    """Characters who are unlike each other; a longer crowd begins with the shorter one.

    Raises
    ------
    UsageError
        When there is no such style, or the number is none.
    """
    each = enumerate(chances(n, seed))
    return [replace(drawn_cartoon(random, {}, style=style), name=f"{style} {number + 1}") for number, random in each]
