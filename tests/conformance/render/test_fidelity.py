from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from taixu.bench import Options
from taixu.bench.fidelity import choose, find_scenarios, measure
from taixu.cli import main
from taixu.errors import TaixuError, UsageError
from taixu.render.fidelity import flip_map, orbit_camera, psnr, read_picture, read_scenarios


@pytest.fixture(scope="module")
def folder(content: Path) -> Path:
    if not (content / "fidelity").is_dir():
        pytest.skip("no fidelity scenarios")
    return content / "fidelity"


def test_camera_of_a_scenario() -> None:
    scenario = {"target": {"x": 0, "y": 0.3, "z": 0}, "orbit": {"theta": 90, "phi": 60, "radius": 2}, "verticalFoV": 45}
    pose = orbit_camera(scenario).world_from_camera
    assert np.allclose(pose[:3, 3], (2 * np.sin(np.pi / 3), 1.3, 0))
    assert np.allclose(-pose[:3, 2], (-np.sin(np.pi / 3), -0.5, 0))


def test_psnr() -> None:
    a = np.zeros((4, 4, 3))
    assert psnr(a, a + 0.1) == pytest.approx(20.0)


def test_flip_sees_where_pictures_differ() -> None:
    pytest.importorskip("flip_evaluator")
    reference = np.full((64, 96, 3), 0.5)
    picture = reference.copy()
    picture[:, 64:] = (0.9, 0.1, 0.1)
    found = flip_map(reference, picture)
    assert found.shape == (64, 96)
    assert found[:, :32].max() < 0.05
    assert found[:, 80:].min() > 0.3


def test_our_measures_are_those_of_the_baseline(folder: Path) -> None:
    """The stored pictures of other engines, scored by our recipe, have the figures that the baseline says."""
    pytest.importorskip("flip_evaluator")
    compared = 0
    for scenario in read_scenarios(folder)[::4]:
        reference = read_picture(folder / scenario["goldens"]["blender-cycles"])
        for name, decibels in scenario["others"].items():
            picture = read_picture(folder / scenario["goldens"][name])
            assert psnr(picture, reference) == pytest.approx(decibels, abs=0.006), (scenario["name"], name)
            flip = float(flip_map(reference, picture).mean())
            assert flip == pytest.approx(scenario["others_flip"][name], abs=2e-4), (scenario["name"], name)
            compared += 1
    assert compared > 30


def test_scenes_are_named_with_and_without_their_collection() -> None:
    scenarios = [{"name": "khronos-Fox"}, {"name": "khronos-Suzanne"}]
    assert choose(scenarios, "") == scenarios
    assert choose(scenarios, "suzanne, khronos-Fox") == scenarios[::-1]
    with pytest.raises(UsageError, match="no scene 'Fax'; there are khronos-Fox"):
        choose(scenarios, "Fax")


def test_without_content_one_sentence_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("TAIXU_CONTENT", raising=False)
    with pytest.raises(TaixuError, match="name their folder by --content or TAIXU_CONTENT"):
        find_scenarios()
    assert main(["bench", "fidelity", "--content", str(tmp_path)]) == 1
    assert "there is no fidelity/scenarios.json in it" in capsys.readouterr().err
    assert main(["bench", "transforms", "--scenes", "Fox"]) == 2
    (tmp_path / "scenarios.json").write_text("{}")
    with pytest.raises(TaixuError, match="cannot be read"):
        read_scenarios(find_scenarios(str(tmp_path)))


def test_a_scene_is_drawn_scored_and_put_on_a_sheet(folder: Path, tmp_path: Path) -> None:
    from PIL import Image

    pytest.importorskip("flip_evaluator")
    options = Options(n=24, scenes="AnimatedMorphCube,InterpolationTest", content=str(folder), samples=2, out=str(tmp_path))
    *rows, total = measure(options, paths=False)
    scenes, frames = rows[::2], rows[1::2]
    assert {s["engine"] for s in scenes} == {"taixu"}
    assert {s["engine"] for s in frames} == {"taixu-frames"}
    assert [s["scene"] for s in frames] == [s["scene"] for s in scenes]
    assert total["taixu-frames"]["psnr"] == pytest.approx(np.median([s["psnr"] for s in frames]), abs=0.02)
    assert [s["scene"] for s in scenes] == ["khronos-AnimatedMorphCube", "khronos-InterpolationTest"]
    assert all(s["psnr"] > 30 and s["flip"] < 0.04 and s["trusted"] for s in scenes)
    assert scenes[0]["peers"]["filament"] == {"psnr": 36.77, "flip": 0.0637}
    assert total["psnr"] == pytest.approx((scenes[0]["psnr"] + scenes[1]["psnr"]) / 2, abs=0.02)
    assert json.dumps(total)
    with Image.open(total["sheet"]) as sheet:
        assert sheet.width == 4 * 512 + 12
        assert sheet.height > 2 * 512


def test_stills_are_nearer_than_other_engines_frames(folder: Path) -> None:
    """Scenes whose surfaces hide the sky from each other, against the best of three.js, Filament, Babylon and the sample viewer."""
    pytest.importorskip("flip_evaluator")
    names = "Suzanne,SheenChair,CesiumMilkTruck,VertexColorTest"
    *rows, total = measure(Options(n=24, scenes=names, content=str(folder), samples=4), paths=False)
    scenes = rows[::2]
    assert total["taixu-frames"]["psnr"] < total["psnr"]
    ahead = {s["scene"]: s["ahead_db"] for s in scenes}
    assert min(ahead.values()) > 1.0, ahead
    assert all(s["rank"] == 1 for s in scenes)
    assert total["psnr"] > 33.0
    assert total["flip"] < 0.035


def test_the_path_tracer_has_a_row_of_its_own(folder: Path) -> None:
    pytest.importorskip("flip_evaluator")
    drawn, frames, traced, total = measure(Options(n=24, scenes="AnimatedMorphCube", content=str(folder), samples=4))
    assert [one["engine"] for one in (drawn, frames, traced)] == ["taixu", "taixu-frames", "taixu-paths"]
    assert traced["psnr"] > 34.0, traced
    assert traced["path_tracers_median"] == pytest.approx(41.555, abs=0.011)
    assert total["taixu-paths"]["psnr"] == traced["psnr"]
