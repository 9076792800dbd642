"""A generator: ripples that wind leaves in sand, as a seamless texture."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from taixu.generate import Generator, Made, Progress, Request

__all__ = ["Ripples"]


@dataclass(frozen=True)
class RippleParameters:
    """Parameters of ripples."""

    crests: int = field(default=12, metadata={"doc": "Crests across.", "minimum": 1, "maximum": 64})
    size: int = field(default=256, metadata={"doc": "Side of the picture.", "unit": "px", "minimum": 16, "maximum": 4096})


class Ripples(Generator):
    """Ripples in sand."""

    name, makes, suffix, summary = "ripples", "texture", ".png", "ripples that wind leaves in sand"
    parameters = RippleParameters

    def read_words(self, prompt: str) -> dict[str, int]:
        """Fine ripples have more crests."""
        return {"crests": 32} if "fine" in prompt else {}

    def generate(self, request: Request, progress: Progress) -> list[Made]:
        """One picture; whole waves make it seamless."""
        wanted: RippleParameters = request.parameters
        across, along = np.meshgrid(*[np.arange(wanted.size) * (2 * np.pi / wanted.size)] * 2)
        bends = sum(np.sin(k * along + request.random(k).uniform(0, 6.28)) / k for k in (1, 2, 3))
        height = 0.5 + 0.5 * np.sin(wanted.crests * across + bends)
        return [request.save_picture(height[..., None] * (0.55, 0.4, 0.22) + (0.35, 0.3, 0.2))]
