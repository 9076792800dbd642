"""Surfaces of the factory: what things are painted with, or made of. Few, so that viewers draw few kinds."""

from __future__ import annotations

from typing import Any

__all__ = ["PAINTS", "linear"]


def linear(code: str, alpha: float = 1.0) -> tuple[float, float, float, float]:
    """A linear colour from ``#rrggbb``."""
    parts = [int(code[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    r, g, b = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return (r, g, b, alpha)


def _paint(code: str, roughness: float, *, metallic: float = 0.0, **more: Any) -> dict[str, Any]:
    return {"base_color": linear(code), "roughness": roughness, "metallic": metallic, **more}


def _lamp(code: str, strength: float) -> dict[str, Any]:
    return _paint("#202020", 0.4, emissive=linear(code)[:3], emissive_strength=strength)


PAINTS: dict[str, dict[str, Any]] = {
    "floor": _paint("#ffffff", 0.42),
    "marking yellow": _paint("#e9b417", 0.5),
    "marking white": _paint("#e6e7e3", 0.5),
    "aisle": _paint("#6b6c69", 0.45),
    "cell floor": _paint("#94604a", 0.5),
    "wall": _paint("#d9dcdb", 0.62),
    "wall band": _paint("#3f5a70", 0.55),
    "plinth": _paint("#7b7f80", 0.8),
    "structure": _paint("#4a6378", 0.5, metallic=0.15),
    "roof": _paint("#b9bfc2", 0.6),
    "window": _paint("#b8d2e0", 0.08, metallic=0.0),
    "gate": _paint("#e4e5e2", 0.5),
    "orange": _paint("#f26a12", 0.34),
    "machine white": _paint("#e4e6e4", 0.38),
    "machine gray": _paint("#767d82", 0.42),
    "machine blue": _paint("#205a86", 0.4),
    "green": _paint("#2f7d4f", 0.45),
    "dark": _paint("#22262a", 0.5),
    "rubber": _paint("#17181a", 0.82),
    "belt": _paint("#23282a", 0.72),
    "steel": _paint("#b4b8ba", 0.32, metallic=1.0),
    "cast": _paint("#8f9699", 0.46, metallic=0.85),
    "enamel": _paint("#15958a", 0.35),
    "galvanised": _paint("#9ea6a9", 0.46, metallic=0.8),
    "brass": _paint("#b98f45", 0.34, metallic=1.0),
    "yellow": _paint("#f0b918", 0.42),
    "red": _paint("#c2231f", 0.4),
    "rack blue": _paint("#1f4f8a", 0.45),
    "rack orange": _paint("#e2661c", 0.45),
    "wood": _paint("#b58a58", 0.8),
    "cardboard": _paint("#b98d5e", 0.86),
    "cardboard pale": _paint("#cfa878", 0.86),
    "tape": _paint("#8a6a3f", 0.5),
    "crate blue": _paint("#2864a8", 0.5),
    "crate gray": _paint("#6d7478", 0.55),
    "glass": _paint("#20303a", 0.06),
    "screen": _paint("#0b0e10", 0.18),
    "digit": _lamp("#ffb52e", 2.2),
    "label": _lamp("#cfe6ff", 0.9),
    "lamp": _lamp("#fff4e0", 5.0),
    "eye": _lamp("#39d0ff", 3.0),
    "vest": _paint("#e8e52a", 0.7, emissive=(0.05, 0.05, 0.0)),
    "stripe": _paint("#dfe4e6", 0.35),
    "helmet": _paint("#f5f5f0", 0.3),
    "helmet blue": _paint("#1d5fae", 0.3),
    "trousers": _paint("#27364a", 0.85),
    "skin": _paint("#c68d6b", 0.6),
    "boot": _paint("#2a2018", 0.7),
    "sign blue": _paint("#0f55a5", 0.5),
    "sign green": _paint("#0c7a45", 0.5),
}
