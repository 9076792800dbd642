"""taixu bake."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from taixu.cli.program import main
from taixu.render.indirect import read_probes


def test_a_world_without_probes_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bake", "samples/gallery", "--out", str(tmp_path / "x.png")]) == 2
    assert ".probes" in capsys.readouterr().err


def test_light_of_a_world_is_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from taixu.defaults import App
    from taixu.scene import LightProbes, Shape, Transform

    with App.headless() as app:
        app.world.spawn(Shape(size=(2, 1, 2)), Transform())
        app.save(tmp_path / "dark.world.json")
        app.world.spawn(LightProbes(most_probes=30, rays=16))
        app.save(tmp_path / "room.world.json")
    assert main(["bake", str(tmp_path / "dark.world.json"), "--out", str(tmp_path / "room.probes")]) == 1
    assert "has no light_probes" in capsys.readouterr().err
    assert main(["bake", str(tmp_path / "room.world.json"), "--out", str(tmp_path / "room.probes"), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    kept = read_probes(tmp_path / "room.probes")
    assert report["probes"] == kept.lattice.count <= 30
    assert kept.made_by["world"] == "room.world.json"
    assert kept.atlas[..., :3].max() > 0
