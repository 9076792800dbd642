"""Whoever asks a world that has other things to do is told so, whatever he asked."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import Future
from types import SimpleNamespace
from typing import Any

import pytest

from taixu.serve import Access, door
from taixu.serve.access import Guest, Role
from taixu.serve.door import Door

TOKEN = "t" * 20


class Busy:
    """Errands that nobody runs."""

    def ask(self, function: Any) -> Future[Any]:
        return Future()


def test_a_world_that_does_not_answer_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "_ERRAND_SECS", 0.01)
    guarded = Door(Access({TOKEN: Guest("ann", Role.VIEW)}), Busy(), is_secure=False, stop=lambda: None)  # type: ignore[arg-type]

    async def handler(request: Any, guest: Guest) -> Any:
        return await guarded.ask(lambda world: 1)

    request: Any = SimpleNamespace(
        headers={"Authorization": f"Bearer {TOKEN}"}, cookies={}, query={}, host="localhost", remote="127.0.0.1", path="/plans",
        can_read_body=False,
    )  # fmt: skip

    async def asked() -> Any:
        return await guarded.need(Role.VIEW, handler)(request)

    answer = asyncio.run(asked())
    assert answer.status == 503
    assert "does not answer" in json.loads(answer.body)["error"]
