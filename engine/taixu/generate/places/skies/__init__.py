"""Skies as pictures of radiance, and the light that agrees with them.

`make_sky` is a function of a `SkySpec` and a seed: air scatters sunlight or moonlight (`air`), clouds hang in it and are lit by
the same light (`clouds`), moon and stars stand behind them (`night`). What comes out is an equirectangular picture as
`Environment.sky` takes it, and what shines: a `Light`'s direction, colour and intensity, taken from the same numbers, dimmed by the
clouds that stand before it. Units are the renderer's: a white, level surface at noon looks about white at exposure 0.
"""

from __future__ import annotations

from taixu.generate.places.skies.making import Sky, make_sky
from taixu.generate.places.skies.spec import CLOUDS, TIMES, SkySpec
from taixu.generate.places.skies.words import parameters_of_words

__all__ = ["CLOUDS", "TIMES", "Sky", "SkySpec", "make_sky", "parameters_of_words"]
