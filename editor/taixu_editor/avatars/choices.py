"""What can be chosen of an avatar, tab by tab: fields of its specification, kinds of parts, and groups of sliders."""

from __future__ import annotations

__all__ = ["COLORS", "EYES", "KINDS", "MANY", "MOODS", "PARTS", "TABS", "VISEMES", "fields_of_tab", "group_of", "tab_of_slider"]

KINDS = ("human", "cartoon")
TABS = ("body", "face", "hair", "outfit", "accessories", "colors", "moods")
MANY = "accessories"
"""The one field that takes several parts."""
MOODS = ("happy", "angry", "sad", "relaxed", "surprised")
VISEMES = ("aa", "ih", "ou", "ee", "oh")
EYES = ("blink", "blinkLeft", "blinkRight", "lookUp", "lookDown", "lookLeft", "lookRight")
"""Expressions of VRM 1.0."""

_FIELDS: dict[str, dict[str, tuple[str, ...]]] = {
    "human": {
        "body": ("masculinity", "age_years", "height", "weight", "muscle", "proportions", "chest", "firmness", "african", "asian",
                 "caucasian"),
        "face": ("asymmetry", "wrinkles", "lashes"),
        "hair": ("hair", "hair_color", "grey", "beard", "beard_color", "stubble", "brows"),
        "outfit": ("outfit", "color", "color2", "color3", "shoes", "shoe_color"),
        "accessories": ("accessories", "held"),
        "colors": ("skin_tone", "undertone", "flush", "freckles", "eye_color", "lipstick", "lipstick_color", "eye_shadow",
                   "eye_shadow_color"),
    },
    "cartoon": {
        "body": ("height_m", "head_size", "body_width", "limb_length", "body", "hands", "tail"),
        "face": ("eye_size", "eye_space", "head", "eyes", "brows", "mouth", "nose", "ears"),
        "hair": ("hair", "hair_color"),
        "outfit": ("outfit", "color", "color2", "color3"),
        "accessories": ("hat", "hat_color", "accessories", "accent"),
        "colors": ("skin", "skin2", "eye_color", "nose_color", "blush", "outline"),
    },
}  # fmt: skip
PARTS: dict[str, tuple[str, ...]] = {
    "human": ("hair", "beard", "brows", "outfit", "shoes", "accessories", "held"),
    "cartoon": ("body", "hands", "tail", "head", "eyes", "brows", "mouth", "nose", "ears", "hair", "outfit", "hat", "accessories"),
}
"""Fields that name parts."""
COLORS = frozenset({"skin", "skin2", "color", "color2", "color3", "accent"})
"""Fields that are colours, beside those whose names end so."""
_BODY = ("neck", "torso", "hip", "belly", "seat", "upperarm", "lowerarm", "hand", "upperleg", "lowerleg", "foot")


def fields_of_tab(kind: str, tab: str) -> tuple[str, ...]:
    """Names of what is chosen in a tab."""
    return _FIELDS[kind].get(tab, ())


def group_of(slider: str) -> str:
    """The part of the body that a slider of people moves: ``nose`` of ``nose_hump``."""
    return slider.partition("_")[0]


def tab_of_slider(slider: str) -> str:
    """Where it stands."""
    return "body" if group_of(slider) in _BODY else "face"
