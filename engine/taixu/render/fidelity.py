"""How near our pictures come to a path tracer's: scenarios with reference images, rendered and scored.

A folder holds ``scenarios.json`` (models, camera, light), ``goldens/<scenario>/<renderer>.webp`` and ``baseline.json``
(how others score). Pictures are drawn at twice the reference's size, tone-mapped with ACES, encoded with the power
1 / 2.2 as Blender's are, reduced with a Lanczos filter, laid over grey, and compared by PSNR in encoded values.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from taixu.render.stills import accumulate
from taixu.render.tonemap import encode
from taixu.render.views import ViewCamera

if TYPE_CHECKING:
    from taixu.ecs import World
    from taixu.render.renderer import Renderer

__all__ = ["Score", "median_psnr", "orbit_camera", "psnr", "read_scenarios", "score_scenario"]

REFERENCE = "blender-cycles"
TRUSTED_DB = 25.0
"""Scenarios in which the path tracers themselves agree by less than this say nothing."""
_GREY = 0.5
_SUPERSAMPLING = 2


@dataclass(frozen=True)
class Score:
    """A scenario's result. `psnr_db` is against the path tracer; `others_db` are other renderers', by name."""

    name: str
    psnr_db: float
    agreement_db: float | None
    others_db: dict[str, float]
    picture: NDArray[np.float64]
    reference: NDArray[np.float64]

    @property
    def is_trusted(self) -> bool:
        """Whether the path tracers agree well enough for the score to mean something."""
        return self.agreement_db is not None and self.agreement_db >= TRUSTED_DB


def read_scenarios(folder: Path) -> list[dict[str, Any]]:
    """The scenarios of a folder, each with "agreement" and "others" from the baseline."""
    scenarios: list[dict[str, Any]] = json.loads((folder / "scenarios.json").read_text())["scenarios"]
    baseline = {s["name"]: s for s in json.loads((folder / "baseline.json").read_text())["scenarios"]}
    for scenario in scenarios:
        known = baseline.get(scenario["name"], {})
        scenario["agreement"], scenario["others"] = known.get("pathTracerAgreementPSNR"), known.get("psnr", {})
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


def score_scenario(renderer: Renderer, world: World, scenario: dict[str, Any], folder: Path, *, samples: int = 4) -> Score:
    """Draw a world that holds the scenario's model, lit by its sky, and compare."""
    size = scenario["goldenDimensions"]["width"], scenario["goldenDimensions"]["height"]
    settings = {
        "background": "sky" if scenario["renderSkybox"] else "transparent",
        "tonemap": "aces",
        "exposure_ev": 0.0,
        "shadows": True,
        "occlusion": False,
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
    reference = _over_grey(folder / scenario["goldens"][REFERENCE])
    return Score(scenario["name"], psnr(picture, reference), scenario["agreement"], scenario["others"], picture, reference)


def psnr(a: NDArray[Any], b: NDArray[Any]) -> float:
    """Peak signal to noise ratio of pictures with values in [0, 1], decibels."""
    error = float(np.square(np.asarray(a, np.float64) - b).mean())
    return float(-10 * np.log10(max(error, 1e-10)))


def median_psnr(scores: list[Score]) -> float:
    """The median of the trusted scores."""
    trusted = [score.psnr_db for score in scores if score.is_trusted]
    return float(np.median(trusted)) if trusted else 0.0


def _over_grey(path: Path) -> NDArray[np.float64]:
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
