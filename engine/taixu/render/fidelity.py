"""How near our pictures come to a path tracer's: scenarios with reference images, rendered and scored.

A folder holds ``scenarios.json`` (models, camera, light), ``goldens/<scenario>/<renderer>.webp`` and ``baseline.json``
(how others score). Pictures are drawn at twice the reference's size, tone-mapped with ACES, encoded with the power
1 / 2.2 as Blender's are, reduced with a Lanczos filter, laid over grey, and compared in encoded values: by PSNR, and by
FLIP, which weighs differences as eyes see them (Andersson et al., "FLIP: A Difference Evaluator for Alternating Images",
2020).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import MachineError, TaixuError
from taixu.render.stills import accumulate
from taixu.render.tonemap import encode
from taixu.render.views import ViewCamera

if TYPE_CHECKING:
    from taixu.ecs import World
    from taixu.render.renderer import Renderer

__all__ = [
    "PATH_TRACERS", "Score", "flip_map", "median_flip", "median_psnr", "orbit_camera", "psnr", "read_picture", "read_scenarios",
    "score_scenario",
]  # fmt: skip

REFERENCE = "blender-cycles"
PATH_TRACERS = ("three-gpu-pathtracer", "dspbr-pt", "stellar", "vray")
"""The reference's like among the others."""
TRUSTED_DB = 25.0
"""Scenarios in which the path tracers themselves agree by less than this say nothing."""
_GREY = 0.5
_SUPERSAMPLING = 2


@dataclass(frozen=True)
class Score:
    """A scenario's result.

    Attributes
    ----------
    psnr_db, flip
        Against the path tracer.
    others_db, others_flip
        Other renderers', by name.
    agreement_db
        How near the path tracers come to each other; None where there is one only.
    picture, reference, difference
        Encoded values in [0, 1], [height, width, 3]; `difference` is FLIP's map, [height, width].
    """

    name: str
    psnr_db: float
    flip: float
    agreement_db: float | None
    others_db: dict[str, float]
    others_flip: dict[str, float]
    picture: NDArray[np.float64]
    reference: NDArray[np.float64]
    difference: NDArray[np.float32]

    @property
    def is_trusted(self) -> bool:
        """Whether the path tracers agree well enough for the score to mean something."""
        return self.agreement_db is not None and self.agreement_db >= TRUSTED_DB


def read_scenarios(folder: Path) -> list[dict[str, Any]]:
    """The scenarios of a folder, each with "agreement", "others" and "others_flip" from the baseline.

    Raises
    ------
    TaixuError
        Where the folder lacks them, or they are no JSON.
    """
    try:
        scenarios: list[dict[str, Any]] = json.loads((folder / "scenarios.json").read_text())["scenarios"]
        baseline = {s["name"]: s for s in json.loads((folder / "baseline.json").read_text())["scenarios"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TaixuError(
            f"{folder}: fidelity scenarios cannot be read ({error}); it wants scenarios.json and baseline.json"
        ) from error
    for scenario in scenarios:
        known = baseline.get(scenario["name"], {})
        scenario["agreement"], scenario["others"] = known.get("pathTracerAgreementPSNR"), known.get("psnr", {})
        scenario["others_flip"] = known.get("flip", {})
    return scenarios


def orbit_camera(scenario: dict[str, Any], *, radius_m: float = 1.0) -> ViewCamera:
    """The camera of a scenario; `radius_m` is the scene's bounding radius."""
    target = np.array([scenario["target"][axis] for axis in "xyz"], float)
    theta, phi = (np.radians(scenario["orbit"][name]) for name in ("theta", "phi"))
    out = np.array([np.sin(phi) * np.sin(theta), np.cos(phi), np.sin(phi) * np.cos(theta)])
    distance = float(scenario["orbit"]["radius"])
    near = 2 * max(distance, radius_m) / 1000
    return ViewCamera.looking(
        target + distance * out,
        target + (distance - 1.0) * out,
        fov_y_rad=float(np.radians(scenario["verticalFoV"])),
        near_m=near,
    )


def score_scenario(
    renderer: Renderer, world: World, scenario: dict[str, Any], folder: Path, *, samples: int = 16, paths: bool = False,
    rays: bool = True,
) -> Score:
    """Draw a world that holds the scenario's model, lit by its sky, and compare; `paths` asks the path tracer in the rasteriser's
    place, and without `rays` it is drawn as frames of a film are.
    """
    size = scenario["goldenDimensions"]["width"], scenario["goldenDimensions"]["height"]
    settings = {
        "background": "sky" if scenario["renderSkybox"] else "transparent",
        "tonemap": "aces",
        "exposure_ev": 0.0,
        "traced": rays,
        "reference": paths,
    }
    display = accumulate(
        renderer,
        world,
        orbit_camera(scenario),
        size=(size[0] * _SUPERSAMPLING, size[1] * _SUPERSAMPLING),
        samples=samples,
        encoding="display",
        settings=settings,
    )
    alpha = display[..., 3:].astype(np.float64)
    encoded = encode(display[..., :3] / np.maximum(alpha, 1e-6), gamma=2.2)
    picture = _lanczos(encoded * alpha + _GREY * (1 - alpha), size)
    reference = read_picture(folder / scenario["goldens"][REFERENCE])
    difference = flip_map(reference, picture)
    return Score(
        scenario["name"],
        psnr(picture, reference),
        float(difference.mean()),
        scenario["agreement"],
        scenario["others"],
        scenario["others_flip"],
        picture,
        reference,
        difference,
    )


def psnr(a: NDArray[Any], b: NDArray[Any]) -> float:
    """Peak signal to noise ratio of pictures with values in [0, 1], decibels."""
    error = float(np.square(np.asarray(a, np.float64) - b).mean())
    return float(-10 * np.log10(max(error, 1e-10)))


def flip_map(reference: NDArray[Any], picture: NDArray[Any]) -> NDArray[np.float32]:
    """FLIP by pixel, [height, width], of encoded pictures [height, width, 3] seen at 67 pixels a degree.

    Raises
    ------
    MachineError
        Where the package that computes it is missing.
    """
    try:
        import flip_evaluator
    except ImportError as error:
        raise MachineError('FLIP needs the package flip-evaluator: pip install "taixu[bench]"') from error
    shape = reference.shape
    first, second = (np.ascontiguousarray(values, np.float32) for values in (reference, picture))
    found, _, _ = flip_evaluator.evaluate(first, second, "LDR", applyMagma=False)
    result: NDArray[np.float32] = np.asarray(found, np.float32).reshape(shape[0], shape[1], -1)[..., 0]
    return result


def median_psnr(scores: Sequence[Score]) -> float:
    """The median of the trusted scores, decibels."""
    trusted = [score.psnr_db for score in scores if score.is_trusted]
    return float(np.median(trusted)) if trusted else 0.0


def median_flip(scores: Sequence[Score]) -> float:
    """The median FLIP of the trusted scores."""
    trusted = [score.flip for score in scores if score.is_trusted]
    return float(np.median(trusted)) if trusted else 1.0


def read_picture(path: Path) -> NDArray[np.float64]:
    """A stored picture's encoded values over grey, [height, width, 3]."""
    from PIL import Image

    with Image.open(path) as image:
        pixels = np.asarray(image.convert("RGBA"), np.float64) / 255
    return pixels[..., :3] * pixels[..., 3:] + _GREY * (1 - pixels[..., 3:])


def _lanczos(picture: NDArray[np.float64], size: tuple[int, int]) -> NDArray[np.float64]:
    from PIL import Image

    channels = [
        np.asarray(Image.fromarray(picture[..., i].astype(np.float32)).resize(size, Image.Resampling.LANCZOS)) for i in range(3)
    ]
    return np.clip(np.stack(channels, -1).astype(np.float64), 0.0, 1.0)
