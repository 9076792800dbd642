"""The package's names are there, and importing it brings no decoder along."""

from __future__ import annotations

import subprocess
import sys

import taixu.assets


def test_every_public_name_exists() -> None:
    for name in taixu.assets.__all__:
        assert getattr(taixu.assets, name) is not None


def test_importing_is_cheap() -> None:
    heavy = ("PIL", "trimesh", "av", "OpenEXR", "tomlkit", "watchfiles")
    script = (
        "import sys, taixu.assets, taixu.assets.importers, taixu.assets.image, taixu.assets.audio_clip\n"
        "import taixu.assets.video, taixu.app.jobs, taixu.app.worker\n"
        f"print(*(name for name in {heavy!r} if name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.strip() == ""
