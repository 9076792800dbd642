from __future__ import annotations

import asyncio
import json
import struct
import time
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from served import serving
from waiting import HANG_SECS, until

import taixu as tx
from taixu.edit import WorldSettings
from taixu.edit.declared import declared_component
from taixu.serve import Access, Server
from taixu.serve import past as past_module
from taixu.serve.parts.history import HistoryPart
from taixu.twin import Device
from taixu.twin.plugin import begin_recording, configure_twin

TOKEN = "t" * 20
SECOND = 1_000_000_000
MOTOR = declared_component(
    "motor", {"temperature": {"kind": "f32", "unit": "degC"}, "state": {"kind": "text"}, "load": {"kind": "f32"}}
)
BINDINGS = [
    {"topic": "cart/{key}", "from": ["x", "y"], "to": "transform.position"},
    {"topic": "cart/{key}", "from": "t", "to": "motor.temperature"},
    {"topic": "cart/{key}", "from": "s", "to": "motor.state"},
]
RULE = {"name": "hot", "when": "motor.temperature > 80", "severity": "critical", "say": "too hot"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("history") / "recording"

    def make(app: tx.App) -> Server:
        app.register_component(MOTOR)
        node = app.scene.spawn("Cart", tx.Shape("box"), Device(key="7"), MOTOR())
        app.resource(WorldSettings).values["twin"] = {
            "bindings": BINDINGS, "rules": [RULE],
            "measures": [{"name": "warmth", "unit": "degC", "value": "max(motor.temperature)"}],
        }  # fmt: skip
        configure_twin(app.world)
        begin_recording(app, folder)
        server = Server(app, Access.of_one(TOKEN)[0], port=0)
        server.cart = f"{app.world.stable_id(node.entity):016x}"  # type: ignore[attr-defined]
        return server

    with serving(make) as server:
        tell(server, 0.0, 0.0)  # what follows is later than the first frame
        yield server


def ask(server: Server, path: str, data: Any = None, **query: Any) -> Any:
    address = server.url.rstrip("/") + path + ("?" + urlencode(query) if query else "")
    body = None if data is None else json.dumps(data).encode()
    request = Request(address, data=body, headers={"Authorization": f"Bearer {TOKEN}"})
    try:
        with urlopen(request, timeout=120) as answer:
            return json.loads(answer.read())
    except HTTPError as error:
        return error.code, json.loads(error.read())["error"]


def tell(server: Server, x: float, t: float, s: str = "on") -> int:
    """Bring a reading; gives a time at which it was surely known, and nothing after it."""
    reading = {"topic": "cart/7", "time": time.time(), "values": {"x": x, "y": 0, "t": t, "s": s}}
    assert ask(server, "/ingest", reading) == {"kept": 1}
    time.sleep(0.05)
    now = time.time_ns()
    time.sleep(0.05)
    return now


def test_what_was_a_moment_ago_is_known(served: Server) -> None:
    cart = served.cart  # type: ignore[attr-defined]
    times = [tell(served, float(step), 20.0 + step, f"s{step // 2}") for step in range(6)]
    entity = ask(served, "/history/entity", entity=cart, at_ns=times[-1])
    assert entity["name"] == "Cart" and entity["alarms"] == []
    assert entity["fields"]["motor.temperature"]["value"] == 25.0 and entity["fields"]["motor.temperature"]["unit"] == "degC"
    assert 0 <= entity["fields"]["motor.temperature"]["age_secs"] < HANG_SECS
    assert entity["fields"]["transform.position"]["value"] == [5.0, 0.0, 0.0]
    assert entity["fields"]["motor.load"] == {"value": 0.0, "unit": "", "age_secs": None}, "nobody ever told it"
    assert times[-2] < entity["time_ns"] < times[-1]
    assert ask(served, "/history/entity", entity=cart, at_ns=times[2])["fields"]["motor.temperature"]["value"] == 22.0
    series = ask(served, "/history/series", entity=cart, field="motor.temperature", from_ns=times[0], to_ns=times[-1], points=100)
    assert series["mean"] == [21.0, 22.0, 23.0, 24.0, 25.0] and series["unit"] == "degC" and series["every"] == 1
    assert series["before"]["value"] == 20.0 and series["before"]["time_ns"] < times[0]
    coarse = ask(served, "/history/series", entity=cart, field="motor.temperature", from_ns=times[0], to_ns=times[-1], points=1)
    assert (coarse["low"], coarse["high"], coarse["mean"]) == ([21.0], [25.0], [23.0])
    texts = ask(served, "/history/series", entity=cart, field="motor.state", from_ns=times[0], to_ns=times[-1])
    assert texts["texts"] == ["s0", "s1", "s2"] and texts["times_ns"] == sorted(texts["times_ns"])
    along = ask(served, "/history/series", entity=cart, field="transform.translation.x", from_ns=times[0], to_ns=times[-1])
    assert along["high"] == [1.0, 2.0, 3.0, 4.0, 5.0]
    compared = ask(served, "/history/compare", a_ns=times[4], b_ns=times[1])
    assert compared["a_ns"] == times[1] and compared["came"]["count"] == 0
    assert compared["changed"]["motor.temperature"] == {"count": 1, "entities": [cart]}


def test_alarms_are_marks_and_belong_to_moments(served: Server) -> None:
    cart = served.cart  # type: ignore[attr-defined]
    cold, hot, over = tell(served, 0, 20.0), tell(served, 0, 90.0), tell(served, 0, 20.0)
    found = ask(served, "/history")
    assert found["recording"] and found["start_ns"] < cold and found["end_ns"] > cold
    marks = [mark for mark in found["marks"] if cold < mark["time_ns"] < over]
    assert [(mark["kind"], mark["text"], mark["severity"]) for mark in marks] == [
        ("alarm", "too hot", "critical"), ("alarm_over", "too hot", "critical"),
    ]  # fmt: skip
    alarms = [ask(served, "/history/entity", entity=cart, at_ns=at)["alarms"] for at in (cold, hot)]
    assert alarms[0] == [] and alarms[1][0]["rule"] == "hot"


def test_what_measures_said_is_known(served: Server) -> None:
    def said(at_ns: int) -> float | None:
        found = ask(served, "/measures", at_ns=at_ns)["measures"]
        assert found == [] or [each["name"] for each in found] == ["warmth"]
        return found[0]["values"][0]["value"] if found else None

    times = []
    for warmth in (31.0, 33.0, 32.0):
        tell(served, 0.0, warmth)
        until(lambda warmth=warmth: said(time.time_ns()) == warmth)  # a measure is recorded once a second
        times.append(time.time_ns())
        tell(served, 0.0, warmth)
    assert [said(at) for at in times] == [31.0, 33.0, 32.0]
    found = ask(served, "/measures", at_ns=times[1])["measures"][0]
    assert found == {"name": "warmth", "unit": "degC", "by": "whole", "values": [{"of": "", "value": 33.0}]}
    series = ask(served, "/history/series", measure="warmth", from_ns=times[0], to_ns=times[2], points=500)
    assert series["mean"] == [33.0, 32.0] and series["before"]["value"] == 31.0

    async def scrub(screen: Screen) -> None:
        for place in (2, 0, 1):
            await screen.socket.send_json({"at": times[place]})
            await screen.until(lambda one, place=place: one.moments and one.moments[-1]["time_ns"] == times[place])
            assert screen.moments[-1]["measures"][0]["values"] == [{"of": "", "value": [31.0, 33.0, 32.0][place]}]

    watched(served, scrub)


@pytest.mark.parametrize(
    ("path", "query", "code", "said"),
    [
        ("/history/series", {"entity": "zz"}, 400, "16 hexadecimal"),
        ("/history/series", {}, 400, "measure=NAME"),
        ("/measures", {"at_ns": "now"}, 400, "whole number"),
        ("/measures", {"at_ns": "5"}, 404, "begins later"),
        ("/history/series", {"entity": "1", "from_ns": "1e9", "to_ns": "2"}, 400, "whole number"),
        ("/history/series", {"entity": "1", "field": "motor.temperature", "from_ns": "5", "to_ns": "5"}, 404, "later one"),
        ("/history/series", {"entity": "1", "field": "motor.nothing", "from_ns": "1", "to_ns": "5"}, 404, "no value"),
        ("/history/series", {"entity": "1", "field": "a.b", "from_ns": "1", "to_ns": "5", "points": "99999"}, 404, "points"),
        ("/history/entity", {"entity": "1", "at_ns": "9" * 40}, 400, "whole number"),
        ("/history/entity", {"entity": "1", "at_ns": "5"}, 404, "begins later"),
        ("/history/compare", {"a_ns": "5"}, 400, "whole number"),
    ],
)
def test_wrong_questions_are_one_sentence(served: Server, path: str, query: dict[str, str], code: int, said: str) -> None:
    assert ask(served, path, **query)[0] == code and said in ask(served, path, **query)[1]


class Screen:
    """What a viewer knows by what he was sent."""

    def __init__(self, socket: Any) -> None:
        self.socket = socket
        self.things: dict[int, tuple[float, float, float]] = {}
        self.looks: dict[str, Any] = {}
        self.moments: list[dict[str, Any]] = []
        self.errors: list[str] = []
        self.shown = 0

    async def until(self, is_so: Any, *, secs: float = HANG_SECS) -> None:
        import aiohttp

        end = time.monotonic() + secs
        while not is_so(self):
            message = await self.socket.receive(timeout=max(end - time.monotonic(), 0.01))
            if message.type is aiohttp.WSMsgType.BINARY:
                self.read(message.data)
                self.shown += 1
                await self.socket.send_json({"shown": self.shown})
            else:
                said = json.loads(message.data)
                self.looks |= said.get("looks", {})
                self.moments += [said["moment"]] if "moment" in said else []
                self.errors += [said["error"]] if "error" in said else []
                for slot in said.get("gone", ()):
                    self.things.pop(slot, None)

    def read(self, data: bytes) -> None:
        _, _, count, flags, *origin = struct.unpack_from("<4sIII3d", data)
        if flags & 1:
            self.things.clear()
        slots = struct.unpack_from(f"<{count}I", data, 40)
        floats = struct.unpack_from(f"<{3 * count}f", data, 40 + -(-4 * count // 8) * 8)
        for place, slot in enumerate(slots):
            self.things[slot] = tuple(round(floats[lane * count + place] + origin[lane], 3) for lane in range(3))  # type: ignore[assignment]

    @property
    def xs(self) -> list[float]:
        return sorted(place[0] for place in self.things.values())


def watched(server: Server, *steps: Any, viewers: int = 1) -> None:
    async def run() -> None:
        import aiohttp

        session = aiohttp.ClientSession(headers={"Authorization": f"Bearer {TOKEN}"})
        async with session:
            sockets = [await session.ws_connect(server.url + "watch") for _ in range(viewers)]
            screens = [Screen(socket) for socket in sockets]
            for socket in sockets:
                await socket.send_json({"look": {"at": [0, 0, 0], "reach": 1000}})
            for step in steps:
                await step(*screens)
            for socket in sockets:
                await socket.close()

    asyncio.run(run())


def test_a_viewer_scrubs_and_comes_back(served: Server) -> None:
    times = [tell(served, float(x), 20.0) for x in (11, 12, 13)]

    async def scrub(screen: Screen) -> None:
        await screen.until(lambda one: one.xs == [13.0])
        for place in (0, 2, 1, 0):
            await screen.socket.send_json({"at": times[place]})
            await screen.until(lambda one, place=place: one.moments and one.moments[-1]["time_ns"] == times[place])
            assert screen.xs == [11.0 + place] and screen.moments[-1]["live"] is False and "alarms" in screen.moments[-1]
        await screen.socket.send_json({"at": None})
        await screen.until(lambda one: one.moments[-1]["live"])
        assert screen.xs == [13.0]
        tell(served, 14.0, 20.0)
        await screen.until(lambda one: one.xs == [14.0])

    watched(served, scrub)


def test_what_was_true_is_not_what_was_seen(served: Server) -> None:
    cart = served.cart  # type: ignore[attr-defined]
    seen = tell(served, 400.0, 20.0)
    late = {"topic": "cart/7", "time": time.time(), "values": {"x": 401.0, "y": 0, "t": 21.0, "s": "late"}}
    time.sleep(0.05)
    at = time.time_ns()
    tell(served, 402.0, 22.0)
    assert ask(served, "/ingest", late) == {"kept": 1}
    time.sleep(0.1)
    now = time.time_ns()
    assert seen < at
    told = ask(served, "/history/entity", entity=cart, at_ns=at)["fields"]
    true = ask(served, "/history/entity", entity=cart, at_ns=at, known_ns=now)["fields"]
    assert told["motor.temperature"]["value"] == 20.0 and true["motor.temperature"]["value"] == 21.0
    assert true["transform.position"]["value"] == [401.0, 0.0, 0.0]
    series = ask(served, "/history/series", entity=cart, field="motor.temperature", from_ns=seen - SECOND // 4, to_ns=now)
    assert series["mean"][-3:] == [20.0, 21.0, 22.0], "late readings are in their places"

    async def scrub(screen: Screen) -> None:
        for known, x in ((False, 400.0), (True, 401.0)):
            before = len(screen.moments)
            await screen.socket.send_json({"at": at, "known": known})
            await screen.until(lambda one, before=before: len(one.moments) > before)
            assert screen.xs == [x] and screen.moments[-1]["known"] is known

    watched(served, scrub)


def test_who_drags_is_told_the_newest(served: Server) -> None:
    times = [tell(served, 100.0 + step, 20.0) for step in range(4)]

    async def drag(screen: Screen) -> None:
        await screen.until(lambda one: one.xs == [103.0])
        for turn in range(200):
            await screen.socket.send_json({"at": times[turn % 4] + turn})
        await screen.until(lambda one: one.moments and one.moments[-1]["time_ns"] == times[3] + 199)
        assert screen.xs == [103.0] and len(screen.moments) < 150

    watched(served, drag)


def test_the_past_is_played_until_it_is_the_present(served: Server) -> None:
    times = [tell(served, 200.0 + step, 90.0 if step == 3 else 20.0) for step in range(8)]

    async def play(screen: Screen) -> None:
        await screen.until(lambda one: one.xs == [207.0])
        seen = set()

        def is_live(one: Screen) -> bool:
            seen.update(one.xs)
            return bool(one.moments) and one.moments[-1]["live"]

        await screen.socket.send_json({"at": times[0], "speed": 1.5})
        await screen.until(is_live)
        assert {201.0, 203.0, 205.0} <= seen
        active = [[alarm for alarm in each["alarms"] if not alarm["cleared_ns"]] for each in screen.moments if "alarms" in each]
        assert active[0] == [] and any(each and each[0]["text"] == "too hot" for each in active)
        played = [moment["time_ns"] for moment in screen.moments[:-1]]
        assert played == sorted(played) and played[0] == times[0]

    watched(served, play)


def test_several_look_at_several_moments(served: Server) -> None:
    times = [tell(served, 300.0 + step, 20.0) for step in range(5)]

    async def look(*screens: Screen) -> None:
        for place, screen in enumerate((*screens[:4], screens[0])):
            await screen.until(lambda one: one.xs == [304.0] or one.moments)
            await screen.socket.send_json({"at": times[place % 4]})
            await screen.until(lambda one: bool(one.moments))
        for place, screen in enumerate(screens[:4]):
            assert screen.xs == [300.0 + place]
        await screens[4].until(lambda one: one.xs == [304.0])
        await screens[4].socket.send_json({"at": times[4]})
        await screens[4].until(lambda one: bool(one.errors))
        assert "too many" in screens[4].errors[0]
        await screens[4].socket.send_json({"at": times[2]})
        await screens[4].until(lambda one: bool(one.moments))
        assert screens[4].xs == [302.0], "who looks where somebody else does shares it"

    watched(served, look, viewers=5)


def test_worlds_that_nobody_looks_at_are_let_go(served: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(past_module, "_IDLE_SECS", 0.2)
    times = [tell(served, 500.0 + step, 20.0) for step in range(2)]
    pasts = next(part for part in served.parts if isinstance(part, HistoryPart))._pasts

    async def look(screen: Screen) -> None:
        for _ in range(2):  # and it is made again, with nothing left of the one before
            await screen.until(lambda one: one.xs == [501.0])
            await screen.socket.send_json({"at": times[0]})
            await screen.until(lambda one: one.xs == [500.0])
            await screen.socket.send_json({"at": None})
            await screen.until(lambda one: one.xs == [501.0])
            async with asyncio.timeout(HANG_SECS):
                while any(show.scene for show in pasts._shows):
                    await asyncio.sleep(0.05)

    watched(served, look)


@pytest.mark.parametrize("said", ['{"at": "x"}', '{"at": true}', '{"at": 5, "speed": "fast"}', '{"at": 5, "speed": 1e99}'])
def test_what_is_no_moment_is_one_sentence(served: Server, said: str) -> None:
    async def ask_wrongly(screen: Screen) -> None:
        await screen.socket.send_str(said)
        await screen.until(lambda one: bool(one.errors))
        assert "moment" in screen.errors[0]

    watched(served, ask_wrongly)
