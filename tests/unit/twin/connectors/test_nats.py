"""NATS, against a real server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from brokers import NatsServer, find_nats_server
from readings import Heard
from waiting import until

from taixu.errors import TaixuError
from taixu.twin.connectors import open_sources
from taixu.twin.connectors.nats import subject_of, topic_of

pytest.importorskip("nats")
needs_server = pytest.mark.skipif(find_nats_server() is None, reason="nats-server is not installed")


def talk(server: NatsServer, what: Callable[[Any], Coroutine[Any, Any, Any]], **options: Any) -> Any:
    import nats

    async def run() -> Any:
        client = await nats.connect(server.url, **options)
        try:
            return await what(client)
        finally:
            await client.drain()

    return asyncio.run(run())


def published(server: NatsServer, subject: str, *values: int, **options: Any) -> None:
    async def publish(client: Any) -> None:
        for value in values:
            await client.publish(subject, b"%d" % value)

    talk(server, publish, **options)


@needs_server
def test_nats_brings_readings_takes_commands_and_comes_back(tmp_path: Path) -> None:
    heard, server = Heard(), NatsServer(tmp_path)
    with server.running():
        (source,) = open_sources({"plant": {"kind": "nats", "url": server.url}}, heard.inbox, lambda name: ("press/+/state",))
        try:
            until(lambda: source.link.status.state == "connected")
            assert source.link.status.note == "not encrypted"
            published(server, "press.4.state", 1, 2)
            published(server, "press.4.other", 9)
            until(lambda: heard.values() == [1, 2])
            assert {batch.topic for batch in heard.batches} == {"press/4/state"}

            async def listen(client: Any) -> bytes:
                subscription = await client.subscribe("press.4.set")
                await client.flush()
                source.send("press/4/set", b'{"command": 1}')
                return (await subscription.next_msg(timeout=10)).data

            assert talk(server, listen) == b'{"command": 1}'
            server.stop()
            until(lambda: source.link.status.state == "waiting")
            with pytest.raises(TaixuError, match="not there"):
                source.send("press/4/set", b"{}")
            server.start()
            until(lambda: source.link.status.state == "connected")
            published(server, "press.4.state", 3)
            until(lambda: heard.values() == [1, 2, 3])
        finally:
            source.close()


@needs_server
def test_what_was_not_kept_comes_again_by_jetstream(tmp_path: Path) -> None:
    server = NatsServer(tmp_path)
    settings = {"plant": {"kind": "nats", "url": server.url, "durable": "twin", "stream": "PLANT"}}
    with server.running():

        async def prepare(client: Any) -> None:
            await client.jetstream().add_stream(name="PLANT", subjects=["t.>"])
            for value in range(3):
                await client.jetstream().publish("t.a", b"%d" % value)

        talk(server, prepare)
        first = Heard()
        (source,) = open_sources(settings, first.inbox, lambda name: ("t/a",))
        until(lambda: len(first.take(keep=False)) == 3)
        source.close()
        second = Heard()
        published(server, "t.a", 3)

        async def impatient(client: Any) -> None:
            # The server gives what was not acknowledged to the next one after its patience; the test has less.
            stream = client.jetstream()
            info = (await stream.consumers_info("PLANT"))[0]
            assert info.num_ack_pending == 3
            await stream.delete_consumer("PLANT", info.name)

        talk(server, impatient)
        (source,) = open_sources(settings, second.inbox, lambda name: ("t/a",))
        until(lambda: second.values() == [0, 1, 2, 3])

        async def pending(client: Any) -> int:
            return int((await client.jetstream().consumers_info("PLANT"))[0].num_ack_pending)

        until(lambda: talk(server, pending) == 0)
        source.close()


@needs_server
def test_a_wrong_token_is_told_and_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANT_TOKEN", "wrong")
    server = NatsServer(tmp_path, token="right" * 4)
    with server.running():
        settings = {"plant": {"kind": "nats", "url": server.url, "token_variable": "PLANT_TOKEN"}}
        (source,) = open_sources(settings, Heard().inbox, lambda name: ("t",))
        until(lambda: "uthorization" in source.link.status.problem)
        source.close()


@pytest.mark.parametrize("settings", [{"url": "http://x"}, {"url": "nats://u:p@x"}, {"token_variable": "NOBODY_SET_THIS"}])
def test_settings_that_cannot_work(settings: dict[str, str]) -> None:
    with pytest.raises(TaixuError, match=r"twin.sources.plant"):
        open_sources({"plant": {"kind": "nats", **settings}}, Heard().inbox, lambda name: ("t",))


def test_subjects_and_topics() -> None:
    assert subject_of("press/+/state/#") == "press.*.state.>" and subject_of("a.b/c d") == "a_b.c_d"
    assert topic_of("press.4.state") == "press/4/state"
