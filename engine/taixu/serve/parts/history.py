"""The past: what was recorded, asked while it is being written. All of it is read in a thread of its own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from taixu.app import App, Components
from taixu.ecs import component_type
from taixu.errors import TaixuError
from taixu.scene import ScenePlugin
from taixu.serve.access import Guest, Role
from taixu.serve.desk import Desk
from taixu.serve.door import Door, refusal
from taixu.serve.part import Part, operation
from taixu.serve.past import Pasts, PastSource
from taixu.serve.remembering import Remembering
from taixu.twin.commands import Ledger
from taixu.twin.feed import Feed
from taixu.twin.memory import Recorder
from taixu.twin.memory.following import Follower

if TYPE_CHECKING:
    from aiohttp import web

    from taixu.serve.service import Service

__all__ = ["HistoryPart", "number_of"]

_MAX_DIGITS = 20
_POINTS = 300
_BEGUN_SECS, _BEGUN_TRIES = 5.0, 100
_NOTHING: dict[str, Any] = {"recording": False, "start_ns": 0, "end_ns": 0, "marks": [], "sinks": []}


class HistoryPart(Part):
    """``/history``, ``/history/series``, ``/history/entity``, ``/history/compare``.

    Parameters
    ----------
    pasts
        Told where the past comes from.
    """

    def __init__(self, pasts: Pasts) -> None:
        self.desk = Desk("history")
        self._pasts = pasts
        self._has_looked = False
        self._folder: Path | None = None
        self._recorded: Path | None = None
        self._followers: list[Follower] = []
        self._components: Components | None = None
        self._bound: frozenset[str] = frozenset()
        self._remembering: Remembering | None = None

    def frame(self, app: App, service: Service) -> None:
        recorder = app.resource(Recorder) if app.world.has_resource(Recorder) else None
        if self._folder is not None and (recorder is None or self._recorded in (None, recorder.folder)):
            return
        self._recorded = None if recorder is None else recorder.folder  # another one, where the clock was set back by hours
        source = app.resource(PastSource) if app.world.has_resource(PastSource) else PastSource(partial(_plain_app, app.components))
        folder = source.folder or (recorder.folder if recorder is not None else None)
        if folder is None:
            self._has_looked = True
            return
        targets = [binding.target for binding in app.resource(Feed).bindings]
        targets += [control.target for control in app.resource(Ledger).controls.values()]
        told = [(target.cls, target.field.name) for target in targets if not target.is_position]
        self._bound = frozenset(f"{component_type(cls).name}.{name}" for cls, name in told)
        self._pasts.open(folder, source.make, service.call_soon, is_finished=source.folder is not None)
        self._followers = recorder.followers if recorder is not None else []
        self._components, self._folder = app.resource(Components), folder
        self._has_looked = True

    def close(self) -> None:
        self._pasts.close()
        self.desk.close()

    def remembering(self) -> Remembering:
        """The recording as far as it is written (the desk's thread).

        Raises
        ------
        TaixuError
            When nothing is recorded, or not yet.
        """
        if self._folder is None or self._components is None:
            raise TaixuError("nothing is recorded here; start it with taixu serve --record")
        if self._remembering is None or self._remembering.recording.folder != self._folder:
            self._remembering = Remembering(self._folder, self._components, bound=self._bound)
        self._remembering.refresh()
        return self._remembering

    async def answer(self, work: Callable[[Remembering, Callable[[], bool]], dict[str, Any]]) -> web.Response:
        """What the recording says (the network's thread); `work` is called in the desk's."""
        from aiohttp import web

        await self._begun()
        try:
            return web.json_response(await self.desk.ask(lambda still_wanted: work(self.remembering(), still_wanted)))
        except TaixuError as error:
            return refusal(str(error), 404)

    async def _begun(self) -> None:
        """Before the world's first frame nobody knows what is recorded."""
        for _ in range(_BEGUN_TRIES):
            if self._has_looked:
                break
            await asyncio.sleep(_BEGUN_SECS / _BEGUN_TRIES)

    def routes(self, door: Door) -> list[Any]:
        from aiohttp import web

        async def history(request: web.Request, guest: Guest) -> web.Response:
            await self._begun()
            if self._folder is None:
                return web.json_response(_NOTHING)
            sinks = [each.as_dict(now_ns=time.time_ns()) for each in self._followers]
            return await self.answer(lambda remembering, _: remembering.summary() | {"sinks": sinks})

        async def series(request: web.Request, guest: Guest) -> web.Response:
            query = request.query
            try:
                points = number_of(query.get("points", str(_POINTS)), "points")
                measure, entity = query.get("measure", ""), _entity(query["entity"]) if "entity" in query else 0
                if not entity and not measure:
                    raise TaixuError("ask for ?entity=ID&field=NAME, or for ?measure=NAME and entity or zone")
                from_ns, to_ns = (number_of(query.get(name, ""), name) for name in ("from_ns", "to_ns"))
            except TaixuError as error:
                return refusal(str(error))
            field, of = query.get("field", ""), entity or query.get("zone", "")
            if measure:
                return await self.answer(
                    lambda remembering, still_wanted: remembering.measure_series(
                        measure, of, from_ns=from_ns, to_ns=to_ns, points=points, still_wanted=still_wanted
                    )
                )
            return await self.answer(
                lambda remembering, still_wanted: remembering.series(
                    entity, field, from_ns=from_ns, to_ns=to_ns, points=points, still_wanted=still_wanted
                )
            )

        async def entity(request: web.Request, guest: Guest) -> web.Response:
            query = request.query
            try:
                wanted, at_ns = _entity(query.get("entity", "")), number_of(query.get("at_ns", ""), "at_ns")
                known_ns = number_of(query["known_ns"], "known_ns") if "known_ns" in query else None
            except TaixuError as error:
                return refusal(str(error))
            return await self.answer(lambda remembering, _: remembering.entity(wanted, at_ns=at_ns, known_ns=known_ns))

        async def compare(request: web.Request, guest: Guest) -> web.Response:
            try:
                a_ns, b_ns = (number_of(request.query.get(name, ""), name) for name in ("a_ns", "b_ns"))
            except TaixuError as error:
                return refusal(str(error))
            return await self.answer(lambda remembering, _: remembering.compare(a_ns, b_ns))

        return [
            web.get("/history", door.need(Role.VIEW, history)),
            web.get("/history/series", door.need(Role.VIEW, series)),
            web.get("/history/entity", door.need(Role.VIEW, entity)),
            web.get("/history/compare", door.need(Role.VIEW, compare)),
        ]

    def paths(self) -> dict[str, Any]:
        entity = _parameter("entity", "string")
        span = [_parameter(name, "integer") for name in ("from_ns", "to_ns")]
        return {
            "/history": {"get": operation("From when to when there is a recording, and what happened.", {"type": "object"})},
            "/history/series": {
                "get": operation(
                    "A value of an entity, or a measure, over time: the least, the greatest and the mean of each of so many parts.",
                    {"type": "object"},
                    parameters=[
                        *(_parameter(name, "string", required=False) for name in ("entity", "field", "measure", "zone")), *span,
                        _parameter("points", "integer", required=False),
                    ],
                )
            },
            "/history/entity": {
                "get": operation(
                    "What was known of an entity at a time.", {"type": "object"},
                    parameters=[entity, _parameter("at_ns", "integer"), _parameter("known_ns", "integer", required=False)],
                )
            },
            "/history/compare": {
                "get": operation(
                    "What is different between two moments.", {"type": "object"},
                    parameters=[_parameter("a_ns", "integer"), _parameter("b_ns", "integer")],
                )
            },
        }  # fmt: skip


def _plain_app(components: Components) -> App:
    """A world of the past for who brought no better one: things as they stood, without a project's files."""
    app = App()
    app.add_plugin(ScenePlugin())
    for declared in components:
        app.register_component(declared.cls)
    return app


def _parameter(name: str, kind: str, *, required: bool = True) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": required, "schema": {"type": kind}}


def number_of(text: str, name: str) -> int:
    """A whole number of a query.

    Raises
    ------
    TaixuError
        When it is none.
    """
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > _MAX_DIGITS or abs(int(text)) >= 1 << 63:
        raise TaixuError(f"{name} takes a whole number; times are nanoseconds since 1970")
    return int(text)


def _entity(text: str) -> int:
    try:
        if not 1 <= len(text) <= 16:
            raise ValueError
        return int(text, 16)
    except ValueError:
        raise TaixuError("entity takes an id of 16 hexadecimal digits") from None
