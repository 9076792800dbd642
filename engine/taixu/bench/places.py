"""Places: how long 2 km of land with a million plants take, how they are shown, what endless land and a change cost."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from taixu.app import Stage
from taixu.bench.measure import Options, result, time_calls

if TYPE_CHECKING:
    from taixu.defaults import App

__all__ = ["defaults", "measure"]

defaults = Options(n=1_000_000, frames=20)

_LIMIT_MADE_MS, _LIMIT_CHANGE_MS, _LIMIT_FOLLOW_MS = 30_000.0, 1000.0, 16.0
_ROADS = 120


def measure(options: Options) -> Iterator[dict[str, Any]]:
    """Yield what making takes, the first picture, frames, following an eye, a chunk of endless land, and a road that moves.

    With fewer than a million plants the land is smaller, as tests want it.
    """
    size_m = 2048.0 * min(1.0, (options.n / 1_000_000) ** 0.5)
    size_m = max(64.0 * round(size_m / 64.0), 128.0)
    with tempfile.TemporaryDirectory() as folder:
        yield _made(Path(folder), size_m)
        yield from _shown(Path(folder), options)
    yield _chunks(options)
    yield _changed(size_m, options)
    yield from _city(size_m, options)


def _made(folder: Path, size_m: float) -> dict[str, Any]:
    from taixu.generate.places import TerrainSpec
    from taixu.generate.places.terrain_generator import TerrainGenerator
    from taixu.generate.request import Request

    start, busy = perf_counter(), process_time()
    spec = TerrainSpec(style="hills", size_m=size_m, forest=0.7, texture_px=512 if size_m > 1000 else 64)
    made = TerrainGenerator().generate(Request("hills", 5, spec, folder), lambda *_, **__: None)
    took = (perf_counter() - start) * 1e3
    busy = (process_time() - busy) * 1e3
    plants = sum(int(one.said.get("count", 0)) for one in made if one.said)
    return result("places/made", np.array([took]), n=plants, edge_m=size_m, busy_ms=round(busy), limit_ms=_LIMIT_MADE_MS)


def _shown(folder: Path, options: Options) -> Iterator[dict[str, Any]]:
    import taixu as tx
    from taixu.scene import Camera, Details, Eye, MeshInstance, Transform
    from taixu.scene.scatter import ScatterState

    with tx.App.headless(size=options.size) as app:
        start, busy = perf_counter(), process_time()
        app.open(folder / "place.world.json", trust=False, mods=False)
        app.settle()
        app.picture(samples=1)
        first = (perf_counter() - start) * 1e3
        world, busy = app.world, (process_time() - busy) * 1e3
        plants = sum(len(one.squares.places) for one in world.resource(ScatterState).spreads.values())
        name = app.drawing.renderer.device.capabilities.name
        size = f"{options.size[0]}x{options.size[1]}"
        yield result("places/first picture", np.array([first]), n=plants, size=size, busy_ms=round(busy), gpu=name)
        camera = int(next(iter(world.query(Camera))).entities[0])
        eye = np.array(world.get(camera, Transform).translation, np.float64)

        def draw(index: int) -> None:
            world.set(camera, Transform, translation=tuple(eye + np.array([0.0, 0.0, -0.05 * index])))
            app.drawing.read(app.drawing.frame(world, delta_secs=1 / 60))

        busy = process_time()
        times = time_calls(draw, options.frames, warm=2)
        busy = (process_time() - busy) * 1e3 / (len(times) + 2)
        yield result(
            "places/frame", times, n=plants, size=size, busy_ms=round(busy), gpu=name, instances=len(world.query(MeshInstance))
        )

        yield from _far(app, options, camera, eye, plants)

        def follow(index: int) -> None:
            world.resource(Details).follow(world, [Eye(eye + np.array([0.0, 0.0, -2.0 * index]), 700.0)])

        times = time_calls(follow, options.frames, warm=2)
        yield result("places/follow", times, n=plants, limit_ms=_LIMIT_FOLLOW_MS)


def _far(app: App, options: Options, camera: int, eye: NDArray[np.float64], plants: int) -> Iterator[dict[str, Any]]:
    """The simple quality, in which software draws: with impostors, then with the meshes and crossed cards that they stand for."""
    from taixu.render import View, ViewCamera
    from taixu.render.counting import count_drawn
    from taixu.scene import Transform

    world, renderer = app.world, app.drawing.renderer
    view = View(ViewCamera.of_entity(world, camera), options.size, name="simple", quality="fast")
    kept = renderer.impostors.most_bytes
    before: tuple[int, float] | None = None

    def draw(index: int) -> None:
        world.set(camera, Transform, translation=tuple(eye + np.array([0.0, 0.0, -0.05 * index])))
        app.run_stage(Stage.PROPAGATE)
        view.camera = ViewCamera.of_entity(world, camera)
        renderer.render(world, [view])
        renderer.read(view)

    for name, most in (("meshes", 0), ("impostors", kept)):
        renderer.impostors.release()
        renderer.impostors.most_bytes = most
        for index in range(3):  # pictures are taken meanwhile
            draw(index)
        busy = process_time()
        times = time_calls(draw, options.frames, warm=0)
        busy = (process_time() - busy) * 1e3 / len(times)
        drawn = count_drawn(view)
        ratios: dict[str, float] = {}
        if before is not None:
            ratios = {"of_triangles": round(drawn.triangles / max(before[0], 1), 3),
                      "of_busy_ms": round(busy / max(before[1], 1e-3), 3)}  # fmt: skip
        before = drawn.triangles, busy
        yield result(
            f"places/simple, {name}", times, n=plants, size=f"{options.size[0]}x{options.size[1]}", busy_ms=round(busy),
            triangles=drawn.triangles, cards=drawn.cards, instances=drawn.instances, commands=drawn.commands, **ratios,
        )
    view.release()


def _chunks(options: Options) -> dict[str, Any]:
    from taixu.generate.modifiers import BiomePlants, EndlessTerrain, Evaluation, Stack, Step
    from taixu.generate.modifiers.cache import LayerCache
    from taixu.generate.modifiers.chunk_meshes import chunk_of
    from taixu.generate.modifiers.ground_kinds import GROUND_KINDS

    kinds = {kind.component: kind for kind in GROUND_KINDS}
    plants = BiomePlants(models={kind: f"{kind}.glb" for kind in ("oak", "birch", "pine", "spruce", "shrub", "grass")})
    land = Step.of(kinds[EndlessTerrain], EndlessTerrain(), id=1, seed=5)
    stack = Stack((land, Step.of(kinds[BiomePlants], plants, id=2, seed=6)), None)
    evaluation = Evaluation(stack, LayerCache(None))
    times = time_calls(lambda index: chunk_of(evaluation, (index % 4, index, 3)), options.frames, warm=1)
    return result("places/chunk", times, n=options.frames)


def _changed(size_m: float, options: Options) -> dict[str, Any]:
    from taixu.app import App, Stage
    from taixu.generate.modifiers import FlattenPath, Modifier, Modifiers, ModifiersPlugin, ModifierState, ScatterRule
    from taixu.scene import Parent, ScenePlugin, Terrain, Transform

    app = App()
    app.add_plugin(ScenePlugin())
    app.add_plugin(ModifiersPlugin(on_disk=False))
    world, random = app.world, np.random.default_rng(4)
    stack = world.spawn(Transform(), Modifiers(spacing_m=2.0), Terrain(size=(size_m, size_m)))
    roads = [
        world.spawn(
            Transform(), Parent(entity=stack), Modifier(order=float(number)), FlattenPath(points=_road(random, size_m))
        )
        for number in range(_ROADS)
    ]  # fmt: skip
    road = roads[_ROADS // 2]
    world.spawn(Transform(), Parent(entity=stack), Modifier(order=1e6), ScatterRule(spacing_m=8.0, model="none.glb"))
    app.run_stage(Stage.APPLY)
    world.resource(ModifierState).reset_counts()

    def move(index: int) -> None:
        world.set(road, Transform, translation=(3.0 + index, 0.0, 2.0))
        app.run_stage(Stage.APPLY)

    busy = process_time()
    times = time_calls(move, options.frames, warm=1)
    busy = (process_time() - busy) * 1e3 / (len(times) + 1)
    made = world.resource(ModifierState).counts.total
    blocks = round(made / (len(times) + 1))
    return result("places/change", times, n=_ROADS, blocks_made=blocks, busy_ms=round(busy), limit_ms=_LIMIT_CHANGE_MS)


def _city(size_m: float, options: Options) -> Iterator[dict[str, Any]]:
    """A city as a stack: made whole, and what bending one of its streets takes until the scene shows it."""
    from taixu.app import App, Stage
    from taixu.generate.modifiers import MadeBy, Modifier, Modifiers, ModifiersPlugin, ModifierState
    from taixu.generate.places.settlements.modifiers import City
    from taixu.generate.places.settlements.remaking import district_to_bend
    from taixu.physics.plugin import PhysicsPlugin
    from taixu.scene import Parent, ScenePlugin, Terrain, Transform

    app = App().add_plugin(ScenePlugin()).add_plugin(PhysicsPlugin()).add_plugin(ModifiersPlugin(on_disk=False))
    world, edge_m = app.world, min(max(size_m, 256.0), 2048.0) - 48.0
    roads, at, bent = district_to_bend(edge_m)
    rows = [_row(road) for road in roads]
    stack = world.spawn(Transform(), Modifiers(spacing_m=2.0), Terrain(size=(edge_m + 48.0, edge_m + 48.0)))
    own = City(roads=rows, district_m=min(max(edge_m, 200.0), 4000.0))
    city = world.spawn(Transform(), Parent(entity=stack), Modifier(), own)
    start, busy = perf_counter(), process_time()
    app.run_stage(Stage.APPLY)
    app.run_stage(Stage.PROPAGATE)
    took, busy = (perf_counter() - start) * 1e3, process_time() - busy
    state = world.resource(ModifierState)
    houses = state.reset_counts().parts.get("house", 0)
    made = len(world.query(MadeBy))
    yield result("places/city", np.array([took]), n=houses, edge_m=edge_m, busy_ms=round(busy * 1e3), entities=made)

    def bend(index: int) -> None:
        shift = 1.0 + 0.2 * index
        points = np.asarray(bent.points).copy()
        points[1] += shift
        world.set(city, City, roads=[*rows[:at], {**_row(bent), "points": (points * (1, -1)).tolist()}, *rows[at + 1 :]])
        app.run_stage(Stage.APPLY)
        app.run_stage(Stage.PROPAGATE)

    busy = process_time()
    times = time_calls(bend, min(options.frames, 8), warm=1)
    busy = (process_time() - busy) * 1e3 / (len(times) + 1)
    again = state.reset_counts().parts.get("house", 0) / (len(times) + 1)
    more = {"edge_m": edge_m, "houses_again": round(again), "busy_ms": round(busy)}
    yield result("places/city road", times, n=houses, limit_ms=_LIMIT_CHANGE_MS, **more)


def _row(road: Any) -> dict[str, Any]:
    points = (np.asarray(road.points, np.float64) * (1, -1)).round(3).tolist()
    return {"points": points, "kind": road.kind, "curved": road.is_curved, "name": road.name}


def _road(random: np.random.Generator, size_m: float) -> list[list[float]]:
    at: NDArray[np.float64] = random.uniform(-0.4 * size_m, 0.4 * size_m, 2)
    turn = float(random.uniform(0, 2 * np.pi))
    found = []
    for _ in range(5):
        found.append([float(at[0]), 0.0, float(at[1])])
        turn += float(random.normal(0, 0.4))
        at = at + 0.04 * size_m * np.array([np.cos(turn), np.sin(turn)])
    return found
