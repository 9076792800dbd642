"""OPC UA: arrays, structures and rows, against a real server; and browsing it over HTTP."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

import pytest
from opc_server import OpcServer
from readings import Heard
from served import serving
from waiting import HANG_SECS, until

import taixu as tx
from taixu.edit import WorldSettings
from taixu.errors import TaixuError
from taixu.script import ScriptHost
from taixu.serve import Access, Server
from taixu.serve.access import Guest, Role
from taixu.twin.connectors import open_sources
from taixu.twin.connectors.opcua_values import Place, read_place, tree
from taixu.twin.plugin import configure_twin, open_world_sources

asyncua = pytest.importorskip("asyncua")


class Plant:
    """Nodes of all forms; structures are bytes, for the server itself does not know their type either."""

    async def build(self, server: Any, number: int) -> None:
        from asyncua import ua
        from asyncua.common.structures104 import new_enum, new_struct, new_struct_field

        self.number = number
        hall = await server.nodes.objects.add_object(f"ns={number};s=Hall", "Hall")
        mode = await new_enum(server, number, "Mode", ["Idle", "Busy"])
        axis, _ = await new_struct(server, number, "Axis", [
            new_struct_field("Angle", ua.VariantType.Double), new_struct_field("Torque", ua.VariantType.Float, optional=True),
        ])  # fmt: skip
        cart, (encoding,) = await new_struct(server, number, "Cart", [
            new_struct_field("Id", ua.VariantType.String), new_struct_field("Mode", mode),
            new_struct_field("Axes", axis, array=True), new_struct_field("Levels", ua.VariantType.Byte, array=True),
        ])  # fmt: skip
        self.encoding = encoding.nodeid

        async def variable(name: str, value: Any, **more: Any) -> Any:
            return await hall.add_variable(f"ns={number};s={name}", name, value, **more)

        self.pose = await variable("Pose", [1.0, 2.0, 3.0, 4.0])
        self.temps = await variable("Temps", [20.0, 21.0])
        self.cart = await variable("Cart", self.cart_bytes("c1", 1), datatype=cart.nodeid)
        self.carts = await variable("Carts", [self.cart_bytes("c1", 0), self.cart_bytes("c2", 1)], datatype=cart.nodeid)
        self.odd = await variable("Odd", ua.ExtensionObject(ua.NodeId(4711, number), b"\1\2\3"), datatype=cart.nodeid)
        self.long = await variable("Long", [float(each) for each in range(300)])

    def cart_bytes(self, name: str, mode: int) -> Any:
        """A cart: an axis with a torque and one without, and three levels."""
        data = name.encode()
        body = struct.pack("<i", len(data)) + data + struct.pack("<i", mode)
        body += struct.pack("<i", 2) + struct.pack("<Idf", 1, 0.5, 7.0) + struct.pack("<Id", 0, 1.5)
        body += struct.pack("<i3B", 3, 5, 6, 7)
        return asyncua.ua.ExtensionObject(self.encoding, body)


@pytest.fixture(scope="module")
def plant() -> Iterator[tuple[Plant, OpcServer]]:
    nodes = Plant()
    server = OpcServer(nodes.build)
    yield nodes, server
    server.close()


def source_of(server: OpcServer, nodes: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "opcua", "url": server.url, "nodes": nodes, "every_ms": 20}


def last(heard: Heard, topic: str, key: str = "") -> dict[str, Any]:
    """What a topic said last of a key."""
    for batch in reversed(heard.take()):
        for row in reversed(range(len(batch))):
            if batch.topic == topic and (batch.keys[int(batch.numbers[row])] if batch.keys else "") == key:
                return {name: column.tolist()[row] for name, column in batch.fields.items()}
    return {}


def test_arrays_and_structures_are_fields(plant: tuple[Plant, OpcServer]) -> None:
    nodes, server = plant
    heard = Heard()
    wanted = {
        "pose": {"at": "ns=2;s=Pose", "temps": "ns=2;s=Temps"},
        "named": {"levels": {"node": "ns=2;s=Cart", "path": "Levels", "names": ["low", "mid"]}},
        "cart": {"cart": "ns=2;s=Cart"},
        "part": {"angle": {"node": "ns=2;s=Cart", "path": "Axes.1.Angle"}},
    }
    (source,) = open_sources({"plant": source_of(server, wanted)}, heard.inbox, lambda name: ())
    try:
        until(lambda: last(heard, "pose") == {"at.0": 1, "at.1": 2, "at.2": 3, "at.3": 4, "temps.0": 20, "temps.1": 21})
        until(lambda: last(heard, "cart") == {
            "cart.Id": "c1", "cart.Mode": 1, "cart.Axes.0.Angle": 0.5, "cart.Axes.0.Torque": 7.0, "cart.Axes.1.Angle": 1.5,
            "cart.Levels.0": 5, "cart.Levels.1": 6, "cart.Levels.2": 7,
        })  # fmt: skip
        until(lambda: last(heard, "named") == {"low": 5, "mid": 6} and last(heard, "part") == {"angle": 1.5})
        server.say(nodes.temps, [30.0])
        until(lambda: last(heard, "pose").get("temps.0") == 30.0)
        assert "temps.1" not in last(heard, "pose"), "what an array has no more is unknown"
        assert source.link.status.bad_messages == 0
    finally:
        server.say(nodes.temps, [20.0, 21.0])
        source.close()


def test_rows_by_key(plant: tuple[Plant, OpcServer]) -> None:
    nodes, server = plant
    heard = Heard()
    wanted = {
        "press": {"temp": {"node": "ns=2;s=Temps", "rows": ["p1", "p2", "p3"]}},
        "fleet": {"cart": {"node": "ns=2;s=Carts", "rows": "Id"}},
    }
    (source,) = open_sources({"plant": source_of(server, wanted)}, heard.inbox, lambda name: ())
    try:
        until(lambda: last(heard, "press", "p1") == {"temp": 20.0} and last(heard, "press", "p2") == {"temp": 21.0})
        until(lambda: last(heard, "fleet", "c2").get("cart.Mode") == 1 and last(heard, "fleet", "c1")["cart.Mode"] == 0)
        moment = datetime(2026, 5, 1, 8, tzinfo=UTC)
        both = asyncua.ua.Variant([nodes.cart_bytes("c1", 1), nodes.cart_bytes("c7", 1)])
        server.say(nodes.carts, both, SourceTimestamp=moment)
        until(lambda: last(heard, "fleet", "c7"))
        assert last(heard, "fleet", "c1")["cart.Mode"] == 1
        assert {int(time) for time in heard.batches[-1].times_ns} == {int(moment.timestamp()) * 10**9}
    finally:
        source.close()


def test_what_does_not_fit_is_counted_and_the_rest_comes(plant: tuple[Plant, OpcServer], caplog: pytest.LogCaptureFixture) -> None:
    nodes, server = plant
    heard = Heard()
    wanted = {
        "a": {"long": "ns=2;s=Long", "pose": "ns=2;s=Pose"},
        "b": {"odd": "ns=2;s=Odd"}, "c": {"none": {"node": "ns=2;s=Cart", "path": "Nowhere.3"}},
    }  # fmt: skip
    (source,) = open_sources({"plant": source_of(server, wanted)}, heard.inbox, lambda name: ())
    try:
        until(lambda: last(heard, "a").get("pose.3") == 4.0 and source.link.status.bad_messages >= 3)
        assert not last(heard, "b") and not last(heard, "c")
        for value, sentence in (
            (asyncua.ua.ExtensionObject(nodes.encoding, b"\x05\0\0\0a"), "do not fit"),
            (asyncua.ua.ExtensionObject(nodes.encoding, struct.pack("<iii", 0, 0, 2**31 - 1)), "do not fit"),
        ):
            server.say(nodes.cart, value)
            until(lambda sentence=sentence: sentence in source.link.status.last_problem)  # type: ignore[misc]
        lines = [each for each in caplog.records if "plant" in each.getMessage()]
        assert len(lines) == 1, "one line a minute"
    finally:
        server.say(nodes.cart, nodes.cart_bytes("c1", 1))
        source.close()


def test_browsing_over_http(plant: tuple[Plant, OpcServer]) -> None:
    _, server = plant
    tokens = {"operate-operate-operate": Guest("olga", Role.OPERATE), "view-view-view-view-view": Guest("eve", Role.VIEW)}

    def make(app: tx.App) -> Server:
        app.resource(WorldSettings).values["twin"] = {"sources": {"press": source_of(server, {"pose": {"at": "ns=2;s=Pose"}})}}
        configure_twin(app.world)
        app.resource(ScriptHost).trusted = True
        return Server(app, Access(tokens), sources=open_world_sources(app), port=0)

    with serving(make) as served:

        def ask(path: str, token: str = "operate-operate-operate") -> tuple[int, Any]:
            try:
                request = Request(served.url.rstrip("/") + path, headers={"Authorization": f"Bearer {token}"})
                with urlopen(request, timeout=HANG_SECS) as answer:
                    return answer.status, json.load(answer)
            except HTTPError as error:
                return error.code, error.read().decode()

        until(lambda: ask("/sources")[1]["sources"].get("press", {}).get("state") == "connected")
        status, found = ask("/sources/press/browse")
        (hall,) = [each for each in found["nodes"] if each["name"] == "Hall"]
        assert status == 200 and hall == {"id": "ns=2;s=Hall", "name": "Hall", "kind": "object"}
        below = {each["name"]: each for each in ask(f"/sources/press/browse?node={quote(hall['id'])}")[1]["nodes"]}
        assert below["Pose"]["value"] == [1, 2, 3, 4] and below["Pose"]["length"] == 4 and below["Pose"]["type"] == "Double"
        assert below["Long"]["length"] == 300 and len(below["Long"]["value"]) == 16
        assert below["Cart"]["value"]["Axes"][0] == {"Angle": 0.5, "Torque": 7.0} and below["Odd"]["value"] is None
        assert ask("/sources/press/browse", token="view-view-view-view-view")[0] == 403
        assert ask("/sources/nobody/browse")[0] == 404
        assert ask("/sources/press/browse?node=rubbish")[0] == 502
        assert ask(f"/sources/press/browse?node={quote('ns=2;s=Nowhere')}")[0] == 502
        assert ask(f"/sources/press/browse?node=ns%3D2%3Bs%3D{'x' * 600}")[0] == 400


# -- values alone ----------------------------------------------------------------------------------------------------
@dataclass
class Odd:
    Encoding: int
    Speed: float


def test_a_value_is_a_tree() -> None:
    assert tree([Odd(1, 2.0), (True, "x")]) == [{"Speed": 2.0}, [True, "x"]]
    assert tree(float("nan")) is None and tree(b"bytes") is None and tree(asyncua.ua.LocalizedText("Hall")) == "Hall"
    deep: Any = 1
    for _ in range(20):
        deep = [deep]
    with pytest.raises(TaixuError, match="nested"):
        tree(deep)


def test_too_much_is_refused() -> None:
    place = Place("t", "a", "i=1")
    with pytest.raises(TaixuError, match="more than 256"):
        place.readings(list(range(257)))
    with pytest.raises(TaixuError, match="10,001 elements"):
        Place("t", "a", "i=1", rows=("x",)).readings([1] * 10_001)
    with pytest.raises(TaixuError, match="is no array"):
        Place("t", "a", "i=1", rows=("x",)).readings(7)
    with pytest.raises(TaixuError, match="does not name"):
        Place("t", "a", "i=1", rows="id").readings([{"id": [1]}])
    with pytest.raises(TaixuError, match="no array of 2"):
        Place("t", "a", "i=1", names=("x", "y")).readings([1])


@pytest.mark.parametrize("given", [
    7, {}, {"node": 7}, {"node": "i=1", "other": 1}, {"node": "i=1", "path": 3}, {"node": "i=1", "names": "xy"},
    {"node": "i=1", "names": ["x", "x"]}, {"node": "i=1", "rows": [1]}, {"node": "i=1", "rows": ["a"] * 10_001},
    {"node": "i=1", "names": [""]},
])  # fmt: skip
def test_places_that_cannot_be(given: Any) -> None:
    with pytest.raises(TaixuError, match="nodes.t"):
        read_place("t", "a", given, "nodes.t")
