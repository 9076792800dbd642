"""A guard in a package of its own: it is asked about words before and about pictures after, on the command line, too."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from installed_plugin import install_plugin, run_python

PLUGIN = Path(__file__).resolve().parents[3] / "samples" / "plugin_guard"
HASH = """
import sys
from taixu.assets.image import read_image
from taixu_guard.house_rules import picture_hash
print(f"{picture_hash(read_image(sys.argv[1])):016x}")
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a process in which the plugin is installed."""
    user = tmp_path_factory.mktemp("user")
    folders = {"TAIXU_CACHE": str(user / "cache"), "TAIXU_CONFIG": str(user / "config"), "TAIXU_GENERATE_ON": "processor"}
    return install_plugin(PLUGIN, tmp_path_factory.mktemp("site")) | folders


def _generate(installed: dict[str, str], cwd: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "taixu", "generate", *words, "--no-sign"]
    return subprocess.run(command, cwd=cwd, env=installed, capture_output=True, text=True, timeout=120)


def test_words_are_refused_before_anything_is_made(installed: dict[str, str], tmp_path: Path) -> None:
    done = _generate(installed, tmp_path, "sound", "a coin of ACME", "--out", "coin.wav")
    assert done.returncode == 1 and done.stderr.count("\n") == 1
    assert "this is not made: it names a brand that is not ours" in done.stderr and list(tmp_path.iterdir()) == []
    done = _generate(installed, tmp_path, "sound", "a coin", "--out", "coin.wav")
    assert done.returncode == 0, done.stderr


def test_pictures_are_refused_after_and_from_the_cache_too(installed: dict[str, str], tmp_path: Path) -> None:
    words = ("material", "marble", "--seed", "5", "--set", "size_px=64", "--out", "a.png")
    done = _generate(installed, tmp_path, *words)
    assert done.returncode == 0, done.stderr
    seen = run_python(installed, "-c", HASH, "a_base_color.png", cwd=tmp_path).stdout
    (tmp_path / "refused.txt").write_text(seen)
    watched = installed | {"TAIXU_GUARD_PICTURES": str(tmp_path / "refused.txt")}
    before = sorted(path.name for path in tmp_path.iterdir())
    for size in ("64", "96"):  # from the cache, and made anew in another size
        done = _generate(watched, tmp_path, *words[:5], f"size_px={size}", "--out", "b.png")
        assert done.returncode == 1 and "this is not made: it looks like a picture on the list" in done.stderr
        assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_a_guard_that_fails_lets_nothing_pass(installed: dict[str, str], tmp_path: Path) -> None:
    broken = installed | {"TAIXU_GUARD_PICTURES": str(tmp_path / "gone.txt")}
    done = _generate(broken, tmp_path, "sound", "a click", "--out", "click.wav")
    assert done.returncode == 1 and "house_rules:HouseRules failed, so nothing is made" in done.stderr
    assert not (tmp_path / "click.wav").exists()
