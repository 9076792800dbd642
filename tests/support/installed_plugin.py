"""An example plugin as pip would install it, without pip."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

__all__ = ["install_plugin", "run_python"]


def install_plugin(plugin: Path, site: Path) -> dict[str, str]:
    """The environment of a process in which the plugin in a folder is installed: its code, and what pip writes beside it."""
    project = tomllib.loads((plugin / "pyproject.toml").read_text())["project"]
    name = project["name"].replace("-", "_")
    (site / name).symlink_to(plugin / name)
    about = site / f"{name}-{project['version']}.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    points = project["entry-points"]["taixu.plugins"]
    lines = "".join(f"{name} = {target}\n" for name, target in points.items())
    (about / "entry_points.txt").write_text(f"[taixu.plugins]\n{lines}")
    return os.environ | {"PYTHONPATH": str(site)}


def run_python(installed: dict[str, str], *words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run Python there; fails where it does."""
    done = subprocess.run([sys.executable, *words], cwd=cwd, env=installed, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done
