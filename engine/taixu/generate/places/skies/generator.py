"""The generator of skies."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from taixu.assets.atomic import write_atomic
from taixu.assets.hdr import encode_hdr
from taixu.generate.generator import Generator, Made, Progress
from taixu.generate.places.skies.making import make_sky
from taixu.generate.places.skies.spec import SkySpec
from taixu.generate.places.skies.words import parameters_of_words
from taixu.generate.request import Request

__all__ = ["SkyGenerator"]


class SkyGenerator(Generator):
    """A sky as HDR, and the light that goes with it."""

    name, makes, suffix = "sky", "sky", ".hdr"
    summary = "skies as HDR with sun, moon, stars and clouds, and the light that agrees with them"
    parameters = SkySpec

    def read_words(self, prompt: str) -> Mapping[str, Any]:
        """Time and weather of a prompt."""
        return parameters_of_words(prompt)

    def generate(self, request: Request, progress: Progress) -> Sequence[Made]:
        """The picture; then entities (JSON by name) with `Environment` and `Light`, whose sky is to be named."""
        progress(0.05, "air and clouds")
        sky = make_sky(request.parameters, request.seed)
        file = request.path(".hdr")
        write_atomic(file, encode_hdr(sky.image))
        light = request.path(".json", "light")
        write_atomic(light, (json.dumps(sky.entities(""), indent=2, sort_keys=True) + "\n").encode())
        said = {"light_direction": list(sky.direction), "light_color": list(sky.color), "light_lux": sky.intensity,
                "exposure_ev": sky.exposure_ev}  # fmt: skip
        return [Made(file, said=said), Made(light, "light")]
