"""Materials out of a picture: by Marigold's models where the user names some, by light and edges where not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import UsageError
from taixu.generate.diffusion.turns import taken_turn
from taixu.generate.generator import Generator, Made, Needs, Progress
from taixu.generate.materials.maps import MaterialMaps
from taixu.generate.materials.pictures import map_pictures
from taixu.generate.model_facts import ModelFacts
from taixu.generate.pictures.filters import Values
from taixu.generate.pictures.maps import MapParameters, prepared, surface_maps
from taixu.generate.pictures.marigold import has_intrinsics, marigold_facts, predict_maps
from taixu.generate.pictures.models import model_parts
from taixu.generate.pictures.reading import PICTURE_SUFFIXES, encoded, read_picture, reduced
from taixu.generate.pictures.words import surface_of_words
from taixu.generate.request import Request

__all__ = ["PictureMaterialGenerator", "PictureMaterialParameters", "make_material", "save_material"]

_LEAST_PX = 16
_FIRST_LOOK = 160


@dataclass(frozen=True)
class PictureMaterialParameters(MapParameters):
    """Parameters of a material out of a picture."""

    size_px: int = field(
        default=2048, metadata={"doc": "The longer side at the most.", "unit": "px", "minimum": 16, "maximum": 4096}
    )
    steps: int = field(default=0, metadata={"doc": "Of a model; 0 for what it asks for.", "minimum": 0, "maximum": 200})
    device: str = field(default="auto", metadata={"doc": "Where a model runs.", "choices": ("auto", "cpu", "cuda", "mps")})


class PictureMaterialGenerator(Generator):
    """A material from a picture of a surface."""

    name, makes, suffix = "material-of-picture", "material", ".png"
    summary = "all maps of a material from a picture, seamless, its light taken out; by Marigold's models where you have some"
    parameters = PictureMaterialParameters
    needs = Needs(memory_mb=128 << 10, optional_weights=True, parents=1, suffixes=PICTURE_SUFFIXES)

    def find_model(self, name: str) -> ModelFacts:
        """Marigold's pipelines: a folder with one or with several, names of the hub, several by commas."""
        return marigold_facts(name)

    def read_words(self, prompt: str) -> Mapping[str, Any]:
        """What words say of the surface: "polished brass" is metal and smooth."""
        return surface_of_words(prompt)

    def generate(self, request: Request, progress: Progress) -> Sequence[Made]:
        """Base colour first; then normal, orm (occlusion, roughness, metal) and height."""
        if len(request.parents) != 1:
            raise UsageError("name one picture to make it from")
        wanted: PictureMaterialParameters = request.parameters
        picture = read_picture(request.parents[0], least_px=_LEAST_PX)
        colors, alpha = reduced(picture, wanted.size_px)
        _show_first(colors, wanted, progress)
        with taken_turn(progress) if model_parts(request.model) else nullcontext():
            return make_material(request, colors, wanted, progress, alpha=alpha, steps=wanted.steps, device=wanted.device)


def make_material(
    request: Request, colors: Values, wanted: MapParameters, progress: Progress, *, alpha: Values | None = None, steps: int = 0,
    device: str = "auto", said: Mapping[str, Any] | None = None,
) -> list[Made]:  # fmt: skip
    """Maps of linear colours, saved: those that the request's models see by them, the others without one."""
    # A model that tells paint from light wants to see the light.
    light: dict[str, Any] = {"flatten": 0.0, "highlights": 0.0} if has_intrinsics(request.model) else {}
    even, covered, wraps = prepared(colors, replace(wanted, **light), alpha)
    progress(0.3, "repeating" if wraps else "lit evenly", _bytes(even))
    predicted = predict_maps(
        request.model, even, wraps=wraps, seed=request.seed, steps=steps, device=device,
        progress=lambda done, text="", preview=None: progress(0.3 + 0.5 * done, text, preview),
    )  # fmt: skip
    maps = surface_maps(even, wanted, wraps=wraps, given=predicted.maps)
    progress(0.85, "maps", _bytes(maps.maps["base_color"]))
    makers = {"maps_by": dict(sorted(predicted.makers.items()))} if model_parts(request.model) else {}
    return save_material(request, maps, covered, {**(said or {}), **makers})


def save_material(
    request: Request, maps: MaterialMaps, alpha: Values | None = None, said: Mapping[str, Any] | None = None
) -> list[Made]:
    """The pictures of a material; `said` stands in the record of each."""
    files = []
    for role, picture in map_pictures(maps).items():
        pixels: NDArray[Any] = picture
        if role == "base_color" and alpha is not None:
            pixels = np.concatenate([picture, np.rint(alpha.clip(0, 1) * 255).astype(np.uint8)[..., None]], axis=2)
        files.append(replace(request.save_picture(pixels, role), said=dict(said or {})))
    return files


def _show_first(colors: Values, wanted: MapParameters, progress: Progress) -> None:
    """A look at what it becomes, from a small copy."""
    height, width = colors.shape[:2]
    step = max(1, max(height, width) // _FIRST_LOOK)
    small, _, _ = prepared(colors[::step, ::step], replace(wanted, tiling="none"))
    progress(0.05, "a first look", _bytes(small))


def _bytes(colors: Values) -> NDArray[np.uint8]:
    return np.rint(encoded(colors) * 255.0).astype(np.uint8)
