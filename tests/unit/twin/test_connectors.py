from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from brokers import Broker, find_mosquitto
from readings import Heard
from waiting import until

from taixu.errors import TaixuError
from taixu.twin.batch import Batch
from taixu.twin.connectors import Connector, Connectors, Link, open_sources
from taixu.twin.connectors.table import read_table
from taixu.twin.inbox import Inbox
from taixu.twin.wire import encode_batch

needs_mosquitto = pytest.mark.skipif(find_mosquitto() is None, reason="mosquitto is not installed")


def publisher(broker: Broker) -> Any:
    import paho.mqtt.client as mqtt
    from paho.mqtt.enums import CallbackAPIVersion

    client = mqtt.Client(CallbackAPIVersion.VERSION2)
    client.connect("127.0.0.1", broker.port)
    client.loop_start()
    return client


@needs_mosquitto
def test_mqtt_brings_json_and_records(tmp_path: Path) -> None:
    heard = Heard()
    with Broker(tmp_path).running() as broker:
        (source,) = open_sources({"plant": {"kind": "mqtt", "url": broker.url}}, heard.inbox, lambda name: ("press/+/state",))
        until(lambda: source.link.status.state == "connected")
        client = publisher(broker)
        record = encode_batch(Batch("press/7/state", np.zeros(3, np.uint32), np.arange(3), {"t": np.arange(3.0)}))
        for payload in (b'{"temp": 71.5}', b"{", record):
            client.publish("press/7/state", payload, qos=1).wait_for_publish(10)
        client.publish("elsewhere", b"1", qos=1).wait_for_publish(10)
        until(lambda: len(heard.take()) == 2)
        client.disconnect()
        client.loop_stop()
        source.close()
    one, other = heard.batches
    assert (one.topic, one.source, one.fields["temp"].tolist()) == ("press/7/state", "plant", [71.5])
    assert len(other) == 3
    status = source.link.status
    assert (status.messages, status.bad_messages) == (3, 1) and "no JSON" in status.last_problem


@needs_mosquitto
def test_what_was_not_kept_comes_again(tmp_path: Path) -> None:
    with Broker(tmp_path).running() as broker:
        facts = {"kind": "mqtt", "url": broker.url, "topics": ["t"], "client_id": "twin"}
        first = Heard()
        (source,) = open_sources({"plant": facts}, first.inbox, lambda name: ())
        until(lambda: source.link.status.state == "connected")
        client = publisher(broker)
        client.publish("t", b"1", qos=1).wait_for_publish(10)
        until(lambda: first.take(keep=True))
        client.publish("t", b"2", qos=1).wait_for_publish(10)
        until(lambda: len(first.take(keep=False)) == 2)
        source.close()
        second = Heard()
        (source,) = open_sources({"plant": facts}, second.inbox, lambda name: ())
        until(second.take)
        client.disconnect()
        client.loop_stop()
        source.close()
    assert [batch.fields["value"].tolist() for batch in second.batches] == [[2]], "the one that was kept does not"


@needs_mosquitto
def test_a_broker_that_goes_and_comes_back(tmp_path: Path) -> None:
    heard, broker = Heard(), Broker(tmp_path)
    (source,) = open_sources({"plant": {"kind": "mqtt", "url": broker.url, "topics": ["t"]}}, heard.inbox, lambda name: ())
    with broker.running():
        until(lambda: source.link.status.state == "connected")
    until(lambda: source.link.status.state == "waiting")
    assert "gone" in source.link.status.problem
    with broker.running():
        until(lambda: source.link.status.state == "connected")
        client = publisher(broker)
        client.publish("t", b"1", qos=1).wait_for_publish(10)
        until(heard.take)
        client.disconnect()
        client.loop_stop()
        source.close()


CSV = "time,key,level,state\n100.5,a,1.5,ok\n100.5,b,2.5,停\n101,a,3,ok\n"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    file = tmp_path / "table.csv"
    file.write_text(CSV)
    return file


def test_a_table_is_played_as_if_it_happened_now(table: Path) -> None:
    heard = Heard()
    before = time.time_ns()
    (source,) = open_sources({"file": {"kind": "table", "path": str(table), "topic": "t"}}, heard.inbox, lambda name: ())
    until(lambda: source.link.status.state == "done")
    heard.take()
    times = np.concatenate([batch.times_ns for batch in heard.batches]) - before
    assert 0 <= times[0] < 10**9 and times.tolist()[2] - times.tolist()[0] == 500_000_000
    assert time.time_ns() - before >= 500_000_000, "half a second took half a second"
    assert heard.batches[0].keys == ("a", "b") and heard.batches[0].fields["state"].tolist() == ["ok", "停"]
    source.close()


def test_a_table_at_its_own_times_as_fast_as_it_goes(table: Path) -> None:
    heard = Heard()
    facts = {"kind": "table", "path": str(table), "speed": 0, "shift": False}
    (source,) = open_sources({"file": facts}, heard.inbox, lambda name: ())
    until(lambda: source.link.status.state == "done")
    (batch,) = heard.take()
    assert batch.times_ns.tolist() == [100_500_000_000, 100_500_000_000, 101_000_000_000]
    source.close()


def test_parquet_is_the_same(table: Path, tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import csv, parquet

    assert pyarrow
    parquet.write_table(csv.read_csv(table), tmp_path / "table.parquet")
    (one,), (other,) = (list(read_table(file, topic="t")) for file in (table, tmp_path / "table.parquet"))
    assert one.keys == other.keys and one.times_ns.tolist() == other.times_ns.tolist()
    assert {name: column.tolist() for name, column in one.fields.items()} == {
        name: column.tolist() for name, column in other.fields.items()
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "first line"),
        ("time,time\n1,2\n", "each once"),
        ("key,level\na,1\n", "no column 'time'"),
        ("time,v\n1,2\n3\n", "line 3 has 1 values"),
        ("time,v\nnoon,2\n", "seconds since 1970"),
        ("time,v\nnan,2\n", "seconds since 1970"),
        ("time,v\n2,1\n1,1\n", "row 2: the time goes back"),
        ("time,v\n1,\x00\n", "level|read as CSV|row|time"),
    ],
)
def test_a_table_that_is_none_is_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "a.csv").write_text(text)
    if "\x00" in text:
        assert len(list(read_table(tmp_path / "a.csv", topic="t"))) <= 1
        return
    with pytest.raises(TaixuError, match=said):
        list(read_table(tmp_path / "a.csv", topic="t"))


def test_a_parquet_file_that_is_none_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"PAR1" + bytes(40))
    with pytest.raises(TaixuError, match="Parquet"):
        list(read_table(tmp_path / "a.parquet", topic="t"))


def test_who_brings_too_much_is_held_back() -> None:
    heard = Heard(max_readings=2)
    link, gone = Link("a", heard.inbox, tuple), [False]
    many = [Batch("t", np.zeros(2, np.uint32), np.zeros(2, np.int64), {})] * 2
    gone[0] = True
    assert not link.leave(many, stop=lambda: gone[0]), "who is told to stop does not wait for ever"
    assert len(heard.take()) == 1


@dataclass(frozen=True)
class DialParameters:
    number: int = field(default=1, metadata={"minimum": 1})


class Dial(Connector):
    kind, parameters = "dial", DialParameters

    def start(self) -> None:
        self.link.tell("t", json.dumps(self.settings.number).encode())

    def close(self) -> None:
        self.link.status.state = "done"


@pytest.mark.parametrize(
    ("sources", "said"),
    [
        ([], "at most 256"),
        ({"a": 7}, "twin.sources.a takes an object"),
        ({"a": {"kind": "smoke"}}, "no connector 'smoke'; there are dial, http, mcap, mqtt, nats, opcua, table, websocket"),
        ({"a": {"kind": "mqtt", "url": "http://x"}}, "no broker"),
        ({"a": {"kind": "mqtt", "qos": 9}}, "source 'a'"),
        ({"a": {"kind": "table", "path": "nowhere.csv"}}, "no file"),
        ({"first": {"kind": "dial"}, "a": {"kind": "dial", "number": 0}}, "source 'a'"),
    ],
)
def test_a_bad_source_is_one_sentence_and_leaves_none_running(sources: Any, said: str) -> None:
    known = Connectors(plugins=False)
    known.add(Dial)
    with pytest.raises(TaixuError, match=said):
        open_sources(sources, Inbox(), lambda name: (), known)


def test_connectors_of_others() -> None:
    known, heard = Connectors(plugins=False), Heard()
    known.add(Dial)
    (source,) = open_sources({"a": {"kind": "dial", "number": 42}}, heard.inbox, lambda name: (), known)
    assert heard.take()[0].fields["value"].tolist() == [42] and source.link.status.messages == 1
    with pytest.raises(TaixuError, match="two connectors"):
        known.add(Dial)
