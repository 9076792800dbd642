"""The wheel works without the checkout: it carries its data, its types and its entry point."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return next(folder.glob("taixu-*.whl"))


@pytest.fixture(scope="module")
def unpacked(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def run(unpacked: Path, *words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run Python where the unpacked wheel comes before the checkout."""
    return subprocess.run(
        [sys.executable, *words],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=120,
        env=os.environ | {"PYTHONPATH": str(unpacked)},
    )


def test_it_carries_data_types_and_licence(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for folder in ("shaders", "samples", "assets", "docs"):
        here = [file for file in (ROOT / folder).rglob("*") if file.is_file() and "__pycache__" not in file.parts]
        there = [name for name in names if name.startswith(f"taixu/_data/{folder}/")]
        assert len(there) >= len([file for file in here if ".taixu" not in file.parts and "out" not in file.parts])
    assert "taixu/py.typed" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not [name for name in names if "__pycache__" in name or name.startswith("tests/")]


def test_it_carries_the_viewer_as_it_was_built(wheel: Path) -> None:
    built = ROOT / "engine/taixu/serve/viewer/dist"
    if not (built / "index.html").is_file():
        pytest.skip("the viewer is not built here (make viewer)")
    names = [name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("taixu/serve/viewer/")]
    assert {f"taixu/serve/viewer/dist/{file.name}" for file in built.iterdir()} <= set(names)
    assert "taixu/serve/viewer/dist/licences.txt" in names
    assert not [name for name in names if "node_modules" in name or "/src/" in name]


def test_it_finds_its_data_without_the_checkout(unpacked: Path, tmp_path: Path) -> None:
    code = "from taixu.assets.paths import data_path; print(data_path('shaders'))"
    done = run(unpacked, "-c", code, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip()) == unpacked / "taixu" / "_data" / "shaders"


def test_it_makes_a_project_checks_it_and_draws_it(unpacked: Path, tmp_path: Path) -> None:
    for words in (
        ["new", "toys", "--template", "empty"],
        ["check", "toys", "--json"],
        ["render", "toys", "--out", "toys.png", "--size", "64x36"],
    ):
        done = run(unpacked, "-m", "taixu", *words, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "toys.png").read_bytes().startswith(b"\x89PNG")


def test_pybullet_is_asked_for_only_where_it_has_a_wheel() -> None:
    from packaging.requirements import Requirement

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = next(Requirement(line) for line in project["dependencies"] if line.startswith("pybullet"))
    assert asked.marker is not None
    here = {"sys_platform": "linux", "platform_machine": "x86_64", "implementation_name": "cpython"}
    assert asked.marker.evaluate(here | {"python_version": "3.11"})
    for other in (
        here | {"python_version": "3.12"},
        here | {"python_version": "3.11", "platform_machine": "aarch64"},
        here | {"python_version": "3.11", "platform_machine": "AMD64", "sys_platform": "win32"},
        here | {"python_version": "3.11", "sys_platform": "darwin"},
    ):
        assert not asked.marker.evaluate(other)


def test_every_dependency_is_pinned() -> None:
    """Each package of each extra stands in constraints.txt, so that what is tested is what is installed."""
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = [*project["dependencies"], *(line for extra in project["optional-dependencies"].values() for line in extra)]
    pins = {}
    for line in (ROOT / "constraints.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            name, _, version = line.partition("==")
            pins[canonicalize_name(name)] = version
    for line in asked:
        wanted = Requirement(line)
        if wanted.name != "taixu":
            assert wanted.specifier.contains(pins[canonicalize_name(wanted.name)]), line
