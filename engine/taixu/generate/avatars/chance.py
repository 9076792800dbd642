"""People by chance: what words leave open is drawn so that it goes together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from taixu.errors import UsageError
from taixu.generate.avatars.spec import AvatarSpec, read_spec

if TYPE_CHECKING:
    import numpy as np

__all__ = ["STYLES", "chances", "clamped", "crowd", "drawn"]

_PEOPLE = ((1.0, 0.0, 0.0, 0.80, 0.09), (0.0, 1.0, 0.0, 0.26, 0.06), (0.0, 0.0, 1.0, 0.15, 0.06), (0.15, 0.3, 0.55, 0.50, 0.10),
           (0.1, 0.25, 0.65, 0.38, 0.08))  # fmt: skip
"""Ancestors (African, Asian, Caucasian), skin tone and its spread."""
_DARK_HAIR = ("#15110f", "#1d1512", "#2a1c14", "#33231a")
_HAIR = (*_DARK_HAIR, "#4a2f1c", "#5d3d24", "#7a5a36", "#a67c46", "#c9a05a", "#8f3a16")
_EYES = ("#3a2413", "#5b3a20", "#5b3a20", "#7a6236", "#5f8558", "#4f7fae", "#7f8c92")
_MEN = ("short", "crew cut", "side part", "slicked back", "quiff", "curtains", "shaggy", "buzz cut", "spiky", "curly", "balding")
_WOMEN = ("bob", "bob with fringe", "long straight", "long wavy", "shoulder length", "ponytail", "bun", "pixie", "braid", "curly",
          "high ponytail")  # fmt: skip
_MENS_BROWS, _WOMENS_BROWS = ("natural", "thick", "straight", "bushy", "angular"), ("natural", "thin", "arched", "straight")
_AFRICAN_HAIR = ("afro", "curly", "dreadlocks", "buzz cut", "crew cut", "twin braids")
_BEARDS = ("", "", "", "stubble", "short beard", "full beard", "goatee", "moustache")
_FACE = (
    "head_scale_horiz", "head_scale_vert", "head_fat", "chin_width", "chin_height", "chin_prominent", "cheek_bones",
    "cheek_volume", "nose_scale_horiz", "nose_scale_vert", "nose_hump", "nose_point_up", "nose_width2", "mouth_scale_horiz",
    "mouth_upperlip_volume", "mouth_lowerlip_volume", "eye_scale", "eye_trans_out", "eye_height2", "eye_corner2_up",
    "brow_angle_up", "brow_trans_up", "ear_scale", "ear_wing", "forehead_scale_vert", "head_angle_out",
)  # fmt: skip
STYLES: dict[str, dict[str, tuple[str, ...]]] = {
    "everyday": {"man": ("t-shirt and jeans", "shirt and chinos", "hoodie", "sweater", "leather jacket", "tracksuit",
                         "tank top and shorts"),
                 "woman": ("t-shirt and jeans", "dress", "blouse and skirt", "sweater", "hoodie", "shirt and chinos", "coat")},
    "formal": {"man": ("suit", "suit", "coat"), "woman": ("suit", "evening gown", "blouse and skirt")},
    "work": {"man": ("overalls", "apron", "lab coat", "uniform", "shirt and chinos"),
             "woman": ("overalls", "apron", "lab coat", "uniform", "blouse and skirt")},
    "harbour": {"man": ("pea coat", "sweater", "overalls", "coat"), "woman": ("sweater", "coat", "overalls", "dress")},
    "medieval": {"man": ("tunic", "robe", "armour"), "woman": ("tunic", "robe", "evening gown")},
    "sport": {"man": ("tracksuit", "tank top and shorts"), "woman": ("tracksuit", "tank top and shorts")},
}  # fmt: skip
"""What crowds wear."""
_SHOES = {
    "suit": "oxfords", "shirt and chinos": "loafers", "dress": "ballet flats", "evening gown": "ballet flats", "coat": "boots",
    "blouse and skirt": "loafers", "pea coat": "boots", "uniform": "tall boots", "robe": "slippers", "overalls": "work boots",
    "armour": "boots", "apron": "loafers", "lab coat": "loafers", "leather jacket": "boots", "tunic": "boots",
    "sweater": "boots", "swimwear": "", "hoodie": "high tops",
}  # fmt: skip
_CLOTH_COLORS = ("", "", "", "#8a2f34", "#2f4f7a", "#3f6650", "#6b4f7f", "#b08a4a", "#35383e", "#d8d2c4", "#7a3f2a", "#4f7a85")


def drawn(random: np.random.Generator, given: Mapping[str, Any], *, style: str = "everyday") -> AvatarSpec:
    """A person of whom some things are given, and the rest is drawn.

    Raises
    ------
    UsageError
        When something given is not as it should be, or there is no such style.
    """
    if style not in STYLES:
        raise UsageError(f"there is no style {style[:40]!r}; there are {', '.join(STYLES)}")

    def pick(values: tuple[str, ...]) -> str:
        return values[int(random.integers(len(values)))]

    # Everything is drawn in the same order, whatever is given, so that one choice leaves the others as they were.
    is_man = bool(random.uniform() < 0.5)
    masculinity = float(given.get("masculinity", random.uniform(0.82, 1.0) if is_man else random.uniform(0.0, 0.16)))
    is_man = masculinity > 0.5
    african, asian, caucasian, tone, spread = _PEOPLE[int(random.integers(len(_PEOPLE)))]
    african, asian, caucasian = (float(given.get(name, usual)) for name, usual in
                                 (("african", african), ("asian", asian), ("caucasian", caucasian)))  # fmt: skip
    if any(name in given for name in ("african", "asian", "caucasian")):
        total = max(african + asian + caucasian, 1e-6)
        tone = (0.80 * african + 0.26 * asian + 0.15 * caucasian) / total
    age = float(given.get("age_years", clamped(random.gamma(5.0, 8.0), 16.0, 88.0)))
    fair = caucasian / max(african + asian + caucasian, 1e-6)
    light, dark = pick(_HAIR), pick(_DARK_HAIR)
    hair = pick(_MEN) if is_man else pick(_WOMEN)
    other = pick(_AFRICAN_HAIR)
    hair = other if african > 0.6 else hair
    beard = pick(_BEARDS)
    outfit = pick(STYLES[style]["man" if is_man else "woman"])
    outfit = given.get("outfit", outfit)
    faces = random.normal(0.0, 0.20, len(_FACE))
    chosen: dict[str, Any] = {
        "masculinity": masculinity, "african": african, "asian": asian, "caucasian": caucasian, "age_years": age,
        "skin_tone": clamped(random.normal(tone, spread), 0.0, 1.0), "undertone": float(random.uniform(-0.5, 0.7)),
        "muscle": clamped(random.normal(0.55, 0.14), 0.1, 1.0), "weight": clamped(random.normal(0.5, 0.16), 0.1, 1.0),
        "height": clamped(random.normal(0.5, 0.15), 0.05, 0.95),
        "chest": clamped(random.normal(0.45, 0.15), 0.0, 1.0),
        "grey": clamped((age - 48.0) / 28.0 + random.normal(0.0, 0.15), 0.0, 1.0) if age > 42.0 else 0.0,
        "hair_color": light if fair > 0.8 else dark, "eye_color": pick(_EYES) if fair > 0.8 else pick(_EYES[:3]), "hair": hair,
        "beard": beard if is_man and age > 19.0 else "", "outfit": outfit, "shoes": _SHOES.get(outfit, "sneakers"),
        "freckles": float(max(0.0, random.normal(-0.1, 0.35))) if fair > 0.8 else 0.0, "flush": float(random.uniform(0.3, 0.7)),
        "color": pick(_CLOTH_COLORS), "color2": pick(_CLOTH_COLORS) if random.uniform() < 0.4 else "",
        "brows": pick(_MENS_BROWS if is_man else _WOMENS_BROWS),
        "lipstick": 0.0 if is_man or random.uniform() < 0.5 else float(random.uniform(0.2, 0.7)), "lashes": 0.35 if is_man else 0.7,
        "sliders": {name: clamped(value, -0.7, 0.7) for name, value in zip(_FACE, faces, strict=True)},
        "variation": int(random.integers(1 << 31)),
    }  # fmt: skip
    if age < 15.0:
        chosen |= {"beard": "", "lipstick": 0.0}
    sliders = {**chosen["sliders"], **given.get("sliders", {})}
    return read_spec({**chosen, **given, "sliders": sliders})


def crowd(n: int, seed: int = 0, style: str = "everyday") -> list[AvatarSpec]:
    """People who are unlike each other and dressed in one style; a longer crowd begins with the shorter one.

    Raises
    ------
    UsageError
        When there is no such style, or the number is none.
    """
    return [replace(drawn(random, {}, style=style), name=f"{style} {number + 1}") for number, random in enumerate(chances(n, seed))]


def chances(n: int, seed: int) -> list[np.random.Generator]:
    """Chance of its own for each of a crowd; the first of a longer crowd have the same.

    Raises
    ------
    UsageError
        When the number is none.
    """
    if not 0 <= n <= 100_000:
        raise UsageError(f"a crowd has from 0 to 100,000 people, not {n:,}")
    import numpy as np

    return [np.random.Generator(np.random.PCG64([seed & 0xFFFFFFFFFFFFFFFF, number])) for number in range(n)]


def clamped(value: float, low: float, high: float) -> float:
    """A number between two; what is none stays none."""
    return float(min(max(value, low), high))
