"""From an input, and from a reading, to the pixels that show it: read from the canvas of a real browser on the same machine."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import numpy as np

from taixu.bench.browser import find_chromium, open_page
from taixu.bench.code_scene import DISTANCE_M, PLACES, camera_for, place_of, slot_centres
from taixu.bench.measure import Options, result
from taixu.errors import MachineError

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["defaults", "measure"]

defaults = Options(n=2000, frames=60, size=(1280, 720))
"""`n` boxes stand behind the bar that is looked for; `frames` is how often each is measured."""

_FPS = 30
_LIMIT_MS, _LIMIT_WORLD_MS = 100.0, 200.0
_WARM, _EVERY_MS = 4, 170
_COUNTS = (10, 10_000, 100_000)
_READINGS_A_SEC = 1000
_READY_SECS = 60.0
_BUDGET_MS, _STATE_BUDGET_MS = 45_000, 90_000
_TOO_SLOW = "the browser does not draw so many in time here"
_WORLD, _WORLD_SIZE = "samples/factory", (640, 360)


def measure(options: Options) -> Iterator[dict[str, Any]]:
    """Yield input to pixels by H.264 and by JPEG beside a bare socket and in a whole sample, then sensor to pixels by entity count.

    An input is a camera that moves; a reading moves the bar. Both are sent by the page that looks for them, so that there is one
    clock. `bare_ms` is a socket that answers with the same picture, encoded beforehand, to the same page.
    """
    find_chromium()
    bare = _bare(options)
    for codec in ("h264", "jpeg"):
        with _serving(n=options.n) as server:
            found = _by_pictures(server, options.size, options.frames, codec=codec)
        beside = bare if codec == "h264" else {}
        yield _told(f"latency/input, {codec}", found, n=options.n, limit_ms=_LIMIT_MS, **beside)
    if (world := _world()) is not None:
        with _serving(n=0, world=world) as server:
            found = _by_pictures(server, _WORLD_SIZE, options.frames, codec="h264")
        yield _told("latency/input, factory", found, n=0, limit_ms=_LIMIT_WORLD_MS)
    for count in _COUNTS:
        with _serving(n=count, readings_a_sec=min(count, _READINGS_A_SEC)) as server:
            found = _by_pictures(server, _WORLD_SIZE, options.frames, codec="h264", sensor=True)
            yield _told("latency/sensor, pictures", found, n=count, readings_a_sec=min(count, _READINGS_A_SEC))
            found = _by_state(server, _WORLD_SIZE, options.frames)
            if found["times"]:
                yield _told("latency/sensor, state stream", found, n=count, readings_a_sec=min(count, _READINGS_A_SEC))
            else:
                yield {"name": "latency/sensor, state stream", "n": count, "lost": found["lost"], "skipped": _TOO_SLOW}


def _told(name: str, found: dict[str, Any], *, n: int, limit_ms: float | None = None, **more: Any) -> dict[str, Any]:
    times = np.array(found["times"])
    if not len(times):
        raise MachineError(f"{name}: nothing was ever seen of what was done")
    p95 = float(np.percentile(times, 95))
    limits = {} if limit_ms is None else {"limit_p95_ms": limit_ms, "ratio": round(limit_ms / p95, 2)}
    if "bare_ms" in more:
        limits["to_bare"] = round(float(np.median(times)) / max(more["bare_ms"], 1e-6), 2)
    about: dict[str, Any] = {key: found[key] for key in ("codec", "size", "level") if key in found}
    about |= {"pictures_a_sec": round(found["fps"], 1), "bytes_a_picture": round(found["bytes"])} if "fps" in found else {}
    return result(name, times, n=n, times=len(times), lost=found["lost"], **limits, **about, **more)


def _by_pictures(server: dict[str, Any], size: tuple[int, int], count: int, *, codec: str, sensor: bool = False) -> dict[str, Any]:
    origin = server["origin"]
    asked: dict[str, Any] = _asked(size, count) | {
        "wishes": {"size": list(size), "fps": _FPS, "codec": codec, "quality": "fast"},
        "poses": [camera_for(code, origin=origin) for code in range(PLACES)],
    }
    if sensor:
        x, y, z = origin  # seen from the middle, the bar's own places are the numbers
        eye = {"eye": [x, y, z + DISTANCE_M], "target": [x, y, z], "fov_deg": 45.0}
        asked |= {"poses": [eye], "sensor": _sensor(server)}
    with _page(server) as page:
        found: dict[str, Any] = page.evaluate("asked => taixuLatency.pictures(asked)", asked)
    return found


def _by_state(server: dict[str, Any], size: tuple[int, int], count: int) -> dict[str, Any]:
    """The viewer itself, drawn by the browser."""
    x, y, z = server["origin"]
    asked = _asked(size, count) | {"warm": 1, "budget": _STATE_BUDGET_MS}  # a page that draws many by the processor takes its time
    asked |= {"sensor": _sensor(server), "at": [[x + place_of(code), y, z] for code in range(PLACES)]}
    with open_page(size=size) as page:
        page.goto(f"{server['url']}?token={server['token']}")
        end = monotonic() + _READY_SECS
        while not page.evaluate("() => window.taixu?.isReady() ?? false"):
            if monotonic() > end:
                return {"times": [], "lost": 0}
            page.wait_for_timeout(200)
        page.evaluate(_script())
        found: dict[str, Any] = page.evaluate("asked => taixuLatency.state(asked)", asked)
    return found


def _sensor(server: dict[str, Any]) -> dict[str, Any]:
    """What readings of the bar say."""
    slots = [server["origin"][0] + place_of(code) for code in range(PLACES)]
    return {"device": server["device"], "origin": server["origin"], "slots": slots}


def _bare(options: Options) -> dict[str, Any]:
    asked = {"size": list(options.size), "fps": _FPS, "n": options.n}
    with _process("latency_peer", asked) as peer, open_page() as page:
        page.goto(peer["url"])
        page.evaluate(_script())
        told = _asked(options.size, options.frames) | {"wishes": {"size": list(options.size)}, "codec": peer["codec"]}
        found = page.evaluate("asked => taixuLatency.peer(asked)", told)
    times = np.array(found["times"])
    if not len(times):
        raise MachineError("the bare peer's pictures were never seen")
    bare, high = np.percentile(times, (50, 95))
    return {"bare_ms": round(float(bare), 2), "bare_p95_ms": round(float(high), 2), "bare_bytes": peer["bytes"]}


def _asked(size: tuple[int, int], count: int) -> dict[str, Any]:
    columns = slot_centres(size[0]).tolist()
    return {"count": count, "warm": _WARM, "every": _EVERY_MS, "places": PLACES, "budget": _BUDGET_MS, "columns": columns}


@contextmanager
def _page(server: dict[str, Any]) -> Iterator[Page]:
    """A page of the server's own origin that nothing else goes on in."""
    from taixu.serve.parts.page import viewer_folder

    if not (viewer_folder() / "pictures.js").is_file():
        raise MachineError("the viewer is not built here; make viewer builds it")
    with open_page() as page:
        page.context.add_cookies([{"name": "taixu_token", "value": server["token"], "url": server["url"]}])
        page.goto(server["url"] + "state")
        page.evaluate(_script())
        yield page


def _script() -> str:
    return files("taixu.bench").joinpath("latency.js").read_text()


def _world() -> str | None:
    """The sample, where it is a world already."""
    from taixu.assets.paths import find_sample
    from taixu.errors import TaixuError

    try:
        path = find_sample(Path(_WORLD))
    except TaixuError:
        return None
    return str(path) if any(path.glob("*.toml")) or any(path.rglob("*.world.json")) else None


@contextmanager
def _serving(**asked: Any) -> Iterator[dict[str, Any]]:
    with _process("latency_server", asked) as server:
        yield server


@contextmanager
def _process(module: str, asked: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A server in a process of its own, as it says it is; it ends with its input."""
    command = [sys.executable, "-m", f"taixu.bench.{module}", json.dumps(asked)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            if not line:
                raise MachineError(f"{module} did not start")
            yield json.loads(line)
        finally:
            process.stdin.close()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
