from __future__ import annotations

from collections.abc import Iterator

import pytest
from physics_rigs import close_engines


@pytest.fixture(autouse=True)
def engines() -> Iterator[None]:
    """Engines live as long as their test."""
    yield
    close_engines()
