"""The coefficients of environment light's shaders are what fits find: on skies by chance nothing found anew is much nearer."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np
import pytest
from gpu_device import shared_device

sys.path.append(str(Path(__file__).parents[1] / "fits"))
from lobes import FITS, refit
from openness import COMMITTED, refit_openness

SHADERS = Path(__file__).parents[2] / "shaders/common"


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAIXU_CACHE", str(tmp_path))


@pytest.mark.bench
@pytest.mark.parametrize(("name", "places", "most"), [("reflection", 60, 2.0), ("anisotropy", 40, 1.3), ("refraction", 60, 1.3)])
def test_a_refit_of_lobes_comes_near_what_the_shader_has(name: str, places: int, most: float) -> None:
    """Reflection's sixty numbers fit a few places closer than what also has to hold in photographed rooms."""
    _, error, shader = refit(shared_device(), FITS[name], skies=5, places=places)
    assert shader < 0.022
    assert shader < most * error


def test_a_refit_of_openness_comes_near_what_the_shader_has() -> None:
    _, error, shader = refit_openness(angles=5, roughnesses=6)
    assert shader < 1.15 * error
    source = (SHADERS / "openness.glsl").read_text()
    numbers = {float(number) for number in re.findall(r"\d+\.\d+", source)}
    assert set(np.abs(COMMITTED)) <= numbers
