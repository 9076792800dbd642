"""Materials from words by the user's models: a picture by one of diffusers', maps by Marigold's or by light and edges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from taixu.errors import UsageError
from taixu.generate.diffusion.generator import DiffusionGenerator, DiffusionParameters, make_picture
from taixu.generate.diffusion.given import read_given
from taixu.generate.diffusion.turns import taken_turn
from taixu.generate.generator import Made, Progress
from taixu.generate.model_facts import ModelFacts
from taixu.generate.pictures.maps import MapParameters
from taixu.generate.pictures.marigold import KINDS
from taixu.generate.pictures.material_generator import make_material
from taixu.generate.pictures.models import SeveralModels, joined_models, model_parts, several_models
from taixu.generate.pictures.reading import linear_of
from taixu.generate.pictures.words import surface_of_words
from taixu.generate.request import Request

__all__ = ["ModelMaterialGenerator", "ModelMaterialParameters"]

_PICTURE_SHARE = 0.7


@dataclass(frozen=True)
class ModelMaterialParameters(MapParameters, DiffusionParameters):
    """Parameters of a picture by a model, and of its maps."""

    seamless: str = field(default="both", metadata={"doc": "Edges that meet.", "choices": ("off", "x", "y", "both")})


class ModelMaterialGenerator(DiffusionGenerator):
    """A material from words by a text-to-image model of the user's; what else it takes, `DiffusionGenerator` says."""

    name, makes, suffix = "material-of-model", "material", ".png"
    summary = "all maps of a material from words: a picture by a diffusers model, maps by Marigold's where you have some"
    parameters = ModelMaterialParameters

    def read_words(self, prompt: str) -> Mapping[str, Any]:
        """What words say of the surface; that it shall tile need not be said."""
        return surface_of_words(prompt)

    def find_model(self, name: str) -> ModelFacts:
        """One that makes pictures of words, and Marigold's pipelines: a folder that holds them, or names by commas."""
        found = several_models(name, wanted=(), what="a material")
        painters = [facts for kind, facts in found.parts if kind not in KINDS]
        if len(painters) != 1:
            count = "several models" if painters else "no model"
            raise UsageError(f"{name[:200]}: names {count} that make a picture of words; name one, and Marigold's beside it")
        return found

    def generate(self, request: Request, progress: Progress) -> Sequence[Made]:
        """Base colour first; then normal, orm and height, and the picture that they were made of."""
        wanted: ModelMaterialParameters = request.parameters
        given = read_given(request.parents)
        painter, seers = _parted(request.model)
        with taken_turn(progress):
            picture = make_picture(
                replace(request, model=painter), given,
                lambda done, text="", preview=None: progress(_PICTURE_SHARE * done, text, preview),
            )  # fmt: skip
            tiling = "keep" if wanted.tiling == "auto" and wanted.seamless == "both" else wanted.tiling
            files = make_material(
                replace(request, model=seers), linear_of(picture), replace(wanted, tiling=tiling),
                lambda done, text="", preview=None: progress(_PICTURE_SHARE + (1.0 - _PICTURE_SHARE) * done, text, preview),
                device=wanted.device, said={"picture_by": painter.name},
            )  # fmt: skip
        return [*files, replace(request.save_picture(picture, "texture"), said={"picture_by": painter.name})]


def _parted(model: ModelFacts) -> tuple[ModelFacts, SeveralModels]:
    """Who makes the picture, and who sees maps in it."""
    painter = next(facts for kind, facts in model_parts(model) if kind not in KINDS)
    return painter, joined_models([(kind, facts) for kind, facts in model_parts(model) if kind in KINDS])
