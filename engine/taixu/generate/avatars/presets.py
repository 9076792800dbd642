"""People to begin with, by name."""

from __future__ import annotations

from typing import Any

__all__ = ["PRESETS"]

_WOMAN, _MAN = {"masculinity": 0.04}, {"masculinity": 0.96}
_A, _B, _C = ({"african": 1.0, "asian": 0.0, "caucasian": 0.0}, {"african": 0.0, "asian": 1.0, "caucasian": 0.0},
              {"african": 0.0, "asian": 0.0, "caucasian": 1.0})  # fmt: skip
_M: dict[str, float] = {"african": 0.15, "asian": 0.25, "caucasian": 0.6}

PRESETS: dict[str, dict[str, Any]] = {
    "mara": {**_WOMAN, **_C, "age_years": 27.0, "skin_tone": 0.14, "hair": "long wavy", "hair_color": "#5d3d24",
             "eye_color": "#5f8558",
             "outfit": "t-shirt and jeans", "shoes": "sneakers"},
    "tobias": {**_MAN, **_C, "age_years": 34.0, "skin_tone": 0.17, "hair": "side part", "hair_color": "#4a2f1c",
               "beard": "short beard",
               "outfit": "shirt and chinos", "shoes": "loafers"},
    "amara": {**_WOMAN, **_A, "age_years": 30.0, "skin_tone": 0.82, "hair": "afro", "outfit": "dress", "color": "#d9982b",
              "accessories": ("hoop earrings",)},
    "kofi": {**_MAN, **_A, "age_years": 41.0, "skin_tone": 0.88, "hair": "crew cut", "beard": "goatee", "outfit": "suit",
             "shoes": "oxfords"},
    "yuki": {**_WOMAN, **_B, "age_years": 22.0, "skin_tone": 0.16, "hair": "bob with fringe", "hair_color": "#15110f",
             "outfit": "hoodie",
             "color": "#d982a0", "shoes": "high tops"},
    "chen": {**_MAN, **_B, "age_years": 68.0, "skin_tone": 0.28, "hair": "top knot", "grey": 0.9, "beard": "sage's beard",
             "outfit": "robe",
             "color": "#35514c", "shoes": "slippers"},
    "priya": {**_WOMAN, **_M, "age_years": 36.0, "skin_tone": 0.55, "hair": "braid", "hair_color": "#15110f", "outfit": "lab coat",
              "shoes": "loafers", "accessories": ("square glasses",)},
    "diego": {**_MAN, **_M, "age_years": 29.0, "skin_tone": 0.44, "hair": "slicked back", "hair_color": "#1d1512", "stubble": 0.7,
              "outfit": "leather jacket", "shoes": "boots", "accessories": ("aviators",)},
    "old salt": {**_MAN, **_C, "age_years": 71.0, "skin_tone": 0.34, "flush": 0.8, "hair": "short", "hair_color": "#8f3a16",
                 "grey": 0.4,
                 "beard": "full beard", "outfit": "pea coat", "shoes": "boots", "accessories": ("sailor cap",)},
    "rosa": {**_WOMAN, **_M, "age_years": 58.0, "skin_tone": 0.36, "weight": 0.78, "hair": "bun", "grey": 0.5, "outfit": "apron",
             "shoes": "slippers"},
    "ingrid": {**_WOMAN, **_C, "age_years": 45.0, "skin_tone": 0.08, "hair": "shoulder length", "hair_color": "#c9a05a",
               "eye_color": "#4f7fae",
               "outfit": "coat", "shoes": "boots", "accessories": ("scarf",)},
    "sir gareth": {**_MAN, **_C, "age_years": 33.0, "muscle": 0.85, "height": 0.75, "hair": "shaggy", "hair_color": "#7a5a36",
                   "outfit": "armour", "shoes": "boots"},
    "lin": {**_WOMAN, **_B, "age_years": 33.0, "skin_tone": 0.2, "hair": "ponytail", "hair_color": "#15110f", "outfit": "uniform",
            "shoes": "tall boots"},
    "moses": {**_MAN, **_A, "age_years": 24.0, "skin_tone": 0.78, "hair": "dreadlocks", "outfit": "tank top and shorts",
              "muscle": 0.8,
              "shoes": "sneakers"},
    "fiona": {**_WOMAN, **_C, "age_years": 19.0, "skin_tone": 0.05, "freckles": 0.9, "hair": "curly", "hair_color": "#9a4a1c",
              "eye_color": "#5f8558", "outfit": "overalls", "shoes": "work boots"},
    "mister finch": {**_MAN, **_C, "age_years": 63.0, "weight": 0.3, "hair": "balding", "grey": 0.9, "beard": "moustache",
                     "outfit": "suit",
                     "color": "#5a4a36", "shoes": "oxfords", "accessories": ("round glasses",)},
    "nadia": {**_WOMAN, **_M, "age_years": 26.0, "skin_tone": 0.4, "hair": "princess cut", "hair_color": "#15110f",
              "outfit": "evening gown",
              "lipstick": 0.8, "lashes": 0.9, "accessories": ("pearl necklace",)},
    "bruno": {**_MAN, **_C, "age_years": 52.0, "weight": 0.9, "hair": "", "beard": "handlebar", "hair_color": "#2a1c14",
              "outfit": "apron",
              "accessories": ("chef's hat",)},
    "mei": {**_WOMAN, **_B, "age_years": 9.0, "skin_tone": 0.16, "hair": "pigtails", "hair_color": "#15110f",
            "outfit": "blouse and skirt",
            "shoes": "loafers"},
    "sam": {**_MAN, **_A, "age_years": 11.0, "skin_tone": 0.72, "hair": "curly", "outfit": "tracksuit", "shoes": "sneakers"},
}  # fmt: skip
"""Choices by name; what they leave open is drawn by the seed."""
