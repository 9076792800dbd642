"""Kinds of plants, and stones: how tall, how they branch, what leaves they have in which season."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from taixu.errors import TaixuError

__all__ = ["KINDS", "SEASONS", "Kind", "PlantSpec"]

SEASONS = ("spring", "summer", "autumn", "winter")
Color = tuple[float, float, float]


@dataclass(frozen=True)
class Kind:
    """A kind.

    Attributes
    ----------
    form
        "crown" (space colonisation), "whorls", "palm", "tuft" or "stone".
    height_m, width_m, trunk_m
        When grown.
    leaf
        Drawing in `pictures`; empty is none.
    leaves
        Colours by season, sRGB; an empty season is bare.
    card_m
        Length of a card of leaves.
    """

    form: str
    height_m: float
    width_m: float
    trunk_m: float = 0.0
    thickness_m: float = 0.2
    bark: str = "oak"
    bark_color: Color = (0.3, 0.25, 0.2)
    leaf: str = ""
    leaves: dict[str, tuple[Color, ...]] = field(default_factory=dict)
    card_m: float = 1.0
    density: float = 1.0
    gravity: float = 0.0
    words: str = ""


_GREEN = ((0.31, 0.44, 0.13), (0.40, 0.52, 0.17), (0.25, 0.38, 0.12))
_FRESH = ((0.38, 0.52, 0.16), (0.45, 0.58, 0.22), (0.33, 0.46, 0.15))
_RUST = ((0.62, 0.31, 0.08), (0.72, 0.42, 0.10), (0.50, 0.22, 0.07), (0.66, 0.50, 0.14))
_GOLD = ((0.80, 0.60, 0.12), (0.86, 0.69, 0.20), (0.70, 0.52, 0.12))
_PINE = ((0.25, 0.37, 0.17), (0.31, 0.43, 0.18), (0.20, 0.31, 0.15))
_SPRUCE = ((0.19, 0.31, 0.17), (0.24, 0.36, 0.19), (0.16, 0.26, 0.15))
_FROSTED = ((0.62, 0.68, 0.70), (0.30, 0.37, 0.31), (0.74, 0.78, 0.80))
_PALM = ((0.36, 0.49, 0.16), (0.45, 0.57, 0.20), (0.31, 0.43, 0.14))
_HAY = ((0.76, 0.66, 0.38), (0.68, 0.60, 0.33), (0.58, 0.54, 0.27))
_BLADE = ((0.36, 0.49, 0.16), (0.45, 0.57, 0.20), (0.53, 0.56, 0.25))


def _all(colors: tuple[Color, ...], **seasons: tuple[Color, ...]) -> dict[str, tuple[Color, ...]]:
    return {season: seasons.get(season, colors) for season in SEASONS}


KINDS: dict[str, Kind] = {
    "oak": Kind("crown", 12.0, 11.0, 3.0, 0.42, "oak", (0.29, 0.24, 0.19), "oak",
                _all(_GREEN, spring=_FRESH, autumn=_RUST, winter=()), card_m=1.35,
                words="oak oaks tree broadleaf deciduous 橡树 橡 栎 树 大树"),
    "birch": Kind("crown", 13.0, 5.2, 3.4, 0.2, "birch", (0.82, 0.81, 0.77), "birch",
                  _all(((0.42, 0.55, 0.19), (0.50, 0.60, 0.24), (0.35, 0.48, 0.17)), spring=_FRESH, autumn=_GOLD, winter=()),
                  card_m=1.1, density=0.85, gravity=-0.12, words="birch birches poplar aspen 桦树 白桦 桦 杨树"),
    "pine": Kind("whorls", 15.0, 6.2, 4.6, 0.3, "pine", (0.42, 0.27, 0.18), "needles", _all(_PINE, winter=_FROSTED), card_m=1.9,
                 words="pine pines fir conifer 松树 松"),
    "spruce": Kind("whorls", 17.0, 5.6, 1.0, 0.28, "pine", (0.30, 0.22, 0.17), "needles", _all(_SPRUCE, winter=_FROSTED),
                   card_m=1.75,
                   words="spruce spruces christmas evergreen 云杉 杉树 圣诞树 杉"),
    "palm": Kind("palm", 9.0, 6.5, 8.0, 0.17, "palm", (0.45, 0.38, 0.29), "frond", _all(_PALM), card_m=3.3,
                 words="palm palms coconut tropical 棕榈 椰子 椰树"),
    "dead": Kind("crown", 8.5, 6.5, 2.4, 0.26, "dead", (0.47, 0.44, 0.40), words="dead withered leafless 枯树 枯 死树"),
    "shrub": Kind("crown", 1.7, 2.1, 0.15, 0.035, "oak", (0.3, 0.24, 0.18), "shrub",
                  _all(_GREEN, spring=_FRESH, autumn=_RUST, winter=()), card_m=0.62,
                  words="shrub shrubs bush bushes hedge 灌木 灌木丛 矮树"),
    "grass": Kind("tuft", 0.55, 0.8, leaf="blades", leaves=_all(_BLADE, spring=_FRESH, autumn=_HAY, winter=_HAY), card_m=0.55,
                  words="grass tuft tufts weeds 草 草丛 野草"),
    "dry_grass": Kind("tuft", 0.6, 0.8, leaf="blades", leaves=_all(_HAY), card_m=0.6, words="hay straw steppe 干草 枯草"),
    "reeds": Kind("tuft", 1.5, 0.9, leaf="blades", leaves=_all(((0.36, 0.42, 0.16), (0.46, 0.44, 0.2)), autumn=_HAY, winter=_HAY),
                  card_m=1.5,
                  words="reed reeds rushes 芦苇"),
    "flowers": Kind("tuft", 0.5, 0.7, leaf="flowers",
                    leaves=_all(((0.93, 0.90, 0.86), (0.86, 0.68, 0.16), (0.68, 0.30, 0.52), *_BLADE[:2]), winter=()), card_m=0.5,
                    words="flower flowers blossom wildflowers daisies 花 野花 鲜花"),
    "rock": Kind("stone", 1.0, 1.3, words="rock rocks stone stones boulder boulders 岩石 石头 石 巨石"),
}  # fmt: skip


@dataclass(frozen=True)
class PlantSpec:
    """Parameters of a plant."""

    kind: str = field(default="oak", metadata={"doc": "What it is.", "choices": tuple(KINDS)})
    season: str = field(default="summer", metadata={"doc": "Of its leaves.", "choices": SEASONS})
    height_m: float = field(default=0.0, metadata={"doc": "0 is the kind's own.", "unit": "m", "minimum": 0.0, "maximum": 60.0})
    age: float = field(default=0.6, metadata={"doc": "0 a sapling, 1 old and gnarled.", "minimum": 0.0, "maximum": 1.0})
    fullness: float = field(default=1.0, metadata={"doc": "How many leaves.", "minimum": 0.0, "maximum": 2.0})
    texture_px: int = field(
        default=512, metadata={"doc": "Edge of the leaves' picture.", "unit": "px", "minimum": 64, "maximum": 1024}
    )

    def check(self) -> PlantSpec:
        """Itself, where it can be made.

        Raises
        ------
        TaixuError
            With what is wrong.
        """
        if self.kind not in KINDS:
            raise TaixuError(f"there is no plant {str(self.kind)[:40]!r}; there are {', '.join(KINDS)}")
        if self.season not in SEASONS:
            raise TaixuError(f"there is no season {str(self.season)[:40]!r}; there are {', '.join(SEASONS)}")
        return self


def colors_of(spec: PlantSpec) -> tuple[Any, ...]:
    """Leaves of the season; nothing where it is bare."""
    return KINDS[spec.kind].leaves.get(spec.season, ())
