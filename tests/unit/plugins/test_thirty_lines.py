"""The guide's generator, written outside of the project in thirty lines, is installed by an entry point and makes things."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
from installed_plugin import install_plugin, run_python

from taixu.assets import data_path
from taixu.assets.image import read_image
from taixu.assets.sidecar import read_sidecar

PROJECT = """
[project]
name = "taixu-stripes"
version = "0.1.0"

[project.entry-points."taixu.plugins"]
stripes = "taixu_stripes:StripesPlugin"
"""


def test_a_generator_of_thirty_lines_works_through_its_entry_point(tmp_path: Path) -> None:
    guide = (data_path("docs") / "guide" / "generators.md").read_text("utf-8")
    code = next(block for block in re.findall(r"```python script\n(.*?)```", guide, re.S) if "class Stripes(Generator)" in block)
    plugin = "\n\nclass StripesPlugin:\n    generators = (Stripes,)\n\n    def build(self, app):\n        pass\n"
    assert len([line for line in code.splitlines() if line.strip()]) <= 30
    package = tmp_path / "plugin" / "taixu_stripes"
    package.mkdir(parents=True)
    (package.parent / "pyproject.toml").write_text(PROJECT)
    (package / "__init__.py").write_text(code + plugin)
    (tmp_path / "site").mkdir()
    installed = install_plugin(package.parent, tmp_path / "site") | {"TAIXU_CACHE": str(tmp_path / "cache")}
    work = tmp_path / "work"
    work.mkdir()
    listed = json.loads(run_python(installed, "-m", "taixu", "generators", "stripes", "--json", cwd=work).stdout)
    assert "count" in json.dumps(listed)
    options = ("--seed", "4", "--set", "size=64", "--no-sign", "--json", "--out")
    command = ("-m", "taixu", "generate", "stripes", "narrow ones", *options)
    made = json.loads(run_python(installed, *command, "a.png", cwd=work).stdout)
    again = json.loads(run_python(installed, *command, "b.png", cwd=work).stdout)
    assert (made["parameters"], made["cached"], again["cached"]) == ({"count": 32, "size": 64}, False, True)
    pixels = read_image(work / "a.png")
    assert pixels.shape == (64, 64, 3) and len(np.unique(pixels[:, 0, 0])) == 2
    sidecar = read_sidecar(work / "b.png")
    assert sidecar is not None
    assert (sidecar.provenance.generator, sidecar.provenance.prompt, sidecar.provenance.seed) == ("stripes", "narrow ones", 4)
    assert (work / "a.png").read_bytes() == (work / "b.png").read_bytes()
