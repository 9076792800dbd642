"""The generator of plants and stones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from taixu.errors import TaixuError
from taixu.generate.generator import Generator, Made, Progress
from taixu.generate.places.lexicon import read_prompt
from taixu.generate.places.plants.models import plant_model
from taixu.generate.places.plants.species import KINDS, PlantSpec
from taixu.generate.request import Request

__all__ = ["PlantGenerator", "parameters_of_words"]

_SEASONS = {
    "spring": "spring blossoming fresh 春 春天", "summer": "summer green lush 夏 夏天", "autumn": "autumn fall golden 秋 秋天",
    "winter": "winter bare leafless snowy frosty 冬 冬天",
}  # fmt: skip
_AGES = {
    "old ancient gnarled mighty 老 古 苍老": 1.0,
    "young small little sapling 幼 小 年轻": 0.15,
    "big large tall huge 大 高 巨": 0.85,
}
_FULL = {"lush dense full leafy bushy 茂密": 1.4, "sparse thin scraggly 稀疏": 0.55}


class PlantGenerator(Generator):
    """Trees with seasons, shrubs, grass, flowers, stones."""

    name, makes, suffix = "plant", "plant", ".glb"
    summary = "oak, birch, pine, spruce, palm, dead trees, shrubs, grass, reeds, flowers, rocks, in four seasons"
    parameters = PlantSpec

    def read_words(self, prompt: str) -> Mapping[str, Any]:
        """Kind, season and age of a prompt."""
        return parameters_of_words(prompt)

    def generate(self, request: Request, progress: Progress) -> Sequence[Made]:
        """One GLB with levels of detail."""
        progress(0.1, request.parameters.kind)
        return [request.save_model(plant_model(request.parameters, request.seed))]


def parameters_of_words(prompt: str) -> dict[str, Any]:
    """Parameters of a prompt.

    Raises
    ------
    TaixuError
        When no word names a plant.
    """
    _, score = read_prompt(prompt)
    scores = {name: score(kind.words) for name, kind in KINDS.items()}
    best = max(scores, key=lambda name: scores[name])
    if not scores[best]:
        raise TaixuError(f"no word names a plant that can be made; there are {', '.join(KINDS)}")
    meant: dict[str, Any] = {"kind": best}
    season = {name: score(words) for name, words in _SEASONS.items()}
    if max(season.values()):
        meant["season"] = max(season, key=lambda name: season[name])
    for name, table in (("age", _AGES), ("fullness", _FULL)):
        value = next((value for words, value in table.items() if score(words)), None)
        if value is not None:
            meant[name] = value
    return meant
