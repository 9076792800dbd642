"""Two authors, an index and a folder of mods for tests of packages."""

from __future__ import annotations

from pathlib import Path

import pytest
from mod_packages import Keeper

from taixu.mods.packages.secret_key import SecretKey, make_key

__all__: list[str] = []


@pytest.fixture(scope="session")
def alice() -> SecretKey:
    return make_key()


@pytest.fixture(scope="session")
def eve() -> SecretKey:
    return make_key()


@pytest.fixture
def mods(tmp_path: Path) -> Path:
    return tmp_path / "project" / "mods"


@pytest.fixture
def keeper(tmp_path: Path) -> Keeper:
    return Keeper(tmp_path / "index")
