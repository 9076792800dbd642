"""Tiers: what they ask of a view, which one a machine gets, and that each draws the same things at its own cost."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from gpu_device import shared_device

from taixu.cli.run import QUALITIES
from taixu.render import Renderer, View, ViewCamera
from taixu.render.disk_cache import content_key
from taixu.render.quality import TIERS, measuring
from taixu.render.quality.measuring import BUDGET_MS, best_tier, measure_tiers, tier_costs

CAMERA = ViewCamera.looking((9.0, 6.0, 14.0), (0.0, 1.0, 0.0))


def test_the_command_knows_all_tiers() -> None:
    assert QUALITIES == (*TIERS, "auto")


def test_what_a_view_is_given_goes_before_its_tier() -> None:
    view = View(CAMERA, (64, 36), quality="low", settings={"occlusion": True})
    assert view.settings["occlusion"] and view.settings["cascades"] == 1 and view.settings["shadow_texels"] == 512
    assert not view.settings["prepass"] and view.samples == 1
    with pytest.raises(ValueError, match="there is no quality 'ultra'; there are low, medium, high, cinematic, full, fast"):
        View(CAMERA, quality="ultra")


def test_the_best_tier_in_time_is_taken() -> None:
    small, large = (640, 360), (1920, 1080)
    half = BUDGET_MS / 2
    assert best_tier(dict.fromkeys(TIERS, half), small) == "cinematic"
    assert best_tier(dict.fromkeys(TIERS, half), large) == "low"
    assert best_tier({"low": half, "medium": half, "high": 99.0}, small) == "medium"
    assert best_tier({}, small) == "low"


def test_a_machine_is_measured_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAIXU_CACHE", str(tmp_path))
    device = shared_device()
    calls = []

    def measured(_: object) -> dict[str, float]:
        calls.append(1)
        return {"low": 5.0, "medium": 80.0}

    monkeypatch.setattr(measuring, "measure_tiers", measured)
    assert tier_costs(device) == tier_costs(device) == {"low": 5.0, "medium": 80.0}
    assert len(calls) == 1
    (kept,) = tmp_path.rglob("*.npy")
    assert kept.stem == content_key("tiers", 1, device.capabilities.name, repr(TIERS))
    np.save(kept, np.array([np.nan, -1.0]))
    assert tier_costs(device) == {"low": 5.0, "medium": 80.0}
    kept.write_bytes(b"nonsense")
    assert tier_costs(device) == {"low": 5.0, "medium": 80.0}


def test_measuring_draws_and_ends_where_it_is_too_dear(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "_SIZE", (32, 18))
    monkeypatch.setattr(measuring, "_DEAR", 0.0)
    assert list(measure_tiers(shared_device())) == ["low"]


def test_tiers_show_the_same_things_and_the_lowest_has_the_least_passes() -> None:
    world, renderer = measuring._scene().world, Renderer(shared_device())
    pictures, passes = {}, {}
    for name in ("low", "medium", "full"):
        view = View(CAMERA, (160, 90), quality=name)
        renderer.render(world, [view], time_secs=0.0)
        assert view.graph is not None
        passes[name] = len(view.graph.nodes)
        pictures[name] = renderer.read(view)[..., :3].astype(int)
        view.release()
    renderer.release()
    assert passes["low"] < passes["full"]
    for name in ("low", "medium"):
        far = np.abs(pictures[name] - pictures["full"])
        assert far.any(), name  # another way to draw it,
        assert far.mean() < 12.0, name  # and the same things in the same light


@pytest.mark.parametrize("settings", [{}, {"prepass": False}])
@pytest.mark.parametrize("samples", [1, 4])
def test_without_a_pass_for_depth_the_picture_is_the_same(settings: dict[str, bool], samples: int) -> None:
    world, renderer = measuring._scene().world, Renderer(shared_device())
    pictures = []
    for own in ({"occlusion": False}, {"occlusion": False, **settings}):
        view = View(CAMERA, (96, 54), samples=samples, settings=own)
        renderer.render(world, [view], time_secs=0.0)
        pictures.append(renderer.read(view))
        view.release()
    renderer.release()
    assert (pictures[0] != pictures[1]).mean() < 1e-3
