"""All props by name: words, what bodies meet, and how each is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

import numpy as np

from taixu.assets.model import ModelData
from taixu.errors import TaixuError
from taixu.generate.places.props import harbour, household, town, vaults, village
from taixu.generate.places.props.bench import Bench

__all__ = ["PROPS", "Prop", "PropSpec", "prop_model", "put_together"]

Lamp = tuple[tuple[float, float, float], tuple[float, float, float], float, float]


@dataclass(frozen=True)
class Prop:
    """A kind of things.

    Attributes
    ----------
    make
        Puts it together; feet at a height of 0, its front towards +z.
    words
        That name it, English and Chinese.
    collider
        "box" (its bounds), "hull", "mesh", or "" where bodies pass.
    """

    make: Callable[[Bench], None]
    words: str
    collider: str = "box"


def _kind(make: Callable[[Bench], None], words: str, collider: str = "box") -> Prop:
    return Prop(make, words, collider)


PROPS: dict[str, Prop] = {
    "barrel": _kind(household.barrel, "barrel cask keg 桶 木桶"),
    "crate": _kind(household.crate, "crate box 木箱 箱子"),
    "sack": _kind(household.sack, "sack bag 麻袋 袋子"),
    "bucket": _kind(household.bucket, "bucket pail 水桶"),
    "flower_pot": _kind(household.flower_pot, "flower-pot flowerpot pot 花盆"),
    "table": _kind(household.table, "table desk 桌子"),
    "chair": _kind(household.chair, "chair 椅子"),
    "stool": _kind(household.stool, "stool 凳子"),
    "bed": _kind(household.bed, "bed 床"),
    "stove": _kind(household.stove, "stove oven 炉子 火炉"),
    "shelf": _kind(household.shelf, "shelf bookcase bookshelf 书架 架子"),
    "lantern": _kind(household.lantern, "lantern 灯笼 提灯", ""),
    "chest": _kind(household.chest, "chest treasure 宝箱"),
    "bench": _kind(village.bench, "bench seat 长椅 长凳"),
    "lamp_post": _kind(village.lamp_post, "lamp-post lamppost lamp 路灯 灯柱", "hull"),
    "well": _kind(village.well, "well 水井 井", "hull"),
    "cart": _kind(village.cart, "cart wagon 马车 大车"),
    "wheelbarrow": _kind(village.wheelbarrow, "wheelbarrow barrow 独轮车 手推车"),
    "fence": _kind(village.fence, "fence pickets 栅栏 篱笆"),
    "gate": _kind(village.gate, "gate 大门 栅门"),
    "stone_wall": _kind(village.stone_wall, "stone-wall wall 石墙"),
    "signpost": _kind(village.signpost, "signpost 路标", "hull"),
    "bridge_rail": _kind(village.bridge_rail, "bridge-rail railing balustrade 桥栏 栏杆"),
    "fountain": _kind(village.fountain, "fountain 喷泉", "hull"),
    "market_stall": _kind(village.market_stall, "market-stall stall market 摊位 货摊"),
    "haystack": _kind(village.haystack, "haystack hay 干草堆 草垛", "hull"),
    "ladder": _kind(village.ladder, "ladder 梯子", "hull"),
    "trough": _kind(village.trough, "trough 水槽"),
    "beehive": _kind(village.beehive, "beehive hive 蜂箱"),
    "scarecrow": _kind(village.scarecrow, "scarecrow 稻草人", "hull"),
    "woodpile": _kind(village.woodpile, "woodpile logs firewood 柴堆"),
    "campfire": _kind(village.campfire, "campfire fire bonfire 篝火 营火", "hull"),
    "tent": _kind(village.tent, "tent 帐篷", "mesh"),
    "torch": _kind(village.torch, "torch 火把", ""),
    "gravestone": _kind(village.gravestone, "gravestone tombstone grave 墓碑"),
    "stone_lantern": _kind(village.stone_lantern, "stone-lantern toro 石灯 石灯笼"),
    "paper_lantern": _kind(village.paper_lantern, "paper-lantern red-lantern 红灯笼 纸灯笼", "hull"),
    "paifang": _kind(village.paifang, "paifang torii archway 牌坊 牌楼", "mesh"),
    "rowboat": _kind(harbour.rowboat, "rowboat boat dinghy 小船 划艇", "hull"),
    "sailboat": _kind(harbour.sailboat, "sailboat ship fishing-boat 帆船 渔船", "hull"),
    "sampan": _kind(harbour.sampan, "sampan junk 舢板 乌篷船", "hull"),
    "net_rack": _kind(harbour.net_rack, "net-rack net nets 渔网"),
    "fish_rack": _kind(harbour.fish_rack, "fish-rack fish 晒鱼架 鱼"),
    "buoy": _kind(harbour.buoy, "buoy 浮标", "hull"),
    "lobster_pot": _kind(harbour.lobster_pot, "lobster-pot lobster trap 龙虾笼"),
    "anchor": _kind(harbour.anchor, "anchor 锚 船锚", "hull"),
    "bollard": _kind(harbour.bollard, "bollard 系船柱"),
    "jetty": _kind(harbour.jetty, "jetty pier dock 码头 栈桥", "mesh"),
    "crane": _kind(harbour.crane, "crane 起重机 吊车", "mesh"),
    "parasol": _kind(harbour.parasol, "parasol umbrella 阳伞", ""),
    "sun_lounger": _kind(harbour.sun_lounger, "sun-lounger lounger deckchair 躺椅"),
    "cannon": _kind(harbour.cannon, "cannon 大炮 火炮"),
    "mailbox": _kind(town.mailbox, "mailbox postbox letterbox 邮箱 邮筒"),
    "bin": _kind(town.bin, "bin trash litter 垃圾桶"),
    "street_lamp": _kind(town.street_lamp, "street-lamp streetlight streetlamp 街灯", ""),
    "bicycle_rack": _kind(town.bicycle_rack, "bicycle-rack bike-rack 自行车架"),
    "bicycle": _kind(town.bicycle, "bicycle bike 自行车"),
    "hydrant": _kind(town.hydrant, "hydrant 消防栓"),
    "street_sign": _kind(town.street_sign, "street-sign sign 路牌 交通标志", "hull"),
    "traffic_light": _kind(town.traffic_light, "traffic-light 红绿灯", "hull"),
    "bus_stop": _kind(town.bus_stop, "bus-stop shelter 公交站", "mesh"),
    "picnic_table": _kind(town.picnic_table, "picnic-table picnic 野餐桌"),
    "planter": _kind(town.planter, "planter 花坛"),
    "pallet": _kind(town.pallet, "pallet 托盘"),
    "container": _kind(town.container, "container 集装箱"),
    "car": _kind(town.car, "car automobile 汽车 轿车"),
    "sarcophagus": _kind(vaults.sarcophagus, "sarcophagus coffin tomb 石棺 棺材"),
    "pillar": _kind(vaults.pillar, "pillar column 柱子 石柱"),
    "brazier": _kind(vaults.brazier, "brazier 火盆", "hull"),
    "wall_torch": _kind(vaults.wall_torch, "wall-torch sconce 壁灯", ""),
    "altar": _kind(vaults.altar, "altar 祭坛"),
    "statue": _kind(vaults.statue, "statue 雕像", "hull"),
    "amphora": _kind(vaults.amphora, "amphora jar urn vase 陶罐 罐子", "hull"),
    "mine_cart": _kind(vaults.mine_cart, "mine-cart minecart 矿车"),
    "wine_rack": _kind(vaults.wine_rack, "wine-rack wine 酒架 酒桶"),
    "console": _kind(vaults.console, "console terminal computer 控制台 电脑"),
    "locker": _kind(vaults.locker, "locker cabinet 储物柜"),
    "capsule": _kind(vaults.capsule, "capsule tank 舱 培养舱", "hull"),
}
"""By name."""


@dataclass(frozen=True)
class PropSpec:
    """A prop's parameters."""

    kind: str = field(default="barrel", metadata={"doc": "What it is.", "choices": tuple(PROPS)})
    scale: float = field(default=1.0, metadata={"doc": "Size against the usual one.", "minimum": 0.1, "maximum": 10.0})
    texture_px: int = field(default=128, metadata={"doc": "Edge of its pictures.", "unit": "px", "minimum": 32, "maximum": 1024})

    def check(self) -> PropSpec:
        """This, looked at.

        Raises
        ------
        TaixuError
            Where it cannot be made.
        """
        if self.kind not in PROPS:
            near = get_close_matches(self.kind[:40], PROPS, n=1)
            raise TaixuError(f"there is no prop {self.kind[:40]!r}; " + (f"did you mean {near[0]!r}?" if near
                else f"there are {', '.join(PROPS)}"))
        if not (np.isfinite(self.scale) and 0.1 <= self.scale <= 10) or not 32 <= self.texture_px <= 1024:
            raise TaixuError("a prop's scale lies between 0.1 and 10, its pictures between 32 and 1,024 pixels")
        return self


def put_together(kind: str, seed: int) -> Bench:
    """A prop's solids and lamps."""
    bench = Bench(seed)
    PROPS[kind].make(bench)
    return bench


def prop_model(spec: PropSpec, seed: int) -> tuple[ModelData, list[Lamp]]:
    """A prop, and where it shines: offset in metres, colour, candela, range in metres.

    Raises
    ------
    TaixuError
        Where there is no such prop.
    """
    spec = spec.check()
    bench = put_together(spec.kind, seed)
    model = bench.model(spec.kind, texture_px=spec.texture_px)
    if spec.scale != 1.0:
        model.nodes[0].scale = np.full(3, spec.scale, np.float32)
    lamps: list[Lamp] = [
        ((x * spec.scale, y * spec.scale, z * spec.scale), color, candela, reach) for (x, y, z), color, candela,
        reach in bench.lamps
    ]
    return model, lamps


def bounds_of(model: ModelData) -> Any:
    """Least and greatest corner of what is drawn, float64[2, 3]."""
    boxes = np.array([part.bounds() for mesh in model.meshes[:1] for part in mesh.primitives], float)
    return np.stack([boxes[:, 0].min(0), boxes[:, 1].max(0)])
