"""Ways of settling: which styles of houses stand together, along which roads, around what; and zones of cities."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CULTURES", "ZONES", "ZONE_HOUSES", "Culture"]


@dataclass(frozen=True)
class Culture:
    """What a settlement is made of.

    Attributes
    ----------
    houses
        Styles with weights.
    landmarks
        Styles of which there is one each, near the middle; after ``@``, how far out as a share of the radius.
    by_water
        0 anywhere, 1 at the shore.
    main, side, out
        Classes of roads: through the middle, between, and outwards.
    square_m
        Edge of the market place; 0 has none.
    terrain
        Land that suits it.
    lamp
        What lights its streets.
    """

    name: str
    words: str
    houses: tuple[tuple[str, float], ...]
    landmarks: tuple[str, ...] = ()
    by_water: float = 0.15
    main: str = "village"
    side: str = "lane"
    out: str = "lane"
    square_m: float = 22.0
    terrain: str = "hills"
    lamp: str = "old"


CULTURES: dict[str, Culture] = {
    each.name: each
    for each in (
        Culture("fishing", "fishing fisher fishermen harbour harbor coast coastal seaside 渔村 渔港 海边 渔民",
                (("fisher_cottage", 1.0), ("shop_house", 0.12)), ("church@0.1", "lighthouse@0.8", "warehouse@0.5"), 1.0,
                terrain="coast"),
        Culture("medieval", "medieval old timber timbered fairytale german tudor 中世纪 古镇",
                (("half_timbered", 1.0), ("shop_house", 0.2)), ("church@0.05", "barn@0.8"), side="alley", terrain="hills"),
        Culture("farming", "farm farming rural country countryside farmers dutch 农村 乡村 田园",
                (("farmhouse", 1.0), ("fisher_cottage", 0.25), ("barn", 0.35)), ("church@0.1", "windmill@0.75", "barn@0.5"),
                main="lane", side="track",
                out="track", square_m=16.0, terrain="plains"),
        Culture("chinese", "chinese china hutong jiangnan 中国 中式 四合院 江南 水乡",
                (("chinese_courtyard", 1.0),), (), main="alley", side="alley", square_m=20.0, lamp="paper"),
        Culture("japanese", "japanese japan minka 日本 日式", (("japanese_house", 1.0),), (), main="alley", side="track",
            square_m=14.0, lamp="paper"),
        Culture("desert", "desert adobe oasis arab moroccan pueblo 沙漠 绿洲", (("desert_house", 1.0),), (), main="track",
            side="path", out="track",
                terrain="desert"),
        Culture("suburb", "suburb suburban modern american estate 郊区 别墅区", (("villa", 1.0),), ("shop_house@0.1",),
            main="street", side="street",
                out="street", square_m=0.0, lamp="modern"),
        Culture("town", "town market georgian victorian english 小镇 镇", (("townhouse", 0.7), ("shop_house", 0.5),
            ("half_timbered", 0.15)),
                ("church@0.1", "warehouse@0.8"), main="street", side="village", out="street", square_m=28.0),
    )
}  # fmt: skip

ZONES: dict[str, tuple[tuple[float, str], ...]] = {
    # how far from the middle, as a share of the way out, and what is built there
    "european": ((0.22, "boulevard"), (0.55, "rows"), (0.85, "mixed"), (9.0, "suburb")),
    "modern": ((0.32, "towers"), (0.62, "apartments"), (0.85, "mixed"), (9.0, "suburb")),
    "industrial": ((0.25, "rows"), (0.5, "mixed"), (0.8, "works"), (9.0, "rows")),
    "chinese": ((0.25, "towers"), (0.5, "hutong"), (9.0, "apartments")),
}
ZONE_HOUSES: dict[str, tuple[tuple[str, float], ...]] = {
    "boulevard": (("haussmann", 1.0), ("shop_house", 0.08)),
    "rows": (("townhouse", 1.0), ("shop_house", 0.3), ("haussmann", 0.1)),
    "mixed": (("apartment", 1.0), ("townhouse", 0.3), ("villa", 0.3)),
    "apartments": (("apartment", 1.0),),
    "towers": (("office_tower", 1.0), ("apartment", 0.25)),
    "works": (("warehouse", 1.0), ("apartment", 0.15)),
    "hutong": (("chinese_courtyard", 1.0),),
    "suburb": (("villa", 1.0),),
}
