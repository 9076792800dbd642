"""Pictures drawn on the server: the network's thread knows who looks where, the world's draws what they see."""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from taixu.app import App
from taixu.ecs import World
from taixu.edit import WorldSettings
from taixu.errors import TaixuError
from taixu.scene.cameras import camera_names
from taixu.serve.access import Guest, Role
from taixu.serve.door import Door
from taixu.serve.part import Part, operation

if TYPE_CHECKING:
    from aiohttp import web

    from taixu.serve.pictures import Gallery, Limits, Studio, Viewer
    from taixu.serve.service import Service

__all__ = ["PicturesPart"]

_log = logging.getLogger(__name__)
_SWITCH_SECS = 0.001
_ANSWER_SECS = 0.02


class PicturesPart(Part):
    """``/pictures``."""

    def __init__(self) -> None:
        self._limits: Limits | None = None
        self._gallery: Gallery | None = None
        self._studio: Studio | None = None
        self._why_not = ""
        self._app: App | None = None
        self._service: Service | None = None
        self._switch_secs = 0.0

    def routes(self, door: Door) -> list[Any]:
        from aiohttp import web

        from taixu.serve.pictures.encoding import codecs_here
        from taixu.serve.pictures.gallery import Gallery
        from taixu.serve.pictures.socket import serve_pictures

        gallery = self._gallery = Gallery()
        answers = set[asyncio.Task[None]]()

        async def answer() -> None:
            with suppress(TaixuError):  # the next frame will do it
                await door.ask(self._answer)

        def hurry() -> None:
            if not answers:
                answers.add(task := asyncio.get_running_loop().create_task(answer()))
                task.add_done_callback(answers.discard)

        gallery.hurry = hurry

        async def hello() -> dict[str, Any]:
            about = await door.ask(self._open)
            limits = gallery.limits
            return about | {
                "codecs": list(codecs_here()),
                "most": {"size": list(limits.size), "fps": limits.fps, "kbps": limits.kbps, "viewers": limits.viewers},
            }

        async def pick(viewer: Viewer, x: float, y: float) -> dict[str, Any] | None:
            shot = viewer.shot
            if shot is None:
                raise TaixuError("nothing is shown yet: say what you want first")
            return await door.ask(lambda world: self._studio.pick(world, shot, x, y) if self._studio is not None else None)

        async def pictures(request: web.Request, guest: Guest) -> web.StreamResponse:
            if request.headers.get("Upgrade", "").lower() != "websocket":
                try:
                    return web.json_response({"able": True, "why": "", **await hello()})
                except TaixuError as error:
                    return web.json_response({"able": False, "why": str(error)}, status=409)
            return await serve_pictures(request, gallery, pick, hello=hello, sockets=door.sockets)

        return [web.get("/pictures", door.need(Role.VIEW, pictures))]

    def paths(self) -> dict[str, Any]:
        what = "A WebSocket of pictures that the server draws; without one, whether it can."
        return {"/pictures": {"get": operation(what, {"type": "object"})}}

    def frame(self, app: App, service: Service) -> None:
        gallery, studio = self._gallery, self._studio
        if gallery is None:
            return
        if self._limits is None:
            self._limits = gallery.limits = _limits_of(app.world)
        if studio is None:
            return
        self._app, self._service = app, service
        self._draw(app, service, gallery, studio)

    def rest(self, until: float) -> None:
        if self._studio is not None:
            self._studio.collect(until=until)

    def _answer(self, world: World) -> None:
        """Draw for hands that have just moved a camera: they need not wait for the world's next frame (the world's thread)."""
        gallery, studio = self._gallery, self._studio
        if gallery is None or studio is None or self._app is None or self._service is None:
            return
        if any(shot.is_pressing for shot in gallery.shots):
            self._draw(self._app, self._service, gallery, studio)
            self.rest(time.perf_counter() + _ANSWER_SECS)

    def _draw(self, app: App, service: Service, gallery: Gallery, studio: Studio) -> None:
        try:
            wrong = studio.draw(app.world, gallery.shots, step_secs=app.clock.step_secs)
        except Exception as error:  # a scene that cannot be drawn ends pictures, not the twin
            _log.exception("pictures cannot be drawn")
            self._why_not = f"the server's pictures have ended: {error}"
            service.call_soon(gallery.end, self._why_not)
            self._close_studio()
            return
        for shot, sentence in wrong:
            service.call_soon(gallery.refuse, shot, sentence)

    def close(self) -> None:
        self._close_studio()

    def _open(self, world: World) -> dict[str, Any]:
        """Make ready to draw, and say by what and through which cameras (the world's thread)."""
        if self._why_not:
            raise TaixuError(self._why_not)
        if self._studio is None:
            from taixu.serve.pictures.studio import Studio

            try:
                self._studio = Studio()
            except TaixuError as error:
                self._why_not = f"this server cannot draw pictures: {error}"
                raise TaixuError(self._why_not) from None
            # Encoders and the network want their turn at once while the world computes.
            self._switch_secs = sys.getswitchinterval()
            sys.setswitchinterval(_SWITCH_SECS)
        return {"cameras": camera_names(world)[:200], "drawn_by": self._studio.device.capabilities.name}

    def _close_studio(self) -> None:
        studio, self._studio = self._studio, None
        if studio is not None:
            studio.close()
            sys.setswitchinterval(self._switch_secs)


def _limits_of(world: World) -> Limits:
    from taixu.serve.pictures.wishes import Limits, read_limits

    if not world.has_resource(WorldSettings):
        return Limits()
    return read_limits(world.resource(WorldSettings).section("twin").get("pictures"))
