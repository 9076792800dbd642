"""Short effects by synthesis: clicks, coins, jumps, engines. No weights, no samples; words in English and Chinese."""

from __future__ import annotations

from taixu.generate.sound.generator import SoundGenerator, SoundParameters

__all__ = ["SoundGenerator", "SoundParameters"]
