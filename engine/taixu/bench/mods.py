"""Mods: how soon their process stands, a call there and back, and a frame of ten thousand entities, beside native loops.

A frame is what a mod adds to a step: columns to the locked process, the mod's tick, what it wrote checked and put into the
world. ``to_native`` says how many times the same work takes in this process's own CPython, ``to_lua`` in LuaJIT (by lupa,
where it is installed); neither of these two is locked away from anything. ``busy_ms`` is what both processes computed for it,
whatever else the machine did meanwhile.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from time import perf_counter, thread_time
from typing import TYPE_CHECKING, Any

import numpy as np

from taixu.bench.measure import Options, result, time_calls

if TYPE_CHECKING:
    from taixu.app import App
    from taixu.mods.box import Box
    from taixu.mods.host import ModHost

__all__ = ["defaults", "measure"]

defaults = Options(n=10_000, frames=100)

_GUARD_SECS = 600.0
_LIMITS_MS = {"by columns": 0.5, "by an array loop": 8.0, "by Entity": 12.0}
_MODS = {
    "by columns": """
    c = game.columns("transform", "translation")
    x = c.translation[0] + dt
    c.translation[0] = game.where(x > 50.0, 0.0, x)
    c.write("translation")
""",
    "by an array loop": """
    c = game.columns("transform", "translation")
    x = c.translation[0].tolist()
    for i in range(len(x)):
        p = x[i] + dt
        if p > 50.0:
            p = 0.0
        x[i] = p
    c.translation[0] = x
    c.write("translation")
""",
    "by Entity": """
    for e in game.query("transform"):
        p = e.x + dt
        if p > 50.0:
            p = 0.0
        e.x = p
""",
}
_LUA = """
function(x, n, dt)
    for i = 1, n do
        local p = x[i] + dt
        if p > 50.0 then p = 0.0 end
        x[i] = p
    end
end
"""
_LOOP = """
def boot(config): return b''
def call(kind, payload):
    total, found = 0.0, {}
    for i in range(3000):
        total += i * 0.5
        if i % 3 == 0:
            found[i % 100] = total
    return b''
def column(name, nbytes): return 0
"""
_KEEPS = """
steps = 0
def on_tick(dt):
    global steps
    steps += 1
    for entity in game.query('transform'):
        entity.x += dt
def on_save(): return steps
def on_load(state):
    global steps
    steps = state
"""
_EMPTY = "def boot(config): return b''\ndef call(kind, payload): return payload\ndef column(name, nbytes): return 0\n"


def measure(options: Options) -> Iterator[dict[str, Any]]:
    """Yield the process's start, a call, a millisecond's fuel, a reload, thirty-two mods, and frames of three kinds."""
    yield _start(options)
    yield _call(options)
    yield _budget(options)
    yield _reload(options)
    yield _many(options)
    native, lua = _loops(options)
    for name in _MODS:
        yield _frame(options, name, native, lua)


def _start(options: Options) -> dict[str, Any]:
    """From nothing to a process that has loaded the image and locked itself up, the image compiled before."""
    from taixu.mods.box import Box

    times, busy = [], []
    for _ in range(max(3, min(options.frames // 10, 10)) + 1):
        box = Box()
        before, begun = os.times(), perf_counter()
        box.start(_GUARD_SECS)
        times.append((perf_counter() - begun) * 1e3)
        box.stop()
        after = os.times()
        busy.append((after.children_user + after.children_system - before.children_user - before.children_system) * 1e3)
    busy_ms = round(float(np.median(busy[1:])))  # the processor's own time, whatever else the machine does
    return result("mods/start", np.array(times[1:]), n=1, limit_ms=500.0, busy_ms=busy_ms)


def _call(options: Options) -> dict[str, Any]:
    """An empty call from this process into the guest and back."""
    from taixu.mods.box import Box

    box = Box()
    box.start(_GUARD_SECS)
    try:
        mod = box.open("empty", {"taixu_guest_main.py": _EMPTY})
        mod.poll(_GUARD_SECS)

        def call(_: int) -> None:
            mod.send(1, b"")
            mod.poll(_GUARD_SECS)

        times = time_calls(call, options.frames * 10, warm=20)
        return result("mods/empty call", times, n=1, badge=box.badge)
    finally:
        box.stop()


def _budget(options: Options) -> dict[str, Any]:
    """A loop of plain Python in the guest: how many instructions a millisecond takes here, beside what a budget says it is."""
    from taixu.mods.box import Box
    from taixu.mods.granting import FUEL_PER_MS

    box = Box()
    box.start(_GUARD_SECS)
    try:
        mod = box.open("loop", {"taixu_guest_main.py": _LOOP})
        mod.poll(_GUARD_SECS)
        fuel, micros = [], []
        for _ in range(max(options.frames, 10)):
            mod.send(1, b"")
            reply = mod.poll(_GUARD_SECS)
            assert reply is not None
            fuel.append(reply.fuel)
            micros.append(reply.micros)
        here = float(np.median(fuel)) / max(float(np.median(micros)), 1.0) * 1e3
        times = np.array(micros) / 1e3
        return result("mods/fuel", times, n=1, fuel_per_ms=round(here), a_budgets_ms=round(FUEL_PER_MS))
    finally:
        box.stop()


def _reload(options: Options) -> dict[str, Any]:
    """A mod's new version in place of the old one, its state kept: from the call to a version that has run a step."""
    from taixu.mods.grants import Grants

    with _world(min(options.n, 1000)) as (app, host, box):
        busy: list[float] = []
        sources = [{"main.py": f"import game\nPACE = {pace}\n{_KEEPS}"} for pace in (1, 2)]
        host.load("bench.mod", sources[0], grants=Grants.of(write=["transform"], fuel=1 << 40))

        def step(_: int) -> None:
            for _ in range(3):
                app.frame(1 / 60)

        def reload(index: int) -> None:
            begun = _busy_ms(box.pid)
            assert host.reload("bench.mod", sources[index % 2])
            busy.append(_busy_ms(box.pid) - begun)

        times = time_calls(reload, min(options.frames, 50), warm=2, before=step)
        step(0)
        steps = host.mods["bench.mod"].save()["state"]
        return result("mods/reload", times, n=1, limit_ms=20.0, busy_ms=round(float(np.median(busy)), 3), steps_kept=steps)


def _many(options: Options) -> dict[str, Any]:
    """As many mods as a box holds, with a hundred entities: a step of all of them, and what one of them keeps in memory."""
    from taixu.mods.grants import Grants

    with _world(100) as (app, host, box):
        before_mb = _held_mb(box.pid)
        count = box.layout.slots
        for place in range(count):
            source = f"import game\n{_KEEPS.replace('PACE', str(place))}"
            host.load(f"bench.mod{place}", {"main.py": source}, grants=Grants.of(write=["transform"], fuel=1 << 40))
        for _ in range(5):
            app.frame(1 / 60)
        each_mb = (_held_mb(box.pid) - before_mb) / count

        def frame(_: int) -> None:
            host.send()
            host.collect()

        times = time_calls(frame, min(options.frames, 50), warm=2, before=lambda _: app.frame(1 / 60))
        return result("mods/thirty-two", times, n=count, each_mb=round(each_mb, 2), limit_mb=7.0)


@contextmanager
def _world(count: int) -> Iterator[tuple[App, ModHost, Box]]:
    """A world of so many entities with a box for mods."""
    from taixu.app import App
    from taixu.mods.box import Box
    from taixu.mods.host import ModHost
    from taixu.mods.plugin import ModPlugin
    from taixu.platform import PlatformPlugin
    from taixu.scene import Transform
    from taixu.scene.plugin import ScenePlugin
    from taixu.script import ScriptPlugin

    box = Box()
    box.start(_GUARD_SECS)
    try:
        app = App()
        opened = ModPlugin(lambda name, sources, config, limits: box.open(name, sources, config, limits=limits))
        for plugin in (PlatformPlugin(), ScenePlugin(), ScriptPlugin(), opened):
            app.add_plugin(plugin)
        places = np.zeros((3, count), np.float32)
        places[0] = np.random.default_rng(0).uniform(0, 49, count)
        app.world.spawn_batch(count, {Transform: {"translation": places}})
        yield app, app.resource(ModHost), box
    finally:
        box.stop()


def _frame(options: Options, name: str, native_ms: float, lua_ms: float | None) -> dict[str, Any]:
    """What a mod that moves every entity adds to a step."""
    from taixu.mods.grants import Grants

    with _world(options.n) as (app, host, box):
        source = f"import game\n\ndef on_tick(dt):{_MODS[name]}"
        mod = host.load("bench.mod", {"main.py": source}, grants=Grants.of(write=["transform"], fuel=1 << 40))

        def step(_: int) -> None:
            app.frame(1 / 60)
            host.collect()  # so that nothing is under way when the measured one begins

        def frame(_: int) -> None:
            host.send()
            host.collect()

        times = time_calls(frame, options.frames, warm=5, before=step)
        busy: list[float] = []
        for _ in range(options.frames):  # by itself: to ask the system takes as long as a frame by columns
            step(0)
            begun = _busy_ms(box.pid)
            frame(0)
            busy.append(_busy_ms(box.pid) - begun)
        more: dict[str, Any] = {"fault": mod.fault} if mod.fault else {}
        if all(busy):
            more["busy_ms"] = round(float(np.median(busy)), 3)
        if lua_ms is not None:
            more["to_lua"] = round(float(np.median(times)) / lua_ms, 2)
        return result(
            f"mods/frame {name}", times, n=options.n, limit_ms=_LIMITS_MS[name],
            guest_ms=round(float(np.median(mod.cost.recent_micros)) / 1e3, 3),
            to_native=round(float(np.median(times)) / native_ms, 2), **more,
        )  # fmt: skip


def _busy_ms(pid: int) -> float:
    """What this thread and another process have computed so far, in milliseconds."""
    return thread_time() * 1e3 + _ran_ms(pid)


def _ran_ms(pid: int) -> float:
    """For how long a process's threads have run, in milliseconds; 0 where the system does not say."""
    try:
        return sum(int(file.read_text().split()[0]) for file in Path(f"/proc/{pid}/task").glob("*/schedstat")) / 1e6
    except (OSError, ValueError, IndexError):
        return 0.0


def _held_mb(pid: int) -> float:
    """What a process alone holds, in MB (2^20 bytes); 0 where the system does not say."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith(("Private_Clean:", "Private_Dirty:"))) / 1024


def _loops(options: Options) -> tuple[float, float | None]:
    """The same loop in this process: milliseconds in CPython and in LuaJIT."""
    x = [float(place % 50) for place in range(options.n)]

    def run(_: int) -> None:
        dt = 1 / 60
        for i in range(len(x)):
            p = x[i] + dt
            if p > 50.0:
                p = 0.0
            x[i] = p

    native = float(np.median(time_calls(run, options.frames)))
    try:
        lupa = import_module("lupa.luajit21")
    except ImportError:
        return native, None
    runtime = lupa.LuaRuntime()
    move: Callable[..., None] = runtime.eval(_LUA)
    table = runtime.table_from(x)
    return native, float(np.median(time_calls(lambda _: move(table, options.n, 1 / 60), options.frames)))
