"""NATS: subjects are topics with dots for slashes. With a durable consumer nothing is lost: what is kept is acknowledged."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from functools import partial
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from taixu.errors import MachineError, TaixuError
from taixu.twin.connectors.connector import secret
from taixu.twin.connectors.talker import Talker

__all__ = ["NatsConnector", "NatsParameters", "subject_of", "topic_of"]

_MAX_WAITING = 1 << 16
_MAX_WAITING_BYTES = 64 << 20
_MAX_MESSAGE_BYTES = 64 << 20
"""As servers of NATS allow at most."""
_GUARD_SECS = 0.1
_FETCH, _FETCH_SECS = 256, 1.0


@dataclass(frozen=True)
class NatsParameters:
    """Where the server is, and what is wanted of it."""

    url: str = field(default="nats://127.0.0.1:4222", metadata={"doc": "nats://HOST:PORT, or tls://."})
    topics: tuple[str, ...] = field(default=(), metadata={"doc": "Filters as MQTT's; those of the bindings where none are named."})
    user: str = field(default="", metadata={"doc": "User name, where the server wants one."})
    password_variable: str = field(default="", metadata={"doc": "The environment variable that holds the password."})
    token_variable: str = field(default="", metadata={"doc": "The environment variable that holds a token."})
    durable: str = field(default="", metadata={"doc": "A durable consumer of JetStream: what comes while we are away waits."})
    stream: str = field(default="", metadata={"doc": "The stream of JetStream; found by its subjects where none is named."})


def subject_of(topic: str) -> str:
    """The subject of a topic, or of a filter of topics."""
    levels = topic.split("/")
    return ".".join({"+": "*", "#": ">"}.get(level, level.replace(".", "_").replace(" ", "_")) for level in levels)


def topic_of(subject: str) -> str:
    """The topic of a subject."""
    return subject.replace(".", "/")


class NatsConnector(Talker):
    """Subscribes to a server of NATS, and comes back when it does."""

    kind, parameters = "nats", NatsParameters
    _client: Any = None

    def check(self) -> None:
        """The address and the secrets."""
        settings: NatsParameters = self.settings
        if find_spec("nats") is None:
            raise MachineError('NATS needs nats-py; pip install "taixu[twin]" brings it')
        try:
            parts = urlsplit(settings.url)
            host, _ = parts.hostname, parts.port
        except ValueError:
            parts, host = urlsplit(""), None
        if parts.scheme not in ("nats", "tls") or not host or parts.username:
            raise TaixuError(f"{settings.url[:80]!r} is no server such as nats://127.0.0.1:4222; users are named by 'user'")
        self._password, self._token = secret(settings.password_variable), secret(settings.token_variable)

    async def talk(self) -> None:
        """Listen until the server is gone."""
        import nats

        settings: NatsParameters = self.settings
        gone = asyncio.get_running_loop().create_future()

        async def lost(*what: Any) -> None:
            if not gone.done():
                gone.set_result(None)

        async def trouble(error: Exception) -> None:
            self.link.status.last_problem = f"{type(error).__name__}: {error}"[:300]
            if type(error).__name__ == "SlowConsumerError":
                self.link.status.bad_messages += 1

        client = await nats.connect(
            settings.url, allow_reconnect=False, connect_timeout=5, error_cb=trouble, disconnected_cb=lost, closed_cb=lost,
            user=settings.user or None, password=self._password or None, token=self._token or None, name="taixu",
            max_reconnect_attempts=0,
        )  # fmt: skip
        tasks: list[asyncio.Task[None]] = []
        try:
            topics = settings.topics or self.link.topics()
            for topic in topics:
                tasks.append(asyncio.create_task(await self._listen(client, topic)))
            await client.flush()
            self._client = client
            self.came("" if settings.url.startswith("tls") else "not encrypted")
            self.link.status.problem = "" if topics else "no binding wants anything of this source"
            tasks.append(asyncio.create_task(self._guard(client)))
            await asyncio.wait([gone, *tasks], return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                if task.done():
                    task.result()
        finally:
            self._client = None
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await client.close()

    async def _listen(self, client: Any, topic: str) -> Any:
        """Subscribe; gives what reads on."""
        settings, subject = self.settings, subject_of(topic)
        if not settings.durable:
            limits = {"pending_msgs_limit": _MAX_WAITING, "pending_bytes_limit": _MAX_WAITING_BYTES}
            return self._hear(await client.subscribe(subject, **limits))
        letters = "".join(letter if letter.isalnum() else "_" for letter in topic)
        durable, stream = f"{settings.durable}-{letters}", settings.stream or None
        return self._fetch(await client.jetstream().pull_subscribe(subject, durable=durable, stream=stream))

    async def _guard(self, client: Any) -> None:
        """The library gathers a message of any length that a server announces; here it ends."""
        while client._ps.needed <= _MAX_MESSAGE_BYTES:
            await asyncio.sleep(_GUARD_SECS)
        why = f"the server announces a message of {client._ps.needed:,} bytes; at most {_MAX_MESSAGE_BYTES:,} are read"
        self.link.refuse(why)
        raise TaixuError(why)

    async def _hear(self, subscription: Any) -> None:
        async for message in subscription.messages:
            await self.link.leave_soon(self.link.read(topic_of(message.subject), message.data))

    async def _fetch(self, subscription: Any) -> None:
        from nats.errors import TimeoutError as NothingYet

        while True:
            try:
                messages = await subscription.fetch(_FETCH, timeout=_FETCH_SECS)
            except NothingYet:
                continue
            for message in messages:
                on_kept = partial(self._acknowledge, message)
                await self.link.leave_soon(self.link.read(topic_of(message.subject), message.data), on_kept=on_kept)

    def _acknowledge(self, message: Any) -> None:
        """Called by the thread that keeps."""
        if not self.loop.is_closed():
            self.send_soon(message.ack())

    def send(self, topic: str, payload: bytes) -> None:
        """Publish."""
        client = self._client
        self.need_there()
        if client is None or any(sign in topic for sign in "*> "):
            raise TaixuError(f"{topic[:80]!r} cannot be sent to {self.link.name!r}")
        self.send_soon(client.publish(subject_of(topic), payload))
