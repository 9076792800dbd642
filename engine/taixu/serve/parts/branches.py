"""Futures: branches of the world in which something is tried, how far they are, what is other there, and choosing one."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.serve.access import Guest, Role
from taixu.serve.door import Door, refusal
from taixu.serve.part import Part, operation
from taixu.twin.futures import Futures
from taixu.twin.futures.futures import WAYS

if TYPE_CHECKING:
    from aiohttp import web

__all__ = ["BranchesPart"]

_MOST_BYTES = 4 << 20
_LISTED = {"type": "object"}
_TRIED: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"type": "string"}, "seconds": {"type": "number"}, "pace": {"type": "number"}, "plan": {"type": "string"},
        "scenario": {"type": "string"}, "set": {"type": "object"}, "do": {"type": "array", "items": {"type": "object"}},
    },
    "required": ["name"],
}  # fmt: skip
_SHOWN: dict[str, Any] = {"type": "object", "properties": {"shown": {"type": "boolean"}}, "required": ["shown"]}
_CHOSEN: dict[str, Any] = {
    "type": "object", "properties": {"way": {"type": "string", "enum": list(WAYS)}, "why": {"type": "string"}}, "required": ["way"],
}  # fmt: skip


class BranchesPart(Part):
    """``/branches``, ``/branches/NAME/differences``, ``.../show``, ``.../adopt``, ``.../discard``."""

    def routes(self, door: Door) -> list[Any]:
        from aiohttp import web

        async def listed(request: web.Request, guest: Guest) -> web.Response:
            return await _done(door, lambda world: _futures(world).as_dict(world), 503)

        async def begin(request: web.Request, guest: Guest) -> web.Response:
            wanted = await _read(request)

            def do(world: World) -> dict[str, Any]:
                futures, now_ns = _futures(world), time.time_ns()
                return futures.begin(world, futures.read(world, wanted), by=guest.name, now_ns=now_ns).as_dict()

            return await _done(door, do)

        async def differences(request: web.Request, guest: Guest) -> web.Response:
            name, other = request.match_info["name"], request.query.get("with", "")
            return await _done(door, lambda world: {"differences": _futures(world).differences(world, name, other)})

        async def show(request: web.Request, guest: Guest) -> web.Response:
            wanted, name = await _read(request), request.match_info["name"]
            if not isinstance(wanted, dict) or not isinstance(wanted.get("shown"), bool):
                return refusal('a branch is shown by {"shown": true}')
            return await _done(door, lambda world: _shown(world, name, wanted["shown"]))

        async def adopt(request: web.Request, guest: Guest) -> web.Response:
            wanted, name = await _read(request), request.match_info["name"]
            way, why = (wanted.get("way"), wanted.get("why", "")) if isinstance(wanted, dict) else (None, "")
            if not isinstance(way, str) or not isinstance(why, str):
                return refusal('a branch is adopted by {"way": "world", "why": "it floods least"}')
            return await _done(
                door,
                lambda world: _futures(world)
                .adopt(world, name, way=way, by=guest.name, why=why.strip(), now_ns=time.time_ns())
                .as_dict(),
            )

        async def discard(request: web.Request, guest: Guest) -> web.Response:
            name = request.match_info["name"]

            def do(world: World) -> dict[str, Any]:
                _futures(world).discard(world, name, by=guest.name, now_ns=time.time_ns())
                return _futures(world).as_dict(world)

            return await _done(door, do)

        return [
            web.get("/branches", door.need(Role.VIEW, listed)),
            web.post("/branches", door.need(Role.OPERATE, begin, most_bytes=_MOST_BYTES)),
            web.get("/branches/{name}/differences", door.need(Role.OPERATE, differences)),  # it takes the world's time
            web.post("/branches/{name}/show", door.need(Role.OPERATE, show)),
            web.post("/branches/{name}/adopt", door.need(Role.OPERATE, adopt)),
            web.post("/branches/{name}/discard", door.need(Role.OPERATE, discard)),
        ]

    def paths(self) -> dict[str, Any]:
        name = [{"name": "name", "in": "path", "required": True, "schema": {"type": "string"}}]
        other = [{"name": "with", "in": "query", "schema": {"type": "string"}}]
        tried, shown, chosen = ({"content": {"application/json": {"schema": each}}} for each in (_TRIED, _SHOWN, _CHOSEN))
        return {
            "/branches": {
                "get": operation("Branches of the world, how far they are, and figures of each beside the present's.", _LISTED),
                "post": operation("Try a plan, a scenario, settings or commands in a branch.", _LISTED, requestBody=tried),
            },
            "/branches/{name}/differences": {
                "get": operation("What is other in a branch than now, or than in another.", _LISTED, parameters=name + other)
            },
            "/branches/{name}/show": {
                "post": operation("Show a branch as ghosts over the present, or not.", _LISTED, parameters=name, requestBody=shown)
            },
            "/branches/{name}/adopt": {
                "post": operation(
                    "Have the present go on as a branch, begin its plan, or give its commands.", _LISTED, parameters=name,
                    requestBody=chosen,
                )
            },
            "/branches/{name}/discard": {"post": operation("Stop a branch and forget it.", _LISTED, parameters=name)},
        }  # fmt: skip


def _futures(world: World) -> Futures:
    return world.resource(Futures)


def _shown(world: World, name: str, shown: bool) -> dict[str, Any]:
    _futures(world).show(name, shown=shown)
    return _futures(world)[name].as_dict()


async def _read(request: web.Request) -> Any:
    try:
        return await request.json()
    except (ValueError, RecursionError):
        return None


async def _done(door: Door, do: Callable[[World], dict[str, Any]], status: int = 409) -> web.Response:
    from aiohttp import web

    try:
        return web.json_response(await door.ask(do))
    except TaixuError as error:
        return refusal(str(error), status)
