from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from command_line import taixu_json
from PIL import Image
from shapes_in_gltf import ball, model_of

from taixu.assets.gltf import write_glb
from taixu.cli import main


def test_good_and_bad_files_are_told_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Image.new("RGB", (2, 2)).save(tmp_path / "good.png")
    (tmp_path / "bad.png").write_bytes((tmp_path / "good.png").read_bytes()[:40])
    assert main(["check", str(tmp_path / "good.png")]) == 0
    assert main(["check", str(tmp_path / "good.png"), str(tmp_path / "bad.png")]) == 1
    assert f"{tmp_path / 'bad.png'}: bad" in capsys.readouterr().out


def test_findings_say_where(tmp_path: Path) -> None:
    model = {"asset": {"version": "2.0"}, "nodes": [{"mesh": 7}], "scenes": [{"nodes": [0]}]}
    (tmp_path / "bad.gltf").write_text(json.dumps(model))
    found = taixu_json("check", tmp_path / "bad.gltf", status=1)
    (file,) = found["files"]
    assert file["path"] == str(tmp_path / "bad.gltf")
    assert not file["ok"]
    assert not found["ok"]
    assert any(item["severity"] == "error" and "/nodes/0" in item["where"] for item in file["findings"])


def test_the_gate_says_how_fit_a_model_is(tmp_path: Path) -> None:
    positions, faces = ball(2)
    faces[[3, 9]] = faces[[3, 9]][:, ::-1]
    write_glb(model_of(positions, np.delete(faces, 50, axis=0)), tmp_path / "ball.glb")
    plain = taixu_json("check", tmp_path / "ball.glb")
    assert not plain["files"][0]["findings"]
    told = taixu_json("check", "--gate", tmp_path / "ball.glb")["files"][0]["findings"]
    assert [each["severity"] for each in told] == ["warning", "info", "info"]
    assert "winding" in told[0]["message"]
    assert "light and things fall: 3" in told[1]["message"]
    assert taixu_json("check", "--gate", "--strict", tmp_path / "ball.glb", status=1)["files"][0]["ok"] is False


def test_unknown_kinds_and_missing_files_are_findings(tmp_path: Path) -> None:
    (tmp_path / "what.qqq").write_text("?")
    found = taixu_json("check", tmp_path / "what.qqq", tmp_path / "missing.glb", status=1)
    messages = [file["findings"][0]["message"] for file in found["files"]]
    assert ".qqq" in messages[0]
    assert "no such file" in messages[1]


def test_invalid_gltf_is_refused_and_the_rest_loads(content: Path) -> None:
    """Khronos' own list of invalid assets: what it gives errors for is never a traceback, a crash or a hang."""
    folder = content / "gltf-invalid"
    files = sorted(file for file in folder.rglob("*") if file.suffix in (".gltf", ".glb"))
    found = taixu_json("check", *files, status=1, timeout_secs=120)
    assert len(found["files"]) == len(files)
    assert all("defect" not in item["message"] for file in found["files"] for item in file["findings"])


def test_a_robot_without_its_meshes_is_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    from taixu.cli.staging import open_thing
    from taixu.defaults import App

    visual = '<visual><geometry><mesh filename="package://arm/{}.stl"/></geometry></visual>'
    link = visual.format("elbow") + visual.format("hand")
    (tmp_path / "arm.urdf").write_text(f'<robot name="arm"><link name="a">{link}</link></robot>')
    (file,) = taixu_json("check", tmp_path / "arm.urdf")["files"]
    assert [item["severity"] for item in file["findings"]] == ["warning", "warning"]
    assert "arm/elbow.stl" in file["findings"][0]["message"]
    taixu_json("check", tmp_path / "arm.urdf", "--strict", status=1)
    with App.headless() as app:
        open_thing(app, tmp_path / "arm.urdf")
    (line,) = [record.message for record in caplog.records if "elbow" in record.message]
    assert line.startswith(str(tmp_path / "arm.urdf"))
    assert "and 1 more" in line


def test_vrm_animations_are_models(content: Path) -> None:
    from taixu.assets.importers import import_model

    found = taixu_json("check", content / "vrm" / "test.vrma")
    assert found["ok"]
    model = import_model(content / "vrm" / "test.vrma")
    assert model.animations
    assert "VRMC_vrm_animation" in model.extensions
