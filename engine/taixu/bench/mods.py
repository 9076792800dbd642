"""Mods: how soon their process stands, a call there and back, and a frame of ten thousand entities, beside native loops.

A frame is what a mod adds to a step: columns to the locked process, the mod's tick, what it wrote checked and put into the
world. ``to_native`` says how many times the same work takes in this process's own CPython, ``to_lua`` in LuaJIT (by lupa,
where it is installed); neither of these two is locked away from anything.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from importlib import import_module
from time import perf_counter
from typing import Any

import numpy as np

from taixu.bench.measure import Options, result, time_calls

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
_EMPTY = "def boot(config): return b''\ndef call(kind, payload): return payload\ndef column(name, nbytes): return 0\n"


def measure(options: Options) -> Iterator[dict[str, Any]]:
    """Yield the process's start, an empty call, and a frame by columns, by a loop over an array, by `Entity`."""
    yield _start(options)
    yield _call(options)
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


def _frame(options: Options, name: str, native_ms: float, lua_ms: float | None) -> dict[str, Any]:
    """What a mod that moves every entity adds to a step."""
    from taixu.app import App
    from taixu.mods.box import Box
    from taixu.mods.grants import Grants
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
        places = np.zeros((3, options.n), np.float32)
        places[0] = np.random.default_rng(0).uniform(0, 49, options.n)
        app.world.spawn_batch(options.n, {Transform: {"translation": places}})
        host = app.resource(ModHost)
        source = f"import game\n\ndef on_tick(dt):{_MODS[name]}"
        mod = host.load("bench.mod", {"main.py": source}, grants=Grants.of(write=["transform"], fuel=1 << 40))

        def step(_: int) -> None:
            app.frame(1 / 60)
            host.collect()  # so that nothing is under way when the measured one begins

        def frame(_: int) -> None:
            host.send()
            host.collect()

        times = time_calls(frame, options.frames, warm=5, before=step)
        more: dict[str, Any] = {"fault": mod.fault} if mod.fault else {}
        if lua_ms is not None:
            more["to_lua"] = round(float(np.median(times)) / lua_ms, 2)
        return result(
            f"mods/frame {name}", times, n=options.n, limit_ms=_LIMITS_MS[name],
            guest_ms=round(mod.cost.micros / 1e3, 3), to_native=round(float(np.median(times)) / native_ms, 2), **more,
        )  # fmt: skip
    finally:
        box.stop()


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
