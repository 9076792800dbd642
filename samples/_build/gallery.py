"""The gallery: materials side by side, each under its label, and lights of every kind."""

from __future__ import annotations

from math import radians

from kit import PALETTE, Kit, srgb
from letters import word

import taixu as tx

__all__ = ["build_gallery"]


def build_gallery(world: tx.World) -> None:
    """Fill an empty world."""
    kit = Kit(world)
    _room(kit, world)
    _row(kit, world, "roughness", z=2.6, make=lambda t: tx.Material(base_color=PALETTE["red"], roughness=t))
    _row(
        kit,
        world,
        "metal",
        z=-0.1,
        height=0.6,
        make=lambda t: tx.Material(base_color=srgb("#ffc35a"), metallic=1.0, roughness=t),
    )
    _row(kit, world, "surfaces", z=-2.8, make=_surfaces, height=1.32)
    _lights(kit, world)


def _room(kit: Kit, world: tx.World) -> None:
    wall = tx.Material(base_color=srgb("#8f959e"), roughness=0.85)
    floor = tx.Material(
        base_color=(0.8, 0.8, 0.8, 1),
        roughness=1.0,
        texture_scale=(6, 6),
        base_color_texture="assets/planks_color.jpg",
        normal_texture="assets/planks_normal.jpg",
        metallic_roughness_texture="assets/planks_surface.jpg",
    )
    kit.look("floor", "box", (30, 0.4, 22), floor, (0, -0.2, 0), bevel_m=0)
    kit.look("back wall", "box", (30, 9, 0.4), wall, (0, 4.5, -6.2), bevel_m=0)
    world.spawn("sky", tx.Environment(sun_direction=(0.3, 0.75, 0.6), turbidity=2.5, intensity=0.85))
    sun = world.spawn("sun", tx.Light(kind="directional", color=(1.0, 0.95, 0.88), intensity=1.6))
    sun.look_at((-0.3, -0.75, -0.6))
    eye = world.spawn("camera", tx.Camera(fov_y_rad=radians(30)), position=(0.0, 6.2, 17.0))
    eye.look_at((0, 2.1, -0.8))


def _row(kit: Kit, world: tx.World, label: str, *, z: float, make: object, height: float = 0.0) -> None:
    count = 7
    stand = tx.Material(base_color=srgb("#2d3138"), roughness=0.5)
    kit.look(f"{label} shelf", "box", (12.6, 0.5 + height * 2, 1.7), stand, (0, 0.25 + height, z), bevel_m=0.06)
    top = 0.5 + 2 * height
    for place in range(count):
        x = (place - (count - 1) / 2) * 1.72
        kit.look(f"{label} {place + 1}", "sphere", (1.3,) * 3, make(place / (count - 1)), (x, top + 0.66, z))  # type: ignore[operator]
    ink = tx.Material(base_color=srgb("#f3efe6"), roughness=0.6)
    for at, size in word(label, height_m=0.2):
        kit.look(f"{label} label", "box", size, ink, (at[0], top - 0.2 + at[1], z + 0.86), bevel_m=0.0)


def _surfaces(t: float) -> tx.Material:
    kinds = (
        tx.Material(base_color=PALETTE["blue"], unlit=True),
        tx.Material(
            base_color=(0.9, 0.9, 0.9, 1),
            roughness=1.0,
            base_color_texture="assets/painted_color.jpg",
            normal_texture="assets/painted_normal.jpg",
            metallic_roughness_texture="assets/painted_surface.jpg",
        ),
        tx.Material(
            base_color=(1, 1, 1, 1),
            roughness=1.0,
            texture_scale=(2, 1),
            base_color_texture="assets/planks_color.jpg",
            normal_texture="assets/planks_normal.jpg",
            metallic_roughness_texture="assets/planks_surface.jpg",
        ),
        tx.Material(base_color=(0.02, 0.02, 0.02, 1), roughness=0.3, emissive=(1.0, 0.35, 0.08), emissive_strength=3.0),
        tx.Material(base_color=(*PALETTE["teal"][:3], 0.35), roughness=0.05, alpha_mode="blend"),
        tx.Material(base_color=(0.95, 0.95, 0.95, 1), metallic=1.0, roughness=0.02),
        tx.Material(base_color=(0.015, 0.015, 0.018, 1), roughness=0.15),
    )
    return kinds[round(t * (len(kinds) - 1))]


def _lights(kit: Kit, world: tx.World) -> None:
    colors = ((1.0, 0.25, 0.2), (0.25, 1.0, 0.45), (0.3, 0.45, 1.0), (1.0, 0.8, 0.3))
    for place, color in enumerate(colors):
        x = -6.6 + 4.4 * place
        spot = world.spawn(
            f"spot {place + 1}",
            tx.Light(kind="spot", color=color, intensity=190.0, range_m=16, inner_angle_rad=0.16, outer_angle_rad=0.34),
            position=(x, 7.4, 0.2),
        )
        spot.look_at((x, 2.9, -6.0))
    for side in (-1, 1):
        bulb = tx.Material(base_color=(0, 0, 0, 1), emissive=(1.0, 0.72, 0.4), emissive_strength=14.0)
        # The light stands inside: glass lets it out.
        kit.look("bulb", "sphere", (0.22,) * 3, bulb, (side * 6.9, 1.9, 1.6), cast_shadow=False)
        world.spawn(
            "point",
            tx.Light(kind="point", color=(1.0, 0.72, 0.4), intensity=26.0, range_m=9),
            position=(side * 6.9, 1.9, 1.6),
        )
        kit.look("lamp", "cylinder", (0.1, 1.7, 0.1), kit.metal(0.3), (side * 6.9, 0.9, 1.6), bevel_m=0)
