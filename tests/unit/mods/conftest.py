"""Each test has a user of its own: no keys, no pins, no consents, nothing fetched."""

from __future__ import annotations

from pathlib import Path

import pytest

__all__: list[str] = []


@pytest.fixture(autouse=True)
def _fresh_user(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path_factory.mktemp("user")
    monkeypatch.setenv("TAIXU_CONFIG", str(home / "config"))
    monkeypatch.setenv("TAIXU_CACHE", str(home / "cache"))
    return home
