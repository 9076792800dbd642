"""What viewers draw with: the scene's facts, meshes and pictures by hash, the sky, and files that the world names."""

from __future__ import annotations

import asyncio
import mimetypes
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.serve.access import Guest, Role
from taixu.serve.content import answer_content
from taixu.serve.door import Door, refusal
from taixu.serve.part import Part, operation
from taixu.serve.scenery import names_of, old_devices, referred_files, scenery
from taixu.serve.shelf import MeshShelf
from taixu.serve.skeletons import SkeletonShelf
from taixu.serve.skies import SkyShelf

if TYPE_CHECKING:
    from aiohttp import web

__all__ = ["SceneryPart"]

_MAX_NAMES = 500
_MAX_FILE_BYTES = 256 << 20
_HASH = "{hash:[0-9a-f]{16}}"


class SceneryPart(Part):
    """``/scene``, ``/scene/...`` and ``/project/...``."""

    def __init__(self, shelf: MeshShelf, skeletons: SkeletonShelf) -> None:
        self._shelf, self._skeletons = shelf, skeletons
        self._skies = SkyShelf()

    def routes(self, door: Door) -> list[Any]:
        from aiohttp import web

        async def scene(request: web.Request, guest: Guest) -> web.StreamResponse:
            try:
                facts, plan = await door.ask(scenery)
                facts["sky"] |= await asyncio.to_thread(self._skies.facts, plan, turn_rad=facts["sky"]["rotation_rad"])
            except TaixuError as error:
                return refusal(str(error), 503)
            return web.json_response(facts)

        async def mesh(request: web.Request, guest: Guest) -> web.StreamResponse:
            try:
                found = await asyncio.to_thread(self._shelf.mesh, request.match_info["hash"])
            except TaixuError as error:
                return refusal(str(error), 404)
            if found is None:
                return refusal("there is no such mesh", 404)
            return await answer_content(request, found, "model/gltf-binary", is_final=True)

        async def skeleton(request: web.Request, guest: Guest) -> web.StreamResponse:
            found = self._skeletons.text(request.match_info["hash"])
            if found is None:
                return refusal("there is no such skeleton", 404)
            return await answer_content(request, found.encode(), "application/json", is_final=True)

        async def image(request: web.Request, guest: Guest) -> web.StreamResponse:
            try:
                found = await asyncio.to_thread(self._shelf.image, request.match_info["hash"])
            except TaixuError as error:
                return refusal(str(error), 404)
            if found is None:
                return refusal("there is no such picture", 404)
            return await answer_content(request, *found, is_final=True)

        async def sky(request: web.Request, guest: Guest) -> web.StreamResponse:
            found = self._skies.pixels(request.match_info["hash"])
            if found is None:
                return refusal("there is no such sky; /scene says which there is", 404)
            return await answer_content(request, found, "application/octet-stream", is_final=True)

        async def names(request: web.Request, guest: Guest) -> web.StreamResponse:
            asked = [each for each in request.query.get("ids", "").split(",") if each][:_MAX_NAMES]
            try:
                ids = [int(each, 16) for each in asked]
                return web.json_response(await door.ask(lambda world: names_of(world, ids)))
            except ValueError:
                return refusal("ids are 16 hex digits each, with commas between them")
            except TaixuError as error:
                return refusal(str(error), 503)

        async def old(request: web.Request, guest: Guest) -> web.StreamResponse:
            try:
                secs = min(max(float(request.query.get("secs", "30")), 0.0), 1e9)
                now_ns = time.time_ns()
                return web.json_response({"old": await door.ask(lambda world: old_devices(world, secs, now_ns=now_ns))})
            except ValueError:
                return refusal("secs is a number of seconds")
            except TaixuError as error:
                return refusal(str(error), 503)

        async def file(request: web.Request, guest: Guest) -> web.StreamResponse:
            path = request.match_info["path"]
            found = await door.ask(lambda world: _file(world, path))
            if found is None:
                return refusal("the world names no such file", 404)
            kind = mimetypes.guess_type(found.name)[0] or "application/octet-stream"
            return await answer_content(request, await asyncio.to_thread(found.read_bytes), kind)

        return [
            web.get("/scene", door.need(Role.VIEW, scene)),
            web.get(f"/scene/meshes/{_HASH}", door.need(Role.VIEW, mesh)),
            web.get(f"/scene/skeletons/{_HASH}", door.need(Role.VIEW, skeleton)),
            web.get(f"/scene/images/{_HASH}", door.need(Role.VIEW, image)),
            web.get(f"/scene/skies/{_HASH}", door.need(Role.VIEW, sky)),
            web.get("/scene/old", door.need(Role.VIEW, old)),
            web.get("/scene/names", door.need(Role.VIEW, names)),
            web.get(r"/project/{path:.+}", door.need(Role.VIEW, file)),
        ]

    def paths(self) -> dict[str, Any]:
        def named(name: str, place: str) -> dict[str, Any]:
            return {"parameters": [{"name": name, "in": place, "required": True, "schema": {"type": "string"}}]}

        secs = named("secs", "query")
        return {
            "/scene": {"get": operation("Sky, exposure, camera, fences, kinds of devices, georeference.", {"type": "object"})},
            "/scene/meshes/{hash}": {"get": operation("A mesh of a look, as GLB.", **named("hash", "path"))},
            "/scene/skeletons/{hash}": {"get": operation("What poses turn.", {"type": "object"}, **named("hash", "path"))},
            "/scene/images/{hash}": {"get": operation("A picture that meshes show.", **named("hash", "path"))},
            "/scene/skies/{hash}": {"get": operation("The sky: rows from below, RGB9E5.", **named("hash", "path"))},
            "/scene/names": {"get": operation("What things are called.", {"type": "object"}, **named("ids", "query"))},
            "/scene/old": {"get": operation("Devices that were not heard for some seconds.", {"type": "object"}, **secs)},
            "/project/{path}": {"get": operation("A file that the world names.", **named("path", "path"))},
        }


def _file(world: World, path: str) -> Path | None:
    """The file of a path that the world's components name; never one outside of the project, nor by way of a link."""
    from taixu.assets import AssetDatabase

    if path not in referred_files(world) or not world.has_resource(AssetDatabase):
        return None
    database = world.resource(AssetDatabase)
    try:
        found = database.resolve(path)
        if found.resolve() != Path(database.root / path) or found.stat().st_size > _MAX_FILE_BYTES:
            return None
    except (TaixuError, OSError, ValueError):
        return None
    return found
