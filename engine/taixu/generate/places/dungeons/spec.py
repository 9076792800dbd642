"""What a dungeon is like."""

from __future__ import annotations

from dataclasses import dataclass, field

from taixu.errors import TaixuError

__all__ = ["STYLES", "DungeonSpec", "Style"]

Color = tuple[float, float, float]


@dataclass(frozen=True)
class Style:
    """Of what a dungeon is, and what stands in it.

    Attributes
    ----------
    floor, wall, ceiling, trim
        Surfaces of `props.surfaces`.
    lamp
        The prop that hangs on walls; empty where ceilings glow.
    wall_things, middle_things, corners
        Props along walls, in the middle of rooms, in corners.
    rooms
        How much rooms are preferred to corridors.
    """

    floor: str
    wall: str
    ceiling: str
    trim: str
    lamp: str
    wall_things: tuple[str, ...]
    middle_things: tuple[str, ...]
    corners: tuple[str, ...]
    rooms: float
    ambient: Color
    words: str


STYLES: dict[str, Style] = {
    "crypt": Style("flagstones", "masonry", "vault", "stone", "wall_torch", ("sarcophagus", "statue", "altar"),
        ("sarcophagus", "pillar", "pillar", "brazier"),
                   ("amphora", "amphora", "gravestone"), 1.0, (0.5, 0.6, 0.8),
                   "crypt tomb catacomb catacombs mausoleum dungeon 墓穴 地下墓穴 古墓 地牢 迷宫"),
    "mine": Style("earth", "rock", "rock", "old wood", "wall_torch", ("crate", "barrel", "woodpile"),
        ("mine_cart", "mine_cart", "crate", "brazier"),
                  ("barrel", "sack", "bucket", "wheelbarrow"), 0.55, (0.8, 0.65, 0.5),
                  "mine mines shaft tunnel tunnels cave 矿井 矿山 矿洞 洞穴"),
    "cellar": Style("brick floor", "brick", "vault", "dark wood", "wall_torch", ("wine_rack", "shelf", "wine_rack"),
        ("barrel", "table", "pillar", "crate"),
                    ("barrel", "crate", "sack", "chest"), 0.9, (0.8, 0.7, 0.55),
                    "cellar castle basement vault prison 地窖 酒窖 城堡 地下室"),
    "temple": Style("temple floor", "temple wall", "temple vault", "pale stone", "brazier", ("statue", "altar", "amphora"),
        ("pillar", "pillar", "statue", "brazier"),
                    ("amphora", "brazier", "chest"), 1.6, (0.9, 0.8, 0.6),
                    "temple shrine sanctuary pyramid ruin ruins 神庙 寺庙 神殿 金字塔 遗迹"),
    "base": Style("panel floor", "hull wall", "panel floor", "steel", "", ("console", "locker", "console"),
        ("capsule", "console", "crate", "table"),
                  ("capsule", "locker", "crate"), 1.0, (0.6, 0.8, 1.0),
                  "sci-fi scifi base station spaceship space lab laboratory bunker futuristic 科幻 基地 空间站 飞船 实验室"),
}  # fmt: skip
"""By name."""


@dataclass(frozen=True)
class DungeonSpec:
    """A dungeon's parameters."""

    style: str = field(default="crypt", metadata={"doc": "Of what kind.", "choices": tuple(STYLES)})
    width: int = field(default=9, metadata={"doc": "Cells of 4 m along x.", "minimum": 4, "maximum": 24})
    depth: int = field(default=9, metadata={"doc": "Cells of 4 m along z.", "minimum": 4, "maximum": 24})
    levels: int = field(default=2, metadata={"doc": "One above the other.", "minimum": 1, "maximum": 5})
    openness: float = field(default=0.6, metadata={"doc": "How much is hollow.", "minimum": 0.1, "maximum": 1.0})
    flooded: float = field(
        default=0.0, metadata={"doc": "Depth of water on the lowest level.", "unit": "m", "minimum": 0.0, "maximum": 1.2}
    )
    texture_px: int = field(default=256, metadata={"doc": "Edge of pictures.", "unit": "px", "minimum": 32, "maximum": 1024})

    def check(self) -> DungeonSpec:
        """This, looked at.

        Raises
        ------
        TaixuError
            Where it cannot be made.
        """
        if self.style not in STYLES:
            raise TaixuError(f"there is no dungeon of the style {self.style[:40]!r}; there are {', '.join(STYLES)}")
        if not (4 <= self.width <= 24 and 4 <= self.depth <= 24 and 1 <= self.levels <= 5):
            raise TaixuError("a dungeon has 4 to 24 cells along each side and 1 to 5 levels")
        if not (0.1 <= self.openness <= 1.0 and 0.0 <= self.flooded <= 1.2 and 32 <= self.texture_px <= 1024):
            raise TaixuError("openness lies between 0.1 and 1, water is at most 1.2 m deep, pictures have 32 to 1,024 pixels")
        return self
