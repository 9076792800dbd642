"""`import taixu` must be quick: nothing heavy may be loaded by it, nor by the commands that only talk."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = [
    "OpenGL", "PIL", "av", "diffusers", "hypothesis", "imgui_bundle", "jsonschema", "moderngl", "pybullet", "pyglet",
    "rapier3d", "scipy", "tomlkit", "torch", "transformers", "trimesh", "watchfiles",
]  # fmt: skip


def loaded(code: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules, file=sys.stderr)"],
                          capture_output=True, text=True, check=True)  # fmt: skip
    return done.stderr.split()


def test_import_taixu_loads_nothing_heavy() -> None:
    modules = loaded("import taixu")
    assert [name for name in HEAVY if name in modules] == []
    assert len(modules) < 500  # numpy alone brings about 200, the standard library the rest


@pytest.mark.parametrize("words", ["['--help']", "['edit', '--help']", "['nonsense']"])
def test_talk_loads_not_even_numpy(words: str) -> None:
    modules = loaded(f"from taixu.cli import main; main({words})")
    assert [name for name in [*HEAVY, "numpy"] if name in modules] == []
