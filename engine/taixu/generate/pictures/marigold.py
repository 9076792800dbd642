"""Maps by Marigold's models, which users name: intrinsic images, normals and depth (Ke et al., "Repurposing Diffusion-Based Image
Generators for Monocular Depth Estimation", 2024, and what came of it).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError
from taixu.generate.model_facts import ModelFacts
from taixu.generate.pictures.albedo import bulge_of
from taixu.generate.pictures.filters import Values, luminance
from taixu.generate.pictures.models import SeveralModels, model_parts, several_models
from taixu.generate.pictures.reading import encoded, linear_of
from taixu.generate.pictures.relief import with_grain
from taixu.generate.pictures.seamless import folded

__all__ = ["KINDS", "Predicted", "has_intrinsics", "marigold_facts", "predict_maps"]

KINDS = {
    "MarigoldIntrinsicsPipeline": "intrinsic images", "MarigoldNormalsPipeline": "normals", "MarigoldDepthPipeline": "depth",
}  # fmt: skip
"""Diffusers' pipelines, and what they see in a picture."""
_NAMES = {"roughness": "roughness", "metallicity": "metallic", "metallic": "metallic"}
_STEPS = 4
_MARGIN_SHARE = 0.125
_COARSE = 1.5  # pixels of the picture to one that the model saw, from which grain is missed


@dataclass(frozen=True, slots=True)
class Predicted:
    """What models made.

    Attributes
    ----------
    maps
        By the names of `MAPS`.
    makers
        Which model made which of them.
    """

    maps: Mapping[str, Values]
    makers: Mapping[str, str]


def marigold_facts(name: str) -> SeveralModels:
    """The facts of Marigold's pipelines: a folder that is one, a folder that holds some, names of the hub; several by commas.

    Raises
    ------
    TaixuError
        When there is none, or one is another pipeline.
    """
    return several_models(name, wanted=tuple(KINDS), what="maps of a picture")


def has_intrinsics(model: ModelFacts) -> bool:
    """Whether one of them tells paint from light."""
    return any(kind == "MarigoldIntrinsicsPipeline" for kind, _ in model_parts(model))


def predict_maps(
    model: ModelFacts,
    colors: Values,
    *,
    wraps: bool,
    seed: int,
    steps: int = 0,
    device: str = "auto",
    progress: Callable[..., None],
) -> Predicted:
    """The maps that models see in linear colours [h, w, 3], each model opened when its turn comes.

    Parameters
    ----------
    wraps
        The picture repeats: models see some of it again round each edge, so that what they say there agrees.
    steps
        0 for what each asks for.

    Raises
    ------
    TaixuError, MachineError
        When one cannot be opened or run.
    """
    maps: dict[str, Values] = {}
    makers: dict[str, str] = {}
    parts = [each for each in model_parts(model) if each[0] in KINDS]
    for number, (kind, facts) in enumerate(parts):
        span = (number / len(parts), (number + 1) / len(parts))
        found = _predict(kind, facts, colors, wraps=wraps, seed=seed, steps=steps, device=device, span=span, progress=progress)
        for name, values in found.items():
            if name not in maps:
                maps[name], makers[name] = values, facts.name
    return Predicted(maps, makers)


def _predict(
    kind: str, facts: ModelFacts, colors: Values, *, wraps: bool, seed: int, steps: int, device: str, span: tuple[float, float],
    progress: Callable[..., None],
) -> dict[str, Values]:  # fmt: skip
    from PIL import Image

    from taixu.generate.diffusion import MachineChoice, open_pipeline
    from taixu.generate.diffusion.running import run_pipeline

    height, width = colors.shape[:2]
    margin = max(1, round(_MARGIN_SHARE * min(height, width))) if wraps else 0
    seen = np.rint(encoded(colors) * 255.0).astype(np.uint8)
    seen = np.pad(seen, ((margin, margin), (margin, margin), (0, 0)), mode="wrap") if margin else seen
    size = (seen.shape[1], seen.shape[0])
    progress(span[0], f"opening {facts.name}")
    loaded = open_pipeline(facts, "own", choice=MachineChoice(device=device), size=size)
    try:
        pipeline = loaded.pipeline
        resolution = _resolution(pipeline, max(size))
        many = steps or pipeline.default_denoising_steps or _STEPS
        made = run_pipeline(
            loaded, progress, steps=many, size=size, span=span, text=KINDS[kind], image=Image.fromarray(seen),
            processing_resolution=resolution, generator=loaded.chance(seed),
        )  # fmt: skip
        properties = getattr(pipeline, "target_properties", None)
        pipeline_px = int(pipeline.default_processing_resolution or max(size))
    finally:
        loaded.close()
    if kind == "MarigoldDepthPipeline":  # it leans as the camera did
        made = made - bulge_of(made[0, ..., 0])[None, ..., None]
    if margin:
        made = np.stack([folded(each, margin) for each in made])
        if kind == "MarigoldNormalsPipeline":
            made /= np.maximum(np.linalg.norm(made, axis=3, keepdims=True), 1e-6)
    if kind == "MarigoldNormalsPipeline":
        coarse = max(size) / (resolution or pipeline_px)
        return {"normal": made[0] if coarse < _COARSE else with_grain(made[0], colors, coarse, wraps=wraps)}
    if kind == "MarigoldDepthPipeline":
        return {"height": _height_of_depth(made[0, ..., 0])}
    return _intrinsics(made, properties, colors, facts.name)


def _resolution(pipeline: Any, longer: int) -> int | None:
    """The resolution that it asks for, or the picture's own where it does not say or the picture is smaller."""
    asked = pipeline.default_processing_resolution
    factor = int(pipeline.vae_scale_factor)
    return None if asked and asked <= longer else max(factor, longer // factor * factor)


def _height_of_depth(depth: Values) -> Values:
    """What is far lies low."""
    height = -depth
    low, high = (float(each) for each in np.quantile(height, (0.005, 0.995)))
    return np.asarray(np.clip((height - low) / max(high - low, 1e-6), 0.0, 1.0), np.float32)


def _intrinsics(made: NDArray[np.float32], properties: Any, colors: Values, name: str) -> dict[str, Values]:
    """Albedo, roughness and metal of a decomposition, by the names that the model's own index gives to its targets."""
    names = properties.get("target_names") if isinstance(properties, dict) else None
    if not isinstance(names, (list, tuple)) or len(names) != len(made):
        raise TaixuError(f"the model {name} does not say which intrinsic images it makes (target_properties); download it whole")
    found: dict[str, Values] = {}
    for target, picture in zip(names, made, strict=True):
        about = properties.get(target)
        about = about if isinstance(about, dict) else {}
        if target == "albedo":
            found["base_color"] = _albedo(picture, about, colors)
        elif about.get("prediction_space") == "stack":
            for channel, inner in enumerate(about.get("sub_target_names") or ()):
                if inner in _NAMES and channel < 3:
                    found[_NAMES[inner]] = np.ascontiguousarray(picture[..., channel])
        elif target in _NAMES:
            found[_NAMES[target]] = np.ascontiguousarray(picture.mean(axis=2))
    return found


def _albedo(picture: Values, about: Mapping[str, Any], colors: Values) -> Values:
    linear = picture if about.get("prediction_space") == "linear" else linear_of(picture)
    if about.get("up_to_scale"):  # then nobody knows how bright it is: as bright as the picture
        scale = float(np.median(luminance(colors))) / max(float(np.median(luminance(linear))), 1e-4)
        linear = linear * np.float32(scale)
    return np.asarray(np.clip(linear, 0.0, 1.0), np.float32)
