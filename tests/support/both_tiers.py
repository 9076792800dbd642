"""A script run natively and as a mod, in worlds that are the same, and what it said and did in each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from taixu.app import App, GameEvents, GameServices, Stage
from taixu.mods.grants import Grants
from taixu.mods.host import ModHost, OpenBox
from taixu.mods.plugin import ModPlugin
from taixu.physics import PHYSICS_COMPONENTS, Articulation, RigidBody
from taixu.platform import AnswerEvent, HeadlessPlatform, Input, KeyEvent, PlatformPlugin
from taixu.scene import Light, Name, Node, Parent, Shape, Transform
from taixu.scene.plugin import ScenePlugin
from taixu.script import Script, ScriptHost, ScriptPlugin, players
from taixu.script.chat import Chat
from taixu.script.inbox import owner_text
from taixu.script.widgets import Widgets

__all__ = ["Trace", "all_grants", "run_mod", "run_native"]

STEP = 1 / 60
_READS = ("name", "transform", "light", "shape", "parent", "rigid_body", "articulation")
_ALL = ("spawn", "input", "input.text", "ui", "audio", "chat", "storage", "net")


@dataclass
class Trace:
    """What a run of a script came to."""

    lines: list[tuple[str, str]] = field(default_factory=list)
    fault: str = ""
    calls: list[Any] = field(default_factory=list)
    places: dict[str, Any] = field(default_factory=dict)
    screen: list[Any] = field(default_factory=list)
    state: Any = None


def all_grants(**more: Any) -> Grants:
    """Everything that there is to grant."""
    return Grants.of(read=_READS, write=_READS, capabilities=_ALL, **more)


def _app(folder: Path, open_in: OpenBox | None) -> tuple[App, list[Any]]:
    early = 0 if open_in is None else 1  # mods hear of input a step later
    keys = [(1 - early, KeyEvent("space", True)), (3 - early, KeyEvent("space", False))]
    app = App()
    app.add_plugin(PlatformPlugin(HeadlessPlatform(keys)))
    for plugin in (ScenePlugin(), ScriptPlugin(folder, trust=True), ModPlugin(open_in)):
        app.add_plugin(plugin)
    for cls in PHYSICS_COMPONENTS:
        app.register_component(cls)
    calls: list[Any] = []
    _offer(app, calls)
    return app, calls


def _offer(app: App, calls: list[Any]) -> None:
    """Services that write down who asked for what."""
    services, world = app.resource(GameServices), app.world

    def note(name: str) -> Callable[..., None]:
        def run(_world: Any, *arguments: Any, **more: Any) -> None:
            plain = [world.stable_id(item) if isinstance(item, int) else item for item in arguments]
            calls.append((name, _plain(plain), _plain(sorted(more.items()))))

        return run

    for name in ("play_sound", "apply_impulse", "apply_force", "set_velocity", "set_joint_target"):
        services.provide(name, note(name))

    def velocity(_world: Any, entity: int) -> Any:
        body = world.get(entity, RigidBody)
        return body.linear_velocity, body.angular_velocity

    services.provide("get_velocity", velocity)
    services.provide("joint_positions", lambda _world, entity: {"elbow": 0.25, "wrist": -1.0})

    def raycasts(_world: Any, origins: Any, directions: Any, *, max_distance: float, mask: int) -> list[Any]:
        floor = world.find(101)
        down = {"entity": floor, "position": (0.0, 0.5, 0.0), "normal": (0.0, 1.0, 0.0), "distance": 4.5}
        return [down if abs(origin[0]) < 10 else None for origin in origins]

    services.provide("raycasts", raycasts)
    services.provide("request", lambda _world, _owner, _hosts, **facts: calls.append(("request", sorted(facts.items()))))


def _plain(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return tuple(_plain(item) for item in value)
    return value


def _fill(app: App) -> int:
    world = app.world
    host = world.spawn(Name("Host"), Transform(), stable_id=100)
    world.spawn(Name("Lamp"), Transform(), Light(kind="point", intensity=3.0), stable_id=101)
    parent = world.spawn(Name("Parent"), Transform(translation=(1, 0, 0), scale=(2, 2, 2)), stable_id=102)
    world.spawn(Name("Child"), Transform(translation=(0, 0, 1)), Parent(parent), stable_id=103)
    far = world.spawn(Name("Far"), Transform(), stable_id=104)
    Node(world, far).position = (5000.25, 2, 0)
    for number in range(5):
        place = (number * 0.3 - 0.5, number * 1.7, -number)
        world.spawn(Name(f"Box {number}"), Transform(translation=place), Shape(kind="box"), stable_id=99 - number)
    world.spawn(Name("Body"), Transform(), RigidBody(mass_kg=2.0, linear_velocity=(1, 2, 3)), stable_id=105)
    world.spawn(Name("Arm"), Transform(), Articulation(), stable_id=106)
    world.spawn(Light(intensity=0.5), stable_id=107)
    return host


def _publish(app: App, host: int) -> None:
    """Events of the kinds that plugins publish, in the second step."""

    def run(world: Any) -> None:
        if app.clock.ticks != 1:
            return
        lamp, events = world.find(101), world.resource(GameEvents)
        pair, others = [host, lamp], [lamp, host]
        import numpy as np

        def both(kind: str, **facts: Any) -> None:
            events.publish(kind, np.array(pair, np.uint64), np.array(others, np.uint64), **facts)

        both("collision_begin", impulse=np.array([2.5, 2.5]), position=np.array([[0, 1], [1, 2], [2, 3]], float))
        both("collision_end")
        both("trigger_enter")
        both("trigger_leave")
        events.publish("animation_end", np.array([lamp], np.uint64), name="walk")

    app.add_system(Stage.PHYSICS, run, name="publish_samples")


def _finish(app: App, trace: Trace, owner: int | str) -> Trace:
    world = app.world
    for message in app.resource(ScriptHost).log.messages:
        if message.level == "error":
            trace.fault = message.text.partition(" (in ")[0].partition(":")[2]
        else:
            trace.lines.append((message.level, message.text))
    for table in world.query(Transform, Name):
        for handle in table.entities.tolist():
            node = Node(world, handle)
            trace.places[node.name] = [
                [round(float(value), 4) for value in values] for values in (node.position, node.rotation, node.scale)
            ]
    trace.screen = [(line.role == "player", line.text) for line in app.resource(Chat).lines]
    trace.screen += [
        (item.name, item.kind, item.text, item.corner, item.offset, item.value, item.size, item.color, item.hint, item.dots,
         item.colors)
        for item in app.resource(Widgets).of(owner).values()
    ]
    return trace


def _press(app: App, owner: int | str) -> None:
    world = app.world
    app.resource(Widgets).press(owner, "again")
    players.submit(world, owner, "name", "Bob\tthe \x00builder")
    players.submit(world, owner, "no such field", "x")
    players.say(world, "Is anybody\nhere?", who="Ann")
    app.resource(Input).inject(AnswerEvent(owner_text(owner), "rates", 200, "[1.5]", ""))


def run_native(folder: Path, source: str, *, steps: int = 6, keep_after: int = 0) -> Trace:
    """Run a script as a project's own."""
    (folder / "scripts").mkdir(exist_ok=True)
    (folder / "scripts" / "case.py").write_text(source)
    app, calls = _app(folder, None)
    host = _fill(app)
    app.world.insert(host, Script("scripts/case.py"))
    _publish(app, host)
    trace = Trace()
    for step in range(steps):
        app.frame(STEP)
        if step == 3:
            _press(app, 100)
        if keep_after and step + 1 == keep_after:
            trace.state = app.resource(ScriptHost).save_state()[100]
            app.resource(ScriptHost).load_state({100: trace.state})
    trace.calls = calls
    _finish(app, trace, 100)
    app.close()
    return trace


def run_mod(
    folder: Path, source: str, open_in: OpenBox, *, steps: int = 6, keep_after: int = 0, grants: Grants | None = None,
    others: Iterable[tuple[str, str]] = (),
) -> Trace:  # fmt: skip
    """Run it as a mod of the same entity."""
    app, calls = _app(folder, open_in)
    host = _fill(app)
    _publish(app, host)
    mods = app.resource(ModHost)
    mod = mods.load(
        "a.case", {"case.py": source}, entry="case.py", grants=grants or all_grants(), entity=host,
        seed_key="100:scripts/case.py",
    )  # fmt: skip
    for name, text in others:
        mods.load(name, {"main.py": text}, grants=all_grants())
    trace = Trace()
    for step in range(steps):
        app.frame(STEP)
        if step == 2:
            _press(app, mod.name)
        if keep_after and step + 1 == keep_after:
            mods.reload("a.case", {"case.py": source})
            app.resource(ScriptHost).log.messages.pop()  # that it was reloaded
    trace.calls = calls
    _finish(app, trace, "a.case")
    app.close()
    return trace
