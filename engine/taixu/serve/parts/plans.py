"""Plans: what there are, drilling and comparing them on copies of the world, and following one that goes on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from taixu.app import Clock
from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.serve.access import Guest, Role
from taixu.serve.door import Door, refusal
from taixu.serve.part import Part, operation
from taixu.simulation.worlds.runs import Simulations, step_copy
from taixu.twin.plans import Plan, best_first, drill_plan
from taixu.twin.plans.drilling import LONGEST_SECS
from taixu.twin.plans.engine import PlanEngine
from taixu.twin.rehearsal import check_size

if TYPE_CHECKING:
    from aiohttp import web

__all__ = ["PlansPart"]

_MOST_DRILLED = 10
_DRILLED_SECS, _STEP_SECS = 3600.0, 1.0
_BUDGET_SECS = 300.0
_ASKED: dict[str, Any] = {
    "type": "object",
    "properties": {
        "plans": {"type": "array", "items": {"type": "string"}},
        "seconds": {"type": "number", "maximum": LONGEST_SECS},
        "step_seconds": {"type": "number"},
    },
}
_STEP: dict[str, Any] = {"type": "object", "properties": {"step": {"type": "string"}}, "required": ["step"]}


class PlansPart(Part):
    """``/plans``, ``/plans/drill``, ``/plans/NAME/begin``, ``/plans/NAME/done``, ``/plans/NAME/stop``."""

    def __init__(self) -> None:
        self._drilling = asyncio.Lock()

    def routes(self, door: Door) -> list[Any]:
        from aiohttp import web

        async def plans(request: web.Request, guest: Guest) -> web.Response:
            found, problems = await door.ask(lambda world: (_engine(world).as_list(), dict(_engine(world).problems)))
            return web.json_response({"plans": found, "problems": problems})

        async def begin(request: web.Request, guest: Guest) -> web.Response:
            name = request.match_info["name"]
            return await _done(door, lambda world: _engine(world).begin(name, by=guest.name, now_ns=time.time_ns()).as_dict())

        async def stop(request: web.Request, guest: Guest) -> web.Response:
            name = request.match_info["name"]
            return await _done(door, lambda world: _engine(world).stop(name, by=guest.name, now_ns=time.time_ns()).as_dict())

        async def done(request: web.Request, guest: Guest) -> web.Response:
            name = request.match_info["name"]
            try:
                step = str((await request.json())["step"])
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
                return refusal('a step is done by {"step": "announce"}')
            return await _done(
                door, lambda world: _engine(world).say_done(name, step, by=guest.name, now_ns=time.time_ns()).as_dict()
            )

        async def drill(request: web.Request, guest: Guest) -> web.Response:
            try:
                names, secs, step_secs = await _read_drill(request)
            except TaixuError as error:
                return refusal(str(error))
            if self._drilling.locked():
                return refusal("somebody drills just now; come again", 429, **{"Retry-After": "5"})
            async with self._drilling:  # one at a time: each has copies of the world
                try:
                    ready = await door.ask(lambda world: _copies(world, names))
                    scores = await asyncio.to_thread(_drilled, ready, secs, step_secs)
                except TaixuError as error:
                    return refusal(str(error), 404)
            return web.json_response({"scores": scores})

        return [
            web.get("/plans", door.need(Role.VIEW, plans)),
            web.post("/plans/drill", door.need(Role.OPERATE, drill)),
            web.post("/plans/{name}/begin", door.need(Role.OPERATE, begin)),
            web.post("/plans/{name}/done", door.need(Role.OPERATE, done)),
            web.post("/plans/{name}/stop", door.need(Role.OPERATE, stop)),
        ]

    def paths(self) -> dict[str, Any]:
        name = [{"name": "name", "in": "path", "required": True, "schema": {"type": "string"}}]
        whole = {"type": "object"}
        asked, step = ({"content": {"application/json": {"schema": each}}} for each in (_ASKED, _STEP))
        return {
            "/plans": {"get": operation("Plans, which of them are called for, and how far they have come.", whole)},
            "/plans/drill": {
                "post": operation("Carry plans out on copies of the world; the best of them first.", whole, requestBody=asked)
            },
            "/plans/{name}/begin": {"post": operation("Begin a plan.", whole, parameters=name)},
            "/plans/{name}/done": {"post": operation("Say that a step is done.", whole, parameters=name, requestBody=step)},
            "/plans/{name}/stop": {"post": operation("Break a plan off.", whole, parameters=name)},
        }


def _engine(world: World) -> PlanEngine:
    return world.resource(PlanEngine)


async def _done(door: Door, do: Callable[[World], dict[str, Any]]) -> web.Response:
    from aiohttp import web

    try:
        return web.json_response(await door.ask(do))
    except TaixuError as error:
        return refusal(str(error), 409)


async def _read_drill(request: web.Request) -> tuple[list[str], float, float]:
    try:
        wanted = await request.json()
        names = [str(each) for each in wanted.get("plans", [])]
        secs, step_secs = float(wanted.get("seconds", _DRILLED_SECS)), float(wanted.get("step_seconds", _STEP_SECS))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise TaixuError('plans are drilled by {"plans": ["clear the hall"], "seconds": 600}') from None
    if not (len(names) <= _MOST_DRILLED and 0 < secs <= LONGEST_SECS and 0.01 <= step_secs <= 3600):
        raise TaixuError(f"at most {_MOST_DRILLED} plans, {LONGEST_SECS:g} seconds and steps of 0.01 to 3600 seconds")
    return names, secs, step_secs


def _copies(world: World, names: list[str]) -> list[tuple[World, Plan]]:
    """A copy of the world for each plan that is asked for, or for all."""
    engine = _engine(world)
    wanted = names or list(engine.plans)[:_MOST_DRILLED]
    for name in wanted:
        if name not in engine.plans:
            raise TaixuError(f"there is no plan {name[:60]!r}; there are {', '.join(sorted(engine.plans)) or 'none'}")
    check_size(world, copies=len(wanted))
    return [(world.fork(), engine.plans[name]) for name in wanted]


def _drilled(ready: list[tuple[World, Plan]], secs: float, step_secs: float) -> list[dict[str, Any]]:
    until = time.monotonic() + _BUDGET_SECS
    scores = []
    for world, plan in ready:
        simulations = world.resource(Simulations) if world.has_resource(Simulations) else None
        try:
            run, score = drill_plan(
                world, plan, now_ns=time.time_ns(), secs=secs, step_secs=step_secs,
                advance=None if simulations is None else _advance, still_wanted=lambda: time.monotonic() < until,
            )  # fmt: skip
        finally:
            if simulations is not None:
                simulations.close()
        scores.append((score, run))
    order = best_first([score for score, _ in scores])
    runs = {score.plan: run for score, run in scores}
    return [score.as_dict() | {"run": runs[score.plan].as_dict()} for score in order]


def _advance(world: World, secs: float) -> None:
    step_copy(world, steps=max(round(secs * world.resource(Clock).steps_per_sec), 1))
