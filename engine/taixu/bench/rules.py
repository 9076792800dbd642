"""Rules and measures over very many entities, each beside what bare numpy takes for the same columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from taixu.app import Components
from taixu.bench.measure import Options, result, time_calls
from taixu.ecs import F32, World, component, field
from taixu.scene import Name, Transform
from taixu.twin.device import Device
from taixu.twin.feed import Feed
from taixu.twin.measures import Measures, read_measures
from taixu.twin.rules import Alarms, Fence, RuleEngine, read_rules
from taixu.twin.rules.fences import points_inside

__all__ = ["defaults", "measure"]

defaults = Options(n=1_000_000, frames=20)

_START_NS = 1_777_622_400_000_000_000
_FENCES, _CORNERS = 100, 8
_SIDE_M = 1000.0
_VEHICLES, _PEOPLE = 1000, 10_000
_BARE_FENCES = 4
_FRAME_MS = 1000 / 60


@component("gauge")
class Gauge:
    """What is watched."""

    level: F32 = field(default=0.0)


def measure(options: Options) -> Iterator[dict[str, Any]]:
    """Yield a threshold, a rate, a hundred fences, counts by zone, and how near people are to vehicles."""
    rng = np.random.default_rng(0)
    world, levels = _world(options.n, rng)
    yield _threshold(world, levels, options)
    yield _step(world, "rules/rate", {"name": "r", "when": "rate(gauge.level, 10) > 1e9"}, options)
    shapes = _fences(world, rng)
    yield from _zones(world, shapes, options)
    yield _separation(options, rng)


def _world(count: int, rng: np.random.Generator) -> tuple[World, np.ndarray[Any, np.dtype[np.float32]]]:
    world, components = World(), Components()
    for cls in (Transform, Name, Device, Gauge, Fence):
        components.register(cls)
    places = np.zeros((3, count), np.float32)
    places[[0, 2]] = rng.uniform(-_SIDE_M / 2, _SIDE_M / 2, (2, count))
    levels = rng.normal(size=count).astype(np.float32)
    world.spawn_batch(count, {Transform: {"translation": places}, Gauge: {"level": levels}, Device: {"kind": "gauge"}})
    for resource in (components, Alarms(), Feed()):
        world.insert_resource(resource)
    return world, levels


def _fences(world: World, rng: np.random.Generator) -> list[np.ndarray[Any, np.dtype[np.float64]]]:
    """A hundred irregular areas of eight corners, some of them over others."""
    shapes = []
    for number in range(_FENCES):
        angles = np.sort(rng.uniform(0, 2 * np.pi, _CORNERS))
        reach = rng.uniform(20, 60, _CORNERS)
        corners = np.stack([np.cos(angles) * reach, np.sin(angles) * reach], axis=1)
        x, z = rng.uniform(-0.45 * _SIDE_M, 0.45 * _SIDE_M, 2).tolist()
        world.spawn(Transform(translation=(x, 0.0, z)), Name(f"zone {number}"), Fence(points=corners.tolist()))
        shapes.append(corners + np.array([x, z]))
    return shapes


def _threshold(world: World, levels: np.ndarray[Any, np.dtype[np.float32]], options: Options) -> dict[str, Any]:
    engine = _engine(world, {"name": "r", "when": "gauge.level > 100"})
    times = time_calls(lambda i: engine.step(world, now_ns=_now(i)), options.frames)
    bare = time_calls(lambda i: bool((levels > 100).any()), options.frames)
    return result(
        "rules/threshold", times, n=options.n, limit_ms=_FRAME_MS, peer="numpy", bare_ms=round(float(np.median(bare)), 3)
    )


def _step(world: World, name: str, rule: dict[str, Any], options: Options) -> dict[str, Any]:
    engine = _engine(world, rule)
    return result(name, time_calls(lambda i: engine.step(world, now_ns=_now(i)), options.frames), n=options.n)


def _zones(
    world: World, shapes: list[np.ndarray[Any, np.dtype[np.float64]]], options: Options
) -> Iterator[dict[str, Any]]:
    """The bare way is the even-odd rule by numpy: four of the areas, times twenty-five."""
    engine = _engine(world, {"name": "r", "when": "gauge.level > 100 and inside(\"zone 7\")"})
    times = time_calls(lambda i: engine.step(world, now_ns=_now(i)), options.frames)
    table = max(world.query(Gauge), key=lambda each: each.count)
    points = np.ascontiguousarray(table.read(Transform, "translation")[[0, 2]].T.astype(np.float64))
    bare = time_calls(lambda i: [points_inside(points, shape) for shape in shapes[:_BARE_FENCES]], 2, warm=0)
    bare_ms = round(float(np.median(bare)) * _FENCES / _BARE_FENCES, 1)
    yield result("rules/100 fences", times, n=options.n, fences=_FENCES, peer="numpy", bare_ms=bare_ms)
    measures = Measures(read_measures([{"name": "m", "value": "mean(gauge.level)", "by": "zone"}], world.resource(Components)))
    times = time_calls(lambda i: measures.step(world, now_ns=_now(i), at_once=True), options.frames)
    yield result("rules/means of 100 zones", times, n=options.n, fences=_FENCES, peer="numpy", bare_ms=bare_ms)


def _separation(options: Options, rng: np.random.Generator) -> dict[str, Any]:
    """The bare way compares everybody with everybody."""
    world, _ = _world(_VEHICLES + _PEOPLE, rng)
    table = next(iter(world.query(Device)))
    kinds = np.array(["agv"] * _VEHICLES + ["person"] * _PEOPLE, object)
    table.set(Device, "kind", kinds)
    nearest = "min(nearest(\"device.kind == 'person'\", 50), device.kind == 'agv')"
    measures = Measures(read_measures([{"name": "m", "unit": "m", "value": nearest}], world.resource(Components)))
    times = time_calls(lambda i: measures.step(world, now_ns=_now(i), at_once=True), options.frames)
    places = table.read(Transform, "translation").astype(np.float64)
    vehicles, people = places[:, :_VEHICLES], places[:, _VEHICLES:]

    def compare(_: int) -> float:
        return float(((vehicles[:, :, None] - people[:, None, :]) ** 2).sum(axis=0).min())

    bare = time_calls(compare, 3, warm=1)
    assert abs(float(measures.results["m"].values[0]) - compare(0) ** 0.5) < 1e-6
    return result(
        "rules/separation", times, n=_VEHICLES + _PEOPLE, limit_ms=_FRAME_MS, peer="numpy",
        bare_ms=round(float(np.median(bare)), 1),
    )  # fmt: skip


def _engine(world: World, rule: dict[str, Any]) -> RuleEngine:
    return RuleEngine(read_rules([rule], world.resource(Components)))


def _now(step: int) -> int:
    return _START_NS + step * 100_000_000
