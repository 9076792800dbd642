"""The pages about mods: the tutorial's mods run in the box, and the reference is the table."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from taixu.defaults.mod_trials import try_mod
from taixu.mods.authoring.checks import findings_of
from taixu.script.api import API, ENTITY_API
from taixu.script.reference import reference_page

GUIDE = Path(__file__).resolve().parents[4] / "docs" / "guide"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.M | re.S)


def test_the_reference_is_the_table() -> None:
    page = (GUIDE / "game-reference.md").read_text("utf-8")
    assert page == reference_page(), "python -m taixu.script.reference > docs/guide/game-reference.md makes it anew"
    for entry in (*API, *ENTITY_API):
        assert f".{entry.name}" in page


def test_the_tutorials_mods_run_in_the_box() -> None:
    pytest.importorskip("wasmtime", reason="mods run in wasmtime, which is not installed")
    blocks = BLOCK.findall((GUIDE / "mods.md").read_text("utf-8"))
    sources = [text for language, text in blocks if language == "python"]
    manifests = [text for language, text in blocks if language == "toml"]
    assert len(sources) == len(manifests) == 2
    for source, manifest in zip(sources, manifests, strict=True):
        files = {"main.py": source, "mod.toml": manifest}
        assert findings_of(files) == []
        trial = try_mod(files, ticks=90)
        assert trial.is_good and trial.spawned == 1, trial
    assert "mods/firefly --id you.firefly" in (GUIDE / "mods.md").read_text("utf-8")
