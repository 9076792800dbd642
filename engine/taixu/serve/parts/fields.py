"""What the colours of field maps mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.scene import Name
from taixu.serve.access import Guest, Role
from taixu.serve.door import Door, refusal
from taixu.serve.part import Part, operation
from taixu.simulation.field_maps import FieldMaps

if TYPE_CHECKING:
    from aiohttp import web

__all__ = ["FieldsPart"]


class FieldsPart(Part):
    """``/fields``."""

    def routes(self, door: Door) -> list[Any]:
        from aiohttp import web

        async def fields(request: web.Request, guest: Guest) -> web.Response:
            try:
                return web.json_response(await door.ask(_told))
            except TaixuError as error:
                return refusal(str(error), 503)

        return [web.get("/fields", door.need(Role.VIEW, fields))]

    def paths(self) -> dict[str, Any]:
        return {"/fields": {"get": operation("Field maps that are shown: which values their colours are.", {"type": "object"})}}


def _told(world: World) -> dict[str, Any]:
    if not world.has_resource(FieldMaps):
        return {"fields": [], "problems": {}}
    maps = world.resource(FieldMaps)

    def name(entity: int) -> str:
        return world.get(entity, Name).text if world.has(entity, Name) else ""

    living = [entity for entity in (*maps.legends, *maps.troubles) if world.alive([entity])[0]]
    return {
        "fields": [
            {
                "id": f"{world.stable_id(entity):016x}", "name": name(entity), "kind": each.kind, "of": each.of, "unit": each.unit,
                "low": each.low, "high": each.high, "colors": list(each.colors),
            }
            for entity, each in maps.legends.items() if entity in living
        ],
        "problems": {f"{world.stable_id(entity):016x}": text for entity, text in maps.troubles.items() if entity in living},
    }  # fmt: skip
