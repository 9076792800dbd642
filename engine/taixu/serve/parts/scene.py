"""The scene for viewers: the world's thread looks what moved, the network's tells who watches."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from taixu.app import App
from taixu.serve.access import Guest, Role
from taixu.serve.audience import Audience
from taixu.serve.door import Door
from taixu.serve.part import Part, operation
from taixu.serve.past import Pasts
from taixu.serve.poses import Poses
from taixu.serve.shelf import MeshShelf
from taixu.serve.sight import Sight
from taixu.serve.skeletons import SkeletonShelf
from taixu.serve.watching import watch_socket

if TYPE_CHECKING:
    from aiohttp import web

    from taixu.serve.service import Service

__all__ = ["ScenePart"]

_SHOWN_A_SEC = 20.0
_POSED_A_SEC = 10.0
"""Pages draw what lies between two poses."""


class ScenePart(Part):
    """``/watch``."""

    def __init__(self, shelf: MeshShelf, skeletons: SkeletonShelf, pasts: Pasts) -> None:
        self.shelf, self._pasts = shelf, pasts
        """Where browsers fetch meshes from: whoever sends frames of another world gives its `Sight` the same."""
        self.audience = Audience()
        """The network's thread's."""
        self._sight = Sight(shelf)
        self._poses = Poses(self._sight, skeletons)
        self._shown = self._posed = -1.0

    def routes(self, door: Door) -> list[Any]:
        from aiohttp import web

        async def watch(request: web.Request, guest: Guest) -> web.StreamResponse:
            return await watch_socket(request, self.audience, pasts=self._pasts, sockets=door.sockets)

        return [web.get("/watch", door.need(Role.VIEW, watch))]

    def paths(self) -> dict[str, Any]:
        return {"/watch": {"get": operation("A WebSocket of the scene, for viewers.")}}

    def frame(self, app: App, service: Service) -> None:
        now = time.perf_counter()
        if now - self._shown < 1.0 / _SHOWN_A_SEC:
            return
        self._shown = now
        frame = self._sight.look(app.world, time_ns=time.time_ns())
        if not frame.is_empty:
            service.call_soon(self.audience.show, frame)
        if now - self._posed < 0.9 / _POSED_A_SEC:  # frames come in steps: not later than a step would be
            return
        self._posed = now
        posed = self._poses.look(app.world, near=self.audience.boxes)
        if len(self._poses) or posed.told:
            service.call_soon(self.audience.pose, posed)
