"""The WebAssembly that mods run in is the release that was pinned, and none with known holes."""

from __future__ import annotations

import importlib.metadata
import re
import tomllib
from pathlib import Path

import pytest

from taixu.errors import MachineError
from taixu.mods.box import runtime

pytest.importorskip("wasmtime", reason="mods run in wasmtime, which is not installed")
ROOT = Path(__file__).parents[4]


def pinned() -> str:
    found = re.search(r"^wasmtime==(\S+)$", (ROOT / "constraints.txt").read_text(), re.MULTILINE)
    assert found is not None, "constraints.txt pins it"
    return found[1]


def test_the_pinned_release_is_the_one_that_is_used() -> None:
    assert importlib.metadata.version("wasmtime") == pinned()
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    (wanted,) = (line for line in extras["mods"] if line.startswith("wasmtime"))
    assert wanted == f"wasmtime>={runtime.LEAST_VERSION}", "pip takes none that the engine refuses"
    assert runtime._numbers(pinned()) >= runtime._numbers(runtime.LEAST_VERSION)
    assert runtime.version_doubt() == ""


@pytest.mark.parametrize(("version", "is_refused"), [
    ("50.0.0", True), ("9.9.9", True), ("49.12.3", True), ("50.0.1", False), ("50.0.10", False), ("51.0.0", False),
])  # fmt: skip
def test_a_release_with_known_holes_is_refused(monkeypatch: pytest.MonkeyPatch, version: str, is_refused: bool) -> None:
    monkeypatch.setattr(importlib.metadata, "version", lambda name: version)
    if not is_refused:
        assert runtime.version_doubt() == ""
        return
    with pytest.raises(MachineError, match=rf"{version} has known holes: pip install -U"):
        runtime.make_engine()


def test_another_release_compiles_the_image_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    before = runtime.configuration_key()
    monkeypatch.setattr(importlib.metadata, "version", lambda name: "51.0.0")
    assert runtime.configuration_key() != before
