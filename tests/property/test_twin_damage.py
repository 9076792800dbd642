"""Whatever comes by the network, or stands in a recording's files, is read or refused with a sentence: soon, and in bounds."""

from __future__ import annotations

import asyncio
import json
import os
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zlib import crc32

import damaged_recordings
import numpy as np
import pytest
from damaged_recordings import bombs
from mutations import damaged, damaged_text, rounds
from waiting import ends

import taixu as tx
from taixu.edit import WorldSettings
from taixu.errors import TaixuError
from taixu.serve.access import Guest, Role
from taixu.twin import Batch, Device, decode_batch, encode_batch
from taixu.twin.connectors.broker_gate import GateError, PacketReader, read_connect
from taixu.twin.inbox import Inbox, Letter
from taixu.twin.memory.writer import SUFFIX
from taixu.twin.plugin import TwinPlugin, begin_recording, configure_twin
from taixu.twin.wire import decode_json

NOW = 1_777_622_400_000_000_000
_MB = 700


@contextmanager
def bounded(what: object) -> Iterator[None]:
    """What is wrong is one sentence; it comes to an end, and does not take much memory."""
    before = _peak_mb()
    with ends():
        try:
            yield
        except TaixuError as error:
            assert "\n" not in str(error), (error, what)
        except Exception as error:
            raise AssertionError(f"{type(error).__name__}: {error}; of {str(what)[:2000]!r}") from error
    more = _peak_mb() - before
    assert more < _MB, f"{more:.0f} MB for {str(what)[:2000]!r}"


def _peak_mb() -> float:
    try:
        import resource
    except ImportError:  # Windows
        return 0.0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def records() -> list[bytes]:
    times = NOW + np.arange(5) * 1_000_000
    fields: dict[str, Any] = {"x": np.arange(5.0), "n": np.arange(5, dtype=np.int8)}
    return [
        encode_batch(Batch("agv", np.array([3, 1, 0, 0, 2], np.uint32), times, fields, ("a", "b", "c", "d"))),
        encode_batch(Batch("press/4", np.arange(5, dtype=np.uint32), times + 7, {"temp": np.arange(5, dtype=np.float32)})),
        encode_batch(Batch("names", np.zeros(0, np.uint32), np.zeros(0, np.int64), {}, tuple(map(str, range(50))))),
    ]


def test_any_record_is_read_or_refused() -> None:
    corpus = records()
    for draw in rounds():
        data = damaged(draw.choice(corpus), draw, others=corpus)
        if draw.random() < 0.7 and len(data) > 24:  # the checksum fits, so that what is behind it is looked at
            data = b"TXB1" + data[4:12] + struct.pack("<I", crc32(data[16:])) + data[16:]
        with bounded(data):
            batch = decode_batch(data)
            assert all(len(column) == len(batch) for column in batch.fields.values())
            if all(column.dtype.kind in "uif" for column in batch.fields.values()):
                again = decode_batch(encode_batch(batch))
                assert again.topic == batch.topic and np.array_equal(again.times_ns, batch.times_ns)


def test_any_json_is_read_or_refused() -> None:
    corpus = [
        '{"topic": "plant/press", "key": "press-4", "time": 1760000000.25, "values": {"temperature": 71.5, "mode": "idle"}}',
        '[{"topic": "a", "values": {"x": 1, "on": true}}, {"topic": "a", "time": "2026-05-01T08:00:00Z", "values": {"x": 2.5}}]',
        '{"pose": {"position": {"x": 1, "y": -2}, "frame": null}, "time": 5}', "3.25", '"idle"',
    ]  # fmt: skip
    for draw in rounds():
        text = damaged_text(draw.choice(corpus), draw, others=corpus)
        with bounded(text):
            for batch in decode_json(text.encode("utf-8", "surrogatepass"), now_ns=NOW, topic="t"):
                assert all(len(column) == len(batch) for column in batch.fields.values())


def test_what_was_read_can_be_fed() -> None:
    """Readings that are well formed and make no sense do no harm to a world, its rules and its recording."""
    texts = ['{"topic": "agv/7", "time": 1760000000, "values": {"x": 1, "y": 2, "mode": "idle", "command": 1}}']
    with tx.App.headless(plugins=(TwinPlugin(),)) as app:
        cart = app.scene.spawn("Cart", tx.Shape("box"), Device(key="7"))
        bindings = [
            {"topic": "agv/{key}", "from": ["x", "y"], "to": "transform.position"},
            {"topic": "agv/{key}", "from": "mode", "to": "name.text"},
            {"topic": "#", "from": "x", "to": "transform.translation.y", "sigma": "y", "drift": 1},
        ]
        rules = [{"name": "far", "when": "x > 5 and rate(transform.translation.y, 10) < 1", "for": 1}]
        app.resource(WorldSettings).values["twin"] = {"bindings": bindings, "rules": rules}
        configure_twin(app.world)
        for draw in rounds(most=1500):
            text = damaged_text(texts[0], draw)
            with bounded(text):
                for batch in decode_json(text.encode("utf-8", "surrogatepass"), now_ns=time.time_ns(), topic="agv/7"):
                    app.resource(Inbox).put(Letter(batch))
                app.run(ticks=1)
        assert np.isfinite(cart.position).all()


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some ticks: things come, move and go; readings come late; a keyframe now and then."""
    folder = tmp_path_factory.mktemp("damage") / "recording"
    clock = [NOW]
    with tx.App.headless(plugins=(TwinPlugin(now_ns=lambda: clock[0]),)) as app:
        carts = [app.scene.spawn(f"Cart {i}", tx.Shape("box"), Device(key=str(i))) for i in range(6)]
        binding = {"topic": "agv/{key}", "from": ["x", "y"], "to": "transform.position"}
        app.resource(WorldSettings).values["twin"] = {"bindings": [binding]}
        configure_twin(app.world)
        recorder = begin_recording(app, folder, key_secs=2.0)
        for step in range(12):
            clock[0] += 500_000_000
            late = 800_000_000 if step % 4 == 3 else 0
            for key in range(4):
                reading = {"x": np.array([1.0 * step]), "y": np.array([2.0 * key])}
                app.resource(Inbox).put(Letter(Batch(f"agv/{key}", np.zeros(1, np.uint32), np.array([clock[0] - late]), reading)))
            recorder.note("alarm", name="far", step=step)
            if step == 6:
                carts[5].despawn()
            app.run(ticks=1)
            recorder.writer.wait()
    return folder


def test_any_recording_is_read_or_refused(recording: Path, tmp_path: Path) -> None:
    """In every way that there is, and within a memory that is not much larger than what an honest one needs."""
    folder = tmp_path / "bombs"
    folder.mkdir()
    for name, data in bombs(next(recording.glob(f"*{SUFFIX}"))).items():
        (folder / name).write_bytes(data)
    words = [sys.executable, damaged_recordings.__file__, recording, tmp_path / "scratch", 150, folder]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, env=environment, check=False)
    assert (done.returncode, done.stdout, done.stderr[-4000:]) == (0, "", "")


def test_what_viewers_say_is_heard_or_refused() -> None:
    from taixu.serve.audience import Audience, Viewer
    from taixu.serve.gaze import Gaze
    from taixu.serve.listeners import Listener, Listeners, hear
    from taixu.serve.watching import _hear

    class NoPast:
        def look(self, gaze: Any, wish: Any) -> None:
            assert np.isfinite(wish.speed)

        def leave(self, gaze: Any) -> None:
            return

    said: list[Any] = []
    gaze = Gaze(Viewer(said.append), Audience(), NoPast())  # type: ignore[arg-type]
    watching = [
        '{"look": {"at": [1, 2.5, 3], "reach": 100}}', '{"shown": 3}', '{"tell": 0}', '{"at": 1777622400000000000, "speed": 4}',
        '{"at": null, "known": true}',
    ]  # fmt: skip
    listeners = Listeners()
    listener = Listener(Guest("eve", Role.VIEW))
    listeners.enter(listener)
    living = ['{"follow": ["00000000000000aa", "1"]}', '{"eye": {"at": [1, 2, 3], "toward": [0, 0, 0]}}']

    async def listen() -> None:
        for draw in rounds():
            text = damaged_text(draw.choice(watching), draw, others=living)
            with bounded(text):
                _hear(gaze, text)
            text = damaged_text(draw.choice(living), draw, others=watching)
            with bounded(text):
                hear(listeners, listener, text)
            for message in said:
                json.loads(message) if isinstance(message, str) else message
            said.clear()

    asyncio.run(listen())


def test_what_comes_to_the_broker_is_a_packet_or_hung_up_on() -> None:
    greeting = b"\x10\x1e\x00\x04MQTT\x04\xc2\x00\x3c\x00\x03plc\x00\x04twin\x00\x06secret"
    packets = [greeting, b"\x32\x0c\x00\x05agv/7\x00\x01123", b"\x82\x08\x00\x01\x00\x03a/#\x01", b"\xc0\x00"]

    async def read(data: bytes) -> None:
        reader = asyncio.StreamReader()
        reader.feed_data(data)
        reader.feed_eof()
        try:
            _, connect = await read_connect(reader)
            connect.shows("twin", "secret")
        except (GateError, asyncio.IncompleteReadError):
            return
        packet = PacketReader(reader, b"", crowd=lambda: 0.0, may_retain=lambda topic: False, published=lambda size: None)
        while await packet.read(64):
            pass

    async def run() -> None:
        for draw in rounds():
            data = draw.choice((greeting, damaged(greeting, draw))) + b"".join(damaged(each, draw) for each in packets)
            with bounded(data):
                await read(data)

    asyncio.run(run())
