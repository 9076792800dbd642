"""A plugin outside the package adds a component, a pass, an importer and a command without a line changed in Taixu."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from installed_plugin import install_plugin
from installed_plugin import run_python as run

PLUGIN = Path(__file__).resolve().parents[3] / "samples" / "plugin_wind"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a process in which the plugin is installed."""
    return install_plugin(PLUGIN, tmp_path_factory.mktemp("site"))


def test_its_command_is_in_the_help_and_works(installed: dict[str, str], tmp_path: Path) -> None:
    assert "  meadow      grow a meadow" in run(installed, "-m", "taixu", "--help", cwd=tmp_path).stdout
    assert "example: taixu meadow" in run(installed, "-m", "taixu", "meadow", "--help", cwd=tmp_path).stdout
    done = run(installed, "-m", "taixu", "meadow", "a.grass", "--blades", "50", "--json", cwd=tmp_path)
    assert json.loads(done.stdout) == {"out": "a.grass", "blades": 50}
    assert len((tmp_path / "a.grass").read_text().splitlines()) == 51


def test_info_names_it(installed: dict[str, str], tmp_path: Path) -> None:
    assert json.loads(run(installed, "-m", "taixu", "info", "--json", cwd=tmp_path).stdout)["plugins"] == ["wind"]


def test_its_importer_reads_and_refuses(installed: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "good.grass").write_text("0 0 0.3\n0.1 0.2 0.2\n")
    (tmp_path / "bad.grass").write_text("0 0 0.3\n0 0 tall\n")
    run(installed, "-m", "taixu", "check", "good.grass", cwd=tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "taixu", "check", "bad.grass", "--json"],
        cwd=tmp_path, env=installed, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 1
    assert "line 2" in json.loads(done.stdout)["files"][0]["findings"][0]["message"]


def test_its_model_is_drawn_by_the_command_line(installed: dict[str, str], tmp_path: Path) -> None:
    run(installed, "-m", "taixu", "meadow", "a.grass", "--blades", "400", "--width", "1", cwd=tmp_path)
    run(installed, "-m", "taixu", "render", "a.grass", "--out", "a.png", "--size", "96x54", cwd=tmp_path)
    from PIL import Image

    pixels = np.asarray(Image.open(tmp_path / "a.png").convert("RGB")).astype(int)
    green = (pixels[..., 1] > pixels[..., 0] + 10) & (pixels[..., 1] > pixels[..., 2] + 10)
    assert green.mean() > 0.02


SCRIPT = """
import taixu as tx
from taixu.render import ViewCamera
from taixu_wind import Sway

app = tx.App.headless(size=(96, 54))
pole = app.scene.spawn("pole", tx.Shape("box"), Sway(lean_rad=0.5), position=(0, 1, 0))
app.run(seconds=0.5)
assert abs(pole.rotation[2]) > 0.05, pole.rotation
camera = ViewCamera.looking((0, 2, 8), (0, 1, 0))
clear = app.picture(camera=camera, samples=1).pixels.astype(int)
hazy = app.picture(camera=camera, samples=1, settings={"wind_haze": True}).pixels.astype(int)
assert abs(clear - hazy).max() > 8
assert "sway" in {declared.name for declared in app.components}
"""


def test_its_component_moves_things_and_its_pass_draws(installed: dict[str, str], tmp_path: Path) -> None:
    run(installed, "-c", SCRIPT, cwd=tmp_path)


def test_its_generator_makes_what_the_command_line_asks_for(installed: dict[str, str], tmp_path: Path) -> None:
    installed = installed | {"TAIXU_CACHE": str(tmp_path / "cache"), "TAIXU_CONFIG": str(tmp_path / "config")}
    listed = json.loads(run(installed, "-m", "taixu", "generators", "--json", cwd=tmp_path).stdout)
    assert "ripples" in {each["name"] for each in listed["generators"]} and listed["problems"] == []
    words = ("-m", "taixu", "generate", "ripples", "fine sand", "--seed", "3", "--set", "size=300", "--json", "--out")
    done = [json.loads(run(installed, *words, name, cwd=tmp_path).stdout) for name in ("a.png", "b.png")]
    assert (done[0]["out"], done[0]["parameters"]) == (["a.png"], {"crests": 32, "size": 300})
    assert [each["cached"] for each in done] == [False, True] and done[0]["content"] == done[1]["content"]
    told = json.loads(run(installed, "-m", "taixu", "info", "a.png", "--json", cwd=tmp_path).stdout)
    assert told["provenance"]["generator"] == "ripples" and told["mark"] == done[0]["content"][0][:8] and told["is_as_made"]
    assert len((PLUGIN / "taixu_wind" / "ripples.py").read_text().split("\n@dataclass", 1)[1].splitlines()) <= 33
