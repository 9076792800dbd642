"""What mirrors show of things nearby: probes' pictures of their surroundings, and rays through the picture itself."""

from __future__ import annotations

from taixu.render.reflections.feature import ReflectionFeature, bind_reflections, has_reflections
from taixu.render.reflections.screen import LOBE_TARGETS, ScreenReflectionFeature, bind_picture, has_screen_reflections

__all__ = [
    "LOBE_TARGETS", "ReflectionFeature", "ScreenReflectionFeature", "bind_picture", "bind_reflections", "has_reflections",
    "has_screen_reflections",
]  # fmt: skip
