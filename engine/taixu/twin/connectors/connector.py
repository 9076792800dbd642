"""What a connector is: something in a thread of its own that leaves batches in the inbox.

    @dataclass(frozen=True)
    class DialParameters:
        number: str = field(default="", metadata={"doc": "Whom to call."})

    class Dial(Connector):
        kind, parameters = "dial", DialParameters

        def start(self) -> None: ...
        def close(self) -> None: ...

A world's settings name the ones it wants: ``"twin": {"sources": {"plant": {"kind": "dial", "number": "42"}}}``. Plugins offer
theirs in their attribute ``connectors``.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar

from taixu.edit.parameters import Nothing, read_parameters
from taixu.errors import TaixuError, UsageError
from taixu.twin.batch import Batch
from taixu.twin.inbox import Inbox, Letter
from taixu.twin.wire import MAGIC, decode_batch, decode_json

__all__ = ["BUILT_IN", "MAX_JSON_BYTES", "Connector", "Connectors", "Link", "Status", "open_sources", "secret"]

BUILT_IN = (
    "taixu.twin.connectors.mqtt:MqttConnector", "taixu.twin.connectors.opcua:OpcUaConnector",
    "taixu.twin.connectors.nats:NatsConnector", "taixu.twin.connectors.websocket:WebSocketConnector",
    "taixu.twin.connectors.http:HttpConnector", "taixu.twin.connectors.table:TableConnector",
    "taixu.twin.connectors.mcap:McapConnector",
)  # fmt: skip
"""Where Taixu's own are."""

_log = logging.getLogger(__name__)
MAX_JSON_BYTES = 16 << 20
"""What is read grows in memory to some twenty times as much."""
_FULL_SECS = 0.002
_CHATTER_SECS = 60.0


@dataclass(slots=True)
class Status:
    """How a connector is doing; its thread writes, others read."""

    state: str = "starting"
    """"starting", "connected", "waiting" (for the other side), "done" or "failed"."""
    problem: str = ""
    note: str = ""
    """What whoever operates it should know, though it is no trouble: that a connection is not encrypted."""
    messages: int = 0
    bad_messages: int = 0
    last_problem: str = ""
    """What was wrong with the last bad message."""


class Link:
    """Where a connector leaves what it heard.

    Parameters
    ----------
    topics
        Gives the topics that the world's bindings want, as filters of MQTT.
    root
        The folder that relative paths start from: the project's.
    """

    def __init__(self, name: str, inbox: Inbox, topics: Callable[[], tuple[str, ...]], *, root: Path | None = None) -> None:
        self.name = name
        self.status = Status()
        self.root = Path() if root is None else root
        self.topics = topics
        self._inbox = inbox
        self._said = -_CHATTER_SECS

    def read(self, topic: str, payload: bytes | str) -> list[Batch]:
        """What a message says: a batch record or JSON. What is no reading is counted, and gives nothing."""
        self.status.messages += 1
        try:
            if isinstance(payload, bytes) and payload[:4] == MAGIC:
                return [decode_batch(payload, source=self.name)]
            if len(payload) > MAX_JSON_BYTES:
                raise TaixuError(f"a message of {len(payload):,} bytes is too large; at most {MAX_JSON_BYTES:,} are read as JSON")
            return decode_json(payload, now_ns=time.time_ns(), topic=topic, source=self.name)
        except TaixuError as error:
            self.refuse(str(error))
            return []

    def refuse(self, why: str) -> None:
        """Count a message that was no reading; the log hears of it once a minute."""
        self.status.bad_messages += 1
        self.status.last_problem = why
        now = time.monotonic()
        if now - self._said > _CHATTER_SECS:
            self._said = now
            _log.warning("The source %s: %s (%d refused so far).", self.name, why.rstrip("."), self.status.bad_messages)

    def tell(
        self, topic: str, payload: bytes, *, on_kept: Callable[..., None] | None = None, token: Any = None,
        stop: Callable[[], bool] | None = None,
    ) -> bool:  # fmt: skip
        """Leave one message. What is no reading is counted, and is done with: sending it again would make it no better.

        Returns
        -------
        bool
            False where the inbox stayed full until `stop`.
        """
        return self.leave(self.read(topic, payload), on_kept=on_kept, token=token, stop=stop)

    def leave(
        self, batches: Sequence[Batch], *, on_kept: Callable[..., None] | None = None, token: Any = None,
        stop: Callable[[], bool] | None = None,
    ) -> bool:  # fmt: skip
        """Leave batches, and hear when all of them are kept (for tokens see `Letter`). Waits while the inbox is full."""
        for letter in _letters(batches, on_kept, token):
            while not self._inbox.put(letter):
                if stop is not None and stop():
                    return False
                time.sleep(_FULL_SECS)
        return True

    async def leave_soon(self, batches: Sequence[Batch], *, on_kept: Callable[[], None] | None = None) -> None:
        """As `leave`, for those who talk in an asyncio loop."""
        for letter in _letters(batches, on_kept):
            while not self._inbox.put(letter):
                await asyncio.sleep(_FULL_SECS)


def _letters(batches: Sequence[Batch], on_kept: Callable[..., None] | None, token: Any = None) -> list[Letter]:
    """Letters of one message; they may be kept in any order, and the last of them is all of them."""
    if on_kept is None or len(batches) == 1:
        return [Letter(batch, on_kept, token) for batch in batches]
    told = on_kept if token is None else partial(on_kept, [token])
    if not batches:
        told()
        return []
    left, lock = len(batches), threading.Lock()

    def one_more() -> None:
        nonlocal left
        with lock:
            left -= 1
            if left:
                return
        told()

    return [Letter(batch, one_more) for batch in batches]


def secret(variable: str) -> str:
    """What an environment variable holds; nothing where none is named.

    Raises
    ------
    TaixuError
        When it is named, and not there.
    """
    found = os.environ.get(variable, "") if variable else ""
    if variable and not found:
        raise TaixuError(f"the environment variable {variable[:60]!r} is not set; it should hold a secret")
    return found


class Connector(ABC):
    """One source of readings.

    Attributes
    ----------
    kind
        What settings call it.
    parameters
        A frozen dataclass; see `taixu.edit.parameters` for what its fields may say of themselves.
    """

    kind: ClassVar[str]
    parameters: ClassVar[type] = Nothing

    def __init__(self, link: Link, parameters: Any) -> None:
        self.link = link
        self.settings = parameters

    @abstractmethod
    def start(self) -> None:
        """Begin, in a thread of one's own; come back at once. The other side may not be there yet.

        Raises
        ------
        TaixuError
            When the settings can never work.
        """

    @abstractmethod
    def close(self) -> None:
        """End, and wait for the thread."""

    def send(self, topic: str, payload: bytes) -> None:
        """Send something the other way.

        Raises
        ------
        TaixuError
            When this kind cannot, or nobody is there.
        """
        raise TaixuError(f"nothing can be sent by {self.kind}")

    def browse(self, node: str) -> list[dict[str, Any]]:
        """What is below a node of the other side, the root where it is empty; may take seconds. Each has at least an ``id``.

        Raises
        ------
        TaixuError
            When this kind has nothing to browse, nobody is there, or there is no such node.
        """
        raise TaixuError(f"there is nothing to browse in {self.kind}")


class Connectors:
    """The kinds of connectors that are known."""

    def __init__(self, *, plugins: bool = True) -> None:
        self._known: dict[str, type[Connector]] = {}
        self.problems: list[str] = []
        for reference in BUILT_IN:
            module, _, name = reference.partition(":")
            self.add(getattr(import_module(module), name))
        if plugins:
            from taixu.app import find_plugins, load_plugin

            for point in find_plugins():
                try:
                    for each in getattr(load_plugin(point), "connectors", ()):
                        self.add(each)
                except Exception as error:  # a plugin must not take the others with it
                    self.problems.append(f"the plugin {point.name!r} offers connectors that cannot be used: {error}")

    def add(self, connector: type[Connector]) -> None:
        """Make a kind known.

        Raises
        ------
        TaixuError
            When there is one of the name.
        """
        if connector.kind in self._known:
            raise TaixuError(f"two connectors are called {connector.kind!r}")
        self._known[connector.kind] = connector

    def find(self, kind: Any) -> type[Connector]:
        """The connector of a kind.

        Raises
        ------
        TaixuError
            When there is none.
        """
        found = self._known.get(kind) if isinstance(kind, str) else None
        if found is None:
            raise TaixuError(f"there is no connector {str(kind)[:40]!r}; there are {', '.join(sorted(self._known))}")
        return found

    def __iter__(self) -> Iterator[type[Connector]]:
        return iter(self._known.values())


def open_sources(
    raw: Any, inbox: Inbox, topics: Callable[[str], tuple[str, ...]], connectors: Connectors | None = None,
    *, root: Path | None = None,
) -> list[Connector]:  # fmt: skip
    """Start the sources that a world's settings name.

    Parameters
    ----------
    topics
        Gives what bindings want of a source.
    root
        The project's folder, which relative paths start from.

    Raises
    ------
    TaixuError
        When one is wrong; none is left running then.
    """
    if not isinstance(raw, Mapping) or len(raw) > 256:
        raise TaixuError("twin.sources takes at most 256 sources by name")
    known = connectors or Connectors()
    opened: list[Connector] = []
    try:
        for name, facts in raw.items():
            where = f"twin.sources.{str(name)[:60]}"
            if not isinstance(facts, Mapping):
                raise TaixuError(f"{where} takes an object with a kind")
            try:
                kind = known.find(facts.get("kind"))
                given = {key: value for key, value in facts.items() if key != "kind"}
                parameters = read_parameters(kind.parameters, given, name=name, whose="source")
                connector = kind(Link(name, inbox, lambda name=name: topics(name), root=root), parameters)  # type: ignore[misc]
                connector.start()
            except UsageError as error:
                raise TaixuError(str(error)) from None
            except TaixuError as error:
                raise type(error)(f"{where}: {error}") from None
            opened.append(connector)
    except BaseException:
        for connector in opened:
            connector.close()
        raise
    return opened
