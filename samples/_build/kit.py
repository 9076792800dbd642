"""Pieces that the samples' worlds are put together from: colours, blocks, and a writer of project folders."""

from __future__ import annotations

from typing import Any

import taixu as tx
from taixu.math.quaternion import from_euler

__all__ = ["PALETTE", "Kit", "srgb"]

Vector = tuple[float, float, float]


def srgb(code: str, alpha: float = 1.0) -> tuple[float, float, float, float]:
    """A linear colour from ``#rrggbb``."""
    parts = [int(code[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    r, g, b = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return (r, g, b, alpha)


PALETTE = {
    "red": srgb("#e23a3f"),
    "orange": srgb("#f4801f"),
    "yellow": srgb("#f9c23c"),
    "green": srgb("#3fae5a"),
    "teal": srgb("#2a9d8f"),
    "blue": srgb("#2f74d0"),
    "purple": srgb("#8457c9"),
    "pink": srgb("#ee6c97"),
    "cream": srgb("#fdf0d5"),
    "wood": srgb("#e3bd8b"),
    "dark": srgb("#3a3f4b"),
}


class Kit:
    """Spawns things in a world; `painted` uses the project's painted-wood texture."""

    def __init__(self, world: tx.World) -> None:
        self.world = world

    def material(self, color: str, **changes: Any) -> tx.Material:
        """Painted wood in a colour of the palette."""
        facts: dict[str, Any] = {
            "base_color": PALETTE[color],
            "roughness": 1.0,
            "base_color_texture": "assets/painted_color.jpg",
            "normal_texture": "assets/painted_normal.jpg",
            "metallic_roughness_texture": "assets/painted_surface.jpg",
        }
        return tx.Material(**{**facts, **changes})

    def metal(self, gray: float = 0.55, roughness: float = 0.3) -> tx.Material:
        """Plain metal."""
        return tx.Material(base_color=(gray, gray, gray * 1.03, 1.0), metallic=1.0, roughness=roughness)

    def solid(
        self,
        name: str,
        kind: str,
        size: Vector,
        material: tx.Material,
        at: Vector,
        *,
        mass_kg: float = 0.0,
        turn: Vector = (0.0, 0.0, 0.0),
        bevel_m: float = 0.04,
        body: dict[str, Any] | None = None,
        collider: dict[str, Any] | None = None,
        more: tuple[Any, ...] = (),
    ) -> tx.Node:
        """A thing that is seen and collides: fixed without a mass; `turn` is yaw, pitch, roll in radians."""
        parts: list[Any] = [
            tx.Shape(kind, size=size, bevel_m=bevel_m if kind in ("box", "cylinder") else 0.0),
            material,
        ]
        parts.append(tx.Collider(shape=kind, size=size, **(collider or {})))
        if mass_kg > 0 or body:
            parts.append(tx.RigidBody(**{"mass_kg": mass_kg, **(body or {})}))
        return self.world.spawn(name, *parts, *more, position=at, rotation=from_euler(*turn))

    def look(
        self,
        name: str,
        kind: str,
        size: Vector,
        material: tx.Material,
        at: Vector,
        *,
        turn: Vector = (0.0, 0.0, 0.0),
        bevel_m: float = 0.04,
        parent: tx.Node | None = None,
        cast_shadow: bool = True,
    ) -> tx.Node:
        """A thing that is only seen."""
        bevel_m = bevel_m if kind in ("box", "cylinder") else 0.0
        shape = tx.Shape(kind, size=size, bevel_m=bevel_m, cast_shadow=cast_shadow)
        return self.world.spawn(name, shape, material, position=at, rotation=from_euler(*turn), parent=parent)
