"""What a server is made of: parts, each with its own paths and its own share of a frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from taixu.app import App
from taixu.serve.door import Door

if TYPE_CHECKING:
    from taixu.serve.service import Service

__all__ = ["Part", "operation"]


class Part:
    """A piece of the server. What it is asked it answers in the network's thread; what it does each frame, in the world's.

    Nothing that both threads touch may be without a lock: hand things over by `Service.call_soon` (to the network's thread),
    `Door.ask` (to the world's) or a board that is swapped as a whole.
    """

    def routes(self, door: Door) -> list[Any]:
        """aiohttp's route definitions (the network's thread, once)."""
        return []

    def paths(self) -> dict[str, Any]:
        """What OpenAPI says of them."""
        return {}

    def frame(self, app: App, service: Service) -> None:
        """Do a frame's share (the world's thread, after each frame; and once before the first)."""

    def rest(self, until: float) -> None:
        """Use what is left of a frame, until then at the latest (`time.perf_counter`; the world's thread)."""

    def close(self) -> None:
        """Let go of what is held (the world's thread, at the end)."""


_ERROR = {"type": "object", "properties": {"error": {"type": "string"}}, "required": ["error"]}


def operation(summary: str, schema: Any = None, **more: Any) -> dict[str, Any]:
    """An operation of OpenAPI: what it does, what it answers (a JSON Schema), and more of its fields."""
    content = {"content": {"application/json": {"schema": schema}}} if schema is not None else {}
    wrong = {"description": "What is wrong.", "content": {"application/json": {"schema": _ERROR}}}
    return {"summary": summary, "responses": {"200": {"description": "Done.", **content}, "4XX": wrong}, **more}
