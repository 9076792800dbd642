"""What each option of a picture costs: passes by the option that they are of, and a tier's settings without one of its options."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from taixu.render.quality.tiers import TIERS, Tier

__all__ = ["OPTION_PASSES", "OTHER", "option_of", "options_of", "passes_by_option"]

OPTION_PASSES = {
    "depth": ("geometry", "blended ids"),
    "shadows": ("shadows", "contact shadows"),
    "occlusion": ("occlusion", "smooth occlusion", "full-size occlusion"),
    "surfaces": ("solid", "blended", "outlines", "albedo", "splats"),
    "lists": ("clusters", "decals"),
    "probes": ("probes",),
    "reflections": ("reflection face", "mirrored picture", "screen reflections"),
    "sky": ("sky", "stars", "air"),
    "particles": ("particles", "roofs", "falling"),
    "edges": ("resolve", "edge filter", "temporal"),
    "exposure": ("exposure",),
    "focus": ("focus",),
    "motion": ("motion",),
    "bloom": ("bloom",),
    "lens": ("lens", "flare"),
    "tone map": ("tone map",),
    "overlays": ("lines", "screen", "outline", "shown"),
}
"""By option: how the names of its passes begin; the longest beginning counts."""
OTHER = "other"

_HOW = {
    "prepass", "lean_light", "cascades", "shadow_texels", "shadow_distance_m", "shadow_tiles", "glass_layers", "drawn_scale",
    "shape_error_px",
}  # fmt: skip
"""Fields of a tier that say how, and are no options of their own."""
_OFF: dict[str, Any] = {"samples": 1, "antialias": "", "post": "none"}


def option_of(name: str) -> str:
    """The option that a pass is of, by its name ("shadows", or "view: shadows" as timers have it)."""
    return _find(name) or _find(name.partition(": ")[2]) or OTHER


def passes_by_option(passes: Mapping[str, float]) -> dict[str, dict[str, float]]:
    """Milliseconds of passes, by option, the most expensive option first."""
    found: dict[str, dict[str, float]] = {}
    for name, ms in passes.items():
        found.setdefault(option_of(name), {})[name] = ms
    return dict(sorted(found.items(), key=lambda item: -sum(item[1].values())))


def options_of(tier: str) -> dict[str, dict[str, Any]]:
    """What a tier has switched on, each with what of a view switches it off: settings, or `samples`."""
    found: dict[str, dict[str, Any]] = {"shadows": {"shadows": False}}
    for field in fields(Tier):
        value, name = getattr(TIERS[tier], field.name), field.name
        if name in _HOW or not value or value == _OFF.get(name, False):
            continue
        found[name] = {name: _OFF.get(name, "" if isinstance(value, str) else False)}
    return found


def _find(name: str) -> str:
    best = ("", "")
    for option, beginnings in OPTION_PASSES.items():
        for beginning in beginnings:
            if name.startswith(beginning) and len(beginning) > len(best[0]):
                best = (beginning, option)
    return best[1]
