"""The generator of rocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from taixu.errors import TaixuError
from taixu.generate.generator import Generator, Made, Progress
from taixu.generate.places.lexicon import read_prompt
from taixu.generate.places.rocks.making import RockSpec, rock_model
from taixu.generate.request import Request

__all__ = ["RockGenerator", "parameters_of_words"]

_FORMS = {
    "boulder": "boulder boulders rock rocks stone stones 巨石 岩石 石头 石", "slab": "slab slabs plate flat 石板",
    "pebbles": "pebble pebbles gravel 卵石 鹅卵石 碎石",
    "cliff": "cliff cliffs wall bluff 悬崖 崖壁", "needle": "needle spire pinnacle column 石柱 石笋",
}  # fmt: skip
_STONES = {"sandstone": "sandstone red desert 砂岩", "lava": "lava basalt volcanic black 熔岩 玄武岩"}
_SIZES = {"huge giant enormous 巨大": 6.0, "large big 大": 3.0, "small little 小": 0.6}


class RockGenerator(Generator):
    """Rocks."""

    name, makes, suffix = "rock", "rock", ".glb"
    summary = "boulders, cliffs, slabs, pebbles and needles of three stones, with levels of detail"
    parameters = RockSpec

    def read_words(self, prompt: str) -> Mapping[str, Any]:
        """Form, stone and size of a prompt."""
        return parameters_of_words(prompt)

    def generate(self, request: Request, progress: Progress) -> Sequence[Made]:
        """One GLB with levels of detail."""
        progress(0.1, request.parameters.form)
        return [request.save_model(rock_model(request.parameters, request.seed))]


def parameters_of_words(prompt: str) -> dict[str, Any]:
    """Parameters of a prompt.

    Raises
    ------
    TaixuError
        When no word names a rock.
    """
    _, score = read_prompt(prompt)
    forms = {name: score(words) for name, words in _FORMS.items()}
    best = max(forms, key=lambda name: forms[name])
    stones = {name: score(words) for name, words in _STONES.items()}
    if not forms[best] and not max(stones.values()):
        raise TaixuError(f"no word names a rock that can be made; there are {', '.join(_FORMS)}")
    meant: dict[str, Any] = {"form": best if forms[best] else "boulder"}
    if max(stones.values()):
        meant["stone"] = max(stones, key=lambda name: stones[name])
    if score("mossy moss overgrown 苔 长满青苔"):
        meant["moss"] = 0.7
    for words, value in _SIZES.items():
        if score(words):
            meant["size_m"] = value
    return meant
