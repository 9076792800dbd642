"""The components that everybody shares: where things are, what they are called, what is seen and lit."""

from __future__ import annotations

from math import pi

from taixu.ecs import (
    F32,
    I32,
    U32,
    AssetPath,
    Bool,
    Color3,
    EntityRef,
    I32x3,
    Quat,
    Text,
    Vec2,
    Vec3,
    Vec4,
    component,
    field,
)

__all__ = [
    "CELL_M",
    "SHARED_COMPONENTS",
    "Camera",
    "Environment",
    "FromModel",
    "Light",
    "Material",
    "MeshInstance",
    "Model",
    "Name",
    "Parent",
    "Shape",
    "Transform",
    "Visibility",
]

CELL_M = 1024.0
"""Edge of the cells in which roots are placed, in metres: a float32 offset in one is exact to 0.06 mm."""


@component("transform")
class Transform:
    """Where an entity is: within its parent, or, for a root, in the world."""

    translation: Vec3 = field(default=(0.0, 0.0, 0.0), unit="m", doc="Offset in the cell, or from the parent.")
    rotation: Quat = field(default=(0.0, 0.0, 0.0, 1.0), doc="Unit quaternion x, y, z, w.")
    scale: Vec3 = field(default=(1.0, 1.0, 1.0))
    cell: I32x3 = field(default=(0, 0, 0), doc="Cell of 1,024 m that a root lies in; of no meaning in children.")


@component("parent")
class Parent:
    """Makes an entity move with another."""

    entity: EntityRef = field(default=0)


@component("name")
class Name:
    """What people call an entity. Need not be unique."""

    text: Text = field(default="")


@component("visibility")
class Visibility:
    """Hides an entity and all below it."""

    visible: Bool = field(default=True)


@component("model")
class Model:
    """A model file, whose nodes appear below the entity."""

    source: AssetPath = field(default="", doc="glTF, VRM, OBJ, URDF and whatever else an importer reads.")
    variant: Text = field(default="", doc="A material variant by name.")
    cast_shadow: Bool = field(default=True)


@component("shape")
class Shape:
    """A simple body to look at, made by size."""

    kind: Text = field(default="box", choices=("box", "sphere", "cylinder", "capsule", "cone", "plane", "torus"))
    size: Vec3 = field(default=(1.0, 1.0, 1.0), unit="m", doc="Extent along x, y and z.")
    bevel_m: F32 = field(default=0.0, unit="m", minimum=0.0, doc="Radius of a box's or a cylinder's rounded edges.")
    cast_shadow: Bool = field(default=True)


@component("material")
class Material:
    """How a shape's surface looks: metallic-roughness, as in glTF."""

    base_color: Vec4 = field(default=(0.8, 0.8, 0.8, 1.0), doc="Linear, with alpha.", minimum=0.0, maximum=1.0)
    metallic: F32 = field(default=0.0, minimum=0.0, maximum=1.0)
    roughness: F32 = field(default=0.6, minimum=0.0, maximum=1.0)
    emissive: Color3 = field(default=(0.0, 0.0, 0.0), minimum=0.0)
    emissive_strength: F32 = field(default=1.0, minimum=0.0)
    base_color_texture: AssetPath = field(default="")
    normal_texture: AssetPath = field(default="")
    metallic_roughness_texture: AssetPath = field(default="", doc="Roughness in green, metallic in blue.")
    emissive_texture: AssetPath = field(default="")
    occlusion_texture: AssetPath = field(default="")
    texture_scale: Vec2 = field(default=(1.0, 1.0), doc="Repeats over the shape's texture coordinates.")
    alpha_mode: Text = field(default="opaque", choices=("opaque", "mask", "blend"))
    alpha_cutoff: F32 = field(default=0.5, minimum=0.0, maximum=1.0)
    double_sided: Bool = field(default=False)
    unlit: Bool = field(default=False)


@component("camera")
class Camera:
    """A camera that looks along the entity's -Z."""

    fov_y_rad: F32 = field(default=pi / 4, unit="rad", minimum=0.01, maximum=3.1)
    near_m: F32 = field(default=0.05, unit="m", minimum=1e-4)
    far_m: F32 = field(default=0.0, unit="m", minimum=0.0, doc="0 reaches to infinity.")
    height_m: F32 = field(default=0.0, unit="m", minimum=0.0, doc="Above 0 the projection is parallel, this high.")
    priority: I32 = field(default=0, doc="The camera with the highest one is shown.")


@component("light")
class Light:
    """A light that shines along the entity's -Z (KHR_lights_punctual's kinds and units)."""

    kind: Text = field(default="directional", choices=("directional", "point", "spot", "area"))
    color: Color3 = field(default=(1.0, 1.0, 1.0), doc="Linear.")
    intensity: F32 = field(
        default=1.0, minimum=0.0,
        doc="Lux for directional lights, candela for the others; of areas, straight ahead, however large they are.",
    )  # fmt: skip
    range_m: F32 = field(
        default=0.0, unit="m", minimum=0.0,
        doc="Where its light ends, 0 is never; of directional ones, how far shadows reach, 0 is 80 m.",
    )  # fmt: skip
    inner_angle_rad: F32 = field(default=0.0, unit="rad", minimum=0.0, doc="Half angle of a spot's full brightness.")
    outer_angle_rad: F32 = field(default=pi / 4, unit="rad", minimum=0.0, maximum=pi / 2, doc="Half angle of its end.")
    shadows: Bool = field(default=True)
    width_m: F32 = field(
        default=0.0, unit="m", minimum=0.0, maximum=1e4,
        doc="Of an area, along its X, 0 is 1 m; of points and spots, how wide what shines is: wide ones cast soft shadows.",
    )  # fmt: skip
    height_m: F32 = field(default=0.0, unit="m", minimum=0.0, maximum=1e4, doc="Of an area, along its Y; 0 is 1 m.")
    round: Bool = field(default=False, doc="Whether an area is an ellipse.")


@component("environment")
class Environment:
    """The sky, the light that comes from it, and how the picture is developed. One in a world."""

    sky: AssetPath = field(default="", doc="An equirectangular picture (HDR); empty is the procedural sky.")
    intensity: F32 = field(default=1.0, minimum=0.0)
    rotation_rad: F32 = field(default=0.0, unit="rad", doc="Turn around the vertical.")
    sun_direction: Vec3 = field(default=(0.4, 0.8, 0.45), doc="Towards the sun, for the procedural sky.")
    turbidity: F32 = field(default=2.5, minimum=1.0, maximum=10.0, doc="Haze of the procedural sky.")
    ground_color: Color3 = field(default=(0.3, 0.29, 0.27))
    exposure_ev: F32 = field(default=0.0, doc="Stops: each doubles the brightness.")
    tonemap: Text = field(default="neutral", choices=("neutral", "aces", "agx", "linear"))


@component("weather")
class Weather:
    """What falls out of the sky, and the wind that carries it. One in a world."""

    rain: F32 = field(default=0.0, unit="mm/h", minimum=0.0, maximum=200.0, doc="2 is light rain, 8 heavy, 50 a cloudburst.")
    snow: F32 = field(default=0.0, unit="mm/h", minimum=0.0, maximum=50.0, doc="As the water it melts to: 1 is much.")
    wind: Vec3 = field(default=(0.0, 0.0, 0.0), unit="m/s", doc="Where the air moves to: what falls drifts with it.")


@component("mesh_instance", authored=False)
class MeshInstance:
    """What the renderer draws: made from `Model` and `Shape` by the scene's systems."""

    mesh: U32 = field(default=0, doc="Index in the `MeshLibrary`; 0 is nothing.")
    tint: U32 = field(default=0xFFFFFFFF, doc="RGBA8, sRGB, red in the low byte; multiplies the base colour.")
    layers: U32 = field(default=1, doc="Bits; a view shows what shares one with its mask.")
    visible: Bool = field(default=True)
    cast_shadow: Bool = field(default=True)


@component("from_model", authored=False, made=True)
class FromModel:
    """Marks the entities that stand for a model's nodes: they go when their owner goes, and are never saved."""

    owner: EntityRef = field(default=0)
    node: I32 = field(default=-1, doc="Index of the node in the file.")


SHARED_COMPONENTS = (
    Transform, Parent, Name, Visibility, Model, Shape, Material, Camera, Light, Environment, Weather, MeshInstance, FromModel,
)
