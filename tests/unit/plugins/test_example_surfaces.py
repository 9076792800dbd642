"""A plugin outside the package adds surfaces without a line changed in Taixu: worlds on disk name them, commands draw them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from installed_plugin import install_plugin, run_python
from PIL import Image

PLUGIN = Path(__file__).resolve().parents[3] / "samples" / "plugin_surface"

WORLD = {
    "format": "taixu.world",
    "version": 1,
    "entities": {
        "00000000000000a1": {"transform": {}, "shape": {"size": [4.0, 4.0, 0.1]}, "hologram": {"color": [0.0, 2.0, 0.0]}},
        "00000000000000a2": {"camera": {}, "transform": {"position": [0.0, 0.0, 3.0]}},
    },
}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a process in which the plugin is installed."""
    return install_plugin(PLUGIN, tmp_path_factory.mktemp("site"))


def test_worlds_name_it_and_are_drawn_with_it(installed: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "a.world.json").write_text(json.dumps(WORLD))
    checked = run_python(installed, "-m", "taixu", "check", "a.world.json", "--json", cwd=tmp_path)
    assert json.loads(checked.stdout)["files"][0]["findings"] == []
    words = ("render", "a.world.json", "--out", "a.png", "--size", "48x32", "--samples", "1")
    run_python(installed, "-m", "taixu", *words, cwd=tmp_path)
    green = np.asarray(Image.open(tmp_path / "a.png").convert("RGB")).astype(int)
    bare = {name: value for name, value in installed.items() if name != "PYTHONPATH"}
    plain = run_python(bare, "-m", "taixu", *words[:3], "b.png", *words[4:], cwd=tmp_path)
    gray = np.asarray(Image.open(tmp_path / "b.png").convert("RGB")).astype(int)
    assert green[16, 24, 1] > green[16, 24, 0] + 40
    assert abs(gray[16, 24, 1] - gray[16, 24, 0]) < 20, "nobody knows it: the default"
    assert plain.stderr.count("hologram") == 1
