"""Each test has a user of its own: no keys, no pins, no consents. The cache stays, for the box's image is compiled into it."""

from __future__ import annotations

import pytest

__all__: list[str] = []


@pytest.fixture(autouse=True)
def _fresh_user(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAIXU_CONFIG", str(tmp_path_factory.mktemp("user")))
