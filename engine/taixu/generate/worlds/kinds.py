"""Kinds of worlds: on what land, laid out how, built of what, and what stands about."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

__all__ = ["KINDS", "Kind"]


@dataclass(frozen=True)
class Kind:
    """A kind of worlds.

    Attributes
    ----------
    words
        That name it, English and Chinese.
    land
        Style of terrain, and parameters of it.
    layout
        "street", "quay", "grid", "walled", "farm", "canal", "scattered", "beach", "oasis", or "blocks" of a city.
    houses
        Styles of buildings, with how often.
    landmarks
        Styles of which there is one each, the first nearest to the square.
    main, side
        Classes of roads: through the middle, and all others.
    count
        Of houses.
    beside, square, yard
        Props along streets, on the square, and beside houses.
    lamp, lamp_m
        The prop that lights streets, and how far apart.
    people, clothes
        How many, and what they wear.
    rocks
        Large stones to put around.
    trees
        Of the usual density inside.
    is_park
        Whether its square is a green one.
    """

    words: str
    land: str
    layout: str
    houses: dict[str, float]
    terrain: dict[str, Any] = field(default_factory=dict)
    landmarks: tuple[str, ...] = ()
    main: str = "village"
    side: str = "alley"
    count: int = 18
    beside: tuple[str, ...] = ()
    square: tuple[str, ...] = ()
    yard: tuple[str, ...] = ()
    lamp: str = "lamp_post"
    lamp_m: float = 18.0
    people: int = 12
    clothes: str = "everyday"
    rocks: int = 0
    stone: str = "grey"
    trees: float = 0.25
    is_park: bool = False
    title: str = ""


_OLD_YARD = ("barrel", "crate", "woodpile", "flower_pot", "bucket", "bench", "sack")
KINDS: dict[str, Kind] = {
    "fishing village": Kind(
        "fishing fisherman fishermen village coast seaside 渔村 渔港", "coast", "quay", {"fisher_cottage": 5.0, "shop_house": 0.5},
        landmarks=("church", "lighthouse"), count=18, beside=("lobster_pot", "barrel", "net_rack", "crate", "anchor"),
        square=("well", "market_stall", "fish_rack", "bench"),
        yard=("lobster_pot", "barrel", "rowboat", "net_rack", "bench", "flower_pot"), clothes="harbour", rocks=26,
        title="a fishing village",
    ),
    "alpine village": Kind(
        "alpine alps mountain mountains village chalet chalets swiss 山村 阿尔卑斯 高山 山", "alps", "street",
        {"chalet": 5.0, "shop_house": 0.4}, landmarks=("church",), side="lane", count=16,
        terrain={"forest": 0.7, "size_m": 896.0, "relief_m": 330.0}, beside=("woodpile", "bench", "flower_pot", "trough"),
        square=("fountain", "bench"),
        yard=("woodpile", "bench", "flower_pot", "ladder", "barrel"), rocks=14, title="an alpine village",
    ),
    "desert oasis": Kind(
        "desert oasis town sahara arab 沙漠 绿洲", "desert", "oasis", {"desert_house": 5.0},
        terrain={"lake": True, "plants": 1.4}, main="sand way", side="sand path",
        count=22, beside=("amphora", "sack", "market_stall", "crate"), square=("well", "market_stall", "market_stall", "amphora"),
        yard=("amphora", "sack", "barrel", "crate", "cart"), lamp="torch", clothes="medieval", rocks=10, stone="sandstone",
        trees=0.7,
        title="a desert oasis town",
    ),
    "castle town": Kind(
        "castle medieval town knight knights fortress kingdom 城堡 中世纪 骑士 古城", "hills", "walled",
        {"half_timbered": 4.0, "shop_house": 1.0}, landmarks=("church",), count=26,
        beside=("barrel", "crate", "cart", "market_stall", "sack"),
        square=("well", "market_stall", "market_stall", "statue", "cart"),
        yard=_OLD_YARD, lamp="torch", lamp_m=15.0, clothes="medieval", rocks=8, people=14, title="a medieval castle town",
    ),
    "suburb": Kind(
        "suburb suburban modern neighborhood neighbourhood residential houses 郊区 住宅区 小区", "plains", "grid",
        {"villa": 5.0},
        main="street", side="street", count=24, terrain={"forest": 0.3},
        beside=("mailbox", "hydrant", "bin", "car", "car", "street_sign"), square=("bench", "picnic_table", "bus_stop", "planter"),
        yard=("car", "picnic_table", "planter", "bicycle", "bin"), lamp="street_lamp", lamp_m=24.0, trees=0.5, is_park=True,
        title="a modern suburb",
    ),
    "farm land": Kind(
        "farm farms farmland countryside rural barn barns 农场 农庄 农村 田园", "plains", "farm", {"farmhouse": 2.0, "barn": 2.0},
        landmarks=("windmill",), main="lane", side="track",
        count=7, terrain={"forest": 0.35}, beside=("cart", "haystack", "trough", "signpost"),
        square=("well", "cart", "trough", "woodpile"), yard=("haystack", "wheelbarrow", "beehive", "barrel", "trough", "scarecrow"),
        lamp="torch", people=7, clothes="work", rocks=4, title="farm land",
    ),
    "harbour": Kind(
        "harbour harbor port docks dock shipyard quay 港口 海港 码头 港湾", "coast", "quay",
        {"warehouse": 2.0, "townhouse": 2.0, "shop_house": 1.0},
        landmarks=("lighthouse",), main="street", side="village",
        count=16, beside=("crate", "container", "pallet", "barrel", "bollard", "anchor"),
        square=("crane", "container", "container", "crate"),
        yard=("container", "crate", "pallet", "barrel"), lamp="street_lamp", lamp_m=22.0, clothes="harbour", people=14, rocks=10,
        title="a harbour",
    ),
    "forest hamlet": Kind(
        "forest hamlet woods woodland cabin cabins elf 森林 林中 小屋", "hills", "scattered",
        {"log_cabin": 4.0}, main="track", side="path",
        count=9,
        terrain={"forest": 0.95, "plants": 1.5}, beside=("woodpile", "signpost", "cart", "barrel"),
        square=("campfire", "well", "bench", "woodpile"),
        yard=("woodpile", "barrel", "bucket", "ladder", "beehive", "bench"), lamp="torch", lamp_m=16.0, clothes="medieval",
        people=8, rocks=16,
        trees=0.45, title="a forest hamlet",
    ),
    "water town": Kind(
        "chinese china water town canal canals jiangnan 水乡 江南 古镇 中国 运河", "plains", "canal",
        {"jiangnan_house": 5.0}, landmarks=("chinese_courtyard",), main="alley",
        count=26, terrain={"forest": 0.3}, beside=("paper_lantern", "flower_pot", "amphora", "stool", "barrel"),
        square=("paifang", "stone_lantern", "market_stall", "stone_lantern"),
        yard=("flower_pot", "barrel", "bench", "amphora", "stone_lantern"),
        lamp="paper_lantern", lamp_m=13.0, clothes="everyday", people=14, trees=0.3, title="a Chinese water town",
    ),
    "island beach": Kind(
        "island beach tropical holiday resort palm lagoon 海岛 海滩 沙滩 热带 度假", "islands", "beach", {"beach_hut": 4.0},
        main="sand way", side="sand path", count=9,
        terrain={"plants": 1.2}, beside=("torch",), square=("campfire", "picnic_table", "rowboat", "bench"),
        yard=("rowboat", "barrel", "sun_lounger", "bench"),
        lamp="torch", lamp_m=14.0, people=9, rocks=10, trees=0.35, title="an island beach",
    ),
    "city district": Kind(
        "city district downtown urban metropolis skyscraper skyscrapers street 城市 市区 都市 街区 大楼", "plains", "blocks",
        {"apartment": 1.0}, main="street", side="street", count=26, terrain={"forest": 0.1, "plants": 0.5},
        beside=("bin", "car", "car", "planter", "hydrant", "mailbox", "bicycle_rack", "bench"),
        square=("fountain", "bench", "planter", "bus_stop"),
        yard=("bin", "planter", "bicycle_rack", "bench"), lamp="street_lamp", lamp_m=20.0, people=18, trees=0.6,
        title="a city district",
    ),
    "dungeon": Kind("dungeon crypt catacomb catacombs underground 地牢 地下城 墓穴", "", "dungeon", {}, people=0,
        title="a dungeon"),
}  # fmt: skip
"""By name."""
