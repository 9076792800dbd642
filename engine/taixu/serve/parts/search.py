"""Search: words become a query, the world says who is left, the recording what was so.

The world's thread gives searches a fifth of its time at most: after each, the next waits four times as long as it took.
"""

from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING, Any

from taixu.app import App
from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.serve.access import Guest, Role
from taixu.serve.door import Door, refusal
from taixu.serve.part import Part, operation
from taixu.serve.parts.history import HistoryPart
from taixu.serve.past import PastSource
from taixu.twin.search import SearchQuery
from taixu.twin.search.asking import SearchModel, ask_for_query
from taixu.twin.search.comparing import Vocabulary
from taixu.twin.search.log import LogIndex
from taixu.twin.search.looking import Seen, look, vocabulary_of
from taixu.twin.search.query import read_query
from taixu.twin.search.reading import read_words
from taixu.twin.search.searching import finish
from taixu.twin.search.things import Things

if TYPE_CHECKING:
    from aiohttp import web

    from taixu.serve.remembering import Remembering
    from taixu.serve.service import Service

__all__ = ["SearchPart"]

_MOST_WAITING, _PACE = 16, 4.0
_MOST_LETTERS = 4000


class SearchPart(Part):
    """``/search``.

    Parameters
    ----------
    history
        Reads the recording.
    """

    def __init__(self, history: HistoryPart) -> None:
        self._history = history
        self._things: Things | None = None
        self._log: LogIndex | None = None
        self._model: SearchModel | None = None
        self._waiting, self._free_at = 0, 0.0
        self._turn = asyncio.Lock()

    def frame(self, app: App, service: Service) -> None:
        if self._model is None and app.world.has_resource(SearchModel):
            self._model = app.resource(SearchModel)

    def close(self) -> None:
        if self._things is not None:
            self._things.close()

    def routes(self, door: Door) -> list[Any]:
        from aiohttp import web

        async def search(request: web.Request, guest: Guest) -> web.Response:
            words, raw = request.query.get("words", ""), request.query.get("query", "")
            if len(raw) > _MOST_LETTERS or bool(words) == bool(raw):
                return refusal("ask for ?words=..., or for ?query=... as JSON of at most 4,000 letters")
            if self._waiting >= _MOST_WAITING:
                return refusal("too many are searching; come again", 503)
            self._waiting += 1
            try:
                query, seen = await self._look(door, words, _document(raw) if raw else None, guest)
                if query.is_past:
                    return await self._history.answer(lambda past, still_wanted: self._finish(query, seen, past, still_wanted))
                found = await self._history.desk.ask(lambda still_wanted: _told(query, finish(seen, query, None)))
                return web.json_response(found)
            except TaixuError as error:
                return refusal(str(error))
            finally:
                self._waiting -= 1

        return [web.get("/search", door.need(Role.VIEW, search))]

    async def _look(self, door: Door, words: str, query: SearchQuery | None, guest: Guest) -> tuple[SearchQuery, Seen]:
        """The query, and who is left of the world; a language model is asked for those alone who may do more than look."""
        try:
            return await self._paced(door, lambda world: self._answered(world, query or self._read(world, words)))
        except TaixuError:
            model = self._model
            if model is None or query is not None or guest.role < Role.OPERATE:
                raise
        vocabulary, now_ns = await self._paced(door, lambda world: (vocabulary_of(world, self._indexed()), _now_ns(world)))
        plain = Vocabulary(vocabulary.values)  # what it knows of the world stays in the world's thread
        asked = await asyncio.to_thread(ask_for_query, model, words, plain, now_ns=now_ns)
        return await self._paced(door, lambda world: self._answered(world, asked))

    async def _paced(self, door: Door, work: Any) -> Any:
        async with self._turn:
            await asyncio.sleep(max(self._free_at - time.monotonic(), 0.0))
            took = 0.0

            def timed(world: World) -> Any:
                nonlocal took
                begin = time.perf_counter()
                try:
                    return work(world)
                finally:
                    took = time.perf_counter() - begin

            try:
                return await door.ask(timed)
            finally:
                self._free_at = time.monotonic() + _PACE * took

    # The world's thread

    def _indexed(self) -> Things:
        if self._things is None:
            self._things = Things()
        return self._things

    def _read(self, world: World, words: str) -> SearchQuery:
        return read_words(words, vocabulary_of(world, self._indexed()), now_ns=_now_ns(world))

    def _answered(self, world: World, query: SearchQuery) -> tuple[SearchQuery, Seen]:
        if query.files:
            raise TaixuError("files are searched where they are: taixu info PROJECT --find WORDS")
        return query, look(world, self._indexed(), query)

    # The recording's thread

    def _finish(self, query: SearchQuery, seen: Seen, past: Remembering, still_wanted: Any) -> dict[str, Any]:
        if self._log is None or self._log.recording is not past.recording:
            if self._log is not None:
                self._log.close()
            self._log = LogIndex(past.recording)
        return _told(query, finish(seen, query, self._log, still_wanted=still_wanted))

    def paths(self) -> dict[str, Any]:
        asked = [
            {"name": "words", "in": "query", "schema": {"type": "string", "maxLength": 300}},
            {"name": "query", "in": "query", "schema": {"type": "string", "maxLength": _MOST_LETTERS}},
        ]
        return {
            "/search": {
                "get": operation("Things by words, place, time and values, and why.", {"type": "object"}, parameters=asked)
            }
        }


def _document(raw: str) -> SearchQuery:
    try:
        return read_query(json.loads(raw))
    except (ValueError, RecursionError):
        raise TaixuError("query takes a JSON object such as {\"words\": [\"pump\"]}") from None


def _now_ns(world: World) -> int:
    """What "last night" counts from: of a recording that is looked at, its end."""
    source = world.resource(PastSource) if world.has_resource(PastSource) else None
    return source.end_ns if source is not None and source.end_ns else time.time_ns()


def _told(query: SearchQuery, found: list[Any]) -> dict[str, Any]:
    return {"query": query.as_dict(), "found": [each.as_dict() for each in found]}
