"""The broker of one's own: who may come in, what it refuses, and how it ends."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from readings import Heard
from waiting import HANG_SECS, ends, until

from taixu.errors import TaixuError
from taixu.twin.connectors import broker as broker_module
from taixu.twin.connectors import open_sources
from taixu.twin.connectors.broker import EmbeddedBroker
from taixu.twin.connectors.broker_gate import PacketReader
from taixu.twin.connectors.mqtt import MqttConnector

pytest.importorskip("amqtt")
pytest.importorskip("paho.mqtt.client")


@pytest.fixture(scope="module")
def broker() -> Iterator[EmbeddedBroker]:
    broker = EmbeddedBroker()
    yield broker
    broker.close()


def client_of(broker: EmbeddedBroker, *, password: str | None = None, client_id: str = "") -> tuple[Any, list[Any]]:
    import paho.mqtt.client as mqtt
    from paho.mqtt.enums import CallbackAPIVersion

    client, answers = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=client_id, reconnect_on_failure=False), []
    client.on_connect = lambda client, data, flags, reason, properties: answers.append(str(reason))
    if password != "":
        client.username_pw_set(broker.user, password or broker.password)
    client.connect("127.0.0.1", broker.port)
    client.loop_start()
    return client, answers


def packet(kind: int, body: bytes, *, length: int | None = None) -> bytes:
    left, head = len(body) if length is None else length, bytearray((kind,))
    while True:
        left, low = divmod(left, 128)
        head.append(low | (0x80 if left else 0))
        if not left:
            return bytes(head) + body


def text(value: bytes) -> bytes:
    return struct.pack(">H", len(value)) + value


def connect_packet(broker: EmbeddedBroker, client_id: bytes = b"raw") -> bytes:
    body = text(b"MQTT") + bytes((4, 0xC2, 0, 60)) + text(client_id) + text(broker.user.encode()) + text(broker.password.encode())
    return packet(0x10, body)


def raw(broker: EmbeddedBroker, *sent: bytes) -> bytes:
    """What the broker answers to bytes before it hangs up, or falls silent."""
    with socket.create_connection(("127.0.0.1", broker.port), timeout=3) as line:
        for each in sent:
            line.sendall(each)
        heard = b""
        try:
            while piece := line.recv(4096):
                heard += piece
        except TimeoutError:
            return heard + b"..."
        except ConnectionError:  # hung up on before all of it was read
            return heard
        return heard


def test_a_source_without_a_url_brings_its_own_broker() -> None:
    heard = Heard()
    (source,) = open_sources({"plant": {"kind": "mqtt"}}, heard.inbox, lambda name: ("press/+/state",))
    assert isinstance(source, MqttConnector) and source.broker is not None
    try:
        environment = source.environment
        assert environment["TAIXU_BROKER_URL"] == f"mqtt://127.0.0.1:{source.broker.port}"
        assert environment["TAIXU_BROKER_USER"] == "taixu" and len(environment["TAIXU_BROKER_PASSWORD"]) > 20
        assert environment["TAIXU_BROKER_PASSWORD"] not in str(source.link.status), "what viewers see holds no password"
        assert source.link.status.note == f"a broker of its own at {source.broker.url}, user taixu"
        until(lambda: source.link.status.state == "connected")
        client, _ = client_of(source.broker)
        for i in range(50):
            client.publish("press/4/state", f"{i}".encode(), qos=1)
        until(lambda: len(heard.values()) == 50)
        source.send("press/4/set", b"1")
        client.disconnect()
        client.loop_stop()
    finally:
        source.close()
    assert source.broker._process.poll() is not None, "it ends with its source"


def test_its_user_and_password_can_be_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANT_PASSWORD", "chosen" * 4)
    settings = {"kind": "mqtt", "user": "devices", "password_variable": "PLANT_PASSWORD"}
    (source,) = open_sources({"plant": settings}, Heard().inbox, lambda name: ("t",))
    assert isinstance(source, MqttConnector)
    until(lambda: source.link.status.state == "connected")
    assert source.environment["TAIXU_BROKER_USER"] == "devices"
    assert source.environment["TAIXU_BROKER_PASSWORD"] == "chosen" * 4
    source.close()
    with pytest.raises(TaixuError, match="NOBODY_SET_THIS"):
        open_sources({"plant": settings | {"password_variable": "NOBODY_SET_THIS"}}, Heard().inbox, lambda name: ("t",))


def test_nobody_comes_in_without_the_password(broker: EmbeddedBroker) -> None:
    for wrong in ("", "guess"):
        client, answers = client_of(broker, password=wrong)
        until(answers.__len__)
        assert "authorized" in answers[0].lower(), answers
        client.loop_stop()


def test_who_shows_no_password_cannot_end_the_session_of_another(broker: EmbeddedBroker) -> None:
    client, answers = client_of(broker, client_id="plc")
    until(lambda: answers)
    stranger, refused = client_of(broker, client_id="plc", password="guess")
    until(lambda: refused)
    stranger.loop_stop()
    time.sleep(0.2)
    assert client.is_connected()
    client.disconnect()
    client.loop_stop()


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        packet(0x30, text(b"topic") + b"1"),
        packet(0x10, b"", length=1 << 24),
        b"\x10\xff\xff\xff\xff\xff",
        packet(0x10, text(b"MQTT") + b"\x04\xc2\x00\x3c\xff\xff"),
        packet(0x10, text(b"MQIsdp") + bytes((3, 2, 0, 60)) + text(b"old")),
        packet(0x10, b""),
    ],
)
def test_what_is_no_greeting_is_hung_up_on(broker: EmbeddedBroker, sent: bytes) -> None:
    assert raw(broker, sent) == b""
    client, answers = client_of(broker)
    until(lambda: answers)
    assert answers == ["Success"], "and the others are served"
    client.disconnect()
    client.loop_stop()


def test_messages_that_are_too_long_are_not_read(broker: EmbeddedBroker) -> None:
    greeting = b"\x20\x02\x00\x00"
    assert raw(broker, connect_packet(broker), packet(0x30, text(b"t") + bytes(1000), length=2 << 20)) == greeting
    assert raw(broker, connect_packet(broker), packet(0x30, text(b"t" * 300) + b"1")) == greeting


@pytest.mark.parametrize(("crowd", "passes"), [(0.5, True), (1.5, True), (5.0, False)])
def test_who_publishes_more_than_is_taken_waits_and_is_then_sent_away(
    crowd: float, passes: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("taixu.twin.connectors.broker_gate._LONGEST_WAIT_SECS", 0.1)
    seen: list[int] = []

    async def read() -> tuple[bytes, float]:
        reader = asyncio.StreamReader()
        reader.feed_data(packet(0x31, text(b"t") + b"1"))
        packets = PacketReader(reader, b"", crowd=lambda: crowd, may_retain=lambda topic: False, published=seen.append)
        start = time.monotonic()
        return await packets.read(2), time.monotonic() - start

    heard, took = asyncio.run(read())
    assert seen == [6] and heard == (b"\x30\x04" if passes else b""), "and a message that may not be kept is passed on unkept"
    assert (took > 0.09) == (crowd > 1)


def test_a_broker_that_dies_comes_back_at_the_same_address() -> None:
    heard = Heard()
    (source,) = open_sources({"plant": {"kind": "mqtt"}}, heard.inbox, lambda name: ("t",))
    assert isinstance(source, MqttConnector) and source.broker is not None
    try:
        until(lambda: source.link.status.state == "connected")
        source.broker._process.kill()
        until(lambda: source.link.status.state == "waiting")
        with pytest.raises(TaixuError, match="not there"):
            source.send("t", b"1")
        until(lambda: source.link.status.state == "connected")
        assert source.broker.restarts == 1
        client, _ = client_of(source.broker)
        client.publish("t", b"7", qos=1)
        until(lambda: heard.values() == [7])
        client.disconnect()
        client.loop_stop()
    finally:
        source.close()


def test_a_port_of_anothers_is_one_sentence(broker: EmbeddedBroker) -> None:
    with pytest.raises(TaixuError, match=f"127.0.0.1:{broker.port}"):
        EmbeddedBroker(port=broker.port)


def test_a_process_that_cannot_begin_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("taixu.twin.connectors.broker._CHILD", "taixu.twin.connectors.nowhere")
    with pytest.raises(TaixuError, match=r"ended before it listened: .*nowhere"):
        EmbeddedBroker()


@pytest.mark.skipif(sys.platform == "win32", reason="kills as POSIX does")
def test_the_broker_does_not_outlive_a_program_that_is_killed() -> None:
    code = (
        "from taixu.twin.connectors.broker import EmbeddedBroker\nimport time\n"
        "broker = EmbeddedBroker()\nprint(broker._process.pid, flush=True)\ntime.sleep(60)"
    )
    program = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert program.stdout is not None
    pid = int(program.stdout.readline())
    os.kill(program.pid, signal.SIGKILL)
    program.wait()
    program.stdout.close()
    until(lambda: not _lives(pid))


def _lives(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_topic_that_floods_does_not_silence_another() -> None:
    heard, stop = Heard(max_readings=20_000, max_taken=2_000), threading.Event()
    (source,) = open_sources({"plant": {"kind": "mqtt"}}, heard.inbox, lambda name: ("#",))
    assert isinstance(source, MqttConnector)
    assert source.broker is not None
    broker = source.broker

    def flood() -> None:
        client, _ = client_of(broker)
        while not stop.is_set():
            for _ in range(200):
                client.publish("flood", b"0" + b" " * 2000)
            stop.wait(0.02)
        client.disconnect()
        client.loop_stop()

    flooding = threading.Thread(target=flood)
    try:
        until(lambda: source.link.status.state == "connected")
        flooding.start()
        until(lambda: len(heard.take()) > 500)
        calm, _ = client_of(broker)
        for value in range(1, 6):
            calm.publish("calm", b"%d" % value, qos=1)
            until(lambda: heard.take() and [batch for batch in heard.batches if batch.topic == "calm"])
            assert heard.inbox.waiting <= heard.inbox.max_readings
            assert [batch.fields["value"].tolist() for batch in heard.batches if batch.topic == "calm"] == [[value]]
            heard.batches.clear()
        calm.disconnect()
        calm.loop_stop()
        assert flooding.is_alive()
    finally:
        stop.set()
        flooding.join(20)
        source.close()


def test_a_broker_that_is_started_anew_while_it_is_closed_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broker_module, "_PAUSE_SECS", 0.0)
    for _ in range(3):
        broker = EmbeddedBroker()
        started = threading.Event()
        start = broker._start

        def slowly(start: Callable[[], int] = start, started: threading.Event = started) -> int:
            started.set()
            time.sleep(0.1)  # closing begins meanwhile
            return start()

        broker._start = slowly  # type: ignore[method-assign]
        broker._process.kill()
        assert started.wait(HANG_SECS)
        with ends():
            broker.close()
        assert broker._process.poll() is not None and not broker._watcher.is_alive()
