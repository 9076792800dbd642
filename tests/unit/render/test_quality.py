"""Tiers: what they ask of a view, which one a machine gets, and that each draws the same things at its own cost."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from gpu_device import shared_device

import taixu as tx
from taixu.bench import quality as bench
from taixu.bench.measure import Options
from taixu.cli.run import QUALITIES
from taixu.gpu import NullDevice
from taixu.render import Renderer, View, ViewCamera
from taixu.render.disk_cache import content_key
from taixu.render.quality import OPTION_PASSES, OTHER, TIERS, load, measuring, option_of, options_of, passes_by_option
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


class Machine:
    """One that is measured in no time, and as busy as one says."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self.calls, self.costs, self.busy, self.present = 0, {"low": 5.0, "medium": 80.0}, 0.0, 0.0
        monkeypatch.setenv("TAIXU_CACHE", str(folder))
        monkeypatch.setattr(measuring, "measure_tiers", self.measure)
        monkeypatch.setattr(measuring, "Load", lambda: SimpleNamespace(share=lambda: self.busy))
        monkeypatch.setattr(measuring, "present_load", lambda: self.present)

    def measure(self, _: object) -> dict[str, float]:
        self.calls += 1
        return self.costs


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Machine:
    return Machine(monkeypatch, tmp_path)


def test_a_machine_is_measured_once_and_when_asked(machine: Machine, tmp_path: Path) -> None:
    device = shared_device()
    assert tier_costs(device) == tier_costs(device) == {"low": 5.0, "medium": 80.0}
    assert machine.calls == 1
    machine.costs = {"low": 4.0}
    assert tier_costs(device, again=True) == tier_costs(device) == {"low": 4.0}
    assert machine.calls == 2
    (kept,) = tmp_path.rglob("*.npy")
    assert kept.stem == content_key("tiers", 2, device.capabilities.name, repr(TIERS))
    for nonsense in (np.array([np.nan, -1.0]), np.zeros((2, 2)), np.zeros(0)):
        np.save(kept, nonsense)
        assert tier_costs(device) == {"low": 4.0}
    kept.write_bytes(b"nonsense")
    assert tier_costs(device) == {"low": 4.0}
    assert machine.calls == 6


def test_what_was_measured_on_a_busy_machine_is_measured_again_when_it_rests(machine: Machine) -> None:
    device = shared_device()
    machine.busy, machine.present, machine.costs = 0.8, 0.8, {"low": 50.0}
    assert tier_costs(device) == tier_costs(device) == {"low": 50.0}
    assert machine.calls == 1  # it would come out no better
    machine.present, machine.busy, machine.costs = 0.1, 0.9, {"low": 70.0}
    assert tier_costs(device) == {"low": 50.0} and machine.calls == 2  # it was not at rest after all
    machine.busy, machine.costs = 0.1, {"low": 5.0}
    assert tier_costs(device) == tier_costs(device) == {"low": 5.0}
    assert machine.calls == 3


def test_load_is_that_of_others(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stat = tmp_path / "stat"
    monkeypatch.setattr(load, "_STAT", stat)
    monkeypatch.setattr(load.os, "cpu_count", lambda: 2)
    monkeypatch.setattr(load.os, "sysconf", lambda _: 100)
    clock = {"wall": 100.0, "own": 7.0}
    monkeypatch.setattr(load, "perf_counter", lambda: clock["wall"])
    monkeypatch.setattr(load, "process_time", lambda: clock["own"])
    stat.write_text("cpu 100 0 100 5000 10 0 0 0 0 0\ncpu0 ...")
    seen = load.Load()
    clock.update(wall=110.0, own=9.0)
    stat.write_text("cpu 700 0 300 6200 10 0 0 0 0 0\ncpu0 ...")  # eight seconds, of which two are our own
    assert seen.share() == pytest.approx(0.3)
    stat.unlink()
    assert seen.share() == 0.0 and load.Load().share() == 0.0
    assert 0.0 <= load.present_load() <= 1.0


def test_passes_belong_to_options() -> None:
    assert option_of("view: shadows") == option_of("contact shadows") == "shadows"
    assert option_of("main: focus: blur") == "focus" and option_of("main: smooth occlusion") == "occlusion"
    assert option_of("main: screen reflections in place") == "reflections" and option_of("main: screen") == "overlays"
    assert option_of("main: somebody's") == OTHER
    grouped = passes_by_option({"a: sky": 1.0, "a: solid": 3.0, "b: solid": 2.0, "a: stars": 0.5})
    assert list(grouped) == ["surfaces", "sky"] and grouped["surfaces"] == {"a: solid": 3.0, "b: solid": 2.0}


def test_every_pass_that_is_drawn_is_of_an_option() -> None:
    world, renderer = measuring._scene().world, Renderer(NullDevice())
    for name in (*TIERS, "full"):
        view = View(CAMERA, (64, 36), quality=name)
        renderer.render(world, [view], time_secs=0.0)
        assert view.graph is not None
        assert [node.name for node in view.graph.nodes if option_of(node.name) == OTHER] == []
        view.release()
    renderer.release()


def test_options_of_a_tier_are_what_it_has_switched_on() -> None:
    assert options_of("low") == {"shadows": {"shadows": False}}
    high = options_of("high")
    assert high["samples"] == {"samples": 1} and high["post"] == {"post": "none"} and high["occlusion"] == {"occlusion": False}
    assert "prepass" not in high and "cascades" not in high
    assert "soft_shadows" in options_of("cinematic") and "soft_shadows" not in high


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


def test_the_bench_says_what_a_tier_and_its_options_cost() -> None:
    with tx.App.headless(size=(32, 18)) as app:
        app.scene.spawn("box", tx.Shape("box"))
        app.scene.spawn("sun", tx.Light(kind="directional"))
        app.settle()
        found = bench._measure_tier(app, "low", Options(n=1, frames=1, size=(32, 18)))
    assert found["name"] == "quality, low" and found["limit_ms"] == round(BUDGET_MS, 3) and found["ratio"] > 0
    assert list(found["options_ms"]) == ["shadows"] and found["noise_ms"] >= 0.0
    assert found["passes_ms"]["surfaces"] > 0.0 and set(found["passes_ms"]) <= {*OPTION_PASSES, OTHER}
    assert found["busy_ms"] > 0.0
    assert found["busy_ratio"] == round(2e3 / bench.SOFTWARE_FPS / found["busy_ms"], 2), "beside what two cores have at 20 a second"
    lines = bench.table([found, {**found, "name": "quality, high", "options_ms": {"occlusion": 1.25}}]).split("\n")
    assert lines[0].split() == ["low", "high"]
    assert lines[-1].split() == ["occlusion", "–", "1.2"]
    assert len({len(line) for line in lines}) == 1
