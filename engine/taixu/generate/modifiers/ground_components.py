"""Parameters of the modifiers that shape ground and sow."""

from __future__ import annotations

from taixu.ecs import F32, I32, AssetPath, Bool, Data, Text, Vec2, component, field

__all__ = ["BaseTerrain", "BiomePlants", "EndlessTerrain", "FlattenPath", "HeightBrush", "MaskBrush", "ScatterRule", "Wood"]

_STROKES = "A list of {points: [[x, z], ...], radius_m, amount, kind}."
_STYLES = ("alps", "hills", "desert", "islands", "canyon", "coast", "volcanic", "plains", "fjord")


@component("base_terrain")
class BaseTerrain:
    """Land of a style, shaped by rivers and frost: the first step of a stack whose ground has an end."""

    style: Text = field(default="hills", choices=_STYLES)
    relief_m: F32 = field(default=0.0, unit="m", minimum=0.0, maximum=4000.0, doc="From low to high; 0 is the style's.")
    erosion: F32 = field(default=1.0, minimum=0.0, maximum=3.0, doc="How much rivers and frost have worked.")
    roughness: F32 = field(default=1.0, minimum=0.0, maximum=4.0, doc="Of what is smaller than valleys.")
    lake: Bool = field(default=False)
    river: Bool = field(default=False)


@component("endless_terrain")
class EndlessTerrain:
    """Land as a function of place: hills, mountains, rivers, a sea and climates without an end."""

    relief_m: F32 = field(default=420.0, unit="m", minimum=0.0, maximum=4000.0, doc="How high mountains are.")
    hills_m: F32 = field(default=48.0, unit="m", minimum=0.0, maximum=600.0, doc="How high hills are.")
    mountains: F32 = field(default=0.4, minimum=0.0, maximum=1.0, doc="How much of the land they cover.")
    sea: F32 = field(default=0.3, minimum=0.0, maximum=1.0, doc="How much of the land it covers.")
    rivers: F32 = field(default=1.0, minimum=0.0, maximum=2.0, doc="How wide they are; 0 is none.")
    roughness: F32 = field(default=1.0, minimum=0.0, maximum=4.0, doc="Of what is smaller than hills.")
    temperature: F32 = field(default=13.0, unit="degC", minimum=-40.0, maximum=45.0, doc="At the sea, on average.")
    moisture: F32 = field(default=0.5, minimum=0.0, maximum=1.0)
    variety: F32 = field(default=1.0, minimum=0.0, maximum=2.0, doc="How much climates differ from land to land.")


@component("biome_plants")
class BiomePlants:
    """Plants by climate: trees, shrubs and grass of each biome."""

    models: Data = field(default={}, doc="A model by kind: oak, birch, pine, spruce, palm, dead, shrub, grass, dry_grass, rock.")
    density: F32 = field(default=1.0, minimum=0.0, maximum=4.0)
    keep_off: Text = field(default="road path lot", doc="Names of masks that it keeps off.")


@component("height_brush")
class HeightBrush:
    """Strokes that raise and lower the ground, level or smooth it."""

    strokes: Data = field(default=[], doc=_STROKES)


@component("mask_brush")
class MaskBrush:
    """Strokes that paint a mask, which other steps go by."""

    mask: Text = field(default="painted", doc="Its name.")
    strokes: Data = field(default=[], doc=_STROKES)


@component("flatten_path")
class FlattenPath:
    """Ground that follows a curve through points, level across, with shoulders that lead to what was there."""

    points: Data = field(default=[], doc="A list of [x, y, z] in the entity's frame.")
    width_m: F32 = field(default=6.0, unit="m", minimum=0.1, maximum=500.0)
    shoulder_m: F32 = field(default=8.0, unit="m", minimum=0.0, maximum=500.0, doc="On each side.")
    closed: Bool = field(default=False, doc="The last point leads to the first.")
    mask: Text = field(default="path", doc="Name of the mask that is 1 on it.")
    material: I32 = field(default=2, minimum=0, maximum=5, doc="Which of the ground's five lies on it; 0 leaves what is there.")


@component("scatter_rule")
class ScatterRule:
    """Equal things where the ground suits them, with a least distance between two."""

    model: AssetPath = field(default="", doc="What stands there; nodes called lod0, lod1 ... are its levels of detail.")
    spacing_m: F32 = field(default=5.0, unit="m", minimum=0.25, maximum=64.0)
    share: F32 = field(default=0.5, minimum=0.0, maximum=1.0, doc="Of the places that the distance leaves, how many are taken.")
    slope: Vec2 = field(default=(0.0, 0.8), minimum=0.0, doc="Least and greatest rise over run.")
    height_m: Vec2 = field(default=(-10000.0, 10000.0), unit="m", doc="Least and greatest.")
    mask: Text = field(default="", doc="Name of a mask that it grows on; empty is everywhere.")
    keep_off: Text = field(default="road path lot", doc="Names of masks that it keeps off.")
    cluster_m: F32 = field(default=0.0, unit="m", minimum=0.0, doc="How large its groves are; 0 is without.")
    cluster: F32 = field(default=0.5, minimum=0.0, maximum=1.0, doc="How much of the land groves cover.")
    scale: Vec2 = field(default=(0.8, 1.2), minimum=0.01, maximum=100.0, doc="Least and greatest size.")
    sink_m: F32 = field(default=0.05, unit="m", doc="How deep it stands in the ground, times its size.")
    fine_m: F32 = field(default=45.0, unit="m", minimum=0.0)
    coarse_m: F32 = field(default=130.0, unit="m", minimum=0.0)
    reach_m: F32 = field(default=1500.0, unit="m", minimum=0.0)
    cast_shadow: Bool = field(default=True)


@component("wood")
class Wood:
    """A wood within an outline: several kinds of plants, thinner towards its edge."""

    outline: Data = field(default=[], doc="A list of [x, z] in the entity's frame.")
    plants: Data = field(default=[], doc="A list of {model, share, scale}.")
    spacing_m: F32 = field(default=4.5, unit="m", minimum=0.5, maximum=64.0)
    edge_m: F32 = field(default=12.0, unit="m", minimum=0.0, maximum=500.0, doc="Within this of the outline it thins out.")
    slope: F32 = field(default=0.9, minimum=0.0, doc="Greatest rise over run.")
    keep_off: Text = field(default="road path lot", doc="Names of masks that it keeps off.")
    reach_m: F32 = field(default=2500.0, unit="m", minimum=0.0)
